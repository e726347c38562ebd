import type { Refusal, RefusalCode } from '../refusals.ts';
import { accountOf, SYSTEM } from '../response/event.ts';
import { no, ok, type Result, unreachable } from '../result.ts';
import type { Bilingual } from '../text.ts';
import { days, type Millis, minutes } from '../time.ts';
import { dueOf } from './clocks.ts';
import { GRACE_MIN, type OrderAct, type OrderCommand, PAUSE_DAYS } from './commands.ts';
import type { OrderChange, OrderEvent } from './events.ts';
import { isOrderOpen, lastPause, type Order } from './order.ts';

type Decision = Result<readonly OrderChange[], Refusal>;

/**
 * What becomes of a command on an order: the events to journal (none where nothing changes), or a refusal. The table in
 * `docs/orders.md` is printed from it.
 *
 * @param order `null` where there is none: only `create` makes sense then
 * @param now our clock
 */
export function decideOrder(
  order: Order | null,
  command: OrderCommand,
  now: Millis,
): Result<readonly OrderEvent[], Refusal> {
  if (order === null) {
    if (command.do !== 'create') return refused('order-unknown');
    const { birth, by, commandId } = command;
    return ok([{ id: birth.id, revision: 1, at: now, by, commandId, change: { kind: 'created', birth } }]);
  }
  if (command.do === 'create') return refused('command-reused');
  const decision =
    command.do === 'tick' || command.do === 'move-clock'
      ? byTheClock(order, command, now)
      : (unseen(order, command) ?? byAPerson(order, command, now));
  if (!decision.ok) return decision;
  const asked = 'commandId' in command ? command : null;
  return ok(
    decision.value.map((change, i) => ({
      id: order.id,
      revision: order.revision + 1 + i,
      at: now,
      by: asked?.by ?? SYSTEM,
      commandId: asked?.commandId ?? null,
      ...(asked?.actedAt === undefined ? {} : { actedAt: asked.actedAt }),
      change,
    })),
  );
}

type ByAPerson = Exclude<OrderCommand, { readonly do: 'create' | 'tick' | 'move-clock' }>;

/** Nobody acts on what went to other hands since they looked; whatever else happened does no harm. */
function unseen(o: Order, { seenRevision }: ByAPerson): Decision | null {
  if (seenRevision === undefined) return null;
  if (seenRevision > o.revision) return refused('seen-unknown');
  return seenRevision < o.handsRevision ? refused('order-changed') : null;
}

function byTheClock(
  o: Order,
  command: Extract<OrderCommand, { readonly do: 'tick' | 'move-clock' }>,
  now: Millis,
): Decision {
  if (!isOrderOpen(o)) return ok([]);
  if (command.do === 'move-clock') return becomes({ kind: 'clock-moved', by: command.by });
  const due: OrderChange[] = [];
  const paused = o.state === 'paused' ? lastPause(o) : undefined;
  if (paused !== undefined && paused.until <= now) due.push({ kind: 'resumed', because: 'end' });
  for (const { is, clock, from, dueAt } of dueOf(o, now)) due.push({ kind: is, clock, from, dueAt });
  return ok(due);
}

function byAPerson(o: Order, command: ByAPerson, now: Millis): Decision {
  if (!isOrderOpen(o)) return refused('order-over');
  switch (command.do) {
    case 'dispatch':
      return dispatch(o, command);
    case 'accept':
      if (o.state === 'dispatched') return becomes({ kind: 'accepted' });
      return o.acceptedAt !== null ? refused('order-already') : wrong(o);
    case 'refuse':
      return refuse(o, command, now);
    case 'forward':
      return forward(o, command);
    case 'arrive':
      return arrive(o, command);
    case 'feedback':
      return becomes({ kind: 'fed-back', text: command.text, attachments: command.attachments });
    case 'check-safety':
      return o.state === 'accepted' || o.state === 'on-site'
        ? becomes({ kind: 'safety-checked', readings: command.readings, permit: command.permit })
        : wrong(o);
    case 'pause':
      return pause(o, command, now);
    case 'resume':
      return o.state === 'paused' ? becomes({ kind: 'resumed', because: 'person' }) : wrong(o);
    case 'extend':
      return extend(o, command, now);
    case 'answer-extension': {
      if (o.extension === null) return refused('extension-not-asked');
      if (by(command) !== null && by(command) === accountOf(o.extension.by)) return refused('own-request');
      return becomes({ kind: 'extension-answered', granted: command.granted, reason: command.reason });
    }
    case 'done':
      return done(o, command);
    case 'verify':
      return verify(o, command);
    case 'archive':
      return o.state === 'verified' ? becomes({ kind: 'archived' }) : refused('not-verified');
    case 'void':
      return voided(o, command);
    case 'urge':
      return o.state === 'new' || o.state === 'verified'
        ? wrong(o)
        : becomes({ kind: 'urged', note: command.note });
    case 'link': {
      const alarms = command.alarms.filter((a) => !o.alarms.includes(a));
      return alarms.length === 0 ? ok([]) : becomes({ kind: 'linked', alarms });
    }
    case 'rebase':
      return becomes({ kind: 'rebased', limits: command.limits, policy: command.policy });
    default:
      return unreachable(command);
  }
}

function dispatch(o: Order, c: Extract<OrderAct, { do: 'dispatch' }>): Decision {
  if (o.state !== 'new' && o.state !== 'dispatched' && o.state !== 'returned') return wrong(o);
  if (o.withCoordinator && !c.coordinates) return refused('coordinator-needed');
  return becomes({ kind: 'dispatched', unit: c.unit, contact: c.contact });
}

