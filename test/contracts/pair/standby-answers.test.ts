import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { StandbyPage } from '../../../src/adapters/standby-page/index.ts';
import type { StandbyState } from '../../../src/flow/ports/pair/pair.ts';
import { EdgeHarness } from '../../support/edge-harness.ts';

const SINCE = Date.parse('2026-12-01T08:00:00Z');
const seen: NonNullable<StandbyState['seen']> = {
  at: SINCE + 60_000,
  epoch: 7,
  holder: { id: 'a', name: 'watch-a:8080' },
  left: 8_500,
  switched: { at: SINCE - 3_600_000, from: '<watch-b>', why: 'run-out' },
  others: [],
};

describe('a machine that stands by', () => {
  let state: StandbyState = {
    since: SINCE,
    seen,
    away: null,
    unfit: null,
    reachesBroker: null,
    isTakingOver: false,
  };
  const page = new StandbyPage({
    host: '127.0.0.1',
    port: 0,
    tls: null,
    name: 'watch-b:8080',
    version: '1.2.3',
    state: () => state,
  });
  let url = '';
  beforeAll(async () => {
    url = await page.start();
  });
  afterAll(() => page.stop());
  const ask = (path: string, headers: Record<string, string> = {}, method = 'GET') =>
    fetch(`${url}${path}`, { method, headers });

  test('is alive', async () => {
    const told = await ask('/livez');
    expect([told.status, await told.json()]).toEqual([
      200,
      { status: 'alive', version: '1.2.3', role: 'standby' },
    ]);
  });

  test('is not ready, and says who is active, since when it stands by, and when the last switch was', async () => {
    const told = await ask('/readyz');
    expect(told.status).toBe(503);
    expect(told.headers.get('retry-after')).toBe('2');
    expect(await told.json()).toEqual({
      status: 'not-ready',
      role: 'standby',
      name: 'watch-b:8080',
      since: '2026-12-01T08:00:00.000Z',
      epoch: 7,
      active: { name: 'watch-a:8080', heardMsAgo: 1_500 },
      database: 'ok',
      broker: null,
      takingOver: false,
      lastSwitch: { at: '2026-12-01T07:00:00.000Z', from: '<watch-b>', why: 'run-out' },
      troubles: [],
    });
  });

  test('says so when it cannot take over, in the language asked for', async () => {
    state = { ...state, away: 'connection refused' };
    const troubles = async (language: string) =>
      ((await (await ask('/readyz', { 'accept-language': language })).json()) as { troubles: string[] })
        .troubles[0];
    expect(await troubles('zh-CN')).toBe('数据库无法访问，本机不能接管：connection refused');
    expect(await troubles('en')).toMatch(/^The database cannot be reached.*connection refused$/);
    state = { ...state, away: null };
  });

  test('says whether it reaches the broker that others run', async () => {
    state = { ...state, reachesBroker: false };
    expect(await (await ask('/readyz', { 'accept-language': 'en' })).json()).toMatchObject({
      broker: 'away',
      troubles: [expect.stringMatching(/does not reach the broker of LIFELINE_MQTT_URL/)],
    });
    state = { ...state, reachesBroker: true };
    expect(await (await ask('/readyz')).json()).toMatchObject({ broker: 'ok', troubles: [] });
    state = { ...state, reachesBroker: null };
  });

  test.each([
    ['GET', '/api/v1/alarms'],
    ['POST', '/api/v1/telemetry'],
    ['GET', '/metrics'],
    ['GET', '/openapi.json'],
    ['DELETE', '/'],
  ])('%s %s is answered 503, with when to come again', async (method, path) => {
    const told = await ask(path, {}, method);
    expect([told.status, told.headers.get('retry-after')]).toEqual([503, '2']);
    expect(told.headers.get('content-type')).toMatch(/^application\/problem\+json/);
    expect(await told.json()).toMatchObject({ code: 'standby', status: 503, active: 'watch-a:8080' });
  });

  test('a console that wants the live stream is sent away as well', async () => {
    const { hostname, port } = new URL(url);
    const socket = connect(Number(port), hostname);
    socket.write(
      'GET /api/v1/live HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n',
    );
    let told = '';
    for await (const bytes of socket) told += String(bytes);
    expect(told).toMatch(/^HTTP\/1\.1 503 .*\r\nRetry-After: 2\r\n/);
  });

  test('a browser gets a page in both languages, that looks again by itself and runs nothing', async () => {
    state = { ...state, seen: { ...seen, holder: { id: 'x', name: '<script>alert(1)</script>' } } };
    const told = await ask('/alarms', { accept: 'text/html,*/*', 'accept-language': 'zh-CN' });
    const html = await told.text();
    expect(told.status).toBe(503);
    expect(html).toContain('<html lang="zh-CN">');
    expect(html.indexOf('本机为备用机')).toBeLessThan(html.indexOf('This machine stands by'));
    expect(html).toContain('http-equiv="refresh"');
    expect(html).not.toContain('<script');
    expect(told.headers.get('content-security-policy')).toContain("default-src 'none'");
    const english = await (await ask('/', { accept: 'text/html', 'accept-language': 'en' })).text();
    expect(english.indexOf('This machine stands by')).toBeLessThan(english.indexOf('本机为备用机'));
  });
});

describe('a machine that has just lost the right to write', () => {
  test('answers nothing more, not even what it had begun to answer', async () => {
    let good = true;
    const edge = await EdgeHarness.open({ mayAnswer: () => good });
    try {
      expect((await fetch(`${edge.url}/livez`)).status).toBe(200);
      const { journal } = edge.flow;
      const alarms = journal.alarms.bind(journal);
      let begun: () => void = () => undefined;
      const isBegun = new Promise<void>((resolve) => {
        begun = resolve;
      });
      let goOn: () => void = () => undefined;
      journal.alarms = async (...asked) => {
        begun();
        await new Promise<void>((resolve) => {
          goOn = resolve;
        });
        return alarms(...asked);
      };
      const headers = { authorization: `Bearer ${edge.token}` };
      const asked = fetch(`${edge.url}/api/v1/alarms?state=closed`, { headers });
      await isBegun;
      good = false;
      goOn();
      for (const told of [await asked, await fetch(`${edge.url}/api/v1/alarms`, { headers })]) {
        expect([told.status, told.headers.get('retry-after')]).toEqual([503, '2']);
        expect(await told.json()).toMatchObject({ code: 'standby' });
      }
    } finally {
      await edge.close();
    }
  });
});
