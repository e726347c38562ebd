import type { AlarmJson } from '../../../../../src/wire/alarm.ts';
import type { Point } from '../../api/answers.ts';
import type { PackJson } from '../../state/catalog.ts';
import { isUnacked } from '../../state/phase.ts';
import type { Level } from '../../state/sounding.ts';

/** Of a point of the register: what the map uses. */
export type PointJson = Pick<
  Point,
  'code' | 'name' | 'lifeline' | 'area' | 'asset' | 'place' | 'heardAt' | 'outOfService'
>;
export type Place = NonNullable<Point['place']>;
/** Not heard: `silent` longer than its lifeline allows, `offline` by its own last word, `never` at all. */
export type Unheard = 'silent' | 'offline' | 'never';
export type PointState = {
  readonly point: PointJson;
  /** The gravest open alarm; hidden ones (shelved, suppressed) are not among them. */
  readonly level: Level | null;
  readonly unacked: boolean;
  /** Open alarms in the order of the duty desk. */
  readonly alarms: readonly AlarmJson[];
  readonly unheard: Unheard | null;
};

const MINUTE = 60_000;
/** Where a pack has no rule on silence, this many times the slowest metric's interval. */
const TIMES = 3;

/** How long each lifeline's points may say nothing: its rule on silence, or else its metrics' own pace. */
export function silentAfter(packs: readonly PackJson[]): ReadonlyMap<string, number> {
  return new Map(
    packs.map((p) => {
      const limits = p.rules
        .filter((r) => r.metric === null && r.signal.of === 'silentFor')
        .flatMap((r) =>
          r.steps.map((s) => (s.limit.is === 'above' ? s.limit.limit * MINUTE : Number.POSITIVE_INFINITY)),
        );
      const pace = TIMES * Math.max(...p.metrics.map((m) => m.expectedIntervalMs), MINUTE);
      return [p.key, limits.length > 0 ? Math.min(...limits) : pace];
    }),
  );
}

/**
 * @param alarms in the order in which they matter
 * @param offline points whose devices have all said that they are gone
 */
export function statesOf(
  points: readonly PointJson[],
  alarms: readonly AlarmJson[],
  known: {
    readonly silentAfter: ReadonlyMap<string, number>;
    readonly offline: ReadonlySet<string>;
    /** Points that have ever sent a reading; `null`: not known yet. */
    readonly reported: ReadonlySet<string> | null;
    readonly now: number;
  },
): PointState[] {
  const byPoint = new Map<string, AlarmJson[]>();
  for (const a of alarms) {
    const list = byPoint.get(a.pointCode);
    if (list) list.push(a);
    else byPoint.set(a.pointCode, [a]);
  }
  return points.map((point) => {
    const own = byPoint.get(point.code) ?? [];
    const level = own.reduce<Level | null>((w, a) => (w === null || a.level < w ? a.level : w), null);
    return { point, level, unacked: own.some(isUnacked), alarms: own, unheard: unheardOf(point, own, known) };
  });
}

function unheardOf(
  p: PointJson,
  alarms: readonly AlarmJson[],
  known: Parameters<typeof statesOf>[2],
): Unheard | null {
  if (p.heardAt === null || known.reported?.has(p.code) === false) return 'never';
  if (known.offline.has(p.code)) return 'offline';
  // The service has judged it: the rules in force at this very point, which may not be its pack's.
  if (alarms.some((a) => a.dataInterrupted || a.metric === null)) return 'silent';
  const allowed = known.silentAfter.get(p.lifeline) ?? Number.POSITIVE_INFINITY;
  return known.now - Date.parse(p.heardAt) > allowed ? 'silent' : null;
}

/** 0 is the worst: red; then the other levels, then what is not heard, then what is normal. */
export const rankOf = (s: Pick<PointState, 'level' | 'unheard'>): number =>
  s.level !== null ? s.level - 1 : s.unheard !== null ? 4 : 5;
const isNormal = (s: PointState): boolean => rankOf(s) === 5;

/** What is not normal, in the order of the duty desk: unacknowledged, graver, newer; then what is not heard. */
export function notNormal(states: readonly PointState[]): PointState[] {
  return states.filter((s) => !isNormal(s)).sort((a, b) => order(a) - order(b) || newest(b) - newest(a));
}
const order = (s: PointState): number => rankOf(s) + (s.unacked ? 0 : 10);
const newest = (s: PointState): number => Math.max(0, ...s.alarms.map((a) => Date.parse(a.raisedAt)));

