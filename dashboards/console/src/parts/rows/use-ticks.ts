import { computed, type Ref, shallowRef, watch } from 'vue';
import type { AlarmJson } from '../../../../../src/wire/alarm.ts';
import { NO_TICKS, stillTicked, ticked, tickedTo } from '../../state/rows/ticks.ts';

/** Which rows of a list are ticked; `null`: nobody is about to tick any. */
export function useTicks(rows: Readonly<Ref<readonly AlarmJson[]>>) {
  const ticks = shallowRef(NO_TICKS);
  const on = shallowRef(false);
  const ids = computed(() => rows.value.map((a) => a.id));
  watch(ids, (list) => {
    ticks.value = stillTicked(ticks.value, list);
  });
  return {
    shown: computed(() => (on.value ? ticks.value.ids : null)),
    /** In the order of the list. */
    alarms: computed(() => rows.value.filter((a) => ticks.value.ids.has(a.id))),
    toggle(): void {
      on.value = !on.value;
      if (!on.value) ticks.value = NO_TICKS;
    },
    tick(id: string): void {
      on.value = true;
      ticks.value = ticked(ticks.value, id);
    },
    tickTo(id: string): void {
      on.value = true;
      ticks.value = tickedTo(ticks.value, id, ids.value);
    },
    /** Begins where the mark stands, for `Shift` with an arrow. */
    beginAt(id: string): void {
      if (ticks.value.from === null) ticks.value = { ids: new Set([...ticks.value.ids, id]), from: id };
    },
    all(): void {
      on.value = true;
      ticks.value = { ids: new Set(ids.value), from: null };
    },
    none(): void {
      on.value = false;
      ticks.value = NO_TICKS;
    },
  };
}
