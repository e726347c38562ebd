import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { AlarmJson } from '../../../src/wire/alarm.ts';
import type { AlarmEventJson } from '../../../src/wire/http/alarms.ts';
import { eventually } from '../../support/eventually.ts';
import { type ApiClient, ServiceProcess } from '../../support/service-process.ts';

// The service as it is started: a rule is told over HTTP to judge what is out of range, and the next such reading is an alarm.

const dir = mkdtempSync(join(tmpdir(), 'judges-'));
let service: ServiceProcess;
let api: ApiClient;
beforeAll(async () => {
  service = await ServiceProcess.start(dir, { LIFELINE_RULE_APPROVAL: 'one' });
  api = await service.client();
});
afterAll(async () => {
  await service?.stop();
  rmSync(dir, { recursive: true, force: true });
});

/** Beyond the 2,000 %LEL that the pack takes for possible. */
const OVER_RANGE = 2_100;

async function send(device: string, ch4: number): Promise<void> {
  const told = await api.post('/telemetry', { lifeline: 'gas', device, values: { ch4 } });
  expect(told.status, JSON.stringify(told.body)).toBe(202);
}
const open = async (point: string): Promise<readonly AlarmJson[]> =>
  (await api.get<{ items: AlarmJson[] }>(`/alarms?point=${point}`)).items;
async function put(path: string, body: unknown): Promise<Record<string, unknown>> {
  const answer = await fetch(`${service.url}/api/v1${path}`, {
    method: 'PUT',
    headers: { cookie: api.cookie, 'content-type': 'application/json', origin: service.url },
    body: JSON.stringify(body),
  });
  return { status: answer.status, ...((await answer.json()) as object) };
}

test('a reading out of range is no alarm until its rule says that it judges it, and then says why it is doubtful', async () => {
  await send('GAS-1', 1);
  await send('GAS-1', OVER_RANGE);
  await send('GAS-2', 1);
  expect(await open('GAS-1')).toEqual([]);

  const draft = { scope: { point: 'GAS-1' }, judges: 'measured' };
  const done = await put('/rules/gas.ch4.limit', { ...draft, reason: '现场浓度常超探头量程' });
  expect(done).toMatchObject({ status: 200, state: 'approved', version: 2 });
  // A change by itself raises nothing.
  expect(await open('GAS-1')).toEqual([]);

  await send('GAS-1', OVER_RANGE);
  await send('GAS-2', OVER_RANGE);
  const doubt = { quality: 'bad', why: 'out-of-range' };
  const [alarm] = await open('GAS-1');
  expect(alarm).toMatchObject({
    level: 1,
    ruleId: 'gas.ch4.limit',
    ruleVersion: 2,
    trigger: { value: OVER_RANGE, ...doubt },
    worst: { value: OVER_RANGE, ...doubt },
    current: { value: OVER_RANGE, ...doubt },
  });
  expect(await open('GAS-2')).toEqual([]);
  const story = await api.get<{ items: AlarmEventJson[] }>(`/alarms/${alarm?.id}/events`);
  expect(story.items[0]).toMatchObject({ event: 'raised', value: OVER_RANGE, ...doubt });
});

test('a backtest of the same word over what is stored says the same', async () => {
  const to = new Date(Date.now() + 60_000).toISOString();
  const from = new Date(Date.now() - 3_600_000).toISOString();
  await eventually(async () => {
    const stored = await api.get<{ items: unknown[] }>('/points/GAS-2/readings?metric=ch4');
    return stored.items.length === 2;
  });
  const draft = { scope: { point: 'GAS-2' }, judges: 'measured' };
  const told = await api.post('/rules/gas.ch4.limit/backtest', { from, to, draft });
  expect(told.body).toMatchObject({
    state: 'done',
    result: {
      inForce: { alarms: 0 },
      draft: { alarms: 1, list: [{ pointCode: 'GAS-2', worst: OVER_RANGE }] },
    },
  });
});

test('the word and the alarm are there after the process was killed', async () => {
  await service.kill();
  service = await ServiceProcess.start(dir, { LIFELINE_RULE_APPROVAL: 'one' });
  api = await service.client();
  expect(await open('GAS-1')).toMatchObject([{ trigger: { why: 'out-of-range' } }]);
  const rule = await api.get<{ judges?: string }>('/rules/gas.ch4.limit?point=GAS-1');
  expect(rule.judges).toBe('measured');
});
