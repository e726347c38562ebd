import type { CitizenEntry } from '../../domain/citizen/citizen-report.ts';
import { decideCitizen } from '../../domain/citizen/decide.ts';
import type { OrderId } from '../../domain/ids.ts';
import type { Refusal } from '../../domain/refusals.ts';
import type { Asked } from '../../domain/response/event.ts';
import type { Result } from '../../domain/result.ts';
import type { Millis } from '../../domain/time.ts';
import type { Core } from '../core/core.ts';
import type { OrderWish } from '../ports/responses.ts';

/** An order for a report: what is left out is taken from it, and none of its words, for an order stays. */
export function forCitizen(wish: OrderWish, { report }: CitizenEntry): OrderWish {
  const { area, lon, lat } = report;
  const { place } = wish;
  const isPlaced = place.point != null || place.asset != null;
  return {
    ...wish,
    title: wish.title ?? `市民诉求 ${report.category ?? report.no}`.slice(0, 200),
    lifeline: wish.lifeline ?? report.lifeline,
    place: isPlaced
      ? place
      : { ...place, area: place.area ?? area, lon: place.lon ?? lon, lat: place.lat ?? lat },
    incident: wish.incident ?? report.incident,
  };
}

/** The report as it says which order it has, in the turn that makes the order; or why it can have none. */
export function orderedFor(
  { citizens }: Pick<Core, 'citizens'>,
  durable: CitizenEntry,
  { order, asked }: { readonly order: OrderId; readonly asked: Asked },
  at: Millis,
): Result<CitizenEntry, Refusal> {
  const entry = citizens.find(durable.report.id, durable) ?? durable;
  const { by, commandId } = asked;
  const person =
    by.kind === 'operator' ? { account: by.account, name: by.name } : { account: by.kind, name: by.kind };
  return decideCitizen(entry, { do: 'order', order }, { by: person, commandId }, at);
}
