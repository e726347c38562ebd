import type { SimLifeline } from './lifeline.ts';

/** Sewers, what is led into them, and pumping stations. */
export const drainage: SimLifeline = {
  lifeline: 'drainage',
  owner: '排水公司',
  kinds: {
    sewer: {
      prefix: 'DRS',
      name: '污水管液位',
      intervalMin: 5,
      sends: { level: [0.4, 0.9, 0.01, 2], velocity: [0.4, 0.8, 0.02, 2], flow: [80, 300, 4, 1] },
    },
    quality: {
      prefix: 'DRQ',
      name: '雨水口水质',
      intervalMin: 15,
      sends: {
        cod: [8, 16, 0.4, 1],
        nh3n: [0.2, 0.7, 0.02, 2],
        ph: [7, 7.6, 0.02, 2],
        turbidity: [6, 20, 0.5, 1],
        conductivity: [300, 700, 5, 0],
      },
    },
    pumps: {
      prefix: 'DRP',
      name: '排水泵站',
      intervalMin: 5,
      sends: { pumpFault: false, powerLoss: false, overflow: false },
    },
  },
  scenario: {
    name: 'illegal-discharge',
    title: 'acid is let into a storm drain, and a pump fails',
    durationMin: 45,
    happens: [
      { kind: 'quality', nth: 0, metric: 'ph', becomes: 4.2, from: 8, holds: 25, raises: [['ph.limit']] },
      { kind: 'quality', nth: 0, metric: 'cod', becomes: 160, from: 8, holds: 25, raises: [['cod.limit']] },
      {
        kind: 'pumps',
        nth: 1,
        metric: 'pumpFault',
        becomes: true,
        from: 12,
        holds: 20,
        raises: [['pumpFault.flag']],
      },
    ],
  },
};
