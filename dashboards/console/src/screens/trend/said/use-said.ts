import { computed, type Ref, shallowRef, watch } from 'vue';
import type { Forecast } from '../../../api/answers.ts';
import { useConsole } from '../../../console/console.ts';
import type { Stretch } from '../ask.ts';
import type { Curve } from '../use-curves.ts';
import { AHEAD_MIN, bandOf, type Said } from './band.ts';

const LONGEST = 86_400_000;
const MOVED = 60_000;

/**
 * What had been said of the curve whose limits are shown, ten minutes ahead of each instant, and what is said now of the next half
 * hour: it is held against what came. Of a day at most, and only of what is forecast.
 */
export function useSaid(boss: Ref<{ readonly c: Curve } | null>, stretch: Ref<Stretch>) {
  const { api, clock } = useConsole();
  /** While the end of the drawing has not come, more is said of it every minute. */
  const beat = computed(() => Math.floor(Math.min(stretch.value.to, clock.now.value) / MOVED));
  const said = shallowRef<readonly Said[]>([]);
  let turn = 0;
  let asked = '';
  watch(
    [boss, stretch, beat],
    async () => {
      const { c } = boss.value ?? {};
      const { from, to } = stretch.value;
      const key =
        c === undefined || c.point === null
          ? ''
          : [c.asked.code, c.metric, Math.floor(from / MOVED), Math.floor(to / MOVED), beat.value].join(' ');
      if (key === asked) return;
      asked = key;
      turn += 1;
      const mine = turn;
      if (c === undefined || key === '' || to - from > LONGEST) {
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
