import type { Quality } from '../reading.ts';
import type { Duration, Millis } from '../time.ts';
import type { RecentMemory, RuleMemory } from './memory.ts';

/** A sensor at 20 Hz must not make us remember more: what comes behind more readings than this is not re-judged. */
const READINGS_AT_MOST = 512;
const ROW = 2;

export const samplesIn = ({ samples }: RecentMemory): number => samples.length / ROW;
/** @param i 0 ≤ i < `samplesIn` */
export const instantAt = ({ samples }: RecentMemory, i: number): Millis => samples[i * ROW] as number;
export const valueAt = ({ samples }: RecentMemory, i: number): number => samples[i * ROW + 1] as number;

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
  if (known === undefined || known.samples.length === 0)
    return { baseAt: previousAt, base: before(), samples: [at, value], split: 0, next: null };
  const n = samplesIn(known);
  if (at - instantAt(known, n - 1) > window) return begunAnew(known, value, at, previousAt, before());

  if (known.next === null) {
    if (at - instantAt(known, 0) > window || n >= READINGS_AT_MOST / 2) mark(known, before());
  } else if (at - instantAt(known, known.split) > window || n - known.split >= READINGS_AT_MOST / 2) {
    known.base = known.next;
    forgetFirst(known, known.split);
    mark(known, before());
  }
  addSample(known, at, value);
  return known;
}

export const addSample = ({ samples }: RecentMemory, at: Millis, value: number): void => {
  samples.push(at, value);
};

/** The oldest `n` readings, at least one, are what `base` knows of from now on. */
export function forgetFirst(known: RecentMemory, n: number): void {
  known.baseAt = instantAt(known, n - 1);
  known.samples.splice(0, n * ROW);
}

/** Notes how far a reading that was remembered may be believed; to be called for good ones too, so that old doubts go. */
export function noteDoubt(known: RecentMemory, at: Millis, quality: Quality): void {
  if (quality.grade !== 'good') {
    known.doubts ??= new Map();
    known.doubts.set(at, quality);
  }
  if (known.doubts === undefined) return;
  const oldest = instantAt(known, 0);
  for (const t of known.doubts.keys()) {
    if (t >= oldest) break;
    known.doubts.delete(t);
  }
}

/** Where a reading that comes behind belongs; `null` where the memories of that moment are gone. */
export function placeAmong(known: RecentMemory, at: Millis): number | null {
  if (known.baseAt !== null && at <= known.baseAt) return null;
  let i = samplesIn(known);
  while (i > 0 && instantAt(known, i - 1) > at) i--;
  return i;
}

/** Whether there is room for one more that comes behind; what comes in order makes room for itself. */
export const hasRoom = (known: RecentMemory): boolean => samplesIn(known) < READINGS_AT_MOST;

/**
 * Makes room for what is older still: the newer half has been judged and goes. For memories that are nobody's newest ones:
 * what follows them is judged after what is left.
 */
export function forgetNewer(known: RecentMemory): void {
  known.samples.length = (READINGS_AT_MOST / 2) * ROW;
  if (known.split >= READINGS_AT_MOST / 2) {
    known.split = 0;
    known.next = null;
  }
}

/** Puts a reading that came behind in its place. A checkpoint after it is then out of date: the caller takes it anew. */
export function insertAt(known: RecentMemory, i: number, value: number, at: Millis): void {
  known.samples.splice(i * ROW, 0, at, value);
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
  known.samples.length = 0;
  addSample(known, at, value);
  known.split = 0;
  known.next = null;
  return known;
}

function mark(known: RecentMemory, memories: readonly RuleMemory[]): void {
  known.split = samplesIn(known);
  known.next = memories;
}
