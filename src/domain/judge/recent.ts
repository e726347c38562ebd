import type { Quality } from '../reading.ts';
import type { Duration, Millis } from '../time.ts';
import type { RecentMemory, RuleMemory } from './memory.ts';

/** A sensor at 20 Hz must not make us remember more: what comes behind more readings than this is not re-judged. */
const READINGS_AT_MOST = 512;

/**
 * Remembers a reading that is newer than all before, so that one that comes behind it can be judged in its place.
 * Two checkpoints of the rules' memories go round: nothing is judged twice while readings come in order.
 *
 * @param window how long after its instant a reading of this metric is still on time
 * @param previousAt the newest reading before this one, judged or not; `null` for none
 * @param before the rules' memories before this reading, in the rules' order; asked for where a checkpoint is due
 * @returns `known`, grown in place: nobody looks at an older memory again
 */
export function noteRecent(
  known: RecentMemory | undefined,
  value: number,
  at: Millis,
  window: Duration,
  previousAt: Millis | null,
  before: () => readonly RuleMemory[],
): RecentMemory {
  const newest = known?.at[known.at.length - 1];
  if (known === undefined || newest === undefined)
    return { baseAt: previousAt, base: before(), at: [at], values: [value], split: 0, next: null };
  if (at - newest > window) return begunAnew(known, value, at, previousAt, before());

  const inSecond = known.at.length - known.split;
  if (known.next === null) {
    if (at - (known.at[0] as Millis) > window || known.at.length >= READINGS_AT_MOST / 2)
      mark(known, before());
  } else if (at - (known.at[known.split] as Millis) > window || inSecond >= READINGS_AT_MOST / 2) {
    known.baseAt = known.at[known.split - 1] as Millis;
    known.base = known.next;
    known.at.splice(0, known.split);
    known.values.splice(0, known.split);
    mark(known, before());
  }
  known.at.push(at);
  known.values.push(value);
  return known;
}

/** Notes how far a reading that was remembered may be believed; to be called for good ones too, so that old doubts go. */
export function noteDoubt(known: RecentMemory, at: Millis, quality: Quality): void {
  if (quality.grade !== 'good') {
    known.doubts ??= new Map();
    known.doubts.set(at, quality);
  }
  if (known.doubts === undefined) return;
  const oldest = known.at[0] as Millis;
  for (const t of known.doubts.keys()) {
    if (t >= oldest) break;
    known.doubts.delete(t);
  }
}

/** Where a reading that comes behind belongs; `null` where the memories of that moment are gone. */
export function placeAmong(known: RecentMemory, at: Millis): number | null {
  if (known.baseAt !== null && at <= known.baseAt) return null;
  let i = known.at.length;
  while (i > 0 && (known.at[i - 1] as Millis) > at) i--;
  return i;
}

/** Whether there is room for one more that comes behind; what comes in order makes room for itself. */
export const hasRoom = (known: RecentMemory): boolean => known.at.length < READINGS_AT_MOST;

/**
 * Makes room for what is older still: the newer half has been judged and goes. For memories that are nobody's newest ones:
 * what follows them is judged after what is left.
 */
export function forgetNewer(known: RecentMemory): void {
  known.at.length = READINGS_AT_MOST / 2;
  known.values.length = READINGS_AT_MOST / 2;
  if (known.split >= READINGS_AT_MOST / 2) {
    known.split = 0;
    known.next = null;
  }
}

/** Puts a reading that came behind in its place. A checkpoint after it is then out of date: the caller takes it anew. */
export function insertAt(known: RecentMemory, i: number, value: number, at: Millis): void {
  known.at.splice(i, 0, at);
  known.values.splice(i, 0, value);
  if (known.next !== null && i <= known.split) known.split++;
}

/** The common case, a device that reports every few minutes: nothing is allocated but the checkpoint. */
function begunAnew(
  known: RecentMemory,
  value: number,
  at: Millis,
  previousAt: Millis | null,
  base: readonly RuleMemory[],
): RecentMemory {
  known.baseAt = previousAt;
  known.base = base;
  known.at.length = 0;
  known.values.length = 0;
  known.at.push(at);
  known.values.push(value);
  known.split = 0;
  known.next = null;
  return known;
}

function mark(known: RecentMemory, memories: readonly RuleMemory[]): void {
  known.split = known.at.length;
  known.next = memories;
}
