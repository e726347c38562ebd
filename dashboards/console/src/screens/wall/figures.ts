import type { AlarmJson } from '../../../../../src/wire/alarm.ts';
import type { Area, Device, Order } from '../../api/answers.ts';
import type { Level } from '../../state/view.ts';

/** The middle one; `null` of none. */
export function median(of: readonly number[]): number | null {
  const sorted = [...of].sort((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? null;
}

/** How long it took from an order until somebody was there, of orders made since then. */
export const arrivalsOf = (orders: readonly Order[], since: number): readonly number[] =>
  orders.flatMap((o) => {
    const met = o.clocks.find((c) => c.name === 'arrive')?.metAt;
    const from = Date.parse(o.createdAt);
    return met === undefined || from < since ? [] : [Math.max(0, Date.parse(met) - from)];
  });

/** By line: how many devices there are, and of those that say so how many are there. */
export function onlineByLine(
  devices: readonly Pick<Device, 'lifeline' | 'online'>[],
): ReadonlyMap<string, { readonly devices: number; readonly share: number | null }> {
  const lines = new Map<string, { devices: number; known: number; up: number }>();
  for (const d of devices) {
    const line = lines.get(d.lifeline) ?? { devices: 0, known: 0, up: 0 };
    line.devices += 1;
    if (d.online !== null) line.known += 1;
    if (d.online === true) line.up += 1;
    lines.set(d.lifeline, line);
  }
  return new Map(
    [...lines].map(([key, l]) => [key, { devices: l.devices, share: l.known === 0 ? null : l.up / l.known }]),
  );
}

export type District = {
  readonly name: string;
  readonly total: number;
  readonly worst: Level;
  readonly counts: Readonly<Record<Level, number>>;
};

/** Districts by what stands open in them: more of what is graver first. */
export function districtsOf(
  alarms: readonly Pick<AlarmJson, 'areaCode' | 'level'>[],
  areas: readonly Area[],
): readonly District[] {
  const byCode = new Map(areas.map((a) => [a.code as string, a]));
  const root = new Set(areas.filter((a) => a.parent === null).map((a) => a.code as string));
  /** The district under the city: what the ranking is of. */
  const districtOf = (code: string): string => {
    let at = byCode.get(code);
    for (let up = 0; at !== undefined && at.parent !== null && !root.has(at.parent) && up < 8; up++)
      at = byCode.get(at.parent);
    return at?.name ?? code;
  };
  const found = new Map<string, Record<Level, number>>();
  for (const { areaCode, level } of alarms) {
    const name = districtOf(areaCode);
    const counts = found.get(name) ?? { 1: 0, 2: 0, 3: 0, 4: 0 };
    counts[level] += 1;
    found.set(name, counts);
  }
  return [...found]
    .map(([name, counts]) => ({
      name,
      counts,
      total: counts[1] + counts[2] + counts[3] + counts[4],
      worst: ([1, 2, 3, 4] as const).find((l) => counts[l] > 0) ?? 4,
    }))
    .sort(
      (a, b) =>
        b.counts[1] - a.counts[1] ||
        b.counts[2] - a.counts[2] ||
        b.total - a.total ||
        (a.name < b.name ? -1 : 1),
    );
}
