import type { SimLifeline } from './lifeline.ts';

/** Detectors, hydrants and wiring. */
export const fire: SimLifeline = {
  lifeline: 'fire',
  owner: '消防救援支队',
  kinds: {
    detector: {
      prefix: 'FRD',
      name: '火灾探测',
      intervalMin: 30,
      sends: { smoke: false, heat: false, manual: false },
    },
    hydrant: {
      prefix: 'FRH',
      name: '消火栓',
      intervalMin: 30,
      sends: { pressure: [0.3, 0.45, 0.003, 3], hydrantOpen: false },
    },
    electric: {
      prefix: 'FRE',
      name: '电气火灾监控',
      intervalMin: 30,
      sends: { residualCurrent: [20, 80, 2, 0], cableTemp: [28, 45, 0.2, 1], voltage: [224, 232, 0.5, 1] },
    },
  },
  scenario: {
    name: 'market-fire',
    title: 'wiring in a market leaks current, smoke, then heat; the hydrant before it has little pressure',
    durationMin: 40,
    happens: [
      {
        kind: 'electric',
        nth: 0,
        metric: 'residualCurrent',
        becomes: 420,
        from: 6,
        holds: 20,
        raises: [['residualCurrent.limit']],
      },
      {
        kind: 'detector',
        nth: 0,
        metric: 'smoke',
        becomes: true,
        from: 10,
        holds: 20,
        raises: [['smoke.flag']],
      },
      {
        kind: 'detector',
        nth: 0,
        metric: 'heat',
        becomes: true,
        from: 13,
        holds: 15,
        raises: [['heat.flag']],
      },
      {
        kind: 'hydrant',
        nth: 1,
        metric: 'pressure',
        becomes: 0.09,
        from: 5,
        holds: 25,
        raises: [['pressure.limit']],
      },
    ],
  },
};
