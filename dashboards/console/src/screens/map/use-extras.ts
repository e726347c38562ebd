import { computed, onBeforeUnmount, ref, shallowRef, watch } from 'vue';
import type { AlarmJson } from '../../../../../src/wire/alarm.ts';
import type { Latest, Page, Resource } from '../../api/answers.ts';
import { useConsole } from '../../console/console.ts';
import { useWords } from '../../i18n/words.ts';
import type { HeatSpot } from './layers/heat-layer.ts';
import type { Pin } from './layers/pin-layer.ts';
import type { PointState } from './points.ts';
import { words } from './words.ts';

/** What can be laid over the map besides points and mains; each is read when it is first asked for. */
export const EXTRAS = ['orders', 'crews', 'resources', 'cameras', 'alarmHeat', 'rainHeat'] as const;
export type ExtraName = (typeof EXTRAS)[number];

const KEPT = 'lifeline.map-extras';
const AGAIN_EVERY = 120_000;
const WEEK = 7 * 86_400_000;
/** As a warning of rain has it: this much in an hour is as dark as it gets. */
const RAIN_MOST = 50;
const RAIN = 'rain1h';
const RAIN_FRESH = 3_600_000;
const SIGNS = {
  team: '队',
  goods: '物',
  shelter: '避',
  hospital: '医',
  pump: '泵',
  camera: '摄',
  'fire-station': '消',
  other: '资',
} as const satisfies Record<Resource['kind'], string>;

/** @param states every point, by its code */
export function useExtras(states: () => readonly PointState[]) {
  const { api, live, clock } = useConsole();
  const say = useWords(words);
  const shown = ref<ReadonlySet<ExtraName>>(keptExtras());
  const resources = shallowRef<readonly Resource[]>([]);
  const lately = shallowRef<readonly AlarmJson[]>([]);
  const rain = shallowRef<readonly Latest[]>([]);
  let timer: ReturnType<typeof setTimeout> | undefined;
  let gone = false;

  const placeOf = computed(() => new Map(states().map((s) => [s.point.code as string, s.point.place])));

  async function read(): Promise<void> {
    clearTimeout(timer);
    const wants = (name: ExtraName): boolean => shown.value.has(name);
    if (wants('resources') || wants('cameras')) {
      const answer = await api.all<Resource>('/resources?limit=1000', 20_000);
      if (answer.ok && !gone) resources.value = answer.value;
    }
    if (wants('alarmHeat')) {
      const from = new Date(clock.read() - WEEK).toISOString();
      const answer = await api.get<Page<AlarmJson>>(`/alarms?from=${from}&limit=1000`);
      if (answer.ok && !gone) lately.value = answer.value.items;
    }
    if (wants('rainHeat')) {
      const answer = await api.all<Latest>('/latest?limit=1000', 200_000);
      if (answer.ok && !gone) rain.value = answer.value.filter((r) => r.metric === RAIN);
    }
    if (!gone) timer = setTimeout(() => void read(), AGAIN_EVERY);
  }
  watch(shown, () => void read(), { immediate: true });
  onBeforeUnmount(() => {
    gone = true;
    clearTimeout(timer);
  });

  function toggle(name: ExtraName): void {
    const next = new Set(shown.value);
    if (!next.delete(name)) next.add(name);
    shown.value = next;
    localStorage.setItem(KEPT, [...next].join(','));
  }

  const orderPins = computed((): Pin[] =>
    [...live.board.value.orders.open.values()].flatMap((o) => {
      const own =
        o.place.lon !== null && o.place.lat !== null ? { lon: o.place.lon, lat: o.place.lat } : null;
      const at = own ?? (o.place.point === null ? null : (placeOf.value.get(o.place.point) ?? null));
      if (at === null) return [];
      const isLate = o.clocks.some((c) => c.state === 'overdue');
      return [{ lon: at.lon, lat: at.lat, sign: say('sign.order'), name: `${o.no} ${o.title}`, isLate }];
    }),
  );
  /** Where crews said that they had arrived, of orders that are open. */
  const crewPins = computed((): Pin[] =>
    [...live.board.value.orders.open.values()].flatMap((o) =>
      o.arrival?.lon == null || o.arrival.lat == null
        ? []
        : [{ lon: o.arrival.lon, lat: o.arrival.lat, sign: say('sign.crew'), name: o.unit ?? o.no }],
    ),
  );
  const resourcePins = computed((): Pin[] =>
    resources.value.flatMap((r) => {
      const isCamera = r.kind === 'camera';
      if (r.lon === null || r.lat === null || !shown.value.has(isCamera ? 'cameras' : 'resources')) return [];
      const much = r.quantity === null ? '' : ` ${r.quantity}${r.measure ?? ''}`;
      return [{ lon: r.lon, lat: r.lat, sign: SIGNS[r.kind], name: `${r.name}${much}` }];
    }),
  );
  const pins = computed((): readonly Pin[] => [
    ...resourcePins.value,
    ...(shown.value.has('crews') ? crewPins.value : []),
    ...(shown.value.has('orders') ? orderPins.value : []),
  ]);

  const alarmHeat = computed((): readonly HeatSpot[] => {
    if (!shown.value.has('alarmHeat')) return [];
    const n = new Map<string, number>();
    for (const a of lately.value) n.set(a.pointCode, (n.get(a.pointCode) ?? 0) + (5 - a.level));
    const most = Math.max(1, ...n.values());
    return [...n].flatMap(([code, weight]) => {
      const at = placeOf.value.get(code);
      return at ? [{ lon: at.lon, lat: at.lat, weight: Math.sqrt(weight / most) }] : [];
    });
  });
  const rainHeat = computed((): readonly HeatSpot[] =>
    shown.value.has('rainHeat')
      ? rain.value.flatMap((r) => {
          const at = placeOf.value.get(r.pointCode);
          const isFresh = clock.now.value - Date.parse(r.observedAt) < RAIN_FRESH;
          if (!at || r.value === null || r.quality !== 'good' || !isFresh) return [];
          const value = Number(r.value);
          if (value <= 0) return [];
          return [
            {
              lon: at.lon,
              lat: at.lat,
              weight: Math.min(1, value / RAIN_MOST),
              word: `${value.toFixed(1)} mm/h`,
            },
          ];
        })
      : [],
  );
  /** How many there are to show, for the choice of layers. */
  const counts = computed(
    (): Partial<Record<ExtraName, number>> => ({
      orders: orderPins.value.length,
      crews: crewPins.value.length,
      ...(shown.value.has('resources')
        ? { resources: resources.value.filter((r) => r.kind !== 'camera' && r.lon !== null).length }
        : {}),
      ...(shown.value.has('cameras')
        ? { cameras: resources.value.filter((r) => r.kind === 'camera' && r.lon !== null).length }
        : {}),
      ...(shown.value.has('rainHeat') ? { rainHeat: rainHeat.value.length } : {}),
      ...(shown.value.has('alarmHeat') ? { alarmHeat: lately.value.length } : {}),
    }),
  );
  return { shown, toggle, pins, alarmHeat, rainHeat, counts };
}

/** Which layers somebody likes to see is theirs, and of this workstation. */
function keptExtras(): ReadonlySet<ExtraName> {
  const kept = (localStorage.getItem(KEPT) ?? 'orders').split(',');
  return new Set(EXTRAS.filter((name) => kept.includes(name)));
}
