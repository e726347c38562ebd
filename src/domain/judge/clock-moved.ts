import { unreachable } from '../result.ts';
import type { Duration, Millis } from '../time.ts';
import type { ClockMemory } from './clock.ts';
import type {
  DeviationMemory,
  LearnedMemory,
  OpenPart,
  Part,
  PastParts,
  PointMemory,
  RecentMemory,
  RuleMemory,
  SeriesMemory,
  SignalMemory,
  StatisticMemory,
} from './memory.ts';
import { Rows } from './rows.ts';

/** Every member, so that one that is added to a memory has to be thought of here. */
type Whole<T> = { [K in keyof Required<T>]: T[K] | undefined };

/**
 * Our own clock was set while nothing ran, and it is known how far: everything that a point remembers lies as long before now
 * as it did, so that no window, delay or silence is longer or shorter for it. What devices said themselves of an instant
 * (`recent`, `sentAt`) stays: theirs were not set. Moved back again, the memory is what it was.
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
  const { newestAt, value, valueAt, doubted, recent, contents, gaps } = s;
  return {
    newestAt: newestAt + by,
    value,
    valueAt: orNull(valueAt, by),
    ...(doubted === undefined ? {} : { doubted: doubted && { value: doubted.value, at: doubted.at + by } }),
    recent,
    contents,
    ...(gaps === undefined ? {} : { gaps: gaps.map((x) => x + by) }),
  };
}

function recentMoved(r: RecentMemory, by: Duration): RecentMemory {
  const { baseAt, base, at, values, split, next, doubts } = r;
  return {
    baseAt: orNull(baseAt, by),
    base: base.map((m) => ruleMoved(m, by)),
    at: at.map((t) => t + by),
    values,
    split,
    next: next === null ? null : next.map((m) => ruleMoved(m, by)),
    ...(doubts === undefined ? {} : { doubts: new Map([...doubts].map(([t, why]) => [t + by, why])) }),
  };
}

/** Ours less the device's is greater by as much as ours is. */
function deviceClockMoved(c: ClockMemory, by: Duration): ClockMemory {
  const moved = { receivedAt: c.receivedAt + by, fromReceivedAt: c.fromReceivedAt + by };
  return { ...c, ...moved, lag: c.off === null ? c.lag : c.lag + by };
}

function signalMoved(signal: SignalMemory, by: Duration): SignalMemory {
  if (signal === null) return null;
  switch (signal.of) {
    case 'rate':
      return { of: 'rate', samples: rowsMoved(signal.samples, 2, 1, by) };
    case 'statistic':
      return statisticMoved(signal, by);
    case 'count':
      return { ...signal, begun: rowsMoved(signal.begun, 1, 1, by) };
    case 'deviation':
      return deviationMoved(signal, by);
    case 'extreme':
    case 'unchangedFor': {
      const { since, seenAt } = signal;
      return { ...signal, since: since + by, ...(seenAt === undefined ? {} : { seenAt: seenAt + by }) };
    }
    case 'trend':
      return { ...signal, phase: phaseMoved(signal.phase, by), open: openMoved(signal.open, by) };
    case 'together':
      return {
        of: 'together',
        held: eachOf(signal.held, (h) => ({ now: h.now, at: h.at + by, heldAt: orNull(h.heldAt, by) })),
      };
    case 'spread':
      return { of: 'spread', latest: eachOf(signal.latest, (x) => ({ value: x.value, at: x.at + by })) };
    default:
      return unreachable(signal);
  }
}

function statisticMoved(s: StatisticMemory, by: Duration): StatisticMemory {
  return { ...s, phase: phaseMoved(s.phase, by), open: openMoved(s.open, by), past: pastMoved(s.past, by) };
}

function deviationMoved({ smooth, learned }: DeviationMemory, by: Duration): DeviationMemory {
  return {
    of: 'deviation',
    smooth: smooth && statisticMoved(smooth, by),
    learned: learned && learnedMoved(learned, by),
  };
}

/** Counted as time that taught nothing: parts keep their numbers. */
function learnedMoved({ learnt, open }: LearnedMemory, by: Duration): LearnedMemory {
  const [lastAt, skipped, weight, sum, last] = open;
  return { learnt, open: [lastAt + by, skipped + by, weight, sum, last] };
}

function openMoved(p: OpenPart, by: Duration): OpenPart {
  return [p[0] + by, p[1], p[2], p[3], p[4], p[5], p[6] + by, p[7], p[8], p[9]];
}

function partMoved(p: Part, by: Duration): Part {
  return [p[0] + by, p[1], p[2], p[3], p[4], p[5]];
}

function pastMoved(past: PastParts, by: Duration): PastParts {
  return {
    newer: rowsMoved(past.newer, 7, 2, by),
    newerTogether: past.newerTogether && partMoved(past.newerTogether, by),
    older: rowsMoved(past.older, 7, 2, by),
    together: past.together && partMoved(past.together, by),
    behind: past.behind && partMoved(past.behind, by),
  };
}

/** @param instants how many numbers at the beginning of each row are instants */
function rowsMoved(rows: Rows, width: number, instants: number, by: Duration): Rows {
  return Rows.of(rows.toJSON().map((x, i) => (i % width < instants ? x + by : x)));
}

/** None where there was none. */
const phaseMoved = (phase: Duration | undefined, by: Duration): Duration | undefined =>
  (phase ?? 0) + by || undefined;

const orNull = (at: Millis | null, by: Duration): Millis | null => (at === null ? null : at + by);

function each<K, V>(of: ReadonlyMap<K, V>, moved: (v: V) => V): Map<K, V> {
  return new Map(Array.from(of, ([key, v]) => [key, moved(v)]));
}

function eachOf<V>(of: Readonly<Record<string, V>>, moved: (v: V) => V): Record<string, V> {
  return Object.fromEntries(Object.entries(of).map(([key, v]) => [key, moved(v)]));
}
