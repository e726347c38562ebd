import type { City } from '../city.ts';
import type { Expected, ExpectedIncident } from './scenario.ts';

/** What is wrong with a device says nothing of what it watches. */
const OF_A_DEVICE = ['.silence', '.stuck', '.fault.flag', '.battery.limit', '.batteryLow.flag'];

/** Several alarms at one asset are one incident; one alone is none. */
export function atOneAsset(city: City, expected: readonly Expected[]): readonly ExpectedIncident[] {
  const assetOf = new Map(city.instruments.map((i) => [i.code, i.asset]));
  const live = expected.filter((e) => !e.late && !OF_A_DEVICE.some((ending) => e.rule.endsWith(ending)));
  return [...Map.groupBy(live, (e) => assetOf.get(e.point) ?? e.point).values()]
    .filter((alarms) => alarms.length > 1)
    .map((alarms) => ({ points: [...new Set(alarms.map((a) => a.point))] }));
}