function refuse(o: Order, c: Extract<OrderAct, { do: 'refuse' }>, now: Millis): Decision {
  const sendsBack = becomes({
    kind: 'returned',
    why: c.kind,
    reason: c.reason,
    toCoordinator: o.refusals >= 1,
  });
  if (o.state === 'dispatched') return sendsBack;
  if (o.state !== 'accepted') return wrong(o);
  if (now - (o.acceptedAt ?? now) <= minutes(GRACE_MIN)) return sendsBack;
  return becomes({ kind: 'asked', for: { do: 'refuse', reason: c.reason, unit: null } });
}

function forward(o: Order, c: Extract<ByAPerson, { do: 'forward' }>): Decision {
  if (c.unit === o.unit) return refused('same-unit');
  if (o.state === 'dispatched' || o.state === 'accepted')
    return becomes({ kind: 'forwarded', unit: c.unit, reason: c.reason });
  if (o.state !== 'on-site') return wrong(o);
  // Who is at work there does not leave on one person's word.
  return isSecond(o, 'forward', by(c))
    ? becomes({ kind: 'forwarded', unit: c.unit, reason: c.reason })
    : becomes({ kind: 'asked', for: { do: 'forward', reason: c.reason, unit: c.unit } });
}

function arrive(o: Order, c: Extract<OrderAct, { do: 'arrive' }>): Decision {
  if (o.state === 'on-site') return refused('order-already');
  const arrived: OrderChange = {
    kind: 'arrived',
    lon: c.lon,
    lat: c.lat,
    accuracyM: c.accuracyM,
    ...(c.placeText === undefined ? {} : { placeText: c.placeText }),
    attachments: c.attachments,
  };
  if (o.state === 'accepted') return becomes(arrived);
  if (o.state !== 'dispatched') return wrong(o);
  return c.accepts ? ok([{ kind: 'accepted' }, arrived]) : refused('not-accepted');
}

function pause(o: Order, c: Extract<OrderAct, { do: 'pause' }>, now: Millis): Decision {
  if (o.state !== 'accepted' && o.state !== 'on-site') return wrong(o);
  if (c.until <= now) return refused('end-in-past');
  if (c.until > now + days(PAUSE_DAYS)) return refused('too-long');
  return becomes({ kind: 'paused', why: c.kind, until: c.until, reason: c.reason });
}

function extend(o: Order, c: Extract<OrderAct, { do: 'extend' }>, now: Millis): Decision {
  if (o.state !== 'accepted' && o.state !== 'on-site') return wrong(o);
  if (o.extension !== null) return refused('order-already');
  if (c.until <= now) return refused('end-in-past');
  if (c.until > now + days(PAUSE_DAYS)) return refused('too-long');
  return becomes({ kind: 'extension-asked', until: c.until, reason: c.reason });
}

function done(o: Order, c: Extract<OrderAct, { do: 'done' }>): Decision {
  if (o.state === 'done' || o.state === 'verified') return refused('order-already');
  if (o.state === 'accepted' && !c.remote) return refused('not-arrived');
  if (o.state !== 'accepted' && o.state !== 'on-site') return wrong(o);
  if (o.limits.safetyCheck && !c.remote && o.safety === null) return refused('safety-check-missing');
  const { result, cause, remote, attachments } = c;
  return becomes({ kind: 'done', result, cause, remote, attachments });
}

function verify(o: Order, c: Extract<ByAPerson, { do: 'verify' }>): Decision {
  if (o.state !== 'done') return o.state === 'verified' ? refused('order-already') : refused('not-done');
  const account = by(c);
  if (account === null || o.doers.includes(account) || o.dispatchers.includes(account))
    return refused('own-work');
  if (!c.pass && c.reason === null) return refused('reason-missing');
  const { method, reason } = c;
  return becomes({ kind: c.pass ? 'verified' : 'rework', method, reason });
}

function voided(o: Order, c: Extract<ByAPerson, { do: 'void' }>): Decision {
  const ends = becomes({ kind: 'voided', reason: c.reason });
  if (o.state === 'new' || o.state === 'dispatched' || o.state === 'returned') return ends;
  if (o.state !== 'accepted' && o.state !== 'on-site') return wrong(o);
  return isSecond(o, 'void', by(c))
    ? ends
    : becomes({ kind: 'asked', for: { do: 'void', reason: c.reason, unit: null } });
}

/** Somebody else has asked for the same. */
function isSecond(o: Order, what: 'forward' | 'void', account: string | null): boolean {
  const { wanted } = o;
  return wanted !== null && wanted.do === what && account !== null && accountOf(wanted.by) !== account;
}

const by = (c: ByAPerson): string | null => accountOf(c.by);

const becomes = (change: OrderChange): Decision => ok([change]);
const refused = (code: RefusalCode, detail: Bilingual | null = null) => no<Refusal>({ code, detail });

/** It is not in a state for that. */
const wrong = ({ state }: Order) =>
  refused('order-state', {
    zh: `工单当前为“${ORDER_STATE_WORDS[state].zh}”`,
    en: `The order is ${ORDER_STATE_WORDS[state].en}.`,
  });

export const ORDER_STATE_WORDS: Readonly<Record<Order['state'], Bilingual>> = {
  new: { zh: '待派', en: 'new' },
  dispatched: { zh: '待签收', en: 'dispatched' },
  returned: { zh: '被退', en: 'returned' },
  accepted: { zh: '已签收', en: 'accepted' },
  'on-site': { zh: '已到场', en: 'on site' },
  paused: { zh: '挂起', en: 'paused' },
  done: { zh: '待核查', en: 'done' },
  verified: { zh: '待归档', en: 'verified' },
  archived: { zh: '已归档', en: 'archived' },
  voided: { zh: '已作废', en: 'voided' },
};
