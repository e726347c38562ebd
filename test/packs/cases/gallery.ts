import { minutes } from '../../../src/domain/time.ts';
import { casesOf, ownCases } from './case.ts';

export const GALLERY_CASES = [
  ...casesOf('gallery', minutes(30), [
    ['temp.limit', 'hot, burning, cool', '25 40.1×2 60.1 59.5 25×2', '_ _ 3 2 2 3 _'],
    ['temp.limit', 'cold', '6 4.9×2 6×2', '_ _ 3 3 _'],
    ['humidity.limit', 'damp', '80 90×2 80×2', '_ _ 4 4 _'],
    ['o2.limit', 'too little', '20.9 19.4×2 17.9 20.9×2', '_ _ 3 2 2 _'],
    ['o2.limit', 'too much', '20.9 23.6×2 25.1 20.9×2', '_ _ 3 2 2 _'],
    ['h2s.limit', 'poison', '0 7×2 20 0×2', '_ _ 3 2 2 _'],
    ['ch4.limit', '20 %LEL starts the fans, 25 shuts the gas', '0 19.9 20 25 24 0×2', '_ _ 2 1 1 1 _'],
    ['sump.limit', 'the pit fills', '0.5 1×2 1.5 0.5×2', '_ _ 3 2 2 _'],
    ['cableTemp.limit', 'a cable warms', '50 70×2 90 60', '_ _ 3 2 _'],
  ]),
  ...ownCases('gallery', minutes(1), {
    smoke: 1,
    intruder: 2,
    open: 3,
    fanFault: 3,
    pumpFault: 3,
    powerLoss: 2,
    fault: 4,
    water: 4,
  }),
];
