import type { Actor } from '../../../src/domain/alarm/alarm.ts';
import { as } from '../../../src/domain/ids.ts';
import { DEFAULT_CLOCK_POLICIES } from '../../../src/domain/order/clock-policy.ts';
import type { OrderAct, OrderBirth, OrderCommand } from '../../../src/domain/order/commands.ts';
import { decideOrder } from '../../../src/domain/order/decide.ts';
import type { OrderEvent } from '../../../src/domain/order/events.ts';
import { evolveOrder } from '../../../src/domain/order/evolve.ts';
import type { Order } from '../../../src/domain/order/order.ts';
import { hours, minutes } from '../../../src/domain/time.ts';

export const T0 = Date.UTC(2026, 5, 1, 0, 0, 0);
export const person = (account: string): Actor => ({ kind: 'operator', account, name: account });
export const DESK = person('desk');
export const CREW = person('crew');
export const OTHER = person('other');
export const UNIT = as.unit('gas-crew');
export const OTHER_UNIT = as.unit('water-crew');

let n = 0;
export const by = (who: Actor, act: OrderAct, more: object = {}): OrderCommand => ({
  ...act,
  by: who,
  commandId: as.command(`c${++n}`),
  ...more,
});

export const birth = (more: Partial<OrderBirth> = {}): OrderBirth => ({
  id: as.order('O1'),
  no: 'GD20260601-0001',
  source: { kind: 'manual', id: null },
  title: '燃气井甲烷超限',
  lifeline: as.lifeline('gas'),
  level: 1,
  place: { area: as.area('341602'), asset: null, point: null, text: '某路口', lon: null, lat: null },
  alarms: [],
  warning: null,
  incident: null,
  attachments: [],
  limits: (DEFAULT_CLOCK_POLICIES[0] as (typeof DEFAULT_CLOCK_POLICIES)[number]).limits,
  policy: { id: 'default-1', version: 1 },
  ...more,
});

export const create = (more: Partial<OrderBirth> = {}): OrderCommand => ({
  do: 'create',
  birth: birth(more),
  by: DESK,
  commandId: as.command(`c${++n}`),
});

const none = { attachments: [] };
export const dispatch = by(DESK, { do: 'dispatch', unit: UNIT, contact: null, coordinates: false });
export const accept = by(CREW, { do: 'accept' });
export const refuse = by(CREW, { do: 'refuse', kind: 'not-ours', reason: '非本单位' });
export const forward = by(CREW, { do: 'forward', unit: OTHER_UNIT, reason: '他单位职责' });
export const arrive = by(CREW, {
  do: 'arrive',
  accepts: false,
  lon: null,
  lat: null,
  accuracyM: null,
  ...none,
});
export const feedback = by(CREW, { do: 'feedback', text: '已关阀', ...none });
export const pauseUntil = (until: number) =>
  by(CREW, { do: 'pause', kind: 'permit', until, reason: '等待许可' });
export const resume = by(CREW, { do: 'resume' });
export const extendTo = (until: number) => by(CREW, { do: 'extend', until, reason: '备件未到' });
export const done = by(CREW, { do: 'done', result: '已更换', cause: null, remote: false, ...none });
export const pass = by(OTHER, { do: 'verify', pass: true, method: 'on-site', reason: null });
export const fail = by(OTHER, { do: 'verify', pass: false, method: 'on-site', reason: '仍有泄漏' });
export const archive = by(DESK, { do: 'archive' });
export const voids = by(DESK, { do: 'void', reason: '误建' });
export const urge = by(DESK, { do: 'urge', note: '请抓紧' });

export type Story = { readonly is: Order; readonly events: readonly OrderEvent[] };

/** What becomes of these commands, one every minute; a refused one fails the test. */
export function story(...commands: OrderCommand[]): Story {
  let is: Order | null = null;
  const events: OrderEvent[] = [];
  for (const [i, command] of commands.entries()) {
    const decided = decideOrder(is, command, T0 + minutes(i));
    if (!decided.ok) throw new Error(`${command.do}: ${decided.error.code}`);
    for (const e of decided.value) {
      is = evolveOrder(is, e);
      events.push(e);
    }
  }
  return { is: is as unknown as Order, events };
}

/** An order in each state. */
export const IN_STATE: { readonly [S in Order['state']]: readonly OrderCommand[] } = {
  new: [create()],
  dispatched: [create(), dispatch],
  returned: [create(), dispatch, refuse],
  accepted: [create(), dispatch, accept],
  'on-site': [create(), dispatch, accept, arrive],
  paused: [create(), dispatch, accept, pauseUntil(T0 + hours(9))],
  done: [create(), dispatch, accept, arrive, done],
  verified: [create(), dispatch, accept, arrive, done, pass],
  archived: [create(), dispatch, accept, arrive, done, pass, archive],
  voided: [create(), voids],
};
