import { hours } from '../../../src/domain/time.ts';
import { casesOf, ownCases } from './case.ts';

export const BUILDING_CASES = [
  ...casesOf('building', hours(1), [
    ['tilt.limit', 'a house leans', '1 4.1×2 7.1 10.1 9.8 1×2', '_ _ 3 2 1 1 1 _'],
    ['tilt.limit', 'either way', '-1 -4.1×2 -7.1 -10.1', '_ _ 3 2 1'],
    ['settlement.limit', 'a house settles', '5 20×2 40 39.5 5×2', '_ _ 3 2 2 2 _'],
    ['crack.limit', 'a crack opens', '0.5 1.5×2 3 1×2', '_ _ 3 2 2 _'],
    ['strain.limit', 'either way', '10 301×2 10', '_ _ 2 _'],
    ['vibration.limit', 'piling', '1 5 15 1×2', '_ 3 2 2 _'],
  ]),
  ...casesOf('building', hours(6), [
    ['settlement.rate', '3 mm in a day; slower is none', '0 0.5 1 1.5 2 3 4 5 5×6', '_×6 2×4 _×4'],
  ]),
  ...ownCases('building', hours(1), { displaced: 1, fault: 4 }),
];
