import { describe, expect, it } from 'vitest';
import { bodyOf, emptyForm, lacks, PARTS } from '../../../dashboards/console/src/parts/order/act-form.ts';
import {
  barred,
  type OrderVerb,
  offeredTo,
  VERBS,
  verbsOf,
} from '../../../dashboards/console/src/parts/order/verbs.ts';
import { may, RIGHTS, type Right } from '../../../src/domain/account/permissions.ts';
import { PERSON_ROLES, type Role } from '../../../src/domain/account/roles.ts';
import { as } from '../../../src/domain/ids.ts';
import type { OrderAct, OrderCommand } from '../../../src/domain/order/commands.ts';
import { decideOrder } from '../../../src/domain/order/decide.ts';
import { ORDER_STATES } from '../../../src/domain/order/order.ts';
import { minutes } from '../../../src/domain/time.ts';
import { ORDER_ROUTES } from '../../../src/wire/http/response/order-routes.ts';
import { orderEventJson, orderToJson } from '../../../src/wire/response/order.ts';
import {
  accept,
  by,
  CREW,
  create,
  dispatch,
  extendTo,
  feedback,
  forward,
  IN_STATE,
  OTHER,
  OTHER_UNIT,
  pass,
  pauseUntil,
  refuse,
  resume,
  story,
  T0,
  voids,
} from '../../domain/order/build.ts';

const LATER = T0 + minutes(30);
const NAMES = Object.keys(VERBS) as OrderVerb[];
const none = { attachments: [] };
/** Each step as whoever fills in its form in the best way sends it. */
const COMMANDS: { readonly [V in OrderVerb]: OrderCommand } = {
  dispatch: by(OTHER, { do: 'dispatch', unit: OTHER_UNIT, contact: null, coordinates: true }),
  accept,
  refuse,
  forward,
  arrive: by(CREW, { do: 'arrive', accepts: true, lon: null, lat: null, accuracyM: null, ...none }),
  'check-safety': by(CREW, { do: 'check-safety', readings: [], permit: null }),
  feedback,
  done: by(CREW, { do: 'done', result: '好', cause: null, remote: true, ...none }),
  pause: pauseUntil(T0 + minutes(600)),
  resume,
  extend: extendTo(T0 + minutes(600)),
  'answer-extension': by(OTHER, { do: 'answer-extension', granted: true, reason: '同意' }),
  verify: pass,
  archive: by(OTHER, { do: 'archive' }),
  urge: by(OTHER, { do: 'urge', note: '快' }),
  link: by(OTHER, { do: 'link', alarms: [as.alarm('A1')] }),
  rebase: by(OTHER, { do: 'rebase', limits: story(create()).is.limits, policy: { id: 'x', version: 1 } }),
  void: voids,
};

describe('what may be done with an order', () => {
  it.each(ORDER_STATES)('%s: is offered where the domain decides it, and nowhere else', (state) => {
    const { is } = story(...IN_STATE[state]);
    const decided = NAMES.filter((verb) => decideOrder(is, COMMANDS[verb], LATER).ok);
    expect([...verbsOf(orderToJson(is, LATER))].sort()).toEqual([...decided].sort());
  });

  it('an extension is answered where one was asked for, and not asked for twice', () => {
    const { is } = story(...IN_STATE.accepted, extendTo(T0 + minutes(600)));
    const verbs = verbsOf(orderToJson(is, LATER));
    expect(verbs).toContain('answer-extension');
    expect(verbs).not.toContain('extend');
  });

  it('is offered by the right that the route of the step asks for', () => {
    const byPath = new Map<string, string>(
      Object.values(ORDER_ROUTES).map((r) => [r.path.replace('/api/v1/orders/{id}/', ''), r.right]),
    );
    for (const verb of NAMES) expect([verb, byPath.get(verb)]).toEqual([verb, VERBS[verb].right]);
  });

  it.each(PERSON_ROLES)('%s is offered nothing that the server would refuse', (role: Role) => {
    const permissions = (Object.keys(RIGHTS) as Right[]).filter((right) => may([role], right));
    for (const state of ORDER_STATES)
      for (const verb of offeredTo(orderToJson(story(...IN_STATE[state]).is, T0), { permissions }))
        expect([verb, may([role], VERBS[verb].right)]).toEqual([verb, true]);
    if (role === 'maintainer')
      expect(offeredTo(orderToJson(story(...IN_STATE.done).is, T0), { permissions })).toEqual([]);
  });
});

