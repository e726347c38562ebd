import { onBeforeUnmount, watch } from 'vue';
import { useConsole } from './console.ts';

/** The server sends readings of at most this many points to one console (`WATCH_AT_MOST`). */
const MOST = 500;

/**
 * Asks for live readings of these points while the screen is shown; the newest are in `live.values`. One screen
 * is shown at a time, so the last one to ask is right.
 */
export function useWatch(points: () => readonly string[]): void {
  const { live } = useConsole();
  watch(
    () => [...new Set(points())].slice(0, MOST),
    (now, before) => {
      if (before === undefined || now.join('\n') !== before.join('\n')) live.watch(now);
    },
    { immediate: true },
  );
  onBeforeUnmount(() => live.watch([]));
}
