import type { SimLifeline } from './lifeline.ts';

/** Old houses, and houses beside a dig. */
export const building: SimLifeline = {
  lifeline: 'building',
  owner: '住建局',
  kinds: {
    house: {
      prefix: 'BLD',
      name: '房屋结构',
      intervalMin: 60,
      sends: {
        tilt: [0.2, 1.2, 0.02, 2],
        settlement: [1, 6, 0.02, 2],
        crack: [0.2, 0.6, 0.005, 3],
        vibration: [0.1, 0.4, 0.02, 2],
        displaced: false,
      },
    },
  },
  scenario: {
    name: 'leaning-house',
    title: 'piling beside an old house: it shakes, cracks and leans',
    durationMin: 40,
    happens: [
      {
        kind: 'house',
        nth: 0,
        metric: 'vibration',
        becomes: 22,
        from: 8,
        holds: 20,
        raises: [['vibration.limit']],
      },
      {
        kind: 'house',
        nth: 0,
        metric: 'crack',
        becomes: 3.6,
        from: 12,
        holds: 20,
        raises: [['crack.limit']],
      },
      { kind: 'house', nth: 1, metric: 'tilt', becomes: 11.2, from: 15, holds: 15, raises: [['tilt.limit']] },
    ],
  },
};
