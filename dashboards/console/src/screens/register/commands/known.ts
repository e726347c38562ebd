import { computed, type Ref, shallowRef, watch } from 'vue';
import type { KnownCommand, KnownCommands } from '../../../api/answers.ts';
import { useConsole } from '../../../console/console.ts';

/** What a device is known to take: asked for, since the mapping of its line may name it; until then what its pack says. */
export function useKnown(
  of: () => { readonly code: string; readonly lifeline: string },
): Readonly<Ref<readonly KnownCommand[]>> {
  const { api, catalog } = useConsole();
  const asked = shallowRef<readonly KnownCommand[] | null>(null);
  watch(
    () => of().code,
    async (code) => {
      asked.value = null;
      const answer = await api.get<KnownCommands>(`/devices/${encodeURIComponent(code)}/known-commands`);
      if (code === of().code && answer.ok) asked.value = answer.value.items;
    },
    { immediate: true },
  );
  return computed(() => asked.value ?? catalog.value.commands(of().lifeline));
}
