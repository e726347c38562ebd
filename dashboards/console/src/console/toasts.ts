import { type Ref, ref } from 'vue';

/** A short word at the foot of the screen about what the operator just did. */
export type Toast = {
  readonly id: number;
  readonly text: string;
  readonly bad: boolean;
  readonly undo: (() => void) | null;
};

export type Toasts = {
  readonly list: Ref<readonly Toast[]>;
  tell(text: string, undo?: () => void): void;
  warn(text: string): void;
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
  const add = (text: string, bad: boolean, undo: (() => void) | null): void => {
    const id = next++;
    list.value = [...list.value.slice(-2), { id, text, bad, undo }];
    setTimeout(() => dismiss(id), bad ? BAD_FOR : GOOD_FOR);
  };
  return {
    list,
    tell: (text, undo) => add(text, false, undo ?? null),
    warn: (text) => add(text, true, null),
    dismiss,
  };
}
