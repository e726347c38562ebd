import type { SimLifeline } from './lifeline.ts';

/** Utility tunnels. */
export const gallery: SimLifeline = {
  lifeline: 'gallery',
  owner: '管廊公司',
  kinds: {
    air: {
      prefix: 'UGA',
      name: '管廊环境',
      intervalMin: 1,
      sends: {
        temp: [18, 28, 0.2, 1],
        humidity: [55, 75, 0.5, 1],
        o2: [20.7, 20.9, 0.03, 2],
        h2s: [0.1, 0.4, 0.02, 2],
        ch4: [0.1, 0.6, 0.03, 2],
      },
    },
    pit: {
      prefix: 'UGP',
      name: '管廊集水坑',
      intervalMin: 1,
      sends: { sump: [0.2, 0.5, 0.01, 2], pumpFault: false },
    },
    guard: {
      prefix: 'UGG',
      name: '管廊安防',
      intervalMin: 1,
      sends: { smoke: false, intruder: false, open: false },
    },
  },
  scenario: {
    name: 'gallery-gas',
    title: 'gas leaks into the gas cabin of a gallery while somebody is inside without a permit',
    durationMin: 40,
    happens: [
      { kind: 'air', nth: 1, metric: 'ch4', becomes: 42, from: 10, holds: 15, raises: [['ch4.limit']] },
      {
        kind: 'guard',
        nth: 0,
        metric: 'intruder',
        becomes: true,
        from: 6,
        holds: 20,
        raises: [['intruder.flag']],
      },
      { kind: 'pit', nth: 2, metric: 'sump', becomes: 1.3, from: 8, holds: 18, raises: [['sump.limit']] },
    ],
  },
};
