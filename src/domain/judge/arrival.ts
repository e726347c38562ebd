import type { Reading } from '../reading.ts';
import type { Duration, Millis } from '../time.ts';
import { LATENESS } from './event-time.ts';
import type { SeriesMemory } from './memory.ts';
import { doubtedBy } from './quality.ts';

/** Where a reading stands against what its series already knows. */
export type Standing =
  | 'live' // newer than all before, and on time: judged in full
  | 'late' // newer than all before, but later than the lateness window: may raise, never clear
  | 'behind' // older than the newest, on time, and not seen before: may raise, never clear
  | 'backfill' // older than the newest, late, and in a stretch of which nothing was known: judged by a memory of its own
  | 'repeat'; // known already: kept, changes nothing

/** Instants remembered for telling a repeat from a newcomer: twice what a device may have in flight. */
const RECENT_AT_MOST = 64;
/** Stretches remembered at most; the shortest goes first, for a long outage is what gets filled later. */
const GAPS_AT_MOST = 4;

/** @param lateness how long after its instant a reading of this metric still counts as on time */
export function standing(
  series: SeriesMemory | undefined,
  observedAt: Millis,
  receivedAt: Millis,
  lateness: Duration,
): Standing {
  const late = receivedAt - observedAt > lateness;
  if (series === undefined || observedAt > series.newestAt) return late ? 'late' : 'live';
  if (observedAt === series.newestAt) return 'repeat';
  if (late) return series.gaps.some((g) => observedAt > g.from && observedAt < g.to) ? 'backfill' : 'repeat';
  const { recent } = series;
  const oldest = recent[0] ?? series.newestAt;
  // Older than all we remember, while we had to forget some: it may have been judged, so it is taken as known.
  if (observedAt < oldest && recent.length >= RECENT_AT_MOST / 2) return 'repeat';
  return recent.includes(observedAt) ? 'repeat' : 'behind';
}

/** 补传, as kept with the reading: it came too late to be judged as if live. */
export function isBackfill(stands: Standing): boolean {
  return stands === 'late' || stands === 'backfill';
}

/**
 * @param judged the reading's value counts: its quality is one that rules judge unless they say otherwise. What some rule says
 *   must not change what the next reading is compared with
 */
export function firstOf(r: Told, judged: boolean): SeriesMemory {
  return {
    newestAt: r.observedAt,
    value: judged ? r.value : null,
    valueAt: judged ? r.observedAt : null,
    doubted: doubtedBy(r.value, r.quality, r.observedAt),
    recent: [r.observedAt],
    gaps: NO_GAPS,
  };
}

type Told = Pick<Reading, 'value' | 'quality' | 'observedAt'>;

/**
 * The series remembers a reading that is not a repeat. In place: this runs for every reading, and nobody looks at an
 * older memory again.
 */
export function remember(s: SeriesMemory, r: Told, stands: Standing, judged: boolean): void {
  const { observedAt } = r;
  if (stands === 'backfill') {
    s.gaps = filled(s.gaps, observedAt);
    return;
  }
  if (stands === 'behind') {
    s.recent.sort(ascending);
    noted(s.recent, observedAt);
    // What was newer was no measurement.
    if (judged && (s.valueAt === null || observedAt > s.valueAt)) {
      s.value = r.value;
      s.valueAt = observedAt;
    }
    return;
  }
  s.gaps = opened(s, observedAt);
  s.newestAt = observedAt;
  if (judged) {
    s.value = r.value;
    s.valueAt = observedAt;
  }
  s.doubted = doubtedBy(r.value, r.quality, observedAt);
  noted(s.recent, observedAt);
}

const NO_GAPS: SeriesMemory['gaps'] = [];
const ascending = (a: number, b: number) => a - b;

function noted(recent: Millis[], at: Millis): void {
  if (recent.length >= RECENT_AT_MOST) recent.splice(0, RECENT_AT_MOST / 2);
  recent.push(at);
}

function opened(s: SeriesMemory, at: Millis): SeriesMemory['gaps'] {
  if (at - s.newestAt <= LATENESS) return s.gaps;
  const gaps = [...s.gaps, { from: s.newestAt, to: at }];
  if (gaps.length <= GAPS_AT_MOST) return gaps;
  const shortest = gaps.reduce((a, b) => (b.to - b.from < a.to - a.from ? b : a));
  return gaps.filter((g) => g !== shortest);
}

/** Backfill comes in its own order: what lies before it in the stretch counts as judged. */
function filled(gaps: SeriesMemory['gaps'], at: Millis): SeriesMemory['gaps'] {
  return gaps.map((g) => (at > g.from && at < g.to ? { from: at, to: g.to } : g));
}
