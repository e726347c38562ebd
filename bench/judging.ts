import { evaluate, freshMemory } from '../src/domain/judge/evaluate.ts';
import type { RuleMemory } from '../src/domain/judge/memory.ts';
import type { Rule } from '../src/domain/rule.ts';
import { PACKS } from '../src/packs/index.ts';

export type JudgingFigure = {
  readonly nanosPerParse: number;
  readonly nanosPerEvaluate: number;
  /** How many rule evaluations cost as much as parsing one packet's JSON. */
  readonly evaluationsPerParse: number;
};

const PACKET = '{"ts":1764547200000,"values":{"ch4":12.5,"temp":21.4},"battery":88,"rssi":-97}';
const POINTS = 1_000;

/** The pure evaluator on normal gas readings, beside the least that any intake must do: parse the JSON. */
export function judging(): JudgingFigure {
  const rule = PACKS.flatMap((p) => p.rules).find(
    (r): r is Rule => r.metric === 'ch4' && r.signal.of === 'value',
  );
  if (rule === undefined) throw new Error('no pack has a rule on the value of ch4');
  const memories: RuleMemory[] = Array.from({ length: POINTS }, () => freshMemory(rule));
  let at = 1_764_547_200_000;
  let seen = 0;
  const nanosPerEvaluate = nanosEach(2_000_000, (i) => {
    const point = i % POINTS;
    if (point === 0) at += 1_000;
    const judged = evaluate(rule, memories[point] as RuleMemory, 1 + (i % 7) / 10, at);
    memories[point] = judged.memory;
    if (judged.level === null) seen++;
  });
  const nanosPerParse = nanosEach(500_000, () => {
    seen += (JSON.parse(PACKET) as { battery: number }).battery;
  });
  if (seen === 0) throw new Error('nothing was judged');
  return { nanosPerParse, nanosPerEvaluate, evaluationsPerParse: nanosPerParse / nanosPerEvaluate };
}

/** Median of five runs after one to warm up. */
function nanosEach(times: number, work: (i: number) => void): number {
  const runs: number[] = [];
  for (let run = 0; run < 6; run++) {
    const from = process.hrtime.bigint();
    for (let i = 0; i < times; i++) work(i);
    if (run > 0) runs.push(Number(process.hrtime.bigint() - from) / times);
  }
  return median(runs);
}

export function median(of: readonly number[]): number {
  const sorted = [...of].sort((a, b) => a - b);
  const middle = sorted[Math.floor(sorted.length / 2)];
  if (middle === undefined) throw new Error('the median of nothing');
  return middle;
}
