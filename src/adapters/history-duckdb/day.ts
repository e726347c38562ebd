import type { Millis } from '../../domain/time.ts';

/** Whole UTC days since 1970-01-01. */
export type Day = number;

/** What a day file holds: readings, or waveforms, whose bulk must not be moved when readings are put in order. */
export type DayKind = 'reading' | 'frame';

const DAY_MS = 86_400_000;
/** 9999-12-31: the last day whose name is `YYYY-MM-DD`. */
const LAST_DAY = 2_932_896;

/** The day to whose file an instant belongs. Instants outside 1970…9999 go to the files at the ends. */
export function dayOf(t: Millis): Day {
  return Math.min(Math.max(Math.floor(t / DAY_MS), 0), LAST_DAY);
}

export const startOf = (day: Day): Millis => day * DAY_MS;

/** Where the instants of a day's file begin and end (exclusive); open at the first and the last of all files. */
export const reachOf = (day: Day): { readonly from: Millis; readonly to: Millis } => ({
  from: day === 0 ? Number.MIN_SAFE_INTEGER : startOf(day),
  to: day === LAST_DAY ? Number.MAX_SAFE_INTEGER : startOf(day + 1),
});

/** `2026-01-02`, as people look for it. */
export const dayName = (day: Day): string => new Date(startOf(day)).toISOString().slice(0, 10);

const SUFFIX = { reading: '.duckdb', frame: '.frames.duckdb' } as const satisfies Record<DayKind, string>;

export const fileName = (kind: DayKind, day: Day): string => `${dayName(day)}${SUFFIX[kind]}`;

/** The kind and day of a file of ours; `null` for any other file, also one with an ending behind our name. */
export function fromFileName(name: string): { kind: DayKind; day: Day } | null {
  const m = /^(\d{4}-\d\d-\d\d)(\.frames)?\.duckdb$/.exec(name);
  if (m === null) return null;
  const t = Date.parse(`${m[1]}T00:00:00Z`);
  return Number.isNaN(t) ? null : { kind: m[2] === undefined ? 'reading' : 'frame', day: dayOf(t) };
}
