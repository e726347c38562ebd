import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { LiveConsole } from '../../support/live-console.ts';
import { PASSWORD, ServiceProcess } from '../../support/service-process.ts';

const OWN = '341602';
const FOREIGN = '341621';
/** Sessions are looked at once a second; a busy machine may take its time. */
const SOON = 5_000;

/** Whoever loses a right while they listen hears nothing more by it: the real service, over the real socket. */
describe('an open live stream', () => {
  const dir = mkdtempSync(join(tmpdir(), 'stream-ends-'));
  let service: ServiceProcess;
  let founder = '';
  let n = 0;

  const ask = async (method: string, path: string, token: string, body?: unknown) => {
    const csv = typeof body === 'string';
    const answer = await fetch(`${service.url}/api/v1${path}`, {
      method,
      headers: {
        ...(token === '' ? {} : { authorization: `Bearer ${token}` }),
        ...(body === undefined ? {} : { 'content-type': csv ? 'text/csv' : 'application/json' }),
      },
      ...(body === undefined ? {} : { body: csv ? body : JSON.stringify(body) }),
    });
    const text = await answer.text();
    expect(answer.ok, `${method} ${path}: ${text}`).toBe(true);
    return text === '' ? {} : JSON.parse(text);
  };
  const logIn = async (account: string, password = PASSWORD): Promise<string> =>
    (await ask('POST', '/session', '', { account, password })).token;
  const person = async (areas: string[] | null): Promise<{ account: string; token: string }> => {
    const account = `li-${++n}`;
    const made = await ask('POST', '/accounts', founder, {
      account,
      name: account,
      roles: ['operator'],
      areas,
    });
    await ask('POST', '/me/password', await logIn(account, made.oneTimeCode), { next: PASSWORD });
    return { account, token: await logIn(account) };
  };
  const machine = async (expiresAt: string | null): Promise<{ name: string; token: string }> => {
    const name = `wall-${++n}`;
    return ask('POST', '/tokens', founder, { name, role: 'wall', expiresAt });
  };
  /** An alarm in one of the districts, told to everybody who may hear it. */
  const raise = async (area: string): Promise<void> => {
    const code = `P-${area}-${++n}`;
    await ask(
      'POST',
      '/register/import',
      founder,
      `kind,code,name,lifeline,area,asset,point\npoint,${code},x,gas,${area},,\ndevice,${code},,gas,,,${code}\n`,
    );
    await ask('POST', '/telemetry', founder, { lifeline: 'gas', device: code, values: { ch4: 60 } });
  };
  const listen = async (token: string, query = ''): Promise<LiveConsole> => {
    const live = await LiveConsole.join(service.url, { token, query });
    await live.until(() => live.of('hello')[0]);
    return live;
  };
  const areasHeard = (live: LiveConsole) =>
    new Set([
      ...live.of('alarm').map((f) => f.alarm.areaCode),
      ...live.of('snapshot').flatMap((f) => f.alarms.map((a) => a.areaCode)),
    ]);

  beforeAll(async () => {
    service = await ServiceProcess.start(dir, { LIFELINE_HTTP_RATE: '2000' });
    founder = await logIn('admin');
    await ask(
      'POST',
      '/register/import',
      founder,
      `kind,code,name,parent,area\narea,3416,亳州市,,\narea,${OWN},谯城区,3416,\narea,${FOREIGN},涡阳县,3416,\n`,
    );
    await raise(OWN);
    await raise(FOREIGN);
  }, 60_000);
  afterAll(async () => {
    expect(await service.stop()).toBe(0);
    rmSync(dir, { recursive: true, force: true });
  });

  test.each<[string, () => Promise<{ token: string; lose: () => Promise<unknown> }>]>([
    [
      'they log out',
      async () => {
        const li = await person(null);
        return { token: li.token, lose: () => ask('DELETE', '/session', li.token) };
      },
    ],
    [
      'their account is disabled',
      async () => {
        const li = await person(null);
        return {
          token: li.token,
          lose: () => ask('PATCH', `/accounts/${li.account}`, founder, { disabled: true }),
        };
      },
    ],
    [
      'their password is reset',
      async () => {
        const li = await person(null);
        return {
          token: li.token,
          lose: () => ask('POST', `/accounts/${li.account}/reset-password`, founder),
        };
      },
    ],
    [
      'their role is taken away',
      async () => {
        const li = await person(null);
        return {
          token: li.token,
          lose: () =>
            ask('POST', `/accounts/${li.account}/grants`, founder, { roles: ['auditor'], areas: null }),
        };
      },
    ],
    [
      'their areas are cut to one',
      async () => {
        const li = await person(null);
        return {
          token: li.token,
          lose: () =>
            ask('POST', `/accounts/${li.account}/grants`, founder, { roles: ['operator'], areas: [OWN] }),
        };
      },
    ],
    [
      'its token is revoked',
      async () => {
        const wall = await machine(null);
        return { token: wall.token, lose: () => ask('DELETE', `/tokens/${wall.name}`, founder) };
      },
    ],
    [
      'its token runs out',
      async () => {
        const until = Date.now() + 3_000;
        const wall = await machine(new Date(until).toISOString());
        return { token: wall.token, lose: () => new Promise((r) => setTimeout(r, until - Date.now())) };
      },
    ],
  ])('ends when %s, nothing is told after it, and it does not come back', async (_what, begin) => {
    const { token, lose } = await begin();
    const live = await listen(token);
    await live.until(() => live.of('snapshot')[0]);
    await lose();
    const since = performance.now();
    expect((await live.end()).code).toBe(4401);
    expect(performance.now() - since).toBeLessThan(SOON);
    const told = live.frames.length;
    await raise(FOREIGN);
    expect(live.frames.length).toBe(told);
    await expect(LiveConsole.join(service.url, { token })).rejects.toThrow('401');
  });

  test('resumed with what another account has seen tells their own districts alone', async () => {
    const all = await listen(founder);
    await all.until(() => all.of('snapshot')[0]);
    const { epoch, seq } = all.of('hello')[0] ?? { epoch: '', seq: 0 };
    const li = await person([OWN]);
    const resumed = await listen(li.token, `?after=0&epoch=${encodeURIComponent(epoch)}`);
    await resumed.until(() => resumed.of('alarm')[0]);
    const later = await listen(li.token, `?after=${seq}&epoch=${encodeURIComponent(epoch)}`);
    await raise(FOREIGN);
    await raise(OWN);
    await later.until(() => later.of('alarm')[0]);
    await all.until(() => all.of('alarm').length >= 2);
    expect(areasHeard(all)).toEqual(new Set([OWN, FOREIGN]));
    expect(areasHeard(resumed)).toEqual(new Set([OWN]));
    expect(areasHeard(later)).toEqual(new Set([OWN]));
    for (const live of [all, resumed, later]) live.leave();
  });
});