describe('what is a person’s by right and not theirs with this order', () => {
  const told = (events: ReturnType<typeof story>['events']) => events.map((e, i) => orderEventJson(i + 1, e));
  it.each(['desk', 'crew', 'other'])(
    '%s: their own work is verified by another, as the domain says',
    (account) => {
      const { is, events } = story(...IN_STATE.done);
      const verify = by({ kind: 'operator', account, name: account }, { ...pass, do: 'verify' } as OrderAct);
      const why = barred(orderToJson(is, T0), 'verify', { account, roles: ['operator'] }, told(events));
      expect(why === null).toBe(decideOrder(is, verify, LATER).ok);
    },
  );
  it('who asked for time does not grant it', () => {
    const { is, events } = story(...IN_STATE.accepted, extendTo(T0 + minutes(600)));
    const asks = (account: string) =>
      barred(orderToJson(is, T0), 'answer-extension', { account, roles: ['operator'] }, told(events));
    expect([asks('crew'), asks('other')]).toEqual(['ownRequest', null]);
  });
  it('what was sent back twice is dispatched by who coordinates', () => {
    const { is, events } = story(...IN_STATE.returned, dispatch, refuse);
    const asks = (roles: Role[]) =>
      barred(orderToJson(is, T0), 'dispatch', { account: 'x', roles }, told(events));
    expect([asks(['dispatcher']), asks(['shift-leader'])]).toEqual(['coordinator', null]);
  });
});

describe('the form of each step', () => {
  const bodies = Object.entries(ORDER_ROUTES).flatMap(([, r]) => {
    const verb = r.path.replace('/api/v1/orders/{id}/', '');
    return 'body' in r && r.body.type === 'json' && verb in VERBS
      ? [[verb as OrderVerb, r.body.schema] as const]
      : [];
  });
  it('there is one for every verb of the interface', () => {
    expect(bodies.map(([verb]) => verb).sort()).toEqual([...NAMES].sort());
  });
  it.each(bodies)(
    '%s: filled in, it is what the interface takes; empty, it says what is missing',
    (verb, schema) => {
      const form = {
        ...emptyForm(),
        unit: 'gas-crew',
        until: '2026-11-30T18:00',
        reason: '等待许可',
        text: '阀门已关',
        alarms: ['A1'],
        lon: '115.78',
        lat: '33.85',
        photos: ['a'.repeat(64)],
      };
      form.readings[1] = { what: 'CH₄', value: '0,1', unit: '%LEL' };
      expect(lacks(verb, form)).toBeNull();
      const body = bodyOf(verb, form, { state: 'dispatched' });
      expect(schema.safeParse({ ...body, commandId: 'c1', seenRevision: 1 }).error?.issues ?? []).toEqual([]);
      const needs = PARTS[verb].filter(
        (p) => !['contact', 'place', 'photos', 'permit', 'cause', 'remote'].includes(p),
      );
      const free = ['refusalKind', 'pauseKind', 'granted', 'pass', 'method'];
      const isNeeded = needs.some((p) => !free.includes(p)) && verb !== 'verify';
      expect(lacks(verb, emptyForm()) !== null).toBe(isNeeded);
    },
  );
  it('an end is meant by Beijing’s clock, a line of gas without a number was not measured', () => {
    const form = { ...emptyForm(), until: '2026-12-01T00:30', reason: '雨' };
    expect(bodyOf('pause', form, { state: 'accepted' }).until).toBe('2026-11-30T16:30:00.000Z');
    expect(lacks('check-safety', form)).toBe('text');
    expect(lacks('verify', { ...form, pass: false, reason: '' })).toBe('text');
    expect(lacks('verify', { ...form, pass: true, reason: '' })).toBeNull();
  });
});
