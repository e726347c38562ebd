import { onBeforeUnmount, onMounted } from 'vue';
import { type DeskKey, keyOf } from '../state/keys.ts';

/** Does what keys ask for while this component is there: those it has a deed for; the others are left alone. */
export function useKeys(deeds: Partial<Readonly<Record<DeskKey, (e: KeyboardEvent) => void>>>): void {
  function press(e: KeyboardEvent): void {
    const target = e.target as HTMLElement | null;
    const key = keyOf({
      key: e.key,
      code: e.code,
      repeat: e.repeat,
      modified: e.ctrlKey || e.altKey || e.metaKey,
      typing: target !== null && /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName),
      shift: e.shiftKey,
      onButton: target !== null && /^(BUTTON|A|SUMMARY)$/.test(target.tagName),
      dialog: document.querySelector('dialog[open]') !== null,
    });
    const deed = key === null ? undefined : deeds[key];
    if (deed === undefined) return;
    if (key !== 'escape') e.preventDefault();
    deed(e);
  }
  onMounted(() => addEventListener('keydown', press));
  onBeforeUnmount(() => removeEventListener('keydown', press));
}
