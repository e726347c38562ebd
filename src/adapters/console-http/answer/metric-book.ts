import type { Metric } from '../../../domain/metric.ts';
import type { Pack } from '../../../domain/pack.ts';

/** Metrics of every lifeline, by lifeline and key. */
export class MetricBook {
  readonly #metrics = new Map<string, Map<string, Metric>>();

  constructor(packs: readonly Pack[]) {
    for (const pack of packs) {
      this.#metrics.set(pack.lifeline, new Map(pack.metrics.map((m) => [m.key, m])));
    }
  }

  find(lifeline: string, metric: string): Metric | undefined {
    return this.#metrics.get(lifeline)?.get(metric);
  }

  of(lifeline: string): readonly Metric[] {
    return [...(this.#metrics.get(lifeline)?.values() ?? [])];
  }
}
