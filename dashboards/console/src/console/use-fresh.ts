import { onBeforeUnmount, watch } from 'vue';
import type { ResponseFrame } from '../state/response-board.ts';
import { useConsole } from './console.ts';

/**
 * Reads again when the link is back and when something has become of what is shown.
 *
 * @param concerns whether an event is about it
 */
export function useFresh(read: () => Promise<void>, concerns: (frame: ResponseFrame) => boolean): void {
  const { live, connected } = useConsole();
  let under: Promise<void> | null = null;
  let again = false;
  async function refresh(): Promise<void> {
    if (under !== null) {
      again = true;
      return;
    }
    do {
      again = false;
      under = read();
      await under;
      under = null;
    } while (again);
  }
  onBeforeUnmount(
    live.onResponse((frame) => {
      if (concerns(frame)) void refresh();
    }),
  );
  watch(connected, () => void refresh(), { immediate: true });
}
