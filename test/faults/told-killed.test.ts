import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { Receiver } from '../contracts/notice/receivers.ts';
import { eventually } from '../support/eventually.ts';
import { type ApiClient, ServiceProcess } from '../support/service-process.ts';

// Issue 16, 3: killed while alarms come and their receiver is slow. Kills by `TOLD_KILLS=20` when somebody wants to see more.
const KILLS = Number(process.env.TOLD_KILLS ?? 5);
const ALARMS = 200;

const dir = mkdtempSync(join(tmpdir(), 'lifeline-told-'));
let service: ServiceProcess | null = null;
let receiver: Receiver | null = null;

afterAll(async () => {
  await service?.kill();
  await receiver?.stop();
  rmSync(dir, { recursive: true, force: true });
});

test('killed again and again while it tells of alarms, no notice is missing, and twice is only what was in flight, marked', async () => {
  receiver = await Receiver.start(() => ({ body: { accepted: true }, after: 40 }));
  const env = { LIFELINE_OUT_HOSTS: '127.0.0.0/8' };
  service = await ServiceProcess.start(dir, env);
  let api = await service.client();
  await setUp(api, receiver.url);

  for (let round = 0; round <= KILLS; round++) {
    const from = Math.floor((ALARMS * round) / (KILLS + 1));
    const to = Math.floor((ALARMS * (round + 1)) / (KILLS + 1));
    const items = Array.from({ length: to - from }, (_, i) => ({
      lifeline: 'gas',
      device: `T-${from + i}`,
      values: { ch4: 60 },
    }));
    expect((await api.post('/telemetry', items)).status).toBe(202);
    if (round === KILLS) break;
    // The blow falls while some have been told and others wait.
    const before = receiver.asked.length;
    await eventually(async () => (receiver as Receiver).asked.length > before, 15_000, 2);
    await service.kill();
    service = await ServiceProcess.start(dir, env);
    api = await service.client();
  }

  type Body = { id: string; marks: string[]; alarms: { point: string }[] };
  const told = () => (receiver as Receiver).asked.map((a) => JSON.parse(a.body) as Body);
  await eventually(async () => new Set(told().map((b) => b.id)).size >= ALARMS, 60_000);
  await eventually(async () => {
    const { items } = await (api as ApiClient).get<{ items: { state: string }[] }>('/notices?limit=1000');
    return items.length === ALARMS && items.every((n) => n.state === 'sent');
  });
  expect(new Set(told().map((b) => b.alarms[0]?.point)).size).toBe(ALARMS);
  const again = told().filter((b, i, all) => all.findIndex((x) => x.id === b.id) !== i);
  expect(again.filter((b) => !b.marks.includes('again'))).toEqual([]);
  expect(told().length).toBeLessThanOrEqual(ALARMS + 4 * KILLS);
}, 240_000);

async function setUp(api: ApiClient, url: string): Promise<void> {
  const made = [
    await api.post('/units', { code: 'gas-co', name: '燃气公司', kind: 'owner' }),
    await api.post('/contacts', { id: 'wang', unit: 'gas-co', name: '王建国', post: 'duty' }),
    await api.post('/channels', {
      id: 'hook',
      name: '值班系统',
      enabled: true,
      perMinute: 600,
      kind: 'webhook',
      config: { url },
      secrets: { secret: 's' },
    }),
  ];
  expect(made.map((m) => m.status)).toEqual([201, 201, 201]);
  const kept = await fetch(`${api.url}/api/v1/notice-policies/gas`, {
    method: 'PUT',
    headers: { cookie: api.cookie, 'content-type': 'application/json', origin: api.url },
    body: JSON.stringify({
      name: { zh: '燃气', en: 'gas' },
      match: { subjects: ['alarm'], lifelines: ['gas'] },
      rungs: [{ afterS: 0, to: [{ contact: 'wang' }], channels: [], stopsOn: 'acknowledge' }],
      reason: '试行',
    }),
  });
  expect(kept.status, await kept.text()).toBe(200);
}
