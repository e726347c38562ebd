import type { AlarmJson } from '../../../../src/wire/alarm.ts';

/** What an alarm asks of the person before it. */
export type Asks = 'unacked' | 'acked' | 'closed';

export function asksOf(a: Pick<AlarmJson, 'phase'>): Asks {
  switch (a.phase) {
    case 'active-unacked':
    case 'returned-unacked':
    case 'latched-unacked':
      return 'unacked';
    case 'active-acked':
    case 'latched-acked':
    case 'returned-acked':
      return 'acked';
    case 'closed':
      return 'closed';
  }
}

export const isUnacked = (a: Pick<AlarmJson, 'phase'>): boolean => asksOf(a) === 'unacked';

/** Shelved, suppressed or out of service: kept out of the list, the counters and the sound, but counted aside. */
export const isHidden = (a: Pick<AlarmJson, 'overlay'>): boolean => a.overlay !== 'none';

/** Latched, over, and acknowledged: the one state in which a reset is an answer. */
export const canReset = (a: Pick<AlarmJson, 'phase'>): boolean => a.phase === 'latched-acked';

/** So many characters in common, and both names say the same place. */
const SAME_PLACE = 4;

/** Asset and point, without saying the same place twice. */
export function siteOf(a: Pick<AlarmJson, 'assetName' | 'pointName' | 'pointCode'>): string {
  const point = a.pointName || a.pointCode;
  const place = a.assetName?.slice(0, SAME_PLACE) ?? '';
  return place === '' || point.startsWith(place) ? point : `${a.assetName} · ${point}`;
}
