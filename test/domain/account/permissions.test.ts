import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { permissionsPage } from '../../../scripts/permission-docs.ts';
import {
  FRAME_RIGHTS,
  may,
  RIGHTS,
  ROUTE_RIGHTS,
  rightOf,
  rightsOf,
} from '../../../src/domain/account/permissions.ts';
import { ADMINISTRATORS, areApart, ROLES, type Role } from '../../../src/domain/account/roles.ts';
import type { RouteSpec } from '../../../src/wire/http/route.ts';
import { ROUTES } from '../../../src/wire/http/routes.ts';
import { liveFrame, liveRequest } from '../../../src/wire/live/live.ts';

test('every route has its row, and every row its route', () => {
  expect(Object.keys(ROUTES).filter((r) => !(r in ROUTE_RIGHTS))).toEqual([]);
  expect(Object.keys(ROUTE_RIGHTS).filter((r) => !(r in ROUTES))).toEqual([]);
});

test('a route is for anybody in the one table when it is in the other', () => {
  const open = (Object.entries(ROUTES) as [string, RouteSpec][]).filter(([, r]) => r.who === 'anybody');
  expect(open.map(([name]) => name).sort()).toEqual(
    Object.keys(ROUTE_RIGHTS)
      .filter((r) => ROUTE_RIGHTS[r] === 'anybody')
      .sort(),
  );
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

test('a name that only looks like a route opens nothing', () => {
  for (const name of ['__proto__', 'constructor', 'no-such-route']) expect(rightOf(name)).toBeNull();
  expect(may(['operator'], null)).toBe(false);
  expect(may([], 'self')).toBe(false);
});

test('every right is somebody’s, and every role has one', () => {
  for (const spec of Object.values(RIGHTS)) expect(spec.roles.length).toBeGreaterThan(0);
  for (const role of Object.keys(ROLES) as Role[]) expect(rightsOf([role]).length).toBeGreaterThan(1);
});
