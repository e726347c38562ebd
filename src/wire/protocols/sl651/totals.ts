import type { Millis } from '../../../domain/time.ts';
import type { Dissected, DissectedItem } from '../../mapping/frames.ts';

/** Rain of the rain-day so far, and since 1 January. */
const TOTALS: ReadonlySet<string> = new Set(['20', '26']);
/** What a total was, and by how much it had grown since the one before: what is sent again has the same answer. */
const REMEMBERED = 32;

type Known = { readonly at: Millis; readonly total: number; readonly grown: number | null };

/** Stations and codes of a door; the longest silent is forgotten. */
const SERIES_AT_MOST = 50_000;

/** Totals of stations, by station and code, the newest last; goes on with each report. */
export type TotalsMemory = Map<string, readonly Known[]>;

/**
 * Adds to each running total by how much it has grown since the one before, as `20+` and `26+`. A total that has
 * fallen was reset, on 1 January or when the station lost its power: what it shows has fallen since then. The first one
 * that we hear of a station has nothing to be compared with, and adds nothing.
 */
export function withGrowth(memory: TotalsMemory, said: Dissected): Dissected {
  const items: DissectedItem[] = [];
  for (const item of said.items) {
    items.push(item);
    const at = item.at ?? said.at;
    if (!TOTALS.has(item.code) || typeof item.raw !== 'number' || !item.valid || at === null) continue;
    const grown = note(memory, `${said.station}/${item.code}`, at, item.raw);
    if (grown !== null) items.push({ code: `${item.code}+`, raw: grown, valid: true, flag: null, at });
  }
  return items.length === said.items.length ? said : { ...said, items };
}

function note(memory: TotalsMemory, series: string, at: Millis, total: number): number | null {
  const known = memory.get(series) ?? [];
  const same = known.find((k) => k.at === at);
  if (same !== undefined) return same.grown;
  const before = known.findLast((k) => k.at < at);
  const grown = before === undefined ? null : growth(before.total, total);
  memory.delete(series);
  memory.set(series, [...known, { at, total, grown }].sort((a, b) => a.at - b.at).slice(-REMEMBERED));
  if (memory.size > SERIES_AT_MOST) memory.delete(memory.keys().next().value as string);
  return grown;
}

const growth = (before: number, now: number): number =>
  Number((now >= before ? now - before : now).toFixed(3));
