import { type Ref, shallowRef, watch } from 'vue';
import type { Forecast } from '../../../api/answers.ts';
import { useConsole } from '../../../console/console.ts';
import type { Stretch } from '../ask.ts';
import type { Curve } from '../use-curves.ts';

/** One instant, and between what the value was said to be then, ten minutes before. */
export type Said = {
  readonly at: number;
  readonly low: number;
  readonly middle: number;
  readonly high: number;
};

const AHEAD_MIN = 10;
const LONGEST = 86_400_000;
const MOVED = 60_000;

/**
 * What had been said of the curve whose limits are shown, ten minutes ahead of each instant, and what is said now of the next half
 * hour: it is held against what came. Of a day at most, and only of what is forecast.
 */
export function useSaid(boss: Ref<{ readonly c: Curve } | null>, stretch: Ref<Stretch>) {
  const { api } = useConsole();
  const said = shallowRef<readonly Said[]>([]);
  let turn = 0;
  let asked = '';
  watch(
    [boss, stretch],
    async () => {
      const { c } = boss.value ?? {};
      const { from, to } = stretch.value;
      const key =
        c === undefined
          ? ''
          : `${c.asked.code} ${c.metric} ${Math.floor(from / MOVED)} ${Math.floor(to / MOVED)}`;
      if (key === asked) return;
      asked = key;
      turn += 1;
      const mine = turn;
      if (c === undefined || c.point === null || to - from > LONGEST) {
        said.value = [];
        return;
      }
      const since = new Date(from - AHEAD_MIN * 60_000).toISOString();
      const answer = await api.get<Forecast>(
        `/points/${encodeURIComponent(c.asked.code)}/forecast?from=${encodeURIComponent(since)}`,
      );
      if (mine !== turn) return;
      said.value = answer.ok && answer.value.metric === c.metric ? bandOf(answer.value) : [];
    },
    { immediate: true },
  );
  return said;
}

/** What was said for each instant ten minutes before, then what is said now of later ones. */
export function bandOf(f: Pick<Forecast, 'said' | 'horizons' | 'observedAt'>): readonly Said[] {
  const past = f.said
    .filter((s) => s.horizonMin === AHEAD_MIN)
    .map((s) => ({ at: Date.parse(s.at) + s.horizonMin * 60_000, low: s.p10, middle: s.p50, high: s.p90 }));
  const last = past.at(-1)?.at ?? Number.NEGATIVE_INFINITY;
  const now = f.observedAt === null ? Number.NaN : Date.parse(f.observedAt);
  const coming = f.horizons
    .map((a) => ({ at: now + a.horizonMin * 60_000, low: a.p10, middle: a.p50, high: a.p90 }))
    .filter((s) => s.at > last);
  return [...past, ...coming].sort((a, b) => a.at - b.at);
}
