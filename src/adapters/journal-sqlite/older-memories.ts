import type {
  LearnedMemory,
  Part,
  PointMemory,
  RuleMemory,
  SignalMemory,
  StatisticMemory,
} from '../../domain/judge/memory.ts';
import { joined } from '../../domain/judge/part.ts';
import { NO_ROWS, Rows } from '../../domain/judge/rows.ts';

/**
 * Memories as they were written up to schema 6 of the file, in the form of today: a city that updates at night must not forget a day's rain.
 * What is of today's form already comes back as it is.
 */
export function ofToday(memory: PointMemory): PointMemory {
  for (const rules of [memory.rules, memory.late]) {
    for (const [id, rule] of rules) rules.set(id, ruleOfToday(rule));
  }
  for (const recent of memory.recent?.values() ?? []) {
    recent.base = recent.base.map(ruleOfToday);
    recent.next = recent.next?.map(ruleOfToday) ?? null;
  }
  return memory;
}

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
type Old =
  | { of: 'rate'; at: number[]; values: number[] }
  | OldStatistic
  | { of: 'count'; on: boolean; begun: number[] }
  | { of: 'deviation'; smooth: OldStatistic | null; learned: OldLearned | null }
  | { of: 'trend'; index: number; open: OldPart; last: number | null; run: number; closed: number };

const ruleOfToday = (rule: RuleMemory): RuleMemory => ({ ...rule, signal: signalOfToday(rule.signal) });

function signalOfToday(kept: SignalMemory | Old): SignalMemory {
  if (kept === null) return null;
  switch (kept.of) {
    case 'rate':
      return 'samples' in kept ? kept : { of: 'rate', samples: rows(kept.at, (i) => [kept.values[i]]) };
    case 'statistic':
      return 'indices' in kept ? statistic(kept) : kept;
    case 'count':
      return { ...kept, begun: Rows.of([...kept.begun]) };
    case 'deviation':
      return { of: 'deviation', smooth: smooth(kept.smooth), learned: learned(kept.learned) };
    case 'trend':
      return { ...kept, open: part(kept.open) };
    default:
      return kept;
  }
}

const part = (p: Part | OldPart): Part => ('from' in p ? [p.from, p.n, p.sum, p.m2, p.min, p.max] : p);

const rows = (firsts: readonly number[], rest: (i: number) => readonly (number | undefined)[]): Rows =>
  Rows.of(firsts.flatMap((first, i) => [first, ...rest(i)]) as number[]);

function statistic(old: OldStatistic): StatisticMemory {
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

const smooth = (kept: StatisticMemory | OldStatistic | null): StatisticMemory | null =>
  kept !== null && 'indices' in kept ? statistic(kept) : kept;

function learned(kept: LearnedMemory | OldLearned | null): LearnedMemory | null {
  if (kept === null || 'learnt' in kept) return kept;
  const { since, index, baseline, settled, lastAt, skipped, n, sum } = kept;
  const means = rows(kept.indices, (i) => [kept.means[i]]);
  return { learnt: { since, index, means, baseline, settled }, open: [lastAt, skipped, n, sum] };
}
