import type { Reading } from '../reading.ts';
import type { Duration, Millis } from '../time.ts';
import { noteCrowd } from './crowds.ts';
import { OUTAGE_FROM_THE_FIRST } from './gaps.ts';
import type { RecentMemory, SeriesMemory } from './memory.ts';
import { doubtedBy } from './quality.ts';
import { instantAt, samplesIn, valueAt } from './recent.ts';

/** Where a reading stands against what its series already knows. */
export type Arrival =
  | 'live' // newer than all before, and on time: judged in full
  | 'late' // newer than all before, but later than the lateness window: may raise, never clear
  | 'behind' // not newer than all before, on time: judged in its place
  | 'backfill' // not newer than all before, and late: judged among what came late, may raise, never clear
  | 'repeat'; // known already, with this very content: kept once, changes nothing

/** Readings remembered for telling a repetition from a newcomer: twice what a device may have in flight. */
const RECENT_AT_MOST = 64;
const ROW = 2;
/** Content that an older program did not note: any is taken for it. */
export const ANY = Infinity;

/** @param lateness how long after its instant a reading of this metric still counts as on time */
export function arrivalOf(
  series: SeriesMemory | undefined,
  observedAt: Millis,
  receivedAt: Millis,
  lateness: Duration,
): Exclude<Arrival, 'repeat'> {
  const late = receivedAt - observedAt > lateness;
  if (series === undefined || observedAt > series.newestAt) return late ? 'late' : 'live';
  return late ? 'backfill' : 'behind';
}

/**
 * Whether just this was said of just this instant, and judged. That the instant is old says nothing, nor that something
 * else was said of it: a repetition is the same content at the same instant.
 *
 * @param recent what was judged lately of the metric, where that is kept
 * @param sentAt as the device has it
 * @param value `null`: no measurement
 */
export function isKnown(
  series: SeriesMemory,
  recent: RecentMemory | undefined,
  sentAt: Millis,
  value: number | null,
): boolean {
  const content = contentOf(value);
  const { said } = series;
  for (let i = said.length - ROW; i >= 0; i -= ROW)
    if (said[i] === sentAt && isSame(said[i + 1] as number, content)) return true;
  if (recent === undefined) return false;
  // A device at 20 Hz has more in flight than is remembered by instant: what may still be judged again is known, too.
  for (let i = samplesIn(recent) - 1; i >= 0; i--) {
    const at = instantAt(recent, i);
    if (at < sentAt) return false;
    if (at === sentAt && valueAt(recent, i) === content) return true;
  }
  return false;
}

/** Whether something was said of an instant. */
export function isSpokenOf(series: SeriesMemory, sentAt: Millis): boolean {
  return timesSpokenOf(series, sentAt) > 0;
}

/**
 * The first instant from `at` on at which nothing of the last readings stands: our own clock, set back, shows instants a second time, and what
 * has no time of its own would take an older one's place.
 */
export function unspoken(series: SeriesMemory, at: Millis): Millis {
  let free = at;
  while (isSpokenOf(series, free)) free++;
  return free;
}

/** Where a second reading of one instant goes: a millisecond after the last of that instant, so that none overwrites another. */
export function beside(series: SeriesMemory, sentAt: Millis): Millis {
  return sentAt + timesSpokenOf(series, sentAt);
}

function timesSpokenOf({ said }: SeriesMemory, sentAt: Millis): number {
  let n = 0;
  for (let i = 0; i < said.length; i += ROW) if (said[i] === sentAt) n++;
  return n;
}

/**
 * The first instant from `at` on at which nothing else is known to stand: of old readings that come in any order more is remembered by
 * when they were than by when they came.
 *
 * @param value what is to stand there; where just that stands already, it is the same reading
 */
export function freeAmong(known: RecentMemory | undefined, at: Millis, value: number | null): Millis {
  if (known === undefined) return at;
  let free = at;
  // Ascending: the last that is not after it, and what follows on its heels.
  for (let i = placeOf(known, at); i < samplesIn(known) && instantAt(known, i) <= free; i++)
    if (instantAt(known, i) === free && valueAt(known, i) !== value) free++;
  return free;
}

/** 补传, as kept with the reading: it came too late to be judged as if live. */
export function isBackfill(stands: Arrival): boolean {
  return stands === 'late' || stands === 'backfill';
}

/**
 * Where something stands that may have been said of a crowded instant before.
 *
 * @param to where the last of that instant stands
 * @returns the first instant from `from` on at which just this stands; `null`: none that is remembered
 */
export function amongCrowd(
  known: RecentMemory | undefined,
  from: Millis,
  to: Millis,
  value: number | null,
): Millis | null {
  if (known === undefined) return null;
  for (let i = placeOf(known, from); i < samplesIn(known) && instantAt(known, i) <= to; i++)
    if (valueAt(known, i) === value) return instantAt(known, i);
  return null;
}

/** Of the first that is not before `at`. */
function placeOf(known: RecentMemory, at: Millis): number {
  let i = samplesIn(known);
  while (i > 0 && instantAt(known, i - 1) >= at) i--;
  return i;
}

/**
 * @param judged the reading's value counts: its quality is one that rules judge unless they say otherwise. What some rule says
 *   must not change what the next reading is compared with
 */
export function firstOf(r: Told, judged: boolean, isLate = false): SeriesMemory {
  return {
    newestAt: r.observedAt,
    value: judged ? r.value : null,
    valueAt: judged ? r.observedAt : null,
    doubted: doubtedBy(r.value, r.quality, r.observedAt),
    said: [sentAtOf(r), contentOf(r.value)],
    ...(isLate ? { gaps: OUTAGE_FROM_THE_FIRST() } : {}),
  };
}

type Told = Pick<Reading, 'value' | 'quality' | 'observedAt' | 'deviceTime'>;

/** The instant by which a reading is known again. */
const sentAtOf = (r: Pick<Reading, 'observedAt' | 'deviceTime'>): Millis => r.deviceTime ?? r.observedAt;

/**
 * The series remembers a reading that is not a repeat. In place: this runs for every reading, and nobody looks at an
 * older memory again.
 */
export function remember(s: SeriesMemory, r: Told, stands: Arrival, judged: boolean): void {
  const { observedAt } = r;
  noted(s, sentAtOf(r), contentOf(r.value));
  if (r.deviceTime !== undefined) noteCrowd(s, r.deviceTime, observedAt);
  if (stands === 'backfill') return;
  if (stands === 'behind') {
    // What was newer was no measurement.
    if (judged && (s.valueAt === null || observedAt > s.valueAt)) {
      s.value = r.value;
      s.valueAt = observedAt;
    }
    return;
  }
  s.newestAt = observedAt;
  if (judged) {
    s.value = r.value;
    s.valueAt = observedAt;
  }
  s.doubted = doubtedBy(r.value, r.quality, observedAt);
}

/** As a number, so that it lies in a row: NaN is no measurement. */
const contentOf = (value: number | null): number => value ?? Number.NaN;

const isSame = (known: number, content: number): boolean =>
  known === content || known === ANY || (Number.isNaN(known) && Number.isNaN(content));

function noted(s: SeriesMemory, sentAt: Millis, content: number): void {
  if (s.said.length >= RECENT_AT_MOST * ROW) s.said.splice(0, (RECENT_AT_MOST / 2) * ROW);
  s.said.push(sentAt, content);
}
