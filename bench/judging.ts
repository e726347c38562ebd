import { as } from '../src/domain/ids.ts';
import { evaluate, freshMemory } from '../src/domain/judge/evaluate.ts';
import type { RuleMemory } from '../src/domain/judge/memory.ts';
import { median } from '../src/domain/median.ts';
import type { Rule, Signal } from '../src/domain/rule.ts';
import { days, hours, minutes } from '../src/domain/time.ts';
import { PACKS } from '../src/packs/index.ts';
import { fromExactJson, toExactJson } from '../src/wire/files/exact-json.ts';
import { type CostFigure, costFigure, cpuNanos, FEW, MANY } from './cost-figure.ts';
import { wholeReadings } from './whole-reading.ts';

export type JudgingFigure = {
  readonly nanosPerParse: number;
  readonly nanosPerEvaluate: number;
  /** How many rule evaluations cost as much as parsing one packet's JSON. */
  readonly evaluationsPerParse: number;
  readonly kinds: readonly CostFigure[];
  readonly whole: readonly CostFigure[];
};

const PACKET = '{"ts":1764547200000,"values":{"ch4":12.5,"temp":21.4},"battery":88,"rssi":-97}';
/** Readings, ten seconds apart: the longest window here that fills within a day is one hour. */
const UNTIL_FULL = 500;

const KINDS: readonly (readonly [string, Signal])[] = [
  ['fixed limit', { of: 'value' }],
  ['rate over 5 min', { of: 'rate', window: minutes(5) }],
  ['10-min RMS', { of: 'statistic', stat: 'rms', window: minutes(10) }],
  [
    'count in 30 days',
    {
      of: 'count',
      occurrence: { by: 'limit', limit: { is: 'above', limit: 1.5 }, deadband: 0 },
      window: days(30),
    },
  ],
  [
    'deviation from a rolling median',
    {
      of: 'deviation',
      from: { is: 'learned', quantile: 0.5, over: hours(1), window: 'rolling' },
      as: 'difference',
    },
  ],
  ['own extreme', { of: 'extreme', side: 'either', learnFor: hours(1) }],
  ['divergence', { of: 'trend', stat: 'peakToPeak', window: minutes(10), going: 'up', by: 0 }],
  ['stuck', { of: 'unchangedFor', within: 0.01 }],
];

/** Rules alone, and whole readings, beside the least that any intake must do: parse the JSON. */
export async function judging(): Promise<JudgingFigure> {
  const limit = PACKS.flatMap((p) => p.rules).find(
    (r): r is Rule => r.metric === 'ch4' && r.signal.of === 'value',
  );
  if (limit === undefined) throw new Error('no pack has a rule on the value of ch4');
  let seen = 0;
  const nanosPerParse = nanosEach(500_000, () => {
    seen += (JSON.parse(PACKET) as { battery: number }).battery;
  });
  if (seen === 0) throw new Error('nothing was parsed');
  const kinds = KINDS.map(([kind, signal]): CostFigure => {
    const rule: Rule = { ...limit, id: as.rule(`bench.${signal.of}`), signal };
    return costFigure(kind, evaluating(rule, FEW), evaluating(rule, MANY));
  });
  kinds.push(costFigure('(a memory replaced, no rule)', replacing(FEW), replacing(MANY)));
  const nanosPerEvaluate = kinds[0]?.nanosEach ?? Number.NaN;
  const evaluationsPerParse = nanosPerParse / nanosPerEvaluate;
  return { nanosPerParse, nanosPerEvaluate, evaluationsPerParse, kinds, whole: await wholeReadings() };
}

/** A reading every ten seconds at each of so many points, in turn; their windows are full before the clock runs. */
function evaluating(rule: Rule, points: number): number {
  let full = freshMemory(rule);
  for (let i = -UNTIL_FULL; i < 0; i++) full = evaluate(rule, full, valueAt(i), instantOf(i)).memory;
  // As after a restart: each point's own, nothing shared.
  const kept = toExactJson(full);
  let seen = 0;
  const nanos = goingRound(
    points,
    () => fromExactJson(kept) as RuleMemory,
    (memory, value, at) => {
      const judged = evaluate(rule, memory, value, at);
      if (judged.signal !== null) seen++;
      return judged.memory;
    },
  );
  if (seen === 0) throw new Error(`nothing could be judged by ${rule.id}`);
  return nanos;
}

/** What the machine takes for a memory that is replaced and nothing else: two objects and an array of six numbers. */
function replacing(points: number): number {
  type Least = { readonly signal: { readonly numbers: readonly number[] } };
  const least = (value: number, at: number): Least => ({ signal: { numbers: [at, value, 0.5, 0, 0, 0] } });
  let seen = 0;
  const nanos = goingRound(
    points,
    () => least(1.5, FROM),
    (memory, value, at) => {
      seen += memory.signal.numbers[2] ?? 0;
      return least(value, at);
    },
  );
  if (seen === 0) throw new Error('nothing was replaced');
  return nanos;
}

function goingRound<M>(
  points: number,
  first: () => M,
  next: (memory: M, value: number, at: number) => M,
): number {
  const memories = Array.from({ length: points }, first);
  let round = 0;
  const rounds = Math.max(10, 500_000 / points);
  const once = () => {
    for (let r = 0; r < rounds; r++, round++) {
      const at = instantOf(round);
      for (let p = 0; p < points; p++) memories[p] = next(memories[p] as M, valueAt(p + round), at);
    }
  };
  // Until nothing of what was read back from JSON is left: a window of rows grows into its size.
  for (let i = 0; i < 4; i++) once();
  return nanosEach(1, once) / (rounds * points);
}

const FROM = 1_764_547_200_000;
const instantOf = (round: number): number => FROM + round * 10_000;
const valueAt = (i: number): number => 1 + Math.abs(i % 7) / 10;

/** Median of five runs after one to warm up. */
function nanosEach(times: number, work: (i: number) => void): number {
  const runs: number[] = [];
  for (let run = 0; run < 6; run++) {
    const from = cpuNanos();
    for (let i = 0; i < times; i++) work(i);
    if (run > 0) runs.push((cpuNanos() - from) / times);
  }
  return median(runs);
}
