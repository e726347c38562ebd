import { type ComputedRef, computed } from 'vue';
import { useConsole } from '../../console/console.ts';
import { usePlaceNames } from '../../console/use-place-names.ts';
import type { Say } from '../../i18n/translate.ts';
import type { WhoseWords } from './numbers.ts';
import type { words } from './words.ts';

/** How this screen says whose a number is. */
export function useWhose(say: Say<keyof typeof words>): ComputedRef<WhoseWords> {
  const { clock, language } = useConsole();
  const placeName = usePlaceNames();
  return computed(() => ({
    say,
    scope: ({ kind, code }) =>
      say(`scope.${kind}`, { code: kind === 'lifeline' ? '' : placeName(kind, code ?? '') }),
    now: clock.now.value,
    language: language.value,
  }));
}
