import { onBeforeUnmount, onMounted, type Ref, ref } from 'vue';
import { useRouter } from 'vue-router';
import { useConsole } from '../../console/console.ts';
import {
  type Asked,
  type CurveAsked,
  queryOf,
  stepped,
  trendKeyOf,
  type WindowAsked,
  zoomed,
} from './ask.ts';

/** Going through time: ranges, steps, into a stretch and out of it again, by hand and by key. */
export function useWindow(asked: Ref<Asked>) {
  const { clock } = useConsole();
  const router = useRouter();
  /** Where zooming came from; the browser's own way back works too. */
  const before = ref<WindowAsked[]>([]);

  function go(
    next: { curves?: readonly CurveAsked[]; window?: WindowAsked; ghosts?: readonly number[] },
    how: 'push' | 'replace' = 'replace',
  ): void {
    void router[how]({ name: 'trend', query: queryOf({ ...asked.value, ...next }) });
  }
  function show(window: WindowAsked): void {
    before.value = [];
    go({ window });
  }
  function zoom(from: number, to: number): void {
    const window = zoomed(from, to);
    if (window === null) return;
    before.value = [...before.value, asked.value.window].slice(-20);
    go({ window }, 'push');
  }
  function zoomOut(): void {
    const last = before.value[before.value.length - 1];
    before.value = before.value.slice(0, -1);
    go({ window: last ?? '24h' });
  }
  const step = (by: -1 | 1): void => go({ window: stepped(asked.value.window, by, clock.read()) });

  function press(e: KeyboardEvent): void {
    const target = e.target as HTMLElement | null;
    const key = trendKeyOf({
      code: e.code,
      modified: e.ctrlKey || e.altKey || e.metaKey || e.shiftKey,
      typing: target !== null && /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName),
      dialog: document.querySelector('dialog[open]') !== null,
    });
    if (key === null) return;
    e.preventDefault();
    if (key === 'earlier') step(-1);
    else if (key === 'later') step(1);
    else if (key === 'zoomOut') {
      if (before.value.length > 0) zoomOut();
    } else show(key);
  }
  onMounted(() => addEventListener('keydown', press));
  onBeforeUnmount(() => removeEventListener('keydown', press));

  return { go, show, zoom, zoomOut, step, before };
}
