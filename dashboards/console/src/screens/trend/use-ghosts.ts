import { type Ref, shallowRef, watch } from 'vue';
import { useConsole } from '../../console/console.ts';
import { type Trend, trendOf } from '../../state/trend.ts';
import type { Stretch } from './ask.ts';
import type { Curve } from './use-curves.ts';

const BUCKETS = 600;
const DAY = 86_400_000;
/** A past that is over changes no more: asked for again when the window has moved by so much of its length. */
const MOVED = 0.02;

/** The same curve of other days, moved to where it can be compared: yesterday behind today. */
export type Ghost = { readonly days: number; readonly trend: Trend };

/** Moved on by so many days. */
export const movedOn = (trend: Trend, days: number): Trend => ({
  ...trend,
  origin: trend.origin + days * DAY,
  buckets: trend.buckets.map((b) => ({ ...b, t: b.t + days * DAY })),
});

/** Ghosts of the curve whose limits are shown. */
export function useGhosts(
  boss: Ref<{ readonly c: Curve } | null>,
  days: Ref<readonly number[]>,
  stretch: Ref<Stretch>,
) {
  const { api } = useConsole();
  const ghosts = shallowRef<readonly Ghost[]>([]);
  let turn = 0;
  let asked = { key: '', from: 0 };
  watch(
    [boss, days, stretch],
    async () => {
      const { code } = boss.value?.c.asked ?? { code: null };
      const metric = boss.value?.c.metric ?? null;
      const { from, to } = stretch.value;
      const key = `${code} ${metric} ${days.value.join()} ${to - from}`;
      if (code === null || metric === null || days.value.length === 0) {
        asked = { key: '', from: 0 };
        ghosts.value = [];
        return;
      }
      if (asked.key === key && Math.abs(asked.from - from) < (to - from) * MOVED) return;
      asked = { key, from };
      turn += 1;
      const mine = turn;
      const found = await Promise.all(
        days.value.map(async (n) => {
          const past = { from: from - n * DAY, to: to - n * DAY };
          const answer = await api.buckets({ point: code, metric, ...past, buckets: BUCKETS });
          return answer.ok
            ? [{ days: n, trend: movedOn(trendOf(past.from, past.to, BUCKETS, answer.value), n) }]
            : [];
        }),
      );
      if (mine === turn) ghosts.value = found.flat();
    },
    { immediate: true },
  );
  return ghosts;
}
