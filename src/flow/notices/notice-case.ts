import type { Alarm } from '../../domain/alarm/alarm.ts';
import type { AreaCode, AssetCode, LifelineKey, PointCode } from '../../domain/ids.ts';
import type { Level } from '../../domain/level.ts';
import type { NoticeAbout, NoticeText } from '../../domain/notice/text.ts';
import { isOrderOpen, type Order } from '../../domain/order/order.ts';
import { orderWordsOf, wordsOf } from './words.ts';

/** What somebody is told of, as it now is: an alarm or an order. */
export type NoticeCase = {
  readonly kind: 'alarm' | 'order';
  readonly id: string;
  readonly revision: number;
  readonly level: Level;
  readonly lifeline: LifelineKey;
  readonly area: AreaCode;
  readonly asset: AssetCode | null;
  readonly point: PointCode | null;
  /** The unit that answers for it, where that is not whom the register says of the asset. */
  readonly unit: string | null;
  readonly isOver: boolean;
  /** Nobody has acknowledged or accepted it. */
  readonly isWaiting: boolean;
  readonly words: (about: NoticeAbout) => NoticeText;
};

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
  isOver: !isOrderOpen(o),
  isWaiting: o.state === 'dispatched',
  words: (about) => orderWordsOf(o, about),
});
