import type { SimLifeline } from './lifeline.ts';

/** Homes and kitchens. */
export const gasUser: SimLifeline = {
  lifeline: 'gas-user',
  owner: '燃气公司',
  kinds: {
    home: {
      prefix: 'GUH',
      name: '居民用户',
      intervalMin: 1440,
      sends: {
        ch4: [0.1, 0.5, 0.03, 2],
        co: [0.5, 2, 0.1, 1],
        alarm: false,
        valveClosed: false,
        valveFault: false,
        powerLoss: false,
        fault: false,
      },
    },
  },
  scenario: {
    name: 'kitchen-leak',
    title: 'gas leaks in a kitchen and the valve shuts; in another home a flue is blocked',
    durationMin: 40,
    happens: [
      { kind: 'home', nth: 0, metric: 'ch4', becomes: 46, from: 8, holds: 12, raises: [['ch4.limit']] },
      { kind: 'home', nth: 0, metric: 'alarm', becomes: true, from: 8, holds: 12, raises: [['alarm.flag']] },
      {
        kind: 'home',
        nth: 0,
        metric: 'valveClosed',
        becomes: true,
        from: 9,
        holds: 20,
        raises: [['valveClosed.flag']],
      },
      { kind: 'home', nth: 2, metric: 'co', becomes: 92, from: 12, holds: 12, raises: [['co.limit']] },
    ],
  },
};
