import { type Ref, shallowRef, watch } from 'vue';
import type { Latest, Point } from '../../api/answers.ts';
import { useConsole } from '../../console/console.ts';
import { type Trend, trendOf } from '../../state/trend.ts';
import type { Stretch } from './ask.ts';

export type Rain = {
  readonly code: string;
  readonly name: string;
  readonly metric: string;
  readonly trend: Trend;
};
const BUCKETS = 300;
/** What falls in an hour is what the rules are about; other rain metrics where there is none. */
const BEST = 'rain1h';
/** Where everything is that nobody has placed: two things in it may be kilometres apart. */
const UNPLACED = '000000';

/** A rain gauge of the same asset, or else of the same area, if there is one: why does the water rise. */
export function useRain(beside: Ref<Point | null>, isRain: Ref<boolean>, stretch: Ref<Stretch>) {
  const { api } = useConsole();
  const rain = shallowRef<Rain | null>(null);
  let gauge: { area: string; asset: string | null; at: Omit<Rain, 'trend'> | null } | null = null;
  let turn = 0;

  async function find(p: Point): Promise<Omit<Rain, 'trend'> | null> {
    if (gauge?.area === p.area && gauge.asset === p.asset) return gauge.at;
    const latest = await api.all<Latest>(`/latest?area=${encodeURIComponent(p.area)}&limit=1000`, 3_000);
    if (!latest.ok) return null;
    const gauges = latest.value.filter((l) => l.metric.startsWith('rain'));
    const ofPoint = new Map<string, string>();
    for (const g of gauges)
      if (!ofPoint.has(g.pointCode) || g.metric === BEST) ofPoint.set(g.pointCode, g.metric);
    const facts = await Promise.all(
      [...ofPoint.keys()].slice(0, 8).map((c) => api.get<Point>(`/points/${encodeURIComponent(c)}`)),
    );
    const found = facts.flatMap((f) => (f.ok ? [f.value] : []));
    const near = p.area === UNPLACED ? [] : found;
    const best =
      found.find((f) => p.asset !== null && f.asset === p.asset) ??
      near.find((f) => f.area === p.area) ??
      near[0];
    const at = best ? { code: best.code, name: best.name, metric: ofPoint.get(best.code) as string } : null;
    gauge = { area: p.area, asset: p.asset, at };
    return at;
  }

  watch(
    [beside, isRain, stretch],
    async () => {
      turn += 1;
      const mine = turn;
      const p = beside.value;
      if (p === null || isRain.value) {
        rain.value = null;
        return;
      }
      const at = await find(p);
      if (mine !== turn) return;
      if (at === null) {
        rain.value = null;
        return;
      }
      const { from, to } = stretch.value;
      if (rain.value?.code === at.code && rain.value.trend.origin === from) return;
      const answer = await api.buckets({ point: at.code, metric: at.metric, from, to, buckets: BUCKETS });
      if (mine === turn && answer.ok) rain.value = { ...at, trend: trendOf(from, to, BUCKETS, answer.value) };
    },
    { immediate: true },
  );
  return rain;
}
