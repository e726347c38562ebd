import { computed, type Ref, ref } from 'vue';
import type { AlarmJson } from '../../../../../src/wire/alarm.ts';
import { type ByIncident, byIncident, type Grouped } from '../../state/by-incident.ts';

/** Kept on the workstation; what is folded is forgotten with the page. */
const KEPT = 'lifeline.by-incident';

/** The list by alarm or by incident, as this desk likes it. */
export function useByIncident(
  list: Readonly<Ref<readonly AlarmJson[]>>,
  incidentOf: (alarm: string) => Grouped['incident'] | null,
) {
  const on = ref(localStorage.getItem(KEPT) === 'true');
  const folded = ref<ReadonlySet<string>>(new Set());
  const shown = computed<ByIncident>(() =>
    on.value ? byIncident(list.value, incidentOf, folded.value) : { rows: list.value, groups: new Map() },
  );
  return {
    on,
    rows: computed(() => shown.value.rows),
    groups: computed(() => shown.value.groups),
    toggle(): void {
      on.value = !on.value;
      localStorage.setItem(KEPT, String(on.value));
    },
    fold(incident: string): void {
      const next = new Set(folded.value);
      if (!next.delete(incident)) next.add(incident);
      folded.value = next;
    },
  };
}
