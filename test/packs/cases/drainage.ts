import { hours, minutes } from '../../../src/domain/time.ts';
import { casesOf, ownCases } from './case.ts';

export const DRAINAGE_CASES = [
  ...casesOf('drainage', minutes(5), [
    ['level.limit', 'a sewer fills and empties', '1.9 2×2 2.5 2.46 1×2', '_ _ 3 2 2 2 _'],
    ['level.rate', 'half a metre a minute; a slow fill is none', '0.5 1 1.5 4 6.5 6.5×3', '_ _ _ 2 2 2 _ _'],
    ['airHeight.limit', 'the water nears the cover', '0.6 0.5×2 0.3 0.34 1×2', '_ _ 3 2 2 2 _'],
    ['rain1h.limit', 'by the hour: 8 blue, 16 yellow', '7.8 8 16 14 13 6.8', '_ 4 3 3 4 _'],
    ['ch4.limit', 'gas in a sewer is gas', '0 20 50 0×2', '_ 3 1 1 _'],
    ['h2s.limit', 'poison', '0 6×2 20 0×2', '_ _ 3 2 2 _'],
  ]),
  ...casesOf('drainage', minutes(30), [
    ['cod.limit', 'sewage in a storm drain', '20 30×2 40 39 20×2', '_ _ 3 2 2 2 _'],
    ['cod.limit', 'back from alarm to warning', '40 39 35 35', '2 2 2 3'],
    ['nh3n.limit', 'household sewage', '1 1.5×2 2 1×2', '_ _ 3 2 2 _'],
    ['ph.limit', 'acid', '7 6.4×2 5.9 7×2', '_ _ 3 2 2 _'],
    ['ph.limit', 'lye', '7 8.6×2 9.1 7×2', '_ _ 3 2 2 _'],
    ['turbidity.limit', 'slurry', '20 50×2 100 20×2', '_ _ 3 2 2 _'],
  ]),
  ...ownCases('drainage', hours(1), { overflow: 2, pumpFault: 3, powerLoss: 2, water: 4, fault: 4 }),
];
