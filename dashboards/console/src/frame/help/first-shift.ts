import { ref } from 'vue';

const KEPT = 'lifeline.first-shift';
export const STEPS = [1, 2, 3, 4, 5, 6] as const;
type Step = (typeof STEPS)[number];

/** Steps that were ticked at this workstation; `done`: it is not offered any more. */
function read(): { readonly ticked: readonly Step[]; readonly done: boolean } {
  const text = localStorage.getItem(KEPT) ?? '';
  return { done: text === 'done', ticked: STEPS.filter((s) => text.split(',').includes(String(s))) };
}

export function useFirstShift() {
  const state = ref(read());
  return {
    state,
    toggle(step: Step): void {
      const { ticked } = state.value;
      const next = STEPS.filter((s) => (s === step ? !ticked.includes(s) : ticked.includes(s)));
      localStorage.setItem(KEPT, next.join(','));
      state.value = read();
    },
    finish(): void {
      localStorage.setItem(KEPT, 'done');
      state.value = read();
    },
  };
}

/** Whether this workstation has been through it, or said that it need not. */
export const isFirstShiftDone = (): boolean => localStorage.getItem(KEPT) === 'done';
