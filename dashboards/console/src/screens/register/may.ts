import { computed, type Ref } from 'vue';
import { useConsole } from '../../console.ts';

/** Whether the person at the desk has a right (`docs/permissions.md`): what he may not do is not offered. */
export function useMay(right: string): Ref<boolean> {
  const { session } = useConsole();
  return computed(
    () => session.value.is === 'in' && (session.value.me.permissions?.includes(right) ?? false),
  );
}
