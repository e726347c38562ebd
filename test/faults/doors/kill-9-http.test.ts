import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { eventually } from '../../support/eventually.ts';
import { ServiceProcess } from '../../support/service-process.ts';
import { KILLS } from './kills.ts';

// A platform pushes over HTTP while the service is killed; and what attackers try at the same door.

const PUSHERS = 8;
const SECRET = 'agreed-with-the-platform';
const MAPPING = {
  name: 'pushed',
  protocol: 'json',
  lifeline: 'gas',
  push: { sign: 'tencent' },
  station: { at: 'id' },
  time: { at: 'ts' },
  values: { take: { id: null, ts: null, ch4: 'ch4' } },
};

const dir = mkdtempSync(join(tmpdir(), 'lifeline-kill-http-'));
let service: ServiceProcess | null = null;
let isDone = false;
afterAll(async () => {
  isDone = true;
  await service?.kill();
  rmSync(dir, { recursive: true, force: true });
});

let nonces = 0;
function signed(secret = SECRET, at = Date.now()): Record<string, string> {
  const timestamp = String(Math.floor(at / 1_000));
  const nonce = `n${nonces++}`;
  const signature = createHash('sha1').update([secret, timestamp, nonce].sort().join('')).digest('hex');
  return { signature, timestamp, nonce, 'content-type': 'application/json' };
}
const push = (url: string, body: string, headers = signed()) =>
  fetch(`${url}/api/v1/doors/pushed`, { method: 'POST', headers, body });

test('killed again and again: every push that was answered with 200 is in the store, and none is there twice', async () => {
  mkdirSync(join(dir, 'mappings'));
  writeFileSync(join(dir, 'mappings/pushed.json'), JSON.stringify(MAPPING));
  const env = { LIFELINE_DOOR_SECRETS: `pushed=${SECRET}`, LIFELINE_HTTP_RATE: '5000' };
  service = await ServiceProcess.start(dir, env);
  const { url } = service;
  const ports = {
    ...env,
    LIFELINE_HTTP_PORT: new URL(url).port,
    LIFELINE_MQTT_PORT: String(service.mqttPort),
  };
  const from = Date.now() - 20_000_000;
  const answered = Array.from({ length: PUSHERS }, (): [number, number][] => []);
  const total = () => answered.reduce((n, a) => n + a.length, 0);
  let again = 0;

  /** As a platform does: the next one when the last was answered; what was not is pushed again, with the same words. */
  const pusher = async (i: number): Promise<void> => {
    for (let n = 0; !isDone; n++) {
      const said: [number, number] = [from + n * 1_000, n % 19];
      const body = JSON.stringify({ id: `HTTP-${i}`, ts: said[0], ch4: said[1] });
      for (;;) {
        const status = await push(url, body)
          .then((a) => a.status)
          .catch(() => 0);
        if (status === 200) break;
        expect([0, 503]).toContain(status);
        again++;
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      answered[i]?.push(said);
    }
  };
  const pushers = answered.map((_, i) => pusher(i));
  for (let round = 0; round < KILLS; round++) {
    const before = total();
    await eventually(async () => total() > before + 100, 30_000);
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 100));
    await service.kill();
    service = await ServiceProcess.start(dir, ports);
  }
  isDone = true;
  await Promise.all(pushers);
  const api = await service.client();
  let stored = 0;
  for (const [i, all] of answered.entries()) {
    const kept = await eventually(async () => {
      const items = await api.all<{ t: string; value: number }>(
        `/points/HTTP-${i}/readings?metric=ch4&limit=5000&from=${new Date(from).toISOString()}`,
      );
      return items.length >= all.length && items;
    }, 30_000);
    expect(kept.map((r) => [Date.parse(r.t), r.value])).toEqual(all);
    stored += kept.length;
  }
  console.log(
    `http door: ${KILLS} kills, ${total()} pushes answered, ${again} pushed again, ${stored} readings stored`,
  );
}, 300_000);

test('attackers: nothing of theirs gets in, all of it is seen, and the rightful push still comes through', async () => {
  const { url } = service as ServiceProcess;
  const api = await (service as ServiceProcess).client();
  const before = (await api.get<{ items: { value: number }[] }>('/points/HTTP-0/latest')).items[0]?.value;
  const evil = JSON.stringify({ id: 'HTTP-0', ts: Date.now(), ch4: 99 });
  const told: number[] = [];
  const once = signed();
  expect(
    (await push(url, JSON.stringify({ id: 'HTTP-0', ts: Date.now() - 2_000, ch4: 3 }), once)).status,
  ).toBe(200);
  // Another body under a signature that was used; a wrong secret; yesterday's; none; a flood of them.
  told.push((await push(url, evil, once)).status);
  told.push((await push(url, evil, signed('wrong-secret-here'))).status);
  told.push((await push(url, evil, signed(SECRET, Date.now() - 86_400_000))).status);
  told.push((await push(url, evil, { 'content-type': 'application/json' })).status);
  for (let i = 0; i < 20; i++)
    told.push(
      ...(await Promise.all(
        Array.from({ length: 50 }, () => push(url, evil, signed('flood-of-guesses')).then((a) => a.status)),
      )),
    );
  expect(told.filter((s) => s !== 401 && s !== 429)).toEqual([]);
  // Too much, too deep, half of one, and one that never ends.
  expect((await push(url, JSON.stringify({ id: 'HTTP-0', pad: 'x'.repeat(300_000) }))).status).toBe(413);
  const deep = `${'{"a":'.repeat(40_000)}1${'}'.repeat(40_000)}`;
  expect((await push(url, deep)).status).toBe(200);
  expect((await push(url, evil.slice(0, 20))).status).toBe(200);
  const { port } = new URL(url);
  const open = Array.from({ length: 200 }, () => {
    const socket = connect(Number(port), '127.0.0.1');
    socket.on('error', () => undefined);
    const head = Object.entries(signed())
      .map(([k, v]) => `${k}: ${v}`)
      .join('\r\n');
    socket.write(
      `POST /api/v1/doors/pushed HTTP/1.1\r\nhost: x\r\n${head}\r\ncontent-length: 5000\r\n\r\n{"id":`,
    );
    return socket;
  });
  expect((await push(url, JSON.stringify({ id: 'HTTP-0', ts: Date.now() - 1_000, ch4: 4 }))).status).toBe(
    200,
  );
  for (const socket of open) socket.destroy();
  const latest = await api.get<{ items: { metric: string; value: number }[] }>('/points/HTTP-0/latest');
  expect(latest.items).toMatchObject([{ metric: 'ch4', value: 4 }]);
  expect(before).not.toBe(99);
  const { items } = await api.get<{ items: { flaw: string }[] }>('/quarantine?limit=10');
  expect(items.map((q) => q.flaw)).toEqual(expect.arrayContaining(['not-json', 'no-station']));
  const meters = await (await fetch(`${url}/metrics`)).text();
  const refused = /door_refused_total\{door="pushed"\} (\d+)/.exec(meters)?.[1];
  expect(Number(refused)).toBeGreaterThan(100);
  console.log(
    `attackers: ${told.length} refused (${told.filter((s) => s === 429).length} of them by the rate), ${refused} counted at the door`,
  );
}, 120_000);
