import { type Duration, days, type Millis, minutes } from '../time.ts';
import type { SeriesMemory } from './memory.ts';

// Outages of a series in event time: all that is known of what lies within one has come late, and stands among the backfill. So
// two late readings over a limit, with none between them that is not, belong to one excursion there; elsewhere what came
// on time and was forgotten may lie between.

/** Begin and end of each, in a row: some 100 bytes. The longest stay: of them most is kept back. */
const AT_MOST = 6;
const WIDTH = 2;
/** Shorter ones are not worth a place. */
const LEAST: Duration = minutes(2);
/** The end of one that lasts: what is newer came late. */
const LASTS = Number.MAX_SAFE_INTEGER;
/** What is older is not placed by its own time any more. */
const KEPT: Duration = days(8);

/** A reading that is the newest: nothing came between it and the one before. What came late ends no outage. In place. */
export function noteGap(s: SeriesMemory, observedAt: Millis, isLate: boolean): void {
  const { gaps } = s;
  if (gaps !== undefined && gaps[gaps.length - 1] === LASTS) {
    if (!isLate) ends(gaps, observedAt);
    return;
  }
  if (!isLate && observedAt - s.newestAt <= LEAST) return;
  begins(s, s.newestAt, isLate ? LASTS : observedAt);
}

/** The first that is known of a series came late: nothing came before it on time. */
export const OUTAGE_FROM_THE_FIRST = (): number[] => [0, LASTS];

function begins(s: SeriesMemory, from: Millis, to: Millis): void {
  s.gaps ??= [];
  s.gaps.push(from, to);
  if (s.gaps.length > AT_MOST * WIDTH)
    s.gaps.splice((s.gaps[1] as number) < from - KEPT ? 0 : shortest(s.gaps), WIDTH);
}

function ends(gaps: number[], at: Millis): void {
  gaps[gaps.length - 1] = at;
  if (at - (gaps[gaps.length - WIDTH] as number) <= LEAST) gaps.length -= WIDTH;
}

/** Moved with our clock. */
export const gapsMoved = (gaps: readonly number[], by: Duration): number[] =>
  gaps.map((x) => (x === LASTS ? x : x + by));

function shortest(gaps: readonly number[]): number {
  const length = (i: number) => (gaps[i + 1] as number) - (gaps[i] as number);
  let found = 0;
  for (let i = WIDTH; i < gaps.length; i += WIDTH) if (length(i) < length(found)) found = i;
  return found;
}

/** A reading on time that came behind newer ones: where it lies, something came. In place. */
export function breakGap(s: SeriesMemory, observedAt: Millis): void {
  const { gaps } = s;
  if (gaps === undefined) return;
  for (let i = 0; i < gaps.length; i += WIDTH)
    if (observedAt > (gaps[i] as number) && observedAt < (gaps[i + 1] as number)) gaps[i + 1] = observedAt;
}

/** Whether nothing came on time from all of a stretch. */
export function isInGap(s: SeriesMemory | undefined, from: Millis, to: Millis): boolean {
  const gaps = s?.gaps;
  if (gaps === undefined) return false;
  for (let i = 0; i < gaps.length; i += WIDTH)
    if (from > (gaps[i] as number) && to < (gaps[i + 1] as number)) return true;
  return false;
}

/** Within which outage an instant lies, its ends not in it; `null`: in none that is remembered. */
export function gapAround(
  s: SeriesMemory | undefined,
  at: Millis,
): { readonly from: Millis; readonly to: Millis } | null {
  const gaps = s?.gaps;
  if (gaps === undefined) return null;
  for (let i = 0; i < gaps.length; i += WIDTH) {
    const [from, to] = [gaps[i] as number, gaps[i + 1] as number];
    if (at > from && at < to) return { from, to };
  }
  return null;
}
