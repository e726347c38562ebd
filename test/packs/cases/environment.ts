import { hours } from '../../../src/domain/time.ts';
import { casesOf, ownCases } from './case.ts';

export const ENVIRONMENT_CASES = [
  ...casesOf('environment', hours(1), [
    ['cod.limit', 'over the permit, then twice it', '30 50×2 100 98 30×2', '_ _ 3 2 2 2 _'],
    ['nh3n.limit', 'over the permit, then twice it', '2 5×2 10 2×2', '_ _ 3 2 2 _'],
    ['tp.limit', 'over the permit, then twice it', '0.2 0.5×2 1 0.2×2', '_ _ 3 2 2 _'],
    ['tn.limit', 'over the permit, then twice it', '9 15×2 30 9×2', '_ _ 3 2 2 _'],
    ['ph.limit', 'acid and lye', '7 5.9×2 3.9 7×2 9.1×2 11.1 7×2', '_ _ 3 2 2 _ _ 3 2 2 _'],
    ['dissolvedOxygen.limit', 'the river suffocates', '7 5×3 2×2 7×2', '_ _ _ 4 4 3 3 _'],
    ['so2.limit', 'hourly', '100 500 1000 100', '_ 4 3 _'],
    ['no2.limit', 'hourly', '100 200 700 100', '_ 4 3 _'],
    ['o3.limit', 'hourly', '100 200 400 100', '_ 4 3 _'],
    ['co.limit', 'hourly', '1 10 35 1', '_ 4 3 _'],
    ['noise.limit', 'a noisy hour', '60 70×2 60×2', '_ _ 4 4 _'],
  ]),
  ...casesOf('environment', hours(6), [
    ['pm25.mean24', 'smog comes, grows and goes', '50×4 120×4 160×4 260×4 50×8', '_×7 4×3 3×5 2 3×2 _×6'],
    ['pm10.mean24', 'smog comes, grows and goes', '80×4 260×4 360×4 430×4 80×8', '_×7 4×4 3×4 2 3 4 _×6'],
    ['pm25.mean24', 'one bad hour is none', '50×4 300 50×4', '_ …'],
  ]),
  ...ownCases('environment', hours(1), { bypass: 2, fault: 4 }),
];
