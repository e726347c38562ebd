import type { Alarm } from '../../domain/alarm/alarm.ts';
import type { AreaCode, AssetCode, DrillId, LifelineKey, PointCode, UnitCode } from '../../domain/ids.ts';
import type { Level } from '../../domain/level.ts';
import type { NoticeAbout, NoticeText } from '../../domain/notice/text.ts';
import { isOrderOpen, type Order } from '../../domain/order/order.ts';
import { isWarningOpen, type Warning } from '../../domain/warning/warning.ts';
import { orderWordsOf, warningWordsOf, wordsOf } from './words.ts';

/** What somebody is told of, as it now is: an alarm, an order, or a warning as one of its recipients has it. */
export type NoticeCase = {
  readonly kind: 'alarm' | 'order' | 'warning';
  readonly id: string;
  readonly revision: number;
  readonly level: Level;
  readonly lifeline: LifelineKey;
  readonly area: AreaCode;
  readonly asset: AssetCode | null;
  readonly point: PointCode | null;
  /** The unit that answers for it, where that is not whom the register says of the asset. */
  readonly unit: string | null;
  /** Of a drill 演练; absent: real. */
  readonly drill?: DrillId;
  readonly isOver: boolean;
  /** Nobody has acknowledged or accepted it. */
  readonly isWaiting: boolean;
  readonly words: (about: NoticeAbout) => NoticeText;
};

const ofDrill = ({ drill }: { readonly drill?: DrillId }): { readonly drill?: DrillId } =>
  drill === undefined ? {} : { drill };

export const caseOfAlarm = (a: Alarm): NoticeCase => ({
  kind: 'alarm',
  id: a.id,
  revision: a.revision,
  level: a.level,
  lifeline: a.lifeline,
  area: a.areaCode,
  asset: a.assetCode,
  point: a.pointCode,
  unit: null,
  ...ofDrill(a),
  isOver: a.phase.is === 'closed',
  isWaiting: a.phase.is.endsWith('-unacked'),
  words: (about) => wordsOf(a, about),
});

export const caseOfOrder = (o: Order): NoticeCase => ({
  kind: 'order',
  id: o.id,
  revision: o.revision,
  level: o.level,
  lifeline: o.lifeline,
  area: o.place.area,
  asset: o.place.asset,
  point: o.place.point,
  unit: o.unit,
  ...ofDrill(o),
  isOver: !isOrderOpen(o),
  isWaiting: o.state === 'dispatched',
  words: (about) => orderWordsOf(o, about),
});

/** What a warning is told by to one of its units: each has its own ladder, which its own receipt stops. */
export const warningCaseId = (w: Pick<Warning, 'id'>, unit: UnitCode): string => `${w.id}-${unit}`;

export function caseOfWarning(w: Warning, unit: UnitCode): NoticeCase {
  const recipient = w.recipients.find((r) => r.unit === unit);
  return {
    kind: 'warning',
    id: warningCaseId(w, unit),
    revision: w.revision,
    level: w.level,
    lifeline: w.lifeline,
    area: w.areas[0] as AreaCode,
    asset: null,
    point: null,
    unit,
    ...ofDrill(w),
    isOver: !isWarningOpen(w),
    isWaiting: w.state === 'issued' && recipient?.confirmed === null,
    words: (about) => warningWordsOf(w, about),
  };
}
