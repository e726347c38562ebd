import type { Alarm } from '../../../domain/alarm/alarm.ts';
import { isUnacked } from '../../../domain/alarm/order.ts';
import type { AlarmsQuery } from '../../../wire/http/alarms.ts';
import { HttpProblem } from '../answer/problem.ts';
import type { ListPage } from './paging.ts';

/** Where an alarm stands in the board's order: unacknowledged, then graver, then newest. */
type Place = {
  readonly acked: number;
  readonly level: number;
  readonly raisedAt: number;
  readonly id: string;
};

const placeOf = (a: Alarm): Place => ({
  acked: isUnacked(a) ? 0 : 1,
  level: a.level,
  raisedAt: a.raisedAt,
  id: a.id,
});

const cursorOf = (p: Place) => `${p.acked}.${p.level}.${p.raisedAt}.${p.id}`;

function readCursor(text: string): Place {
  const [, acked, level, raisedAt, id] = /^([01])\.([1-4])\.(\d{1,15})\.([\w.-]{1,64})$/.exec(text) ?? [];
  if (id === undefined) throw new HttpProblem('bad-cursor');
  return { acked: Number(acked), level: Number(level), raisedAt: Number(raisedAt), id };
}

/** Negative when `a` stands before `b`; the same order as the domain's `byUrgency` (test). */
function compare(a: Place, b: Place): number {
  if (a.acked !== b.acked) return a.acked - b.acked;
  if (a.level !== b.level) return a.level - b.level;
  if (a.raisedAt !== b.raisedAt) return b.raisedAt - a.raisedAt;
  return a.id < b.id ? 1 : a.id > b.id ? -1 : 0;
}

/**
 * A page of the open alarms. The cursor is a place in the order, not a number of a row: alarms that rise,
 * close or are acknowledged between two pages shift nothing for the others.
 */
export function openAlarmsPage(
  open: readonly Alarm[],
  query: AlarmsQuery,
  { sees, attended }: { readonly sees: (area: string) => boolean; readonly attended: (a: Alarm) => boolean },
): ListPage<Alarm> {
  const after = query.after === undefined ? null : readCursor(query.after);
  const items: Alarm[] = [];
  for (const alarm of open) {
    if (!sees(alarm.areaCode) || !isWanted(alarm, query) || !attended(alarm)) continue;
    if (after !== null && compare(placeOf(alarm), after) <= 0) continue;
    const last = items.at(-1);
    if (items.length === query.limit && last !== undefined) return { items, next: cursorOf(placeOf(last)) };
    items.push(alarm);
  }
  return { items, next: null };
}

/** By what the alarm itself says. */
export function isWanted(a: Alarm, q: AlarmsQuery): boolean {
  return (
    (q.state !== 'open' || a.phase.is !== 'closed') &&
    (q.state !== 'closed' || a.phase.is === 'closed') &&
    (q.state !== 'unacked' || isUnacked(a)) &&
    (q.level === undefined || a.level === q.level) &&
    (q.overlay === undefined ||
      (q.overlay === 'hidden' ? a.overlay.is !== 'none' : a.overlay.is === q.overlay)) &&
    (q.lifeline === undefined || a.lifeline === q.lifeline) &&
    (q.area === undefined || a.areaCode.startsWith(q.area)) &&
    (q.point === undefined || a.pointCode === q.point) &&
    (q.from === undefined || a.raisedAt >= q.from) &&
    (q.to === undefined || a.raisedAt < q.to)
  );
}

type Attended = Pick<AlarmsQuery, 'verdict' | 'acknowledgedBy' | 'vendor' | 'ackOverS'>;

/**
 * What people have made of it, how soon, and whose device it was: the journal keeps no index of these.
 *
 * @param vendorOf of the device that measures at a point now
 */
export const attendedAs =
  (
    { verdict, acknowledgedBy, vendor, ackOverS }: Attended,
    { now, vendorOf }: { readonly now: number; readonly vendorOf: (point: string) => string | null },
  ) =>
  (a: Alarm): boolean => {
    if (verdict !== undefined && (a.assessment?.verdict ?? 'none') !== verdict) return false;
    if (vendor !== undefined && vendorOf(a.pointCode) !== vendor) return false;
    const ack = 'ack' in a.phase ? a.phase.ack : null;
    if (ackOverS !== undefined && (ack?.at ?? endOf(a) ?? now) - a.raisedAt <= ackOverS * 1_000) return false;
    if (acknowledgedBy === undefined) return true;
    return (
      ack?.by.kind === 'operator' && (ack.by.name === acknowledgedBy || ack.by.account === acknowledgedBy)
    );
  };

/** Where nobody acknowledged it, it waited until it was over. */
const endOf = (a: Alarm): number | null => ('closedAt' in a.phase ? a.phase.closedAt : null);
