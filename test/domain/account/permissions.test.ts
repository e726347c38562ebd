import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { permissionsPage } from '../../../scripts/permission-docs.ts';
import { routeActs } from '../../../scripts/route-acts.ts';
import { may, RIGHTS, rightsOf } from '../../../src/domain/account/permissions.ts';
import { ADMINISTRATORS, areApart, ROLES, type Role } from '../../../src/domain/account/roles.ts';
import { type RouteSpec, route } from '../../../src/wire/http/route.ts';
import { ROUTES } from '../../../src/wire/http/routes.ts';
import { FRAME_RIGHTS, liveFrame, liveRequest } from '../../../src/wire/live/live.ts';

const WHOLE = {
  method: 'GET',
  path: '/api/v1/x',
  who: 'session',
  tag: 'x',
  does: { zh: '甲', en: 'x' },
  act: { zh: '甲', en: 'x' },
  right: 'picture.see',
  audited: false,
  answer: { status: 204, type: 'nothing' },
} as const satisfies RouteSpec;

test('a route without its right, its words for the audit journal, or whether it leaves a trace, does not compile', () => {
  const { right: _, ...rightless } = WHOLE;
  const { act: __, ...wordless } = WHOLE;
  const { audited: ___, ...traceless } = WHOLE;
  // @ts-expect-error: who may ask is not said
  route(rightless);
  // @ts-expect-error: what the auditor reads is not said
  route(wordless);
  // @ts-expect-error: whether it leaves a trace is not said
  route(traceless);
  // @ts-expect-error: a right that there is not
  route({ ...WHOLE, right: 'picture.sea' });
  expect(route(WHOLE)).toBe(WHOLE);
});

test('a route is for anybody by its right when it is so by who may ask', () => {
  // @ts-expect-error: it needs a session, and no right
  route({ ...WHOLE, right: 'anybody' });
  // @ts-expect-error: it needs a right, and no session
  route({ ...WHOLE, who: 'anybody' });
  for (const { who, right } of Object.values<RouteSpec>(ROUTES))
    expect(right === 'anybody').toBe(who === 'anybody');
});

test('every change leaves a trace in the audit journal, but for readings, which are in the journal itself', () => {
  const changes = Object.entries<RouteSpec>(ROUTES).filter(([, r]) => r.method !== 'GET' && !r.audited);
  // A trial of a mapping changes nothing, nor does a tally; what comes in by a door is a reading, too; what a platform below
  // sends is in the journal with its number.
  expect(changes.map(([name]) => name)).toEqual([
    'telemetry',
    'feedUpstream',
    'tallyUpstream',
    'tryMapping',
    'door',
  ]);
});

test('so does every question that takes a file away or looks at accounts, numbers and the audit journal, or comes by a link', () => {
  const questions = Object.entries<RouteSpec>(ROUTES).filter(([, r]) => r.method === 'GET');
  expect(
    questions
      .filter(([, r]) => r.audited)
      .map(([name]) => name)
      .sort(),
  ).toEqual([
    'accounts',
    'alarmsCsv',
    'alarmsXlsx',
    'audit',
    'auditCsv',
    'auditXlsx',
    'citizensCsv',
    'contactMobile',
    'exportOrders',
    'exportRegister',
    'exportRoster',
    'followLink',
    'incidentBundle',
    'ordersCsv',
    'ordersXlsx',
    'readingsCsv',
    'readingsOfPointsCsv',
    'reportCsv',
    'reportHtml',
    'reportXlsx',
    'rulesFile',
    'tokens',
  ]);
  expect(questions.filter(([, r]) => r.answer.type === 'csv' && !r.audited)).toEqual([]);
});

test('the console calls every route by the words of its row (npm run permission-docs)', () => {
  const file = '../../../dashboards/console/src/screens/audit/route-acts.ts';
  expect(readFileSync(join(import.meta.dirname, file), 'utf8')).toBe(routeActs());
});

test('every frame of the live stream has its row', () => {
  const frames = [...liveFrame.options.map((o) => o.shape.type.value), liveRequest.shape.type.value];
  expect(Object.keys(FRAME_RIGHTS).sort()).toEqual(frames.sort());
});

test('docs/permissions.md is this table (npm run permission-docs)', () => {
  expect(readFileSync(join(import.meta.dirname, '../../../docs/permissions.md'), 'utf8')).toBe(
    permissionsPage(),
  );
});

test('no right of one administrator is one of another, but for what all may', () => {
  const shared = new Set([
    'self',
    'accounts.see',
    'picture.see',
    'data.export',
    'packets.see',
    'meters.see',
    'audit.anchor',
  ]);
  for (const a of ADMINISTRATORS)
    for (const b of ADMINISTRATORS)
      if (a !== b)
        expect(rightsOf([a]).filter((r) => rightsOf([b]).includes(r) && !shared.has(r))).toEqual([]);
  expect(areApart(['system-admin', 'operator'])).toBe(true);
  expect(areApart(['system-admin', 'auditor'])).toBe(false);
});

test('whoever has no role may do nothing', () => {
  for (const right of Object.keys(RIGHTS) as (keyof typeof RIGHTS)[]) expect(may([], right)).toBe(false);
});

test('every right is somebody’s, and every role has one', () => {
  for (const spec of Object.values(RIGHTS)) expect(spec.roles.length).toBeGreaterThan(0);
  for (const role of Object.keys(ROLES) as Role[]) expect(rightsOf([role]).length).toBeGreaterThan(1);
});
