import type { Reading } from '../../domain/reading.ts';
import type { Combinations, Judging } from '../judging/combinations.ts';
import { judgeReading } from '../judging/judge-point.ts';
import type { PointState } from '../judging/point-state.ts';
import type { MetricPlan } from '../rules/rule-book.ts';

/** What readings are judged with, in the turn in hand. */
export type JudgeParts = { readonly combinations: Combinations; readonly judging: Judging };

/** A reading by the rules of its point, then by those that look at several. */
export function judge(
  { combinations, judging }: JudgeParts,
  point: PointState,
  plan: MetricPlan,
  reading: Reading,
): void {
  combinations.judge(point, reading, judgeReading(point, plan, reading, judging.findings), judging);
}
