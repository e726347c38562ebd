import { hours, minutes } from '../../../src/domain/time.ts';
import { casesOf, ownCases } from './case.ts';

export const LPG_CASES = [
  ...casesOf('lpg', minutes(5), [
    ['c3h8.limit', 'a leak', '0 9.9 10 25 24 0×2', '_ _ 2 1 1 1 _'],
    ['tankLevel.limit', 'filled, overfilled', '84 85 90 89 83', '_ 3 1 1 _'],
    ['tankPressure.limit', 'pressure rises', '1 1.4×2 1.6 1.56 1', '_ _ 3 1 1 _'],
    ['tankTemp.limit', 'a hot day', '35 40×2 48 38', '_ _ 3 2 _'],
    ['offRoute.flag', 'a detour of five minutes', '0 1 0 1 1 0', '_ _ _ _ 3 _'],
  ]),
  ...casesOf('lpg', hours(12), [['valveOpen.flag', 'open overnight', '0 1 1 0', '_ _ 3 _']]),
  ...casesOf('lpg', minutes(5), [
    ['c3h8.silence', 'a quarter of an hour without a reading', '0 _ _ _ 0', '_ _ _ 4 _'],
  ]),
  ...ownCases('lpg', hours(24), { displaced: 3, expired: 3, tamper: 2, interlockOff: 4, fault: 4 }),
];
