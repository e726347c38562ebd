import type { SimLifeline } from './lifeline.ts';

/** Nets, chambers and rooms. */
export const heating: SimLifeline = {
  lifeline: 'heating',
  owner: '供热公司',
  kinds: {
    net: {
      prefix: 'HTN',
      name: '供热管网',
      intervalMin: 5,
      sends: {
        supplyTemp: [85, 100, 0.3, 1],
        returnTemp: [48, 58, 0.3, 1],
        supplyPressure: [0.75, 0.9, 0.002, 3],
        returnPressure: [0.35, 0.45, 0.002, 3],
        flow: [600, 900, 5, 0],
        makeUp: [2, 8, 0.2, 1],
      },
    },
    chamber: {
      prefix: 'HTC',
      name: '供热小室',
      intervalMin: 15,
      sends: { chamberTemp: [15, 28, 0.2, 1], soilTemp: [12, 20, 0.1, 1], flooded: false },
    },
    room: { prefix: 'HTR', name: '室温采集', intervalMin: 60, sends: { roomTemp: [20, 23, 0.1, 1] } },
  },
  scenario: {
    name: 'pipe-rupture',
    title: 'a heating main ruptures: pressure falls, make-up water runs away, a chamber fills with steam',
    durationMin: 45,
    happens: [
      {
        kind: 'net',
        nth: 0,
        metric: 'supplyPressure',
        becomes: 0.2,
        from: 10,
        holds: 14,
        raises: [['supplyPressure.rate', -0.18]],
      },
      { kind: 'net', nth: 0, metric: 'makeUp', becomes: 95, from: 11, holds: 20, raises: [['makeUp.limit']] },
      {
        kind: 'chamber',
        nth: 2,
        metric: 'chamberTemp',
        becomes: 78,
        from: 10,
        holds: 20,
        raises: [['chamberTemp.limit']],
      },
      {
        kind: 'chamber',
        nth: 2,
        metric: 'flooded',
        becomes: true,
        from: 12,
        holds: 20,
        raises: [['flooded.flag']],
      },
    ],
  },
};
