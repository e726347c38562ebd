import { computed, ref, shallowRef, watch } from 'vue';
import { useRoute, useRouter } from 'vue-router';
import type { Contact, Duty, Roster, Unit } from '../../api/answers.ts';
import type { Answer } from '../../api/http.ts';
import { sayProblem } from '../../api/problem.ts';
import { useConsole } from '../../console/console.ts';

type Shift = Roster['shifts'][number];
const MOST = 2_000;

/** Units, their people, and of the one that is chosen in the address its roster and who answers now. */
export function useUnits() {
  const { api, clock, reach, say } = useConsole();
  const route = useRoute();
  const router = useRouter();
  const units = shallowRef<readonly Unit[] | null>(null);
  const contacts = shallowRef<readonly Contact[]>([]);
  const roster = shallowRef<Roster | null>(null);
  const duty = shallowRef<Duty | null>(null);
  const failed = ref<string | null>(null);
  const chosen = computed(
    () => units.value?.find((u) => u.code === route.query.unit) ?? units.value?.[0] ?? null,
  );
  const theirs = computed(() => contacts.value.filter((c) => c.unit === chosen.value?.code));
  const placeOf = (code: string): string => `/rosters/${encodeURIComponent(code)}`;

  async function read(): Promise<void> {
    const [all, people] = await Promise.all([
      api.all<Unit>('/units', MOST),
      api.all<Contact>('/contacts', MOST),
    ]);
    const problem = !all.ok ? all.problem : !people.ok ? people.problem : null;
    failed.value = problem === null ? null : sayProblem(problem, say);
    if (people.ok) contacts.value = people.value;
    if (all.ok) units.value = all.value;
  }

  async function readRoster(): Promise<void> {
    const code = chosen.value?.code;
    if (code === undefined) return;
    const [plan, now] = await Promise.all([
      api.get<Roster>(placeOf(code)),
      api.get<Duty>(`/duty?unit=${encodeURIComponent(code)}`),
    ]);
    if (code !== chosen.value?.code) return;
    if (!plan.ok) failed.value = sayProblem(plan.problem, say);
    roster.value = plan.ok ? plan.value : null;
    duty.value = now.ok ? now.value : null;
  }

  /**
   * A roster is kept whole: the one that was seen, changed; where another has changed it meanwhile, that is told.
   *
   * @param now what was seen
   */
  async function keep(
    change: (shifts: readonly Shift[]) => readonly Shift[],
    now = roster.value,
  ): Promise<Answer<Roster>> {
    const place = placeOf(chosen.value?.code ?? '');
    const answer = await api.send<Roster>('PUT', place, {
      shifts: change(now?.shifts ?? []),
      seenRevision: now?.revision ?? 0,
    });
    await Promise.all([readRoster(), reach.refresh()]);
    return answer;
  }

  void read();
  // Who answers changes with the minute, and with who is there.
  watch(
    [() => chosen.value?.code, contacts, () => Math.floor(clock.now.value / 60_000)],
    () => void readRoster(),
    { immediate: true },
  );

  return {
    units,
    contacts,
    roster,
    duty,
    failed,
    chosen,
    theirs,
    nameOf: (id: string): string => contacts.value.find((c) => c.id === id)?.name ?? id,
    choose: (code: string): void => void router.replace({ query: { ...route.query, unit: code } }),
    read: async (): Promise<void> => void (await Promise.all([read(), reach.refresh()])),
    keep,
  };
}
