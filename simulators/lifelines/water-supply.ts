import type { SimLifeline } from './lifeline.ts';

/** Nets, pump rooms, and loggers that listen for leaks. */
export const waterSupply: SimLifeline = {
  lifeline: 'water-supply',
  owner: '供水公司',
  kinds: {
    pressure: {
      prefix: 'WSP',
      name: '供水管网压力',
      intervalMin: 5,
      sends: { pressure: [0.28, 0.36, 0.003, 3], flow: [120, 400, 4, 1], water: false, fault: false },
    },
    quality: {
      prefix: 'WSQ',
      name: '二次供水水质',
      intervalMin: 15,
      sends: {
        chlorine: [0.4, 0.6, 0.01, 2],
        turbidity: [0.2, 0.4, 0.02, 2],
        ph: [7.1, 7.6, 0.02, 2],
        tankLevel: [1.5, 2.5, 0.02, 2],
        open: false,
      },
    },
    'leak-logger': {
      prefix: 'WSL',
      name: '漏水监测仪',
      intervalMin: 1440,
      sends: { noise: [18, 32, 0.5, 1], leak: [0, 0, 0, 0] },
    },
  },
  scenario: {
    name: 'burst-main',
    title: 'a main bursts: pressure falls, a pump room loses its chlorine, a logger hears the leak',
    durationMin: 45,
    happens: [
      {
        kind: 'pressure',
        nth: 0,
        metric: 'pressure',
        becomes: 0.04,
        from: 10,
        holds: 14,
        raises: [['pressure.limit'], ['pressure.rate', -0.04]],
      },
      {
        kind: 'quality',
        nth: 1,
        metric: 'chlorine',
        becomes: 0.12,
        from: 8,
        holds: 30,
        raises: [['chlorine.limit']],
      },
      {
        kind: 'leak-logger',
        nth: 2,
        metric: 'leak',
        becomes: 2,
        from: 5,
        holds: 30,
        raises: [['leak.limit']],
      },
    ],
  },
};
