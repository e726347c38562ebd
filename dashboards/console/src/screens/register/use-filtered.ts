import { computed, type Ref, ref } from 'vue';
import { useConsole } from '../../console/console.ts';
import { OWN_LIFELINE } from '../../state/catalog.ts';
import type { Register } from './load.ts';
import { areasBelow, FAULTS, type Fault, grouped, matches, troublesOf } from './troubles.ts';
import { useNames } from './use-names.ts';

/** Worst first: what reports badly or not at all; then the register itself. */
export const TABS = ['troubles', 'points', 'devices', 'models', 'assets', 'areas'] as const;
export type Tab = (typeof TABS)[number];

/** The lists of the register, as far as they fit what was searched for. */
export function useFiltered(register: Ref<Register | null>, tab: Ref<Tab>) {
  const { catalog } = useConsole();
  const search = ref('');
  const lifeline = ref('');
  const area = ref('');
  const fault = ref<Fault | ''>('');

  const points = computed(() => register.value?.points.filter((p) => p.lifeline !== OWN_LIFELINE) ?? []);
  const devices = computed(() => register.value?.devices.filter((d) => d.lifeline !== OWN_LIFELINE) ?? []);
  const models = computed(() => register.value?.models ?? []);
  const assets = computed(() => register.value?.assets ?? []);
  const areas = computed(() => register.value?.areas ?? []);
  const isEmpty = computed(
    () =>
      register.value !== null &&
      points.value.length + devices.value.length + models.value.length + assets.value.length === 0,
  );
  const pointOf = computed(() => new Map(points.value.map((p) => [p.code, p])));
  const names = useNames({ points: pointOf, areas, assets });
  const devicesOfModel = computed(() => grouped(devices.value, (d) => d.model));
  const pointsOfAsset = computed(() => grouped(points.value, (p) => p.asset));
  const pointsOfArea = computed(() => grouped(points.value, (p) => p.area));
  const within = computed(() => (area.value === '' ? null : areasBelow(areas.value, area.value)));
  const isWithin = (code: string | undefined): boolean =>
    within.value === null || (code !== undefined && within.value.has(code));
  const ofLifeline = (key: string): boolean => lifeline.value === '' || lifeline.value === key;

  const everyTrouble = computed(() =>
    register.value === null
      ? []
      : troublesOf({
          points: points.value,
          devices: devices.value,
          latest: register.value.latest,
          found: register.value.found,
          expected: (of, metric) => catalog.value.metric(of, metric)?.expectedIntervalMs ?? null,
          now: register.value.at,
        }),
  );
  const troubles = computed(() =>
    everyTrouble.value.filter(
      (t) =>
        (fault.value === '' || t.faults.includes(fault.value)) &&
        ofLifeline(t.point.lifeline) &&
        isWithin(t.point.area) &&
        matches(search.value, [t.point.code, t.point.name, ...t.devices.flatMap((d) => [d.code, d.vendor])]),
    ),
  );
  const faultCounts = computed(() =>
    FAULTS.map((f) => [f, everyTrouble.value.filter((t) => t.faults.includes(f)).length] as const).filter(
      ([, n]) => n > 0,
    ),
  );
  const shownPoints = computed(() =>
    points.value.filter(
      (p) =>
        ofLifeline(p.lifeline) &&
        isWithin(p.area) &&
        matches(search.value, [p.code, p.name, p.asset, p.asset === null ? null : names.asset(p.asset)]),
    ),
  );
  const shownDevices = computed(() =>
    devices.value.filter(
      (d) =>
        ofLifeline(d.lifeline) &&
        isWithin(pointOf.value.get(d.point ?? '')?.area) &&
        matches(search.value, [d.code, d.vendor, d.serial, d.point, pointOf.value.get(d.point ?? '')?.name]),
    ),
  );
  const shownModels = computed(() =>
    models.value.filter((m) => matches(search.value, [m.code, m.name, m.vendor])),
  );
  const shownAssets = computed(() =>
    assets.value.filter(
      (a) => ofLifeline(a.lifeline) && isWithin(a.area) && matches(search.value, [a.code, a.name, a.owner]),
    ),
  );
  const shownAreas = computed(() =>
    areas.value.filter((a) => isWithin(a.code) && matches(search.value, [a.code, a.name])),
  );
  const counts = computed<Record<Tab, readonly [shown: number, total: number]>>(() => ({
    troubles: [troubles.value.length, everyTrouble.value.length],
    points: [shownPoints.value.length, points.value.length],
    devices: [shownDevices.value.length, devices.value.length],
    models: [shownModels.value.length, models.value.length],
    assets: [shownAssets.value.length, assets.value.length],
    areas: [shownAreas.value.length, areas.value.length],
  }));
  const filtered = computed(() => counts.value[tab.value][0] < counts.value[tab.value][1]);
  function clear(): void {
    search.value = '';
    lifeline.value = '';
    area.value = '';
    fault.value = '';
  }
  return {
    ...{ search, lifeline, area, fault, clear, filtered, counts, faultCounts, names },
    ...{ points, devices, models, areas, assets, isEmpty, devicesOfModel, pointsOfAsset, pointsOfArea },
    ...{ everyTrouble, troubles, shownPoints, shownDevices, shownModels, shownAssets, shownAreas },
  };
}
