import type { Level } from '../../src/domain/level.ts';
import type { Metric } from '../../src/domain/metric.ts';
import type { Pack } from '../../src/domain/pack.ts';
import type { Rule } from '../../src/domain/rule.ts';

export type ThresholdLine = { readonly level: Level; readonly value: number };

/** The steps of a rule as lines, lowest first, which is the order that Grafana asks for. */
export function linesOf(rule: Rule | undefined): ThresholdLine[] {
  return (rule?.steps ?? [])
    .flatMap(({ level, limit }) =>
      limit.is === 'outside'
        ? [
            { level, value: limit.low },
            { level, value: limit.high },
          ]
        : [{ level, value: limit.limit }],
    )
    .sort((a, b) => a.value - b.value);
}

/** The rule that judges the metric's own value. */
export const valueRule = (pack: Pack, metric: Metric): Rule | undefined =>
  pack.rules.find((r) => r.metric === metric.key && r.signal.of === 'value');
