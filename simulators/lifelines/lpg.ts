import type { SimLifeline } from './lifeline.ts';

/** Filling stations and bottles. */
export const lpg: SimLifeline = {
  lifeline: 'lpg',
  owner: '液化气公司',
  kinds: {
    tank: {
      prefix: 'LPT',
      name: '储罐区',
      intervalMin: 5,
      sends: {
        tankLevel: [45, 70, 0.1, 1],
        tankPressure: [0.6, 0.9, 0.003, 3],
        tankTemp: [16, 26, 0.1, 1],
        c3h8: [0.1, 0.6, 0.03, 2],
      },
    },
    bottle: {
      prefix: 'LPB',
      name: '气瓶',
      intervalMin: 1440,
      sends: { weight: [8, 14, 0.05, 1], valveOpen: false, displaced: false, interlockOff: false },
    },
  },
  scenario: {
    name: 'lpg-leak',
    title: 'a flange leaks in a filling station on a hot day, and a bottle is carried off',
    durationMin: 40,
    happens: [
      { kind: 'tank', nth: 0, metric: 'c3h8', becomes: 36, from: 10, holds: 12, raises: [['c3h8.limit']] },
      {
        kind: 'tank',
        nth: 1,
        metric: 'tankTemp',
        becomes: 44,
        from: 6,
        holds: 25,
        raises: [['tankTemp.limit']],
      },
      {
        kind: 'bottle',
        nth: 2,
        metric: 'displaced',
        becomes: true,
        from: 15,
        holds: 15,
        raises: [['displaced.flag']],
      },
    ],
  },
};
