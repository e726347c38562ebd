import { request } from 'node:http';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { hours } from '../../../src/domain/time.ts';
import { EdgeHarness, PASSWORD } from '../../support/edge-harness.ts';

const JSON_BODY = { 'content-type': 'application/json' };

describe('coming in', () => {
  let edge: EdgeHarness;
  beforeEach(async () => {
    edge = await EdgeHarness.open();
  });
  afterEach(() => edge.close());

  const login = (password: string, headers = {}) =>
    edge.ask('login', { token: null, body: { account: 'admin', password }, headers });
  const cookieOf = (setCookie: string | null) => setCookie?.split(';')[0] ?? '';

  test('the cookie is of no use to scripts, other sites, or other paths, and ends with the session', async () => {
    const { headers, json } = await login(PASSWORD);
    const cookie = headers.get('set-cookie') ?? '';
    expect(cookie).toContain(`lifeline_session=${json.token}`);
    expect(cookie).toMatch(/; Path=\/; HttpOnly; SameSite=Strict; Max-Age=\d+$/);
    const secure = await login(PASSWORD, { origin: edge.url.replace('http:', 'https:') });
    expect(secure.headers.get('set-cookie')).toMatch(/; Secure$/);
  });

  test('the cookie and the bearer open the same doors', async () => {
    const { headers } = await login(PASSWORD);
    const cookie = cookieOf(headers.get('set-cookie'));
    expect((await edge.ask('me', { token: null, headers: { cookie } })).json.account).toBe('admin');
    expect((await edge.ask('me')).json.account).toBe('admin');
  });

  test('a wrong password is a 401 in the language asked for, and is logged without the password', async () => {
    const zh = await login('wrong-password');
    const en = await login('wrong-password', { 'accept-language': 'en' });
    expect([zh.status, zh.json.code, zh.json.detail]).toEqual([401, 'wrong-credentials', '账号或密码错误']);
    expect(en.json.detail).toBe('Wrong account or password');
    expect(en.headers.get('content-language')).toBe('en');
    expect(edge.lines.filter((l) => l.msg === 'a login was refused')).toHaveLength(2);
    expect(JSON.stringify(edge.lines)).not.toContain('wrong-password');
  });

  test('guessing is stopped, with the time to wait', async () => {
    let told = await login('guess');
    for (let i = 0; i < 10 && told.status === 401; i++) told = await login('guess');
    expect([told.status, told.json.code]).toEqual([429, 'too-many-attempts']);
    expect(Number(told.headers.get('retry-after'))).toBeGreaterThan(0);
  });

  test('nothing under /api/v1 but the login is answered to a stranger', async () => {
    for (const token of [null, 'session-does-not-exist']) {
      const told = await edge.ask('alarms', { token });
      expect([told.status, told.json.code]).toEqual([401, 'no-session']);
      expect(told.headers.get('www-authenticate')).toBe('Bearer');
    }
  });

  test('a first visit to the page is no attempt; whatever shows something that is no key is one', async () => {
    const asks = async (headers: Record<string, string>) => {
      const before = edge.audit.kept.length;
      expect((await edge.ask('me', { token: null, headers })).status).toBe(401);
      return edge.audit.kept.length - before;
    };
    expect(await asks({})).toBe(0);
    expect(await asks({ cookie: 'lang=zh' })).toBe(0);
    expect(await asks({ cookie: 'lang=zh; lifeline_session=tampered-with' })).toBe(1);
    expect(await asks({ cookie: 'lifeline_session=' })).toBe(1);
    expect(await asks({ authorization: 'Bearer x' })).toBe(1);
    expect(await asks({ authorization: 'Basic YWRtaW46eA==' })).toBe(1);
  });

  test('a stranger cannot make the service read a body', async () => {
    const told = await edge.ask('importRegister', { token: null, csv: 'x'.repeat(1_000_000) });
    expect(told.status).toBe(401);
  });

  test('after logging out, and after the shift, the token opens nothing', async () => {
    const { json } = await login(PASSWORD);
    const out = await edge.ask('logout', { token: json.token });
    expect([out.status, out.text]).toEqual([204, '']);
    expect(out.headers.get('set-cookie')).toContain('Max-Age=0');
    expect((await edge.ask('me', { token: json.token })).status).toBe(401);
    edge.flow.clock.forward(hours(13));
    expect((await edge.ask('me')).status).toBe(401);
  });

  test('a machine comes in with its own token', async () => {
    const made = await edge.accounts.addToken('省平台');
    const token = made.ok ? made.value.token : '';
    expect((await edge.ask('me', { token })).json).toMatchObject({ kind: 'machine', expiresAt: null });
  });

  test('setting a password needs the old one, or says what it lacks', async () => {
    const missing = await edge.ask('setPassword', { body: { next: 'A-good-new-one-1' } });
    expect([missing.status, missing.json.errors[0].at]).toEqual([400, 'body.old']);
    const wrong = await edge.ask('setPassword', { body: { old: 'no', next: 'A-good-new-one-1' } });
    expect([wrong.status, wrong.json.code]).toEqual([401, 'wrong-credentials']);
    const weak = await edge.ask('setPassword', { body: { old: PASSWORD, next: '12345678' } });
    expect([weak.status, weak.json.code]).toEqual([422, 'weak-password']);
  });
});

