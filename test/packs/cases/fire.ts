import { minutes } from '../../../src/domain/time.ts';
import { casesOf, ownCases } from './case.ts';

export const FIRE_CASES = [
  ...casesOf('fire', minutes(30), [
    ['pressure.limit', 'low, then none', '0.4 0.15 0.14×2 0.04×2 0.4×2', '_ _ _ 3 3 2 2 _'],
    ['pressure.limit', 'high', '0.9 1.1×2 1.5×2 0.9×2', '_ _ 3 3 2 2 _'],
    ['tankLevel.limit', 'the tank empties', '90 60×2 20 30', '_ _ 3 2 3'],
    ['tankLevel.limit', 'refilled', '20 90', '2 _'],
    ['residualCurrent.limit', 'leaking wiring', '100 300×2 500×2 100×2', '_ _ 3 3 2 2 _'],
    ['cableTemp.limit', 'wiring warms', '50 70×2 90 140 60', '_ _ 3 2 1 _'],
    ['notAuto.flag', 'left in manual', '0 1 1 0', '_ _ 3 _'],
    ['exitBlocked.flag', 'left standing', '0 1 1 0', '_ _ 3 _'],
  ]),
  ...ownCases('fire', minutes(30), {
    smoke: 2,
    heat: 1,
    manual: 1,
    hydrantOpen: 3,
    pumpFault: 2,
    powerLoss: 2,
    fault: 4,
  }),
];
