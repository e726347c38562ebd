import { computed, type Ref } from 'vue';
import type { AlarmJson } from '../../../../../src/wire/alarm.ts';
import { useConsole } from '../../console/console.ts';
import type { Say } from '../../i18n/translate.ts';
import { OWN_LIFELINE } from '../../state/catalog.ts';
import { isUnacked } from '../../state/phase.ts';

/** A tile for each lifeline: the worst of it, how much of it is unacknowledged, or that nothing is connected. */
export function useTiles(withDevices: Ref<ReadonlySet<string> | null>, say: Say) {
  const { shown, lifelines, catalog } = useConsole();
  /** Where nothing is measured nothing is normal. */
  const isWithout = (key: string): boolean =>
    key !== OWN_LIFELINE && withDevices.value !== null && !withDevices.value.has(key);
  const inOrder = (keys: readonly string[]): string[] => [
    ...keys.filter((k) => !isWithout(k)),
    ...keys.filter(isWithout),
  ];

  const tiles = computed(() => {
    const found = new Map<string, { worst: AlarmJson['level']; total: number; unacked: number }>();
    for (const a of shown.value) {
      const t = found.get(a.lifeline);
      found.set(a.lifeline, {
        worst: t === undefined || a.level < t.worst ? a.level : t.worst,
        total: (t?.total ?? 0) + 1,
        unacked: (t?.unacked ?? 0) + (isUnacked(a) ? 1 : 0),
      });
    }
    const keys = [...lifelines.value, ...[...found.keys()].filter((k) => !lifelines.value.includes(k))];
    return inOrder(keys).map((key) => ({
      key,
      none: isWithout(key),
      name:
        key === OWN_LIFELINE
          ? { zh: say('mark.platform'), en: say('mark.platform') }
          : (catalog.value.lifelineName(key) ?? { zh: key, en: key }),
      state: found.get(key) ?? null,
    }));
  });
  return tiles;
}
