import type { Incident } from '../../domain/incident/incident.ts';
import type { Order } from '../../domain/order/order.ts';
import { SYSTEM } from '../../domain/response/event.ts';
import type { ResponseHappened } from '../../domain/response/journaled.ts';
import { no, ok, type Result, unreachable } from '../../domain/result.ts';
import type { Millis } from '../../domain/time.ts';
import type { Warning } from '../../domain/warning/warning.ts';
import { incidentJson, incidentToJson } from '../../wire/response/incident.ts';
import { orderJson, orderToJson } from '../../wire/response/order.ts';
import { warningJson, warningToJson } from '../../wire/response/warning.ts';
import type { ForeignResponse } from '../exchange/foreign-things.ts';

/** As a platform below has told it: shown here only if it can be. */
export function toldThing(
  of: ForeignResponse['of'],
  content: unknown,
  from: string,
): { readonly thing: ForeignResponse; readonly at: Millis } {
  const { event, after: told } = content as { event: { at: number }; after: ForeignResponse['after'] };
  if (typeof event.at !== 'number' || !Number.isSafeInteger(told.revision))
    throw new Error('no instant, no revision');
  if (told.drill !== undefined) throw new Error('a drill stays where it is');
  const after = { ...told, from };
  switch (of) {
    case 'order':
      orderJson.parse(orderToJson(after as Order, event.at));
      return { at: event.at, thing: { of, after: after as Order } };
    case 'warning':
      warningJson.parse(warningToJson(after as Warning));
      return { at: event.at, thing: { of, after: after as Warning } };
    case 'incident':
      incidentJson.parse(incidentToJson(after as Incident));
      return { at: event.at, thing: { of, after: after as Incident } };
    default:
      return unreachable(of);
  }
}

/** As a step of its story here: the whole of it, as it stands there. */
export function reported(thing: ForeignResponse, at: Millis): ResponseHappened {
  const { revision } = thing.after;
  const head = { revision, at, by: SYSTEM, commandId: null };
  switch (thing.of) {
    case 'order': {
      const { of, after } = thing;
      return { of, event: { ...head, id: after.id, change: { kind: 'reported', order: after } }, after };
    }
    case 'warning': {
      const { of, after } = thing;
      return { of, event: { ...head, id: after.id, change: { kind: 'reported', warning: after } }, after };
    }
    case 'incident': {
      const { of, after } = thing;
      return { of, event: { ...head, id: after.id, change: { kind: 'reported', incident: after } }, after };
    }
    default:
      return unreachable(thing);
  }
}

/** Whatever another version, or another program, has sent as one: it is shown here only if it can be. */
export function soundly<T>(what: string, make: () => T): Result<T, string> {
  try {
    return ok(make());
  } catch (cause) {
    return no(why(what, cause));
  }
}

export function why(what: string, cause: unknown): string {
  const issue = (cause as { issues?: readonly { path: readonly PropertyKey[]; message: string }[] })
    .issues?.[0];
  const said =
    issue === undefined
      ? String((cause as Error).message)
      : `${issue.path.map(String).join('.')} ${issue.message}`;
  return `it is not ${what}: ${said}`.slice(0, 300);
}
