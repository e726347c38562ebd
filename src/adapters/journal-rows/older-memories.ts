import { ANY } from '../../domain/judge/arrival.ts';
import {
  type DeviationMemory,
  type LearnedMemory,
  type OpenPart,
  owned,
  type Part,
  type PastParts,
  type PointMemory,
  type RecentMemory,
  type RuleMemory,
  type SeriesMemory,
  type SignalMemory,
  type StatisticMemory,
} from '../../domain/judge/memory.ts';
import { joined } from '../../domain/judge/part.ts';
import { rowsOfNumbered } from '../../domain/judge/past-parts.ts';
import { NO_ROWS, Rows } from '../../domain/judge/rows.ts';

/**
 * Memories as they were written by older programs, in the form of today: a city that updates at night must not forget a day's rain.
 * Up to schema 6 of the file, and in schema 7, rules kept their numbers otherwise; up to schema 9 a series knew its instants, and not what was said of them;
 * up to schema 16 both stood in arrays of their own, as did the instants and values of readings that may be judged again.
 * What is of today's form already comes back as it is.
 */
export function ofToday(memory: PointMemory): PointMemory {
  for (const [key, series] of memory.series) memory.series.set(key, seriesOfToday(series));
  for (const rules of [memory.rules, owned(memory, 'late')]) {
    for (const [id, rule] of rules) rules.set(id, ruleOfToday(rule));
  }
  for (const known of [memory.recent, memory.backlog?.of])
    for (const [key, recent] of known ?? []) known?.set(key, recentOfToday(recent));
  return memory;
}

/** Up to schema 6. */
type OldPart = { from: number; n: number; sum: number; m2: number; min: number; max: number };
type OldStatistic = { of: 'statistic'; index: number; open: OldPart; closed: OldPart[]; indices: number[] };
type OldLearned = Omit<LearnedMemory['learnt'], 'means'> & {
  lastAt: number;
  skipped: number;
  n: number;
  sum: number;
  indices: number[];
  means: number[];
};
/** Schema 7: readings counted alike however long they stood, and rows of parts began with a part's number. */
type CountedPast = PastParts & { readonly together: Part | null };
type Counted = { of: 'statistic'; index: number; open: Part; past: CountedPast };
type CountedLearned = Pick<LearnedMemory, 'learnt'> & {
  open: readonly [lastAt: number, skipped: number, n: number, sum: number];
};
type Old =
  | Counted
  | { of: 'deviation'; smooth: Counted | null; learned: CountedLearned | null }
  | { of: 'trend'; index: number; open: Part; last: number | null; run: number; closed: number }
  | { of: 'rate'; at: number[]; values: number[] }
  | OldStatistic
  | { of: 'count'; on: boolean; begun: number[] }
  | { of: 'deviation'; smooth: OldStatistic | null; learned: OldLearned | null }
  | { of: 'trend'; index: number; open: OldPart; last: number | null; run: number; closed: number };

/** Up to schema 16; up to schema 9 without `contents`. */
type OldSeries = Omit<SeriesMemory, 'said'> & {
  readonly recent: readonly number[];
  readonly contents?: readonly number[];
};
type OldRecent = Omit<RecentMemory, 'samples'> & {
  readonly at: readonly number[];
  readonly values: readonly number[];
};

/** Where what was said of an instant was not noted, whatever is said of it now is taken for that, as it was then. */
function seriesOfToday(kept: SeriesMemory | OldSeries): SeriesMemory {
  if ('said' in kept) return kept;
  const { recent, contents, gaps, ...rest } = kept;
  const said = recent.flatMap((at, i) => [at, contents === undefined ? ANY : (contents[i] ?? ANY)]);
  // Gaps were otherwise, too, where contents were not.
  return { ...rest, said, ...(contents === undefined || gaps === undefined ? {} : { gaps }) };
}

function recentOfToday(kept: RecentMemory | OldRecent): RecentMemory {
  const base = kept.base.map(ruleOfToday);
  const next = kept.next?.map(ruleOfToday) ?? null;
  if ('samples' in kept) return { ...kept, base, next };
  const { at, values, ...rest } = kept;
  return { ...rest, samples: at.flatMap((t, i) => [t, values[i] ?? Number.NaN]), base, next };
}

