import { type Duration, type Millis, minutes } from '../time.ts';
import { CLOCK_NAMES, type ClockName } from './clock-policy.ts';
import { lastPause, type Order } from './order.ts';

/** A clock turns amber when so much of its time has gone (docs/plan/response.md A.3). */
const AMBER = 0.8;

export type OrderClock = {
  readonly name: ClockName;
  /** Since when this run of it goes. */
  readonly from: Millis;
  readonly amberAt: Millis;
  readonly dueAt: Millis;
  readonly metAt: Millis | null;
};

export type ClockState = 'running' | 'amber' | 'overdue' | 'paused' | 'met' | 'missed';

type Run = { readonly from: Millis | null; readonly metAt: Millis | null; readonly pauses: boolean };

/** When each clock began and ended, by what happened to the order. */
function runOf(o: Order, name: ClockName): Run {
  const since = (from: Millis | null, met: Millis | null): Run => ({
    from,
    metAt: from !== null && met !== null && met >= from ? met : null,
    pauses: true,
  });
  switch (name) {
    case 'accept':
      return since(o.dispatchedAt, o.acceptedAt);
    case 'arrive':
      return since(o.dispatchedAt, o.arrivedAt ?? o.firstDoneAt ?? o.doneAt);
    case 'first-feedback':
      return since(o.dispatchedAt, o.firstFeedbackAt ?? o.firstDoneAt ?? o.doneAt);
    case 'feedback':
      return o.doneAt === null ? since(o.feedbackAt, null) : since(null, null);
    case 'control':
      return since(o.controlFrom, o.doneAt);
    case 'verify':
      return { ...since(o.doneAt, o.verifiedAt), pauses: false };
  }
}

/** When so much time of work has gone since an instant, pauses left out; one that goes on counts to its planned end. */
function afterWork(o: Pick<Order, 'pauses'>, from: Millis, work: Duration): Millis {
  let at = from;
  let left = work;
  for (const p of o.pauses) {
    const end = p.to ?? p.until;
    if (end <= at) continue;
    const worked = Math.max(0, p.from - at);
    if (worked >= left) break;
    left -= worked;
    at = end;
  }
  return at + left;
}

/** Of a clock that has stopped: what was paused later does not move when it was due. */
const pausedUpTo = ({ pauses }: Order, metAt: Millis | null): Pick<Order, 'pauses'> => ({
  pauses: metAt === null ? pauses : pauses.filter((p) => p.from < metAt),
});

/**
 * The clocks of an order: a pure function of what happened to it and of the minutes that it was made with. Those that have not
 * begun are not among them.
 */
export function clocksOf(o: Order): readonly OrderClock[] {
  const handed = o.state !== 'new' && o.state !== 'returned' && o.state !== 'voided';
  return CLOCK_NAMES.flatMap((name): OrderClock[] => {
    const { from, metAt, pauses } = runOf(o, name);
    if (from === null || (!handed && metAt === null)) return [];
    const length = minutes(o.limits[name]);
    const end = (share: number) =>
      pauses ? afterWork(pausedUpTo(o, metAt), from, length * share) : from + length * share;
    if (name === 'control' && o.extendedTo !== null) {
      const { until, at } = o.extendedTo;
      const dueAt = afterWork(o, at, Math.max(0, until - at));
      return [{ name, from, amberAt: afterWork(o, at, Math.max(0, until - at) * AMBER), dueAt, metAt }];
    }
    return [{ name, from, amberAt: end(AMBER), dueAt: end(1), metAt }];
  });
}

export function clockState(c: OrderClock, o: Pick<Order, 'state'>, now: Millis): ClockState {
  if (c.metAt !== null) return c.metAt <= c.dueAt ? 'met' : 'missed';
  if (now >= c.dueAt) return 'overdue';
  if (o.state === 'paused' && c.name !== 'verify') return 'paused';
  return now >= c.amberAt ? 'amber' : 'running';
}

/** Something that the clock has to say of an order: once each. */
export type Due = {
  readonly clock: ClockName;
  readonly is: 'amber' | 'overdue';
  readonly from: Millis;
  readonly dueAt: Millis;
};

/** What is due by now and has not been told, in order of time. */
export function dueOf(o: Order, now: Millis): readonly Due[] {
  return untold(o)
    .filter(({ at }) => at <= now)
    .map(({ at: _, ...due }) => due);
}

/** When the clock must look at the order next: a clock to be told, or a pause that ends. `null`: never, as things stand. */
export function nextLookAt(o: Order): Millis | null {
  const ends = o.state === 'paused' ? [lastPause(o)?.until ?? 0] : [];
  const times = [...untold(o).map((d) => d.at), ...ends];
  return times.length === 0 ? null : Math.min(...times);
}

function untold(o: Order): readonly (Due & { readonly at: Millis })[] {
  const found: (Due & { at: Millis })[] = [];
  for (const c of clocksOf(o)) {
    if (c.metAt !== null) continue;
    const told = o.told[c.name]?.from === c.from ? o.told[c.name]?.is : undefined;
    const { name: clock, from, dueAt } = c;
    if (told === undefined) found.push({ clock, is: 'amber', from, dueAt, at: c.amberAt });
    if (told !== 'overdue') found.push({ clock, is: 'overdue', from, dueAt, at: dueAt });
  }
  return found.sort((a, b) => a.at - b.at || (a.is === b.is ? 0 : a.is === 'amber' ? -1 : 1));
}
