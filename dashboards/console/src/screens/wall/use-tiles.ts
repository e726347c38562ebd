import { computed, type Ref } from 'vue';
import type { AlarmJson } from '../../../../../src/wire/alarm.ts';
import { useConsole } from '../../console/console.ts';
import type { Say } from '../../i18n/translate.ts';
import { OWN_LIFELINE } from '../../state/catalog.ts';
import { isUnacked } from '../../state/phase.ts';
import type { onlineByLine } from './figures.ts';

/**
 * A tile for each lifeline that is connected: the worst of it, how much of it is unacknowledged, and how many of its devices are
 * there. Where nothing is measured nothing is normal: such a line has no tile, unless something is open in it.
 */
export function useTiles(online: Ref<ReturnType<typeof onlineByLine> | null>, say: Say) {
  const { shown, lifelines, catalog } = useConsole();
  const isConnected = (key: string): boolean =>
    key === OWN_LIFELINE || online.value === null || online.value.has(key);

  return computed(() => {
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
    return keys
      .filter((key) => isConnected(key) || found.has(key))
      .map((key) => {
        const share = online.value?.get(key)?.share ?? null;
        return {
          key,
          name:
            key === OWN_LIFELINE
              ? { zh: say('mark.platform'), en: say('mark.platform') }
              : (catalog.value.lifelineName(key) ?? { zh: key, en: key }),
          state: found.get(key) ?? null,
          online: share === null ? null : `${(share * 100).toFixed(share === 1 ? 0 : 1)}%`,
        };
      });
  });
}
