import type { Alarm } from '../../domain/alarm/alarm.ts';
import {
  endOf,
  type Flood,
  type FloodAlarm,
  type FloodState,
  floodAfter,
  floodBy,
  isForgotten,
  NO_FLOOD,
} from '../../domain/alarm/flood-story.ts';
import type { BriefEvent } from '../../domain/alarm/indicators.ts';
import { type AreaCode, as } from '../../domain/ids.ts';
import type { Millis } from '../../domain/time.ts';
import type { FloodNow, FloodsNow, RegisterView } from '../ports/service.ts';

/** The whole service, beside its areas. */
const EVERYWHERE = '';

/** The floods that are on: of the whole service, and of each area with everything below it. */
export class Floods implements FloodsNow {
  readonly #register: Pick<RegisterView, 'area'>;
  readonly #states = new Map<string, FloodState>();
  /** Counts up with everything that a console would see differently. */
  revision = 0;

  constructor(register: Pick<RegisterView, 'area'>) {
    this.#register = register;
  }

  /** The whole service first, then in order of area. */
  list(): readonly FloodNow[] {
    return [...this.#states]
      .filter((entry): entry is [string, FloodState & { flood: Flood }] => entry[1].flood !== null)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([area, state]) => ({
        area: area === EVERYWHERE ? null : as.area(area),
        flood: state.flood,
        endsAt: endOf(state) ?? state.flood.since,
      }));
  }

  hear(alarm: FloodAlarm): void {
    for (const place of this.#placesOf(alarm.area)) {
      const before = this.#states.get(place) ?? NO_FLOOD;
      const after = floodAfter(before, alarm);
      this.#states.set(place, after);
      if (before.flood !== null || after.flood !== null) this.revision++;
    }
  }

  pass(now: Millis): void {
    for (const [place, state] of this.#states) {
      const after = floodBy(state, now);
      if (after !== state) this.revision++;
      if (isForgotten(after, now)) this.#states.delete(place);
      else this.#states.set(place, after);
    }
  }

  #placesOf(area: AreaCode): ReadonlySet<string> {
    const places = new Set<string>([EVERYWHERE]);
    for (
      let at: AreaCode | null | undefined = area;
      at && !places.has(at);
      at = this.#register.area(at)?.parent
    )
      places.add(at);
    return places;
  }
}

export const floodAlarm = (a: Alarm): FloodAlarm => ({
  alarm: a.id,
  at: a.raisedAt,
  level: a.level,
  lifeline: a.lifeline,
  area: a.areaCode,
  point: a.pointCode,
  pointName: a.pointName,
  asset: a.assetCode,
  assetName: a.assetName,
  ruleName: a.ruleName,
});

export const rememberedFloodAlarm = (e: BriefEvent): FloodAlarm => ({
  alarm: as.alarm(e.alarm),
  at: e.raisedAt,
  level: e.level,
  lifeline: e.lifeline,
  area: as.area(e.area),
  point: e.point,
  pointName: e.pointName,
  asset: e.asset,
  assetName: e.assetName,
  ruleName: e.ruleName,
});
