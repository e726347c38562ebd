import type { SimLifeline } from './lifeline.ts';

/** Lifts. */
export const lift: SimLifeline = {
  lifeline: 'lift',
  owner: '物业',
  kinds: {
    car: {
      prefix: 'LFT',
      name: '电梯',
      intervalMin: 5,
      sends: {
        trapped: false,
        alarmButton: false,
        overspeed: false,
        openRun: false,
        betweenFloors: false,
        doorFault: false,
        powerLoss: false,
        pitWater: false,
        vibration: [0.05, 0.15, 0.005, 3],
        motorTemp: [45, 62, 0.3, 1],
        roomTemp: [22, 30, 0.1, 1],
        speed: [0, 0, 0, 1],
      },
    },
  },
  scenario: {
    name: 'lift-trap',
    title: 'a lift stops between floors with people in it; the door of another will not shut',
    durationMin: 40,
    happens: [
      {
        kind: 'car',
        nth: 0,
        metric: 'betweenFloors',
        becomes: true,
        from: 8,
        holds: 20,
        raises: [['betweenFloors.flag']],
      },
      {
        kind: 'car',
        nth: 0,
        metric: 'trapped',
        becomes: true,
        from: 9,
        holds: 18,
        raises: [['trapped.flag']],
      },
      {
        kind: 'car',
        nth: 1,
        metric: 'doorFault',
        becomes: true,
        from: 12,
        holds: 15,
        raises: [['doorFault.flag']],
      },
    ],
  },
};
