import { minutes } from '../../../src/domain/time.ts';
import { casesOf, ownCases } from './case.ts';

export const LIFT_CASES = [
  ...casesOf('lift', minutes(30), [
    ['vibration.limit', 'a rough ride', '0.1 0.35×2 0.1×2', '_ _ 4 4 _'],
    ['motorTemp.limit', 'the machine warms', '60 85×2 110 70', '_ _ 3 2 _'],
    ['roomTemp.limit', 'a hot room', '30 40×2 30', '_ _ 4 _'],
    ['doorFault.flag', 'again and again', '0 1 1 0', '_ _ 4 _'],
  ]),
  ...casesOf('lift', minutes(1), [
    ['betweenFloors.flag', 'levels again within a minute, or does not', '0 1 0 1 1 0', '_ _ _ _ 3 _'],
  ]),
  ...ownCases('lift', minutes(5), {
    trapped: 1,
    alarmButton: 2,
    overspeed: 1,
    openRun: 1,
    topBottom: 1,
    powerLoss: 3,
    pitWater: 3,
    fault: 4,
  }),
];
