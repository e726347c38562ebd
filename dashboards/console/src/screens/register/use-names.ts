import { computed, type Ref } from 'vue';
import type { Area, Asset, Point } from '../../api/answers.ts';
import { useConsole } from '../../console/console.ts';
import { ofBilingual } from '../../i18n/translate.ts';
import { useWords } from '../../i18n/words.ts';
import { agoOf } from '../../state/age.ts';
import { words } from './words.ts';

type Of = {
  readonly points: Ref<ReadonlyMap<string, Point>>;
  readonly areas: Ref<readonly Area[]>;
  readonly assets: Ref<readonly Asset[]>;
};

/** What is called what; a code stands for what has no name. */
export function useNames({ points, areas, assets }: Of) {
  const { clock, language, catalog } = useConsole();
  const say = useWords(words);
  const areaName = computed(() => new Map(areas.value.map((a) => [a.code, a.name])));
  const assetName = computed(() => new Map(assets.value.map((a) => [a.code, a.name])));
  return {
    area: (code: string): string => areaName.value.get(code) ?? code,
    asset: (code: string): string => assetName.value.get(code) ?? code,
    point: (code: string): string => points.value.get(code)?.name ?? code,
    lifeline(key: string): string {
      const name = catalog.value.lifelineName(key);
      return name === null ? key : ofBilingual(name, language.value);
    },
    heard: (at: number | null): string => (at === null ? say('never') : agoOf(clock.now.value - at, say)),
  };
}
export type Names = ReturnType<typeof useNames>;
