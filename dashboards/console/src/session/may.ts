import { type ComputedRef, computed } from 'vue';
import type { Right } from '../api/answers.ts';
import { useConsole } from '../console/console.ts';

/** Whether a right (`docs/permissions.md`) is the person's: what is not is not offered; the server refuses it anyway. */
export function useMay(right: Right): ComputedRef<boolean> {
  const { session } = useConsole();
  return computed(() => session.value.is === 'in' && session.value.me.permissions.includes(right));
}
