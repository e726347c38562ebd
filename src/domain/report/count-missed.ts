import type { Alarm } from '../alarm/alarm.ts';
import type { AlarmEvent } from '../alarm/events.ts';
import type { AlarmId, AssetCode, OrderId, PointCode } from '../ids.ts';
import { metresBetween } from '../metres-between.ts';
import type { OrderEvent } from '../order/events.ts';
import type { Order } from '../order/order.ts';
import { hours, type Millis } from '../time.ts';
import { count, type Figure } from './figures.ts';
import type { Period } from './period.ts';

/** Before and after an order: an alarm that stood then is no miss. Ours; RESPONSE A.5 leaves it open. */
export const MISSED_WITHIN = hours(2);
/** An alarm so near is about the same place. Ours. */
const NEAR_M = 300;

type Stood = {
  readonly point: PointCode;
  readonly asset: AssetCode | null;
  readonly from: Millis;
  readonly to: Millis;
};

/** Where a point or an asset lies by the register; `null`: nobody has said. */
export type PlaceOf = (at: {
  readonly point: PointCode | null;
  readonly asset: AssetCode | null;
}) => { readonly lon: number; readonly lat: number } | null;

/**
 * 漏报: what a citizen or a patrol found, and no alarm of ours told: orders from them that were made in the period and not voided, with
 * no alarm at the same point or asset, or within 300 m, that stood within two hours of them. Fed with events from two hours before the
 * period, of every area: an alarm across the border is one.
 */
export class MissedCount {
  readonly #period: Period;
  readonly #stood = new Map<AlarmId, Stood>();
  readonly #orders = new Map<OrderId, Order>();

  constructor(period: Period) {
    this.#period = period;
  }

  takeAlarm({ at }: AlarmEvent, { id, pointCode, assetCode, raisedAt, phase }: Alarm): void {
    const to = phase.is === 'closed' ? at : Number.POSITIVE_INFINITY;
    this.#stood.set(id, { point: pointCode, asset: assetCode, from: raisedAt, to });
  }

  /** Open, and nothing happened to it. */
  alarmWasOpen({ id, pointCode, assetCode, raisedAt }: Alarm): void {
    if (!this.#stood.has(id))
      this.#stood.set(id, {
        point: pointCode,
        asset: assetCode,
        from: raisedAt,
        to: Number.POSITIVE_INFINITY,
      });
  }

  takeOrder({ change, at }: OrderEvent, after: Order): void {
    const isMade = change.kind === 'created' && at >= this.#period.from && at < this.#period.to;
    const isFound = after.source.kind === 'citizen' || after.source.kind === 'patrol';
    if ((isMade && isFound) || this.#orders.has(after.id)) this.#orders.set(after.id, after);
  }

  figures(placeOf: PlaceOf): readonly Figure[] {
    const found = [...this.#orders.values()].filter((o) => o.state !== 'voided');
    const placed = found.filter(
      ({ place }) => place.point !== null || place.asset !== null || at(place) !== null,
    );
    const missed = placed.filter((o) => !this.#wasTold(o, placeOf));
    return [
      count('alarms.missed', missed.length),
      count('alarms.missed-unknown', found.length - placed.length),
    ];
  }

  #wasTold({ createdAt, place }: Order, placeOf: PlaceOf): boolean {
    const here = at(place) ?? placeOf(place);
    for (const s of this.#stood.values()) {
      if (s.from > createdAt + MISSED_WITHIN || s.to < createdAt - MISSED_WITHIN) continue;
      if (s.point === place.point || (s.asset !== null && s.asset === place.asset)) return true;
      const there = here === null ? null : placeOf(s);
      if (here !== null && there !== null && metresBetween(here, there) <= NEAR_M) return true;
    }
    return false;
  }
}

function at({ lon, lat }: Pick<Order['place'], 'lon' | 'lat'>): { lon: number; lat: number } | null {
  return lon === null || lat === null ? null : { lon, lat };
}
