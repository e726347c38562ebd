import type { TurnRecord } from '../../src/flow/ports/journal.ts';
import type { Sample } from './course.ts';
import { must } from './failure.ts';
import type { StoreThatGoesAway } from './store.ts';

const METRICS = ['ch4', 'co'] as const;

/** Acknowledged is kept, once, and no reading overwrites another. */
export class KeptOnce {
  /** Where each value lies, by point and metric, value for value. */
  readonly #durable = new Places();
  /** What lies at each instant, the same way. */
  readonly #byInstant = new Places();
  kept = 0;

  /** A turn is on the disk. */
  durable(record: TurnRecord): void {
    for (const r of record.readings) {
      if (r.value === null || !METRICS.some((m) => m === r.metric)) continue;
      const places = this.#durable.of(r.point, r.metric);
      const known = places.get(r.value);
      must(
        known === undefined || known === r.observedAt,
        () => `${r.point} ${r.metric} ${r.value} was kept at two instants, ${known} and ${r.observedAt}`,
      );
      if (known === undefined) this.kept++;
      places.set(r.value, r.observedAt);
      const at = this.#byInstant.of(r.point, r.metric);
      const there = at.get(r.observedAt);
      must(
        there === undefined || there === r.value,
        () => `${r.value} overwrites ${there} of ${r.metric} at ${r.point}, both at ${r.observedAt}`,
      );
      at.set(r.observedAt, r.value);
    }
  }

  acknowledged(s: Sample): void {
    for (const m of METRICS)
      must(
        this.#durable.of(s.point, m).has(s.values[m]),
        () => `${s.values[m]} of ${m} at ${s.point} was acknowledged and is not on the disk`,
      );
  }

  /** At the end, when the store has had its time: it has what the journal had, where the journal had it. */
  async stored(store: StoreThatGoesAway, points: readonly string[]): Promise<void> {
    for (const point of points)
      for (const metric of METRICS) {
        const q = { point, metric, from: 0, to: Number.MAX_SAFE_INTEGER, limit: Number.MAX_SAFE_INTEGER };
        const found = new Map((await store.within.raw(q as never)).map(({ t, value }) => [t, value]));
        for (const [value, t] of this.#durable.of(point, metric))
          must(found.get(t) === value, () => `${point} ${metric} ${value} is not in the history at ${t}`);
      }
  }
}

/** Numbers by numbers, by point and metric. */
class Places {
  readonly #all = new Map<string, Map<string, Map<number, number>>>();

  of(point: string, metric: string): Map<number, number> {
    const ofPoint = this.#all.get(point) ?? new Map<string, Map<number, number>>();
    this.#all.set(point, ofPoint);
    const places = ofPoint.get(metric) ?? new Map<number, number>();
    ofPoint.set(metric, places);
    return places;
  }
}
