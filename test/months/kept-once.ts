import type { TurnRecord } from '../../src/flow/ports/journal.ts';
import type { Sample } from './course.ts';
import { must } from './failure.ts';
import type { StoreThatGoesAway } from './store.ts';

const METRICS = ['ch4', 'co'] as const;

/** Acknowledged is kept, once, and no reading overwrites another. */
export class KeptOnce {
  /** Where each value lies, by point, metric and value. */
  readonly #durable = new Map<string, number>();
  readonly #byInstant = new Map<string, number>();
  kept = 0;

  /** A turn is on the disk. */
  durable(record: TurnRecord): void {
    for (const r of record.readings) {
      if (r.value === null) continue;
      const key = `${r.point} ${r.metric} ${r.value}`;
      const known = this.#durable.get(key);
      const isMeasured = METRICS.some((m) => m === r.metric);
      if (!isMeasured) continue;
      must(
        known === undefined || known === r.observedAt,
        () => `${key} was kept at two instants, ${known} and ${r.observedAt}`,
      );
      if (known === undefined) this.kept++;
      this.#durable.set(key, r.observedAt);
      const place = `${r.point} ${r.metric} ${r.observedAt}`;
      const there = this.#byInstant.get(place);
      must(
        there === undefined || there === r.value,
        () => `${r.value} overwrites ${there} of ${r.metric} at ${r.point}, both at ${r.observedAt}`,
      );
      this.#byInstant.set(place, r.value);
    }
  }

  acknowledged(s: Sample): void {
    for (const m of METRICS)
      must(
        this.#durable.has(`${s.point} ${m} ${s.values[m]}`),
        () => `${s.values[m]} of ${m} at ${s.point} was acknowledged and is not on the disk`,
      );
  }

  /** At the end, when the store has had its time: it has what the journal had, where the journal had it. */
  async stored(store: StoreThatGoesAway, points: readonly string[]): Promise<void> {
    const found = new Set<string>();
    for (const point of points)
      for (const metric of METRICS) {
        const q = { point, metric, from: 0, to: Number.MAX_SAFE_INTEGER, limit: Number.MAX_SAFE_INTEGER };
        for (const { t, value } of await store.within.raw(q as never))
          found.add(`${point} ${metric} ${value} ${t}`);
      }
    for (const [key, t] of this.#durable)
      must(found.has(`${key} ${t}`), () => `${key} is not in the history at ${t}`);
  }
}
