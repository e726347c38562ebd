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
/** What is older is not placed by its own time any more. */
const KEPT: Duration = days(8);

/** A reading that is the newest, on time or late: nothing came between it and the one before. In place. */
export function noteGap(s: SeriesMemory, observedAt: Millis): void {
  if (observedAt - s.newestAt <= LEAST) return;
  s.gaps ??= [];
  s.gaps.push(s.newestAt, observedAt);
  if (s.gaps.length > AT_MOST * WIDTH)
    s.gaps.splice((s.gaps[1] as number) < observedAt - KEPT ? 0 : shortest(s.gaps), WIDTH);
}

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