/** The next one with an alarm after the one that is chosen, round and round. */
export function nextAlarm(list: readonly PointState[], chosen: string | null): PointState | null {
  const alarmed = list.filter((s) => s.level !== null);
  const at = alarmed.findIndex((s) => s.point.code === chosen);
  return alarmed[(at + 1) % Math.max(1, alarmed.length)] ?? null;
}

export type Spot = { readonly x: number; readonly y: number; readonly state: PointState };
export type Cluster = {
  readonly x: number;
  readonly y: number;
  readonly worst: PointState;
  readonly unacked: boolean;
  readonly notNormal: number;
  readonly members: readonly PointState[];
};

/**
 * Puts together what would lie on top of each other. The worst come first and stay where they are: what is
 * wrong is never drawn beside its place for the sake of what is not.
 *
 * @param apart least distance of two marks, in the units of x and y
 */
export function clustersOf(spots: readonly Spot[], apart: number): Cluster[] {
  const cell = (v: number): number => Math.floor(v / apart);
  const grid = new Map<string, Spot[]>();
  for (const s of spots) {
    const key = `${cell(s.x)} ${cell(s.y)}`;
    const there = grid.get(key);
    if (there) there.push(s);
    else grid.set(key, [s]);
  }
  const taken = new Set<Spot>();
  const clusters: Cluster[] = [];
  const sorted = [...spots].sort(
    (a, b) => rankOf(a.state) - rankOf(b.state) || (a.state.point.code < b.state.point.code ? -1 : 1),
  );
  for (const s of sorted) {
    if (taken.has(s)) continue;
    const members: PointState[] = [];
    for (let i = cell(s.x) - 1; i <= cell(s.x) + 1; i++)
      for (let j = cell(s.y) - 1; j <= cell(s.y) + 1; j++)
        for (const o of grid.get(`${i} ${j}`) ?? []) {
          if (taken.has(o) || (o.x - s.x) ** 2 + (o.y - s.y) ** 2 > apart * apart) continue;
          taken.add(o);
          members.push(o.state);
        }
    clusters.push({
      x: s.x,
      y: s.y,
      worst: s.state,
      unacked: members.some((m) => m.unacked),
      notNormal: members.filter((m) => !isNormal(m)).length,
      members,
    });
  }
  return clusters;
}

/**
 * Around all the places, with some air: closed, counter-clockwise, in degrees. Where points are, and no border.
 *
 * @param air degrees of latitude
 */
export function outlineOf(places: readonly Place[], air: number): [number, number][] {
  const round = places.flatMap((p) =>
    Array.from({ length: 24 }, (_, i): [number, number] => {
      const angle = (i * Math.PI) / 12;
      const narrow = Math.max(0.1, Math.cos((p.lat * Math.PI) / 180));
      return [p.lon + (air * Math.cos(angle)) / narrow, p.lat + air * Math.sin(angle)];
    }),
  );
  return hull(round);
}

/** About 110 m: a mark's size when a district fills the screen. */
const AIR = 0.001;
const MOST_OUTLINES = 80;

/** One outline for each area that has points with a place, of those whose code begins with `within`. */
export function outlinesOf(
  points: readonly PointJson[],
  areas: readonly { readonly code: string; readonly name: string }[],
  within = '',
): { readonly name: string; readonly ring: readonly (readonly [number, number])[] }[] {
  const places = new Map<string, Place[]>();
  for (const p of points) {
    if (p.place === null || !p.area.startsWith(within)) continue;
    const list = places.get(p.area);
    if (list) list.push(p.place);
    else places.set(p.area, [p.place]);
  }
  const nameOf = (code: string): string => areas.find((a) => a.code === code)?.name ?? code;
  return [...places]
    .slice(0, MOST_OUTLINES)
    .map(([code, list]) => ({ name: nameOf(code), ring: outlineOf(list, AIR) }));
}

/** Andrew's monotone chain. */
function hull(points: [number, number][]): [number, number][] {
  const sorted = [...points].sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  const half = (list: [number, number][]): [number, number][] => {
    const out: [number, number][] = [];
    for (const p of list) {
      while (
        out.length >= 2 &&
        turn(out[out.length - 2] as [number, number], out[out.length - 1] as [number, number], p) <= 0
      )
        out.pop();
      out.push(p);
    }
    return out.slice(0, -1);
  };
  const ring = [...half(sorted), ...half(sorted.reverse())];
  return ring.length === 0 ? [] : [...ring, ring[0] as [number, number]];
}
const turn = (o: [number, number], a: [number, number], b: [number, number]): number =>
  (a[0] - o[0]) * (b[1] - o[1]) - (a[1] - o[1]) * (b[0] - o[0]);
