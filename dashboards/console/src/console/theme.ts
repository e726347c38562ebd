import { computed, type Ref, ref, watchEffect } from 'vue';

/** `system` follows the desktop; the others are locked on this workstation. */
export type ThemeChoice = 'system' | 'dark' | 'light';
export const THEMES: readonly ThemeChoice[] = ['system', 'dark', 'light'];

export type Theme = {
  readonly choice: Ref<ThemeChoice>;
  /** What is shown. Drawings on canvas are drawn anew when it changes. */
  readonly dark: Ref<boolean>;
  /** From just before the page is printed until it has been: paper is as wide as it is, whatever the screen. */
  readonly printing: Ref<boolean>;
};

/** What of an A4 sheet is left between its margins and the page's own, in CSS pixels. */
export const PAPER_WIDTH = 660;

const KEPT = 'lifeline.theme';

export function createTheme(): Theme {
  const kept = localStorage.getItem(KEPT);
  const choice = ref<ThemeChoice>(kept === 'dark' || kept === 'light' ? kept : 'system');
  const query = matchMedia('(prefers-color-scheme: dark)');
  const systemDark = ref(query.matches);
  query.addEventListener('change', () => {
    systemDark.value = query.matches;
  });
  // Drawings on canvas keep the colours they were drawn with: for paper they are drawn light.
  const printing = ref(false);
  addEventListener('beforeprint', () => {
    printing.value = true;
  });
  addEventListener('afterprint', () => {
    printing.value = false;
  });
  const dark = computed(() => !printing.value && onScreen());
  const onScreen = (): boolean => (choice.value === 'system' ? systemDark.value : choice.value === 'dark');
  watchEffect(
    () => {
      document.documentElement.dataset.theme = dark.value ? 'dark' : 'light';
      if (choice.value === 'system') localStorage.removeItem(KEPT);
      else localStorage.setItem(KEPT, choice.value);
    },
    { flush: 'sync' },
  );
  return { choice, dark, printing };
}
