import { hours, minutes } from '../../../src/domain/time.ts';
import { casesOf, ownCases } from './case.ts';

export const HEATING_CASES = [
  ...casesOf('heating', hours(1), [
    ['roomTemp.limit', 'a window that is opened for an hour is no alarm', '21 16 21', '_ _ _'],
    ['roomTemp.limit', 'cold for two hours, colder, warm again', '20 18×3 14×3 21×2', '_ _ _ 3 3 3 2 2 _'],
    ['soilTemp.limit', 'warm soil', '20 40×2 20×2', '_ _ 3 3 _'],
  ]),
  ...casesOf('heating', minutes(30), [
    ['makeUp.limit', 'water is lost', '5 20×2 60×2 5×2', '_ _ 3 3 2 2 _'],
    ['chamberTemp.limit', 'a hot chamber', '30 45×2 60 30×2', '_ _ 3 2 2 _'],
    ['supplyTemp.limit', 'beyond design', '110 120×2 130 129 110', '_ _ 3 2 2 _'],
    ['supplyPressure.limit', 'design pressure', '1 1.4×2 1.6 1.59 1', '_ _ 3 1 1 _'],
  ]),
  ...casesOf('heating', minutes(1), [
    ['supplyPressure.rate', 'a rupture', '0.8 0.8 0.8 0.7 0.6 0.5 0.4 0.4×14', '_×4 1×14 _×3'],
    ['supplyPressure.rate', 'a pump that is slowed is none', '0.8 0.78 0.76 0.74 0.72', '_ …'],
  ]),
  ...casesOf('heating', minutes(5), [
    ['supplyPressure.silence', 'a quarter of an hour without a pressure', '0 _ _ _ 0', '_ _ _ 4 _'],
  ]),
  ...ownCases('heating', hours(1), { flooded: 3, pumpFault: 3, powerLoss: 2, water: 4, fault: 4 }),
];
