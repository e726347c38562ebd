import type { AttachmentId } from '../ids.ts';
import { accountOf } from '../response/event.ts';
import type { Duration, Millis } from '../time.ts';
import type { OrderEvent } from './events.ts';
import { lastPause, type Order, type Pause, type SafetyCheck } from './order.ts';

const FRESH = {
  state: 'new',
  handsRevision: 1,
  unit: null,
  contact: null,
  hadBy: [],
  before: null,
  firstDispatchedAt: null,
  dispatchedAt: null,
  acceptedAt: null,
  arrivedAt: null,
  firstFeedbackAt: null,
  feedbackAt: null,
  doneAt: null,
  firstDoneAt: null,
  verifiedAt: null,
  controlFrom: null,
  extendedTo: null,
  extension: null,
  pauses: [],
  told: {},
  refusals: 0,
  withCoordinator: false,
  wanted: null,
  reworks: 0,
  urges: 0,
  doers: [],
  dispatchers: [],
  arrival: null,
  safety: null,
  result: null,
  cause: null,
} as const satisfies Partial<Order>;

/** @param order `null`: the event makes it */
export function evolveOrder(order: Order | null, event: OrderEvent): Order {
  const { change } = event;
  if (change.kind === 'reported') return change.order;
  if (order === null) {
    if (change.kind !== 'created') throw new Error(`an order begins with "${change.kind}"`);
    return { ...FRESH, ...change.birth, revision: event.revision, createdAt: event.at, createdBy: event.by };
  }
  return { ...order, ...changed(order, event), revision: event.revision };
}

function changed(o: Order, { change, at, by, revision, actedAt }: OrderEvent): Partial<Order> {
  const doer = { doers: added(o.doers, accountOf(by)) };
  switch (change.kind) {
    case 'created':
    case 'reported':
      throw new Error('an order is created once');
    case 'dispatched':
      return {
        ...handed(o, at, revision),
        unit: change.unit,
        hadBy: [...new Set([...o.hadBy, change.unit])],
        contact: change.contact,
        dispatchers: added(o.dispatchers, accountOf(by)),
      };
    case 'forwarded':
      return {
        ...handed(o, at, revision),
        unit: change.unit,
        hadBy: [...new Set([...o.hadBy, change.unit])],
        contact: null,
        dispatchers: added(o.dispatchers, accountOf(by)),
      };
    case 'accepted':
      return { ...doer, state: 'accepted', acceptedAt: at };
    case 'returned':
      return {
        state: 'returned',
        handsRevision: revision,
        refusals: o.refusals + 1,
        withCoordinator: change.toCoordinator,
        wanted: null,
        extension: null,
      };
    case 'asked':
      return { wanted: { ...change.for, by, at } };
    case 'arrived':
      return {
        ...doer,
        state: 'on-site',
        arrivedAt: at,
        arrival: {
          lon: change.lon,
          lat: change.lat,
          accuracyM: change.accuracyM,
          ...(change.placeText === undefined ? {} : { placeText: change.placeText }),
          actedAt: actedAt ?? null,
        },
        ...joined(o, change.attachments),
      };
    case 'fed-back':
      // Who has not got it yet writes a note; the clocks are those of who works on it.
      return o.state === 'accepted' || o.state === 'on-site' || o.state === 'paused'
        ? { firstFeedbackAt: o.firstFeedbackAt ?? at, feedbackAt: at, ...joined(o, change.attachments) }
        : joined(o, change.attachments);
    case 'safety-checked': {
      const safety: SafetyCheck = { readings: change.readings, permit: change.permit, by, at };
      return { ...doer, safety };
    }
    case 'paused': {
      const pause: Pause = {
        kind: change.why,
        from: at,
        until: change.until,
        to: null,
        reason: change.reason,
        by,
      };
      return {
        state: 'paused',
        before: o.state === 'on-site' ? 'on-site' : 'accepted',
        pauses: [...o.pauses, pause],
      };
    }
    case 'resumed': {
      const last = lastPause(o);
      const to = change.because === 'end' ? (last?.until ?? at) : at;
      const ended =
        last === undefined ? [] : [{ ...last, to: Math.max(last.from, Math.min(to, last.until)) }];
      return { state: o.before ?? 'accepted', before: null, pauses: [...o.pauses.slice(0, -1), ...ended] };
    }
    case 'extension-asked':
      return { extension: { until: change.until, reason: change.reason, by, at } };
    case 'extension-answered': {
      const until = o.extension?.until;
      const granted = change.granted && until !== undefined;
      return {
        extension: null,
        ...(granted ? { extendedTo: { until, at }, told: without(o.told, 'control') } : {}),
      };
    }
    case 'done':
      return {
        ...doer,
        state: 'done',
        doneAt: at,
        firstDoneAt: o.firstDoneAt ?? at,
        result: change.result,
        cause: change.cause,
        extension: null,
        wanted: null,
        ...joined(o, change.attachments),
      };
    case 'verified':
      return { state: 'verified', verifiedAt: at };
    case 'rework':
      return {
        state: 'on-site',
        handsRevision: revision,
        doneAt: null,
        controlFrom: at,
        extendedTo: null,
        feedbackAt: at,
        reworks: o.reworks + 1,
      };
    case 'archived':
      return { state: 'archived' };
    case 'voided':
      return { state: 'voided', wanted: null, extension: null };
    case 'urged':
      return { urges: o.urges + 1 };
    case 'linked':
      return { alarms: [...new Set([...o.alarms, ...change.alarms])] };
    case 'rebased':
      return { limits: change.limits, policy: change.policy };
    case 'amber':
    case 'overdue':
      return { told: { ...o.told, [change.clock]: { from: change.from, is: change.kind } } };
    case 'clock-moved':
      return moved(o, change.by);
  }
}

