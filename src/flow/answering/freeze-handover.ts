import type { HandoverContents, Listed } from '../../domain/handover/handover.ts';
import { clocksOf } from '../../domain/order/clocks.ts';
import { isWorking } from '../../domain/register/register.ts';
import type { Millis } from '../../domain/time.ts';
import { LANES, type UpItem } from '../../domain/upstream/item.ts';
import { actorName } from '../../wire/alarm.ts';
import type { Core } from '../core/core.ts';

/** Of each kind: a sheet that people read. How many there are in all is said. */
const LISTED_AT_MOST = 300;

type Frozen = Pick<
  Core,
  'desk' | 'incidents' | 'warnings' | 'orders' | 'register' | 'statuses' | 'notices' | 'upstream'
>;

/**
 * What there is to hand over, as it stands in the turn in hand.
 *
 * @param sees the areas that it is of
 */
export function freezeHandover(core: Frozen, sees: (area: string) => boolean, now: Millis): HandoverContents {
  const alarms = [...core.desk.open.values()]
    .filter((a) => sees(a.areaCode))
    .sort((a, b) => a.level - b.level || b.raisedAt - a.raisedAt);
  const site = (a: (typeof alarms)[number]) =>
    a.assetName === null ? a.pointName : `${a.assetName} ${a.pointName}`;
  const byLevel = <T extends { readonly level: number; readonly id: string }>(list: Iterable<T>) =>
    [...list].sort((a, b) => a.level - b.level || (a.id < b.id ? -1 : 1));
  return {
    alarms: listed(alarms, (a) => ({
      id: a.id,
      level: a.level,
      point: a.pointCode,
      site: site(a),
      rule: a.ruleName,
      phase: a.phase.is,
      overlay: a.overlay.is,
      raisedAt: a.raisedAt,
      ackBy: 'ack' in a.phase ? actorName(a.phase.ack.by) : null,
      interrupted: a.dataInterrupted,
    })),
    incidents: listed(
      byLevel([...core.incidents.open.values()].filter((i) => i.areas.some(sees))),
      ({ id, level, name, state }) => ({ id, level, name, state }),
    ),
    warnings: listed(
      byLevel([...core.warnings.open.values()].filter((w) => w.areas.some(sees))),
      ({ id, level, kind, areaText, state, expires, overdue }) => ({
        id,
        level,
        kind,
        areaText,
        state,
        expires,
        overdue,
      }),
    ),
    orders: listed(byLevel([...core.orders.open.values()].filter((o) => sees(o.place.area))), (o) => {
      const next = clocksOf(o)
        .filter((c) => c.metAt === null)
        .sort((a, b) => a.dueAt - b.dueAt)[0];
      const { id, no, level, title, unit, state } = o;
      return {
        id,
        no,
        level,
        title,
        unit,
        state,
        next: next === undefined ? null : { clock: next.name, dueAt: next.dueAt },
      };
    }),
    shelves: listed(
      alarms
        .flatMap((a) => (a.overlay.is === 'shelved' ? [{ a, shelf: a.overlay }] : []))
        .sort((x, y) => x.shelf.until - y.shelf.until),
      ({ a, shelf }) => ({
        alarm: a.id,
        level: a.level,
        site: site(a),
        until: shelf.until,
        by: actorName(shelf.by),
        reason: shelf.reason,
      }),
    ),
    works: listed(
      core.register
        .works()
        .filter((w) => isWorking(w, now) && sees(core.register.point(w.point)?.area ?? ''))
        .sort((a, b) => a.until - b.until),
      (w) => ({
        id: w.id,
        point: w.point,
        name: core.register.point(w.point)?.name ?? w.point,
        from: w.from,
        until: w.until,
        by: w.by.name,
        reason: w.reason,
      }),
    ),
    devices: listed(
      [...core.statuses.values()]
        .filter((s) => s.online === false)
        .map((s) => ({ device: s.device, point: core.register.device(s.device)?.point ?? null, since: s.at }))
        .filter((d) => sees((d.point === null ? undefined : core.register.point(d.point)?.area) ?? ''))
        .sort((a, b) => a.since - b.since),
      (d) => d,
    ),
    notices: listed(
      core.notices.book.lost().filter((n) => sees(n.area ?? '')),
      (n) => ({
        id: n.id,
        about: n.subject.id,
        to: n.contact === null ? null : (core.notices.book.contact(n.contact)?.name ?? n.contact),
        channel: core.notices.book.channel(n.channel)?.name ?? n.channel,
        queuedAt: n.queuedAt,
      }),
    ),
    upstreams: listed(backlogOf(core.upstream), (b) => b),
  };
}

/** What waits on its way up, of each platform for which something does. */
function backlogOf({ book }: Frozen['upstream']) {
  return book.upstreams().flatMap(({ name, title }) => {
    const [live, bulk] = LANES.map((lane) => [...book.owed(name, lane).values()]) as [UpItem[], UpItem[]];
    const waiting = (of: readonly UpItem[]) => of.filter((i) => i.state === 'queued').length;
    const all = [...live, ...bulk];
    if (all.length === 0) return [];
    return [
      {
        name,
        title,
        live: waiting(live),
        bulk: waiting(bulk),
        rejected: all.length - waiting(all),
        oldestAt: all.reduce((least, i) => Math.min(least, i.at), Number.POSITIVE_INFINITY),
      },
    ];
  });
}

function listed<A, B>(all: readonly A[], as: (a: A) => B): Listed<B> {
  return { total: all.length, items: all.slice(0, LISTED_AT_MOST).map(as) };
}

/** A red incident of these areas goes on, and nobody has it under control. */
export function hasRedIncident(core: Pick<Core, 'incidents'>, sees: (area: string) => boolean): boolean {
  for (const i of core.incidents.open.values())
    if (i.level === 1 && (i.state === 'open' || i.state === 'forming') && i.areas.some(sees)) return true;
  return false;
}
