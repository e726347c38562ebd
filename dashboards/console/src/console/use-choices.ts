import { computed, type Ref, shallowRef } from 'vue';
import type { Area, Unit } from '../api/answers.ts';
import type { Choice } from '../parts/edit.ts';
import { useConsole } from './console.ts';

const MOST = 2_000;

/** Units to choose from, and what they are called; a code where this person may not see them. */
export function useUnitChoices(): {
  readonly choices: Readonly<Ref<readonly Choice[]>>;
  readonly nameOf: (code: string) => string;
} {
  const { api, session } = useConsole();
  const units = shallowRef<readonly Unit[]>([]);
  const names = computed(() => new Map(units.value.map((u) => [u.code, u.name])));
  // Who is bound to areas has no list of units.
  if (session.value.is === 'in' && session.value.me.permissions.includes('duty.see'))
    void api.all<Unit>('/units', MOST).then((all) => {
      if (all.ok) units.value = all.value;
    });
  return {
    choices: computed(() => units.value.map((u) => ({ value: u.code, label: u.name }))),
    nameOf: (code) => names.value.get(code) ?? code,
  };
}

/** Areas to choose from. */
export function useAreaChoices(): Readonly<Ref<readonly Choice[]>> {
  const { areas } = useConsole();
  const all = shallowRef<readonly Area[]>([]);
  void areas.all().then((answer) => {
    if (answer.ok) all.value = answer.value;
  });
  return computed(() => all.value.map((a) => ({ value: a.code, label: a.name })));
}
