import type { RuleId } from '../ids.ts';
import type { Level } from '../level.ts';
import { days, type Millis, minutes } from '../time.ts';
import { owned, type PointMemory } from './memory.ts';

/**
 * The excursions of a rule that were told of, as they lay in event time: first and last instant and gravest level of each, one
 * after the other in one row. What comes again, or comes late, within one of them is no news; everything else is.
 */
export type Told = number[];

/** Of each rule at each point that ever alarmed: some 300 bytes. */
const AT_MOST = 8;
const WIDTH = 3;
/** Closer than this two excursions may be remembered as one, where there is no room for both. */
const CLOSE = minutes(10);
/** What is older is not placed by its own time any more. */
const KEPT = days(8);

/** What was told of a rule, to be added to. */
export function toldOf(memory: PointMemory, rule: RuleId): Told {
  const known = memory.told?.get(rule);
  if (known !== undefined) return known;
  const made: Told = [];
  owned(memory, 'told').set(rule, made);
  return made;
}

/** @returns whether an excursion as grave as this, or graver, that was told of touches the stretch */
export function isTold(told: Told | undefined, from: Millis, to: Millis, level: Level): boolean {
  if (told === undefined) return false;
  for (let i = 0; i < told.length; i += WIDTH)
    if (from <= (told[i + 1] as number) && to >= (told[i] as number) && (told[i + 2] as number) <= level)
      return true;
  return false;
}

/** Notes an excursion, or that one goes on: stretches that touch are one. In place. */
export function noteTold(told: Told, from: Millis, to: Millis, level: Level): void {
  const last = told.length - WIDTH;
  // A condition that lasts, with each of its readings.
  if (last >= 0 && from >= (told[last] as number) && from <= (told[last + 1] as number)) {
    if (to > (told[last + 1] as number)) told[last + 1] = to;
    if (level < (told[last + 2] as number)) told[last + 2] = level;
    return;
  }
  let [first, until, gravest] = [from, to, level as number];
  for (let i = 0; i < told.length; ) {
    const [a, b, l] = [told[i] as number, told[i + 1] as number, told[i + 2] as number];
    const touches = first <= b && until >= a;
    if (!touches && b >= to - KEPT) {
      i += WIDTH;
      continue;
    }
    if (touches) [first, until, gravest] = [Math.min(first, a), Math.max(until, b), Math.min(gravest, l)];
    told.splice(i, WIDTH);
  }
  told.push(first, until, gravest);
  if (told.length > AT_MOST * WIDTH) makeRoom(told);
}

/**
 * What was so before an outage and after it was taken to have lasted over it, and something late says that it did not: what else
 * comes of that outage is not known yet. In place.
 *
 * @param from where the outage begins
 */
export function noteEnded(told: Told, from: Millis, to: Millis): void {
  for (let i = 0; i < told.length; i += WIDTH) {
    const [a, b, level] = [told[i] as number, told[i + 1] as number, told[i + 2] as number];
    if (a > from || b < to) continue;
    told.splice(i, WIDTH, a, from, level, to, b, level);
    if (told.length > AT_MOST * WIDTH) makeRoom(told);
    return;
  }
}

/** The two that lie closest become one, where they are close; else the oldest goes: in doubt it is told again. */
function makeRoom(told: Told): void {
  const rows: [number, number, number][] = [];
  for (let i = 0; i < told.length; i += WIDTH)
    rows.push([told[i] as number, told[i + 1] as number, told[i + 2] as number]);
  const newest = rows[rows.length - 1];
  rows.sort((a, b) => a[0] - b[0]);
  let closest = 1;
  const gap = (i: number) => (rows[i]?.[0] ?? 0) - (rows[i - 1]?.[1] ?? 0);
  for (let i = 2; i < rows.length; i++) if (gap(i) < gap(closest)) closest = i;
  const [a, b] = [rows[closest - 1], rows[closest]];
  if (a !== undefined && b !== undefined && gap(closest) <= CLOSE) {
    rows.splice(closest - 1, 2, [a[0], Math.max(a[1], b[1]), Math.min(a[2], b[2])]);
  } else {
    rows.shift();
  }
  told.length = 0;
  // The one in hand stays last, so that it goes on cheaply.
  const isInHand = (r: [number, number, number]) =>
    newest !== undefined && r[0] <= newest[0] && r[1] >= newest[1];
  for (const r of [...rows.filter((x) => !isInHand(x)), ...rows.filter(isInHand)]) told.push(...r);
}
