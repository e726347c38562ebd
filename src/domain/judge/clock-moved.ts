import type { Duration } from '../time.ts';
import type { ClockMemory } from './clock.ts';
import { memoryKindOf } from './evaluate.ts';
import { gapsMoved } from './gaps.ts';
import type { PointMemory, RecentMemory, RuleMemory, SeriesMemory, SignalMemory } from './memory.ts';
import { orNull } from './moved.ts';

/** Every member, so that one that is added to a memory has to be thought of here. */
type Whole<T> = { [K in keyof Required<T>]: T[K] | undefined };

/**
 * Our own clock was set while nothing ran, and it is known how far: everything that a point remembers lies as long before now
 * as it did, so that no window, delay or silence is longer or shorter for it. What devices said themselves of an instant
 * (`said`, `crowds`, `sentAt`) stays: theirs were not set. Moved back again, the memory is what it was.
 *
 * @param memory changed in place
 * @param by how far our clock was moved; negative: back
 */
export function clockMoved(memory: PointMemory, by: Duration): void {
  const moved: Whole<PointMemory> = {
    heardAt: memory.heardAt > 0 ? memory.heardAt + by : memory.heardAt,
    awaitedSince:
      memory.awaitedSince === undefined || memory.awaitedSince === 0
        ? memory.awaitedSince
        : memory.awaitedSince + by,
    series: each(memory.series, (s) => seriesMoved(s, by)),
    rules: each(memory.rules, (r) => ruleMoved(r, by)),
    late: each(memory.late, (r) => ruleMoved(r, by)),
    backlog: memory.backlog && {
      heardAt: memory.backlog.heardAt + by,
      of: each(memory.backlog.of, (r) => recentMoved(r, by)),
    },
    told: memory.told && each(memory.told, (told) => told.map((x, i) => (i % 3 === 2 ? x : x + by))),
    clock: memory.clock && deviceClockMoved(memory.clock, by),
    recent: memory.recent && each(memory.recent, (r) => recentMoved(r, by)),
    windows: each(memory.windows, (w) => ({ ...w, startsAt: w.startsAt + by })),
    worst: each(memory.worst, (w) => ({ ...w, at: w.at + by })),
  };
  for (const key of Object.keys(moved) as (keyof PointMemory)[])
    if (moved[key] !== undefined) Object.assign(memory, { [key]: moved[key] });
}

/** A rule's memory of a point, the same way. */
export function ruleMoved({ signal, watchers }: RuleMemory, by: Duration): RuleMemory {
  return {
    signal: signalMoved(signal, by),
    watchers: watchers.map((w) => ({ on: w.on, disagreeingSince: orNull(w.disagreeingSince, by) })),
  };
}

function seriesMoved(s: SeriesMemory, by: Duration): SeriesMemory {
  const { newestAt, value, valueAt, doubted, said, gaps, crowds } = s;
  return {
    newestAt: newestAt + by,
    value,
    valueAt: orNull(valueAt, by),
    ...(doubted === undefined ? {} : { doubted: doubted && { value: doubted.value, at: doubted.at + by } }),
    said,
    ...(gaps === undefined ? {} : { gaps: gapsMoved(gaps, by) }),
    ...(crowds === undefined ? {} : { crowds }),
  };
}

function recentMoved(r: RecentMemory, by: Duration): RecentMemory {
  const { baseAt, base, samples, split, next, borrowedAt, doubts } = r;
  return {
    baseAt: orNull(baseAt, by),
    base: base.map((m) => ruleMoved(m, by)),
    samples: samples.map((x, i) => (i % 2 === 0 ? x + by : x)),
    split,
    next: next === null ? null : next.map((m) => ruleMoved(m, by)),
    ...(borrowedAt === undefined ? {} : { borrowedAt: borrowedAt + by }),
    ...(doubts === undefined ? {} : { doubts: new Map([...doubts].map(([t, why]) => [t + by, why])) }),
  };
}

/** Ours less the device's is greater by as much as ours is. */
function deviceClockMoved(c: ClockMemory, by: Duration): ClockMemory {
  const moved = { receivedAt: c.receivedAt + by, fromReceivedAt: c.fromReceivedAt + by };
  return { ...c, ...moved, lag: c.off === null ? c.lag : c.lag + by };
}

function signalMoved(signal: SignalMemory, by: Duration): SignalMemory {
  return signal === null ? null : memoryKindOf(signal).moved(signal, by);
}

function each<K, V>(of: ReadonlyMap<K, V>, moved: (v: V) => V): Map<K, V> {
  return new Map(Array.from(of, ([key, v]) => [key, moved(v)]));
}
