import { computed, type Ref } from 'vue';
import type { Latest } from '../../api/answers.ts';
import { useConsole } from '../../console/console.ts';

/** The newest reading of a metric, as of its own instant. */
export type Newest = Pick<Latest, 'metric' | 'value' | 'unit' | 'quality'> & {
  readonly why: Latest['why'] | undefined;
  readonly at: string;
};

/** What was read of a point, or what has streamed in since, whichever is newer; what it is there for comes first. */
export function useNewest(code: Ref<string>, lifeline: Ref<string>, latest: Ref<readonly Latest[]>) {
  const { catalog, live } = useConsole();
  return computed(() => {
    const rows = new Map<string, Newest>(
      latest.value.map((r) => [
        r.metric,
        { metric: r.metric, value: r.value, unit: r.unit, quality: r.quality, why: r.why, at: r.observedAt },
      ]),
    );
    for (const v of live.values.value.values()) {
      if (v.pointCode !== code.value) continue;
      const known = rows.get(v.metric);
      if (known !== undefined && Date.parse(known.at) >= Date.parse(v.observedAt)) continue;
      rows.set(v.metric, {
        metric: v.metric,
        value: v.value,
        unit: catalog.value.metric(lifeline.value, v.metric)?.unit ?? known?.unit ?? '',
        quality: v.quality,
        why: known?.quality === v.quality ? known.why : undefined,
        at: v.observedAt,
      });
    }
    // What the device says of itself comes last.
    const order = catalog.value.metrics(lifeline.value).map((m) => m.key);
    const rank = (metric: string): number => (order.includes(metric) ? order.indexOf(metric) : order.length);
    return [...rows.values()].sort((a, b) => rank(a.metric) - rank(b.metric));
  });
}