/** In other hands: whatever the last ones did begins anew, but for the clock of control, which is the city's. */
const handed = (o: Order, at: Millis, revision: number): Partial<Order> => ({
  state: 'dispatched',
  handsRevision: revision,
  firstDispatchedAt: o.firstDispatchedAt ?? at,
  dispatchedAt: at,
  controlFrom: o.controlFrom ?? at,
  acceptedAt: null,
  arrivedAt: null,
  firstDoneAt: null,
  firstFeedbackAt: null,
  feedbackAt: null,
  arrival: null,
  before: null,
  wanted: null,
  extension: null,
  withCoordinator: false,
});

const added = (list: readonly string[], account: string | null): readonly string[] =>
  account === null || list.includes(account) ? list : [...list, account];

const joined = (o: Order, more: readonly AttachmentId[]): Pick<Order, 'attachments'> => ({
  attachments: [...new Set([...o.attachments, ...more])],
});

function without(told: Order['told'], name: keyof Order['told']): Order['told'] {
  const { [name]: _, ...rest } = told;
  return rest;
}

/** Everything lies as long before and after now as it did. When the order was made stays as it was written. */
function moved(o: Order, by: Duration): Partial<Order> {
  const m = (t: Millis | null): Millis | null => (t === null ? null : t + by);
  return {
    firstDispatchedAt: m(o.firstDispatchedAt),
    dispatchedAt: m(o.dispatchedAt),
    acceptedAt: m(o.acceptedAt),
    arrivedAt: m(o.arrivedAt),
    firstFeedbackAt: m(o.firstFeedbackAt),
    feedbackAt: m(o.feedbackAt),
    doneAt: m(o.doneAt),
    firstDoneAt: m(o.firstDoneAt),
    verifiedAt: m(o.verifiedAt),
    controlFrom: m(o.controlFrom),
    extendedTo: o.extendedTo && { until: o.extendedTo.until + by, at: o.extendedTo.at + by },
    extension: o.extension && { ...o.extension, until: o.extension.until + by, at: o.extension.at + by },
    pauses: o.pauses.map((p) => ({ ...p, from: p.from + by, until: p.until + by, to: m(p.to) })),
    told: Object.fromEntries(
      Object.entries(o.told).map(([name, t]) => [name, { ...t, from: t.from + by }]),
    ) as Order['told'],
    wanted: o.wanted && { ...o.wanted, at: o.wanted.at + by },
  };
}
