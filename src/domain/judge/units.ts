import type { Metric } from '../metric.ts';

/**
 * Turns a value in a unit that a device names into the metric's own.
 *
 * @returns `undefined` where the metric knows no way from that unit
 */
export function toMetricUnit(metric: Metric, value: number, unit: string): number | undefined {
  if (unit === metric.unit) return value;
  const way = metric.conversions?.find((c) => c.from === unit);
  return way === undefined ? undefined : value * way.factor + (way.offset ?? 0);
}
