import type { Device, DeviceFault, Latest, Point } from '../../api/answers.ts';
import { OWN_LIFELINE } from '../../state/catalog.ts';

/** What can be wrong with what a point says, worst first; last what was never joined. */
export const FAULTS = [
  'silent',
  'offline',
  'bad',
  'stuck',
  'noise',
  'jumping',
  'disagrees',
  'clock',
  'interval',
  'battery',
  'never',
] as const;
export type Fault = (typeof FAULTS)[number];

export type Trouble = {
  readonly point: Point;
  readonly devices: readonly Device[];
  /** Worst first, none twice. */
  readonly faults: readonly Fault[];
  /** Those that the service has found over hours and days, with its own words. */
  readonly found: readonly DeviceFault[];
  /** When it last spoke, ms; `null`: never. */
  readonly heardAt: number | null;
};

/** What the service calls it (`GET /device-faults`), as it is called here. */
const KINDS: Readonly<Record<DeviceFault['kind'], Fault>> = {
  'poor-readings': 'bad',
  stuck: 'stuck',
  'noise-collapse': 'noise',
  'clock-off': 'clock',
  'low-battery': 'battery',
  'interval-drift': 'interval',
  disagrees: 'disagrees',
};
export const kindOf = (f: DeviceFault): Fault => KINDS[f.kind];

/** Intervals without a word after which a point is called silent. */
const INTERVALS_MISSED = 3;
const SILENT_AT_LEAST = 60_000;
/** Percent: weeks are left on a battery of years. */
const BATTERY_LOW = 20;

/**
 * Every point with something wrong, worst first, within that the longest silent first. Points in maintenance have
 * their reason and are no trouble.
 *
 * What the newest reading says of itself, and what the service has found over hours and days.
 *
 * @param expected interval of a metric in ms, `null` where it is not known
 */
export function troublesOf(given: {
  readonly points: readonly Point[];
  readonly devices: readonly Device[];
  readonly latest: readonly Latest[];
  readonly found: readonly DeviceFault[];
  readonly expected: (lifeline: string, metric: string) => number | null;
  readonly now: number;
}): Trouble[] {
  const devices = grouped(given.devices, (d) => d.point);
  const latest = grouped(given.latest, (r) => r.pointCode);
  const told = grouped(given.found, (f) => f.pointCode);
  const troubles: Trouble[] = [];
  for (const point of given.points) {
    if (point.outOfService !== null || point.lifeline === OWN_LIFELINE) continue;
    const its = devices.get(point.code) ?? [];
    const readings = latest.get(point.code) ?? [];
    const heardAt = point.heardAt === null ? null : Date.parse(point.heardAt);
    const found = new Set<Fault>();
    if (readings.length === 0) found.add('never');
    else if (heardAt !== null && isSilent(point, readings, heardAt, given)) found.add('silent');
    if (its.some((d) => d.online === false)) found.add('offline');
    for (const r of readings) {
      const fault = faultOf(r);
      if (fault !== null) found.add(fault);
    }
    const foundOf = told.get(point.code) ?? [];
    for (const f of foundOf) found.add(kindOf(f));
    if (found.size === 0) continue;
    troubles.push({
      point,
      devices: its,
      faults: FAULTS.filter((f) => found.has(f)),
      found: foundOf,
      heardAt: readings.length === 0 ? null : heardAt,
    });
  }
  const rank = (t: Trouble): number => FAULTS.indexOf(t.faults[0] as Fault);
  return troubles.sort(
    (a, b) =>
      rank(a) - rank(b) || (a.heardAt ?? 0) - (b.heardAt ?? 0) || (a.point.code < b.point.code ? -1 : 1),
  );
}

function isSilent(
  point: Point,
  readings: readonly Latest[],
  heardAt: number,
  { expected, now }: { expected: (lifeline: string, metric: string) => number | null; now: number },
): boolean {
  const intervals = readings.flatMap((r) => expected(point.lifeline, r.metric) ?? []);
  if (intervals.length === 0) return false;
  return now - heardAt > Math.max(SILENT_AT_LEAST, INTERVALS_MISSED * Math.min(...intervals));
}

function faultOf(r: Latest): Fault | null {
  if (/^battery/i.test(r.metric) && r.value !== null) {
    if (r.metric === 'battery' ? r.value < BATTERY_LOW : r.value === 1) return 'battery';
  }
  switch (r.why) {
    case undefined:
      return null;
    case 'stuck':
      return 'stuck';
    case 'impossible-jump':
      return 'jumping';
    case 'clock-off':
      return 'clock';
    default:
      return 'bad';
  }
}

export function grouped<T>(items: readonly T[], by: (item: T) => string | null): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = by(item);
    if (key === null) continue;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
}

/** Whether a person who typed this means that: every word is found in one of its texts. */
export function matches(search: string, texts: readonly (string | null | undefined)[]): boolean {
  const text = texts.join('\n').toLowerCase();
  return search
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}

/** `area` and every area below it. */
export function areasBelow(
  areas: readonly { code: string; parent: string | null }[],
  area: string,
): Set<string> {
  const below = new Set([area]);
  for (let grew = true; grew; ) {
    grew = false;
    for (const a of areas)
      if (a.parent !== null && below.has(a.parent) && !below.has(a.code)) {
        below.add(a.code);
        grew = true;
      }
  }
  return below;
}
