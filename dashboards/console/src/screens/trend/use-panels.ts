import { computed, type Ref } from 'vue';
import type { Say } from '../../i18n/translate.ts';
import type { MetricJson } from '../../state/catalog.ts';
import type { Stretch } from './ask.ts';
import { bandsOf } from './bands.ts';
import type { CurveWords } from './curve-words.ts';
import { gridOf, qualityRuns } from './grid.ts';
import type { Curve } from './use-curves.ts';
import type { Ghost } from './use-ghosts.ts';

/** A curve that has something to draw, and the ink it is drawn with. */
export type Drawn = { readonly c: Curve; readonly ink: number };

type Needs = {
  readonly drawn: Ref<readonly Drawn[]>;
  /** Whose limits are shown. */
  readonly boss: Ref<Drawn | null>;
  readonly stretch: Ref<Stretch>;
  metricOf(c: Curve): MetricJson | null;
  withinOf(c: Curve): number;
  /** Of the boss, of other days. */
  readonly ghosts: Ref<readonly Ghost[]>;
  readonly words: CurveWords;
  readonly say: Say<'label' | 'noUnit'>;
};

export function usePanels({
  drawn,
  boss,
  stretch,
  ghosts,
  metricOf,
  withinOf,
  words: { nameOf, time },
  say,
}: Needs) {
  /** One drawing for each unit: two scales on one drawing mislead. */
  const panels = computed(() => {
    const groups = new Map<string, Drawn[]>();
    for (const d of drawn.value) {
      const m = metricOf(d.c);
      const key = m?.kind === 'flag' ? 'flag' : `unit ${m?.unit ?? ''}`;
      groups.set(key, [...(groups.get(key) ?? []), d]);
    }
    const { from, to } = stretch.value;
    return [...groups.entries()].map(([key, members]) => {
      const lead = members.find((d) => d.ink === boss.value?.ink) ?? members[0];
      const flag = key === 'flag';
      const isBoss = lead !== undefined && lead.ink === boss.value?.ink;
      const behind = isBoss && lead !== undefined ? ghosts.value : [];
      return {
        key,
        isBoss,
        ghosts: behind,
        flag,
        unit: flag ? '' : key.slice(5),
        members,
        grid: gridOf([
          ...members.map(({ c }) => ({ trend: c.trend as NonNullable<Curve['trend']>, within: withinOf(c) })),
          ...behind.map(({ trend }) => ({ trend, within: lead === undefined ? 0 : withinOf(lead.c) })),
        ]),
        inks: members.map((d) => d.ink),
        bands: lead && !flag ? bandsOf(lead.c.rules, lead.c.metric ?? '') : [],
        label: say('label', {
          names: members.map(({ c }) => nameOf(c)).join('、'),
          from: time(from),
          to: time(to),
          unit: flag || key === 'unit ' ? say('noUnit') : key.slice(5),
        }),
        runs: members.map(({ c, ink }) => ({
          ink,
          name: nameOf(c),
          runs: qualityRuns(c.trend as NonNullable<Curve['trend']>, withinOf(c), from, to),
        })),
      };
    });
  });
  return panels;
}
