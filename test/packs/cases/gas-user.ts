import { hours, minutes } from '../../../src/domain/time.ts';
import { casesOf, ownCases } from './case.ts';

export const GAS_USER_CASES = [
  ...casesOf('gas-user', minutes(5), [
    ['ch4.limit', 'a home alarm is believed at its first word', '0 9.9 10 25 24 0×2', '_ _ 2 1 1 1 _'],
    ['c3h8.limit', 'LPG likewise', '0 9.9 10 25 24 0×2', '_ _ 2 1 1 1 _'],
    ['co.limit', 'a blocked flue', '0 50×2 160 0×2', '_ _ 2 1 1 _'],
  ]),
  ...ownCases('gas-user', hours(24), {
    alarm: 2,
    leakFlow: 3,
    valveClosed: 3,
    valveFault: 3,
    powerLoss: 4,
    endOfLife: 4,
    fault: 4,
  }),
];
