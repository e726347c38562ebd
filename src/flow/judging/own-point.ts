import type { MetricKey, RuleId } from '../../domain/ids.ts';
import { levelIn } from '../../domain/judge/evaluate.ts';
import type { RuleMemory } from '../../domain/judge/memory.ts';
import type { OwnPoint } from '../../domain/judge/own-point.ts';
import type { LevelInForce } from '../../domain/level.ts';
import type { PointState } from './point-state.ts';

/** What a rule may ask about its own point while a reading of one metric is judged. */
export class PointNow implements OwnPoint {
  readonly #point: PointState;
  readonly #metric: MetricKey;
  readonly #memoryOf: (rule: RuleId) => RuleMemory | undefined;

  constructor(point: PointState, metric: MetricKey, memoryOf: (rule: RuleId) => RuleMemory | undefined) {
    this.#point = point;
    this.#metric = metric;
    this.#memoryOf = memoryOf;
  }

  stored(): number | null {
    return this.#point.baselines.get(this.#metric) ?? null;
  }

  latest(metric: MetricKey): number | null {
    return this.#point.memory.series.get(metric)?.value ?? null;
  }

  levelOf(id: RuleId): LevelInForce {
    const rule = this.#point.plan.rules.get(id);
    const memory = this.#memoryOf(id);
    return rule === undefined || memory === undefined ? null : levelIn(rule, memory);
  }
}
