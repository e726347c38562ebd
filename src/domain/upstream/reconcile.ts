import type { Millis } from '../time.ts';
import type { UpObject } from './item.ts';

/** How many items of an object a side has of a day, and a digest of their numbers: SM3 over them in order, a line each. */
export type DayTally = { readonly count: number; readonly digest: string };

/** 对账: one object of one day, ours beside theirs. */
export type Difference = {
  readonly upstream: string;
  /** In Beijing. */
  readonly day: string;
  readonly object: UpObject;
  readonly ours: DayTally;
  /** Of ours, those that have not gone yet, and those that a person let go. */
  readonly owed: number;
  readonly waived: number;
  /** `null`: they have no answer to that. */
  readonly theirs: DayTally | null;
  readonly at: Millis;
  /** What a person has found out about it. */
  readonly explained: { readonly by: string; readonly at: Millis; readonly reason: string } | null;
};

export type DifferenceState = 'agrees' | 'differs' | 'unanswered' | 'explained';

export function stateOf(d: Difference): DifferenceState {
  if (d.theirs !== null && d.theirs.count === d.ours.count && d.theirs.digest === d.ours.digest)
    return 'agrees';
  if (d.explained !== null) return 'explained';
  return d.theirs === null ? 'unanswered' : 'differs';
}

export const isOpenDifference = (d: Difference): boolean => stateOf(d) === 'differs';

/** What was found anew beside what is known: words hold as long as both counts are those that they were written for. */
export function foundAgain(before: Difference | undefined, found: Difference): Difference {
  if (before === undefined || before.explained === null) return found;
  const same =
    before.ours.digest === found.ours.digest &&
    before.theirs?.digest === found.theirs?.digest &&
    before.theirs?.count === found.theirs?.count;
  return same ? { ...found, explained: before.explained } : found;
}
