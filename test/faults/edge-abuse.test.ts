import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { eventually } from '../support/eventually.ts';
import { LiveConsole } from '../support/live-console.ts';
import { type ApiClient, PASSWORD, ServiceProcess } from '../support/service-process.ts';

const MIB = 2 ** 20;

type AlarmJson = { id: string; revision: number; phase: string; ack?: { by: string } | null };

/** F13 and F14 of promises, against the real process. */
describe('abuse of the edge', () => {
  const dir = mkdtempSync(join(tmpdir(), 'edge-abuse-'));
  let service: ServiceProcess;
  let api: ApiClient;

  beforeAll(async () => {
    service = await ServiceProcess.start(dir, { LIFELINE_HTTP_RATE: '5000' });
    api = await service.client();
    await serveForAWhile();
  }, 120_000);
  afterAll(async () => {
    await service.stop();
    rmSync(dir, { recursive: true, force: true });
  });

  const rss = (): number => {
    const pages = readFileSync(`/proc/${service.child.pid}/statm`, 'utf8').split(' ')[1];
    return (Number(pages) * 4_096) / MIB;
  };
  /** As any shift does, until it takes no more memory: what abuse adds is not what V8 widens by in a cold process. */
  async function serveForAWhile(): Promise<void> {
    let before = rss();
    for (let round = 0, settled = 0; round < 20 && settled < 2; round++) {
      for (let i = 0; i < 20; i++) await Promise.all(Array.from({ length: 20 }, () => api.get('/me')));
      settled = rss() - before < 2 ? settled + 1 : 0;
      before = rss();
    }
  }
  const said = (what: string, before: number) => {
    const now = rss();
    process.stdout.write(`${what}: resident ${before.toFixed(0)} → ${now.toFixed(0)} MiB\n`);
    return now - before;
  };

  async function raise(device: string): Promise<AlarmJson> {
    const pushed = await api.post('/telemetry', { lifeline: 'gas', device, values: { ch4: 60 } });
    expect(pushed.status).toBe(202);
    const { items } = await api.get<{ items: AlarmJson[] }>(`/alarms?point=${device}`);
    expect(items).toHaveLength(1);
    return items[0] as AlarmJson;
  }

  const open = (headers: Record<string, string>) =>
    new WebSocket(`${service.url.replace('http', 'ws')}/api/v1/live`, { headers });
  async function statusOf(headers: Record<string, string>): Promise<number> {
    const socket = open(headers);
    socket.on('error', () => undefined);
    const [, response] = (await once(socket, 'unexpected-response')) as [unknown, { statusCode: number }];
    return response.statusCode;
  }

  test('F13: foreign origin 403, no session 401, an ended session 401 and 4401, 2,000 times without growing', async () => {
    const own = await service.client();
    const live = await LiveConsole.join(service.url, {
      headers: { cookie: own.cookie, origin: service.url },
    });
    expect(await statusOf({ cookie: own.cookie, origin: 'https://evil.example' })).toBe(403);
    expect(await statusOf({ cookie: own.cookie, origin: 'null' })).toBe(403);
    expect(await statusOf({})).toBe(401);
    expect(await statusOf({ cookie: 'lifeline_session=never-was-one' })).toBe(401);
    await fetch(`${service.url}/api/v1/session`, {
      method: 'DELETE',
      headers: { cookie: own.cookie, origin: service.url },
    });
    expect(await statusOf({ cookie: own.cookie })).toBe(401);
    while (live.closed === null) await live.change();
    expect(live.closed.code).toBe(4401);

    const before = rss();
    for (let i = 0; i < 100; i++)
      await Promise.all(Array.from({ length: 20 }, () => statusOf({ origin: 'https://evil.example' })));
    expect(said('2,000 refused upgrades', before)).toBeLessThan(50);
  });

  test('F13: a frame of 1 MiB is 1009, and nothing of it is kept', async () => {
    const before = rss();
    for (let i = 0; i < 30; i++) {
      const socket = open({ cookie: api.cookie, origin: service.url });
      socket.on('error', () => undefined);
      await once(socket, 'open');
      socket.send('x'.repeat(MIB));
      const [code] = await once(socket, 'close');
      expect(code).toBe(1009);
    }
    expect(said('30 frames of 1 MiB', before)).toBeLessThan(50);
  });

  test('F13: a request that never ends its head holds nobody else up', async () => {
    const before = rss();
    const { hostname, port } = new URL(service.url);
    const slow = Array.from({ length: 300 }, () => {
      const socket = connect(Number(port), hostname);
      socket.on('error', () => undefined);
      socket.write('GET /api/v1/live HTTP/1.1\r\nHost: x\r\nX-A: ');
      return socket;
    });
    expect((await api.get<{ account: string }>('/me')).account).toBe('admin');
    expect(said('300 unfinished requests', before)).toBeLessThan(50);
    for (const socket of slow) socket.destroy();
  });

  test('F13: viewers that stop reading cost little, and one that reads on has the truth', {
    timeout: 90_000,
  }, async () => {
    const alarm = await raise('GAS-F13');
    const stalled = await Promise.all(
      Array.from({ length: 20 }, () => LiveConsole.join(service.url, { headers: { cookie: api.cookie } })),
    );
    for (const viewer of stalled) {
      await viewer.until(() => viewer.of('snapshot').length);
      viewer.socket.pause();
    }
    const before = rss();
    const text = '险'.repeat(2_000);
    for (let i = 0; i < 100; i++) {
      await Promise.all(
        Array.from({ length: 20 }, (_, j) =>
          api.post(`/alarms/${alarm.id}/note`, { text, commandId: `f13-${i}-${j}` }),
        ),
      );
    }
    // 2,000 events of more than 6 kB each for each of 20 viewers: a quarter of a gigabyte, were it kept for them.
    expect(said('20 viewers that stopped reading, 2,000 events', before)).toBeLessThan(120);
    const { revision } = await api.get<AlarmJson>(`/alarms/${alarm.id}`);
    const viewer = stalled[0] as LiveConsole;
    viewer.socket.resume();
    const seen = () => {
      const deltas = viewer.of('alarm').map((f) => f.alarm);
      const shots = viewer.of('snapshot').flatMap((f) => f.alarms);
      return [...deltas, ...shots].some((a) => a.id === alarm.id && a.revision === revision);
    };
    await viewer.until(seen);
    for (const v of stalled) v.leave();
    await eventually(async () =>
      (await fetch(`${service.url}/metrics`).then((r) => r.text())).includes('live_clients 0'),
    );
  });

  test('F14: of two who acknowledge in the same moment one wins, both are told the truth, a retry repeats it', async () => {
    const made = await api.post('/accounts', { account: 'li', name: '李值班', roles: ['operator'] });
    const newcomer = await service.client('li', String(made.body.oneTimeCode));
    expect((await newcomer.post('/me/password', { next: PASSWORD })).status).toBe(204);
    const li = await service.client('li');
    for (let round = 0; round < 10; round++) {
      const alarm = await raise(`GAS-F14-${round}`);
      const acknowledge = (commandId: string) =>
        (commandId.startsWith('a') ? api : li).post(`/alarms/${alarm.id}/acknowledge`, {
          seenRevision: alarm.revision,
          commandId,
        });
      const answers = await Promise.all([acknowledge(`a${round}`), acknowledge(`b${round}`)]);
      const statuses = answers.map((a) => a.status).sort();
      expect(statuses).toEqual([200, 409]);
      expect(answers.find((a) => a.status === 409)?.body.code).toBe('already-acknowledged');
      const names = answers[0]?.status === 200 ? '系统管理员' : '李值班';
      expect(answers.find((a) => a.status === 409)?.body.detail).toContain(names);
      const winner = answers[0]?.status === 200 ? `a${round}` : `b${round}`;
      // The answer was lost on the way: the same command again is the same answer, and no second event.
      const again = await acknowledge(winner);
      expect(again.status).toBe(200);
      const { items } = await api.get<{ items: { event: string }[] }>(`/alarms/${alarm.id}/events`);
      expect(items.filter((e) => e.event === 'acknowledged')).toHaveLength(1);
    }
    said('10 rounds of F14', rss());
  });
});