test('with a one-time code nothing can be done but setting a password', async () => {
  const edge = await EdgeHarness.open({ adminPassword: null });
  try {
    const told = await edge.ask('login', {
      token: null,
      body: { account: 'admin', password: edge.oneTimeCode },
    });
    const { token, mustSetPassword } = told.json;
    expect(mustSetPassword).toBe(true);
    const shut = await edge.ask('alarms', { token });
    expect([shut.status, shut.json.code]).toEqual([403, 'password-must-be-set']);
    expect((await edge.ask('me', { token })).status).toBe(200);
    const set = await edge.ask('setPassword', { token, body: { next: 'A-good-new-one-1' } });
    expect(set.status, set.text).toBe(204);
    expect((await edge.ask('alarms', { token })).status).toBe(200);
  } finally {
    await edge.close();
  }
});

describe('a request of another site', () => {
  let edge: EdgeHarness;
  let cookie: string;
  beforeEach(async () => {
    edge = await EdgeHarness.open({ trustOrigins: ['https://watch.example.cn'] });
    cookie = `lifeline_session=${edge.token}`;
    await edge.raise('GAS-1');
  });
  afterEach(() => edge.close());

  const acknowledge = async (headers: Record<string, string>, token: string | null = null) => {
    const [alarm] = edge.flow.open('GAS-1');
    return edge.ask('acknowledge', {
      params: { id: alarm?.id ?? '' },
      body: { seenRevision: alarm?.revision, commandId: 'c1' },
      token,
      headers,
    });
  };

  test('is refused although the browser adds the cookie', async () => {
    for (const from of [
      { origin: 'https://evil.example' },
      { origin: 'null' },
      { 'sec-fetch-site': 'cross-site' },
    ]) {
      const told = await acknowledge({ cookie, ...from });
      expect([told.status, told.json.code]).toEqual([403, 'foreign-origin']);
    }
    expect(edge.flow.open('GAS-1')[0]?.phase.is).toBe('active-unacked');
  });

  test('is let in from our own page and from one that the house trusts', async () => {
    expect((await acknowledge({ cookie, origin: edge.url })).status).toBe(200);
    expect((await acknowledge({ cookie, origin: 'https://watch.example.cn' })).status).toBe(200);
  });

  test('cannot log anybody in', async () => {
    const told = await edge.ask('login', {
      token: null,
      body: { account: 'admin', password: PASSWORD },
      headers: { origin: 'https://evil.example' },
    });
    expect(told.status).toBe(403);
  });

  test('under a name that anybody may let point to us is one of another site, and is told what to configure', async () => {
    const name = 'rebound.example:8080';
    const ask = (origin: string) =>
      new Promise<{ status: number; text: string }>((resolve) => {
        const { hostname, port } = new URL(edge.url);
        // fetch() would not let us choose the host.
        const asked = request(
          {
            hostname,
            port,
            path: '/api/v1/session',
            method: 'POST',
            headers: { host: name, origin, ...JSON_BODY },
          },
          async (answer) => {
            let text = '';
            for await (const piece of answer) text += piece;
            resolve({ status: answer.statusCode ?? 0, text });
          },
        );
        asked.end(JSON.stringify({ account: 'admin', password: PASSWORD }));
      });
    const told = await ask(`http://${name}`);
    expect(told.status).toBe(403);
    expect(told.text).toContain(`LIFELINE_TRUSTED_ORIGINS=http://${name}`);
    expect((await ask(`https://${name}`)).status).toBe(200);
  });

  test('is no concern of machines, whose bearer no browser adds by itself', async () => {
    expect((await acknowledge({ origin: 'https://evil.example' }, edge.token)).status).toBe(200);
  });

  test('is not invited: no answer carries CORS headers', async () => {
    const told = await edge.fetch('/api/v1/alarms', {
      method: 'OPTIONS',
      headers: { origin: 'https://evil.example', 'access-control-request-method': 'GET' },
    });
    expect(told.status).toBeGreaterThanOrEqual(400);
    expect(told.headers.get('access-control-allow-origin')).toBeNull();
  });
});