const ruleOfToday = (rule: RuleMemory): RuleMemory => ({ ...rule, signal: signalOfToday(rule.signal) });

function signalOfToday(kept: SignalMemory | Old): SignalMemory {
  if (kept === null) return null;
  switch (kept.of) {
    case 'rate':
      return 'samples' in kept ? kept : { of: 'rate', samples: rows(kept.at, (i) => [kept.values[i]]) };
    case 'statistic':
      return statistic(kept);
    case 'count':
      return { ...kept, begun: Rows.of([...kept.begun]) };
    case 'deviation':
      return {
        of: 'deviation',
        smooth: kept.smooth === null ? null : statistic(kept.smooth),
        learned: learned(kept.learned),
        ...beside(kept),
      };
    case 'trend':
      return isOpen(kept.open) ? { ...kept, open: kept.open } : { ...kept, open: opened(part(kept.open)) };
    default:
      return kept;
  }
}

/** Of today's alone: older ones took nothing out that they had to learn. */
function beside(kept: Pick<DeviationMemory, 'of'>): Pick<DeviationMemory, 'around'> {
  const { around } = kept as DeviationMemory;
  return around === undefined ? {} : { around };
}

const part = (p: Part | OldPart): Part => ('from' in p ? [p.from, p.n, p.sum, p.m2, p.min, p.max] : p);

const rows = (firsts: readonly number[], rest: (i: number) => readonly (number | undefined)[]): Rows =>
  Rows.of(firsts.flatMap((first, i) => [first, ...rest(i)]) as number[]);

const isOpen = (p: Part | OpenPart | OldPart): p is OpenPart => Array.isArray(p) && p.length > 6;

/** When its last reading came is not known, nor what it was: about its mean. */
const opened = (p: Part): OpenPart => [...p, p[0], p[2] / p[1], 0, 0];

function statistic(kept: StatisticMemory | Counted | OldStatistic): StatisticMemory {
  if ('by' in kept) return 'together' in kept.past ? { ...kept, past: plainPast(kept.past) } : kept;
  const { index, open, past } = 'indices' in kept ? counted(kept) : kept;
  const newer = rowsOfNumbered(past.newer, lengthOf(index, open));
  const older = rowsOfNumbered(past.older, lengthOf(index, open));
  return {
    of: 'statistic',
    by: 'count',
    index,
    open: opened(open),
    past: plainPast({ ...past, newer, older }),
  };
}

/** Up to schema 15 what the two stacks made together was kept beside them. */
const plainPast = ({ newer, newerTogether, older }: PastParts): PastParts => ({
  newer,
  newerTogether,
  older,
});

/** Of a part: it begins with its number times this, so that today's instants tell it to a thousandth of a ms. Windows are whole seconds. */
const lengthOf = (index: number, open: Part): number =>
  (Math.round(((open[0] / index) * PARTS) / 1000) * 1000) / PARTS;
const PARTS = 24;

function counted(old: OldStatistic): Counted {
  const parts = old.closed.map(part);
  const all = parts.length === 0 ? null : parts.reduce(joined);
  return {
    of: 'statistic',
    index: old.index,
    open: part(old.open),
    past: {
      newer: rows(old.indices, (i) => parts[i] ?? []),
      newerTogether: all,
      older: NO_ROWS,
      together: all,
    },
  };
}

function learned(kept: LearnedMemory | CountedLearned | OldLearned | null): LearnedMemory | null {
  if (kept === null) return null;
  if ('learnt' in kept)
    return kept.open.length === 5 ? (kept as LearnedMemory) : { ...kept, open: taught(...kept.open) };
  const { since, index, baseline, settled, lastAt, skipped, n, sum } = kept;
  const means = rows(kept.indices, (i) => [kept.means[i]]);
  return { learnt: { since, index, means, baseline, settled }, open: taught(lastAt, skipped, n, sum) };
}

/** The part that is open goes on with its mean. */
const taught = (lastAt: number, skipped: number, n: number, sum: number): LearnedMemory['open'] => [
  lastAt,
  skipped,
  0,
  0,
  sum / n,
];
