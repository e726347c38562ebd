import { type Ref, ref } from 'vue';
import { LINK_DOWN } from './actions.ts';

/** A short word at the foot of the screen about what the operator just did. */
export type Toast = {
  readonly id: number;
  readonly text: string;
  readonly bad: boolean;
  readonly undo: (() => void) | null;
  /** It is about the link that is down, and goes when that is back. */
  readonly ofLink: boolean;
};

export type Toasts = {
  readonly list: Ref<readonly Toast[]>;
  tell(text: string, undo?: () => void): void;
  warn(text: string): void;
  /** Why not, as an action says it. */
  refused(done: { readonly words: string; readonly code: string }): void;
  linkIsBack(): void;
  dismiss(id: number): void;
};

/** Long enough to read twice; a refusal stays longer than a success. */
const GOOD_FOR = 6_000;
const BAD_FOR = 12_000;

export function createToasts(): Toasts {
  const list = ref<readonly Toast[]>([]);
  let next = 1;
  const dismiss = (id: number): void => {
    list.value = list.value.filter((t) => t.id !== id);
  };
  const add = (text: string, bad: boolean, undo: (() => void) | null, ofLink = false): void => {
    const id = next++;
    list.value = [...list.value.slice(-2), { id, text, bad, undo, ofLink }];
    setTimeout(() => dismiss(id), bad ? BAD_FOR : GOOD_FOR);
  };
  return {
    list,
    tell: (text, undo) => add(text, false, undo ?? null),
    warn: (text) => add(text, true, null),
    refused: ({ words, code }) => add(words, true, null, code === LINK_DOWN),
    linkIsBack() {
      list.value = list.value.filter((t) => !t.ofLink);
    },
    dismiss,
  };
}
