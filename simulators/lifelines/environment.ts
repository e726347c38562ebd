import type { SimLifeline } from './lifeline.ts';

/** Outfalls and air stations. */
export const environment: SimLifeline = {
  lifeline: 'environment',
  owner: '生态环境局',
  kinds: {
    outfall: {
      prefix: 'ENO',
      name: '污水排口',
      intervalMin: 60,
      sends: {
        cod: [15, 28, 0.5, 1],
        nh3n: [0.6, 1.6, 0.05, 2],
        tp: [0.1, 0.25, 0.01, 2],
        tn: [6, 10, 0.1, 1],
        ph: [7, 7.5, 0.02, 2],
        flow: [600, 1200, 10, 0],
        bypass: false,
      },
    },
    air: {
      prefix: 'ENA',
      name: '空气站',
      intervalMin: 60,
      sends: {
        pm25: [20, 45, 1, 0],
        pm10: [40, 80, 2, 0],
        so2: [6, 15, 0.5, 0],
        no2: [20, 50, 1, 0],
        o3: [60, 110, 2, 0],
        co: [0.4, 0.8, 0.02, 2],
        noise: [50, 60, 0.5, 1],
      },
    },
  },
  scenario: {
    name: 'secret-discharge',
    title: 'a plant opens its bypass at night; ozone over the town',
    durationMin: 40,
    happens: [
      {
        kind: 'outfall',
        nth: 1,
        metric: 'bypass',
        becomes: true,
        from: 6,
        holds: 25,
        raises: [['bypass.flag']],
      },
      { kind: 'outfall', nth: 1, metric: 'cod', becomes: 180, from: 8, holds: 22, raises: [['cod.limit']] },
      { kind: 'air', nth: 0, metric: 'o3', becomes: 260, from: 5, holds: 25, raises: [['o3.limit']] },
    ],
  },
};
