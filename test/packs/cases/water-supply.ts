import { hours, minutes } from '../../../src/domain/time.ts';
import { casesOf, ownCases } from './case.ts';

export const WATER_SUPPLY_CASES = [
  ...casesOf('water-supply', minutes(5), [
    [
      'pressure.limit',
      'the end of the net falls below 0.14 MPa, then runs empty',
      '0.3 0.141×2 0.14×2 0.071 0.07×2 0.15×2 0.151×2',
      '_ _ _ _ 3 3 3 2 2 3 3 _',
    ],
    ['pressure.limit', 'a pump that starts is no alarm', '0.3 0.13 0.3 0.13 0.3', '_ …'],
    ['pressure.high', 'too much pressure', '0.5 0.59 0.6×2 0.585 0.57×2', '_ _ _ 3 3 3 _'],
    ['pressure.rate', 'a burst: 0.15 MPa in five minutes', '0.35 0.35 0.2 0.05 0.05×4', '_ _ 2 2 2 2 _ _'],
    ['pressure.rate', 'the night lowers it by and by', '0.35 0.34 0.33 0.32 0.31 0.3', '_ …'],
  ]),
  ...casesOf('water-supply', minutes(30), [
    [
      'flow.night',
      'a leak by night, a larger one in the next, mended',
      '100×420 113×4 100×44 145×4 100×44 100×5',
      '_×424 4×48 3×48 _',
    ],
  ]),
  ...casesOf('water-supply', minutes(15), [
    ['chlorine.limit', 'below 0.2, then none', '0.3 0.2×2 0.05 0.06 0.3×2', '_ _ 3 2 2 2 _'],
    ['turbidity.limit', 'cloudy, then muddy', '0.4 1×2 3×2 0.5×2', '_ _ 3 3 2 2 _'],
    ['ph.limit', 'either way', '7 6.4×2 7×2 8.6×2 8×2', '_ _ 3 3 _ _ 3 3 _'],
    ['tankLevel.limit', 'nearly empty', '2 0.5×2 0.61', '_ _ 3 _'],
  ]),
  ...casesOf('water-supply', hours(24), [
    ['leak.limit', 'possible is blue, a leak yellow, mended', '0 1 2 2 0', '_ 4 3 3 _'],
  ]),
  ...casesOf('water-supply', hours(24), [
    ['noise.baseline', 'louder than the nights before', '25×6 31.5×2 25', '_×6 4 4 _'],
    ['noise.baseline', 'a loud place', '60×9', '_ …'],
  ]),
  ...casesOf('water-supply', minutes(5), [
    ['pressure.silence', 'a quarter of an hour without a pressure', '0 _ _ _ 0', '_ _ _ 4 _'],
    ['chlorine.silence', 'three quarters of an hour without chlorine', '0 _×9 0', '_×9 4 _'],
  ]),
  ...ownCases('water-supply', hours(24), { pumpFault: 3, open: 3, water: 4, fault: 4 }),
];
