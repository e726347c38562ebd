import { shallowReactive } from 'vue';
import type { Api } from '../api/http.ts';
import { dueWithin } from '../state/age.ts';
import type { SparkPart } from '../state/spark.ts';

export const SPARK_MINUTES = 30;
export const SPARK_SIZE = { width: 72, height: 26 } as const;

/** A curve is asked for again when it is this old and still in sight. */
const FRESH_FOR = 60_000;
/** The desk's own requests come first: an acknowledgement must not queue behind little curves. */
const AT_ONCE = 2;
const KEPT = 400;

/** `within`: how far apart, in ms, two of them may be and still be joined. */
export type SparkData = { readonly items: readonly SparkPart[]; readonly within: number };

export type Sparks = {
  readonly of: (pointCode: string, metric: string) => SparkData | null;
  /** What is in sight now; whatever else was waiting is not asked for. */
  want(rows: readonly { pointCode: string; metric: string; intervalMs: number }[]): void;
};

export function createSparks(api: Api, now: () => number): Sparks {
  const known = shallowReactive(new Map<string, { readonly at: number; readonly spark: SparkData | null }>());
  const running = new Set<string>();
  let wanted: readonly { pointCode: string; metric: string; intervalMs: number }[] = [];

  const keyOf = (p: { pointCode: string; metric: string }): string => `${p.pointCode}/${p.metric}`;

  function next(): void {
    while (running.size < AT_ONCE) {
      const at = now();
      const row = wanted.find((w) => {
        const had = known.get(keyOf(w));
        return !running.has(keyOf(w)) && (had === undefined || at - had.at > FRESH_FOR);
      });
      if (row === undefined) return;
      void ask(row);
    }
  }

  async function ask(row: { pointCode: string; metric: string; intervalMs: number }): Promise<void> {
    const key = keyOf(row);
    running.add(key);
    const to = now();
    const from = to - SPARK_MINUTES * 60_000;
    const buckets = 36;
    const answer = await api.buckets({ point: row.pointCode, metric: row.metric, from, to, buckets });
    running.delete(key);
    // A refusal counts as an answer for a while: a store that is down is not asked sixty times a second.
    const within = Math.max((2 * (to - from)) / buckets, dueWithin(row.intervalMs) + (to - from) / buckets);
    known.set(key, { at: to, spark: answer.ok ? { items: answer.value, within } : null });
    if (known.size > KEPT) known.delete(known.keys().next().value as string);
    next();
  }

  return {
    of: (pointCode, metric) => known.get(`${pointCode}/${metric}`)?.spark ?? null,
    want(rows) {
      wanted = rows;
      next();
    },
  };
}
