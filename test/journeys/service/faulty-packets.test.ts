import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import mqtt from 'mqtt';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { eventually } from '../../support/eventually.ts';
import { type ApiClient, ServiceProcess } from '../../support/service-process.ts';

/** What devices send when something in them is broken, to the service as it is started. */

const dir = mkdtempSync(join(tmpdir(), 'faulty-'));
let service: ServiceProcess;
let api: ApiClient;
let device: mqtt.MqttClient;

beforeAll(async () => {
  service = await ServiceProcess.start(dir);
  api = await service.client();
  device = await mqtt.connectAsync(`mqtt://${service.mqttHost}:${service.mqttPort}`);
}, 60_000);
afterAll(async () => {
  await device?.endAsync();
  await service?.stop();
  rmSync(dir, { recursive: true, force: true });
});

const send = (lifeline: string, code: string, packet: unknown) =>
  device.publishAsync(`lifeline/v1/${lifeline}/${code}/telemetry`, JSON.stringify(packet), { qos: 1 });
type Alarm = { ruleId: string; pointCode: string; phase: string };
const alarmsOf = async (point: string) =>
  (await api.all<Alarm>('/alarms?state=open&limit=100')).filter((a) => a.pointCode === point);
const flawsOf = async (code: string) =>
  (await api.all<{ flaw: string }>(`/quarantine?device=${code}&limit=100`)).map((q) => q.flaw);
type Latest = { metric: string; value: number | null; quality: string; why?: string };
const latestOf = async (point: string, metric: string) =>
  (await api.all<Latest>(`/points/${point}/latest`)).find((r) => r.metric === metric);

test('a fault code in a scaled channel ends no alarm', async () => {
  await send('gas', 'SCALED', { values: { ch4: 60 } });
  await eventually(async () => (await alarmsOf('SCALED')).length === 1);
  const [before] = await alarmsOf('SCALED');
  for (let i = 0; i < 5; i++)
    await send('gas', 'SCALED', { values: { ch4: [655.35, 327.67, -32.768, 6553.5, 999.9][i] } });
  await eventually(async () => (await latestOf('SCALED', 'ch4'))?.quality !== 'good');
  expect(await alarmsOf('SCALED')).toMatchObject([{ ruleId: before?.ruleId, phase: before?.phase }]);
});

test('a wave of a wrong spacing is set aside, and the next one is taken', async () => {
  const az = Array.from({ length: 600 }, (_, i) => Math.sin(i / 3));
  for (const dt of [0, 1e-9, 1e12, '100'])
    await send('bridge', 'WAVE', { t0: Date.now() - 60_000, dt, series: { az } });
  await send('bridge', 'WAVE', { t0: Date.now() - 60_000, dt: 100, series: { az } });
  await eventually(async () => (await flawsOf('WAVE')).length === 4);
  expect(new Set(await flawsOf('WAVE'))).toEqual(new Set(['bad-dt']));
});

test('digits in a string are the time that they are', async () => {
  const observedAt = Date.now() - 30_000;
  await send('gas', 'DIGITS', { ts: String(observedAt), values: { ch4: 2 } });
  await eventually(async () => (await latestOf('DIGITS', 'ch4')) !== undefined);
  expect(await latestOf('DIGITS', 'ch4')).toMatchObject({
    value: 2,
    quality: 'good',
    observedAt: new Date(observedAt).toISOString(),
  });
});

test('1,002 instants without a time in one packet are all kept', async () => {
  const many = 1_002;
  await send(
    'gas',
    'MANY',
    Array.from({ length: many }, (_, i) => ({ values: { ch4: (i % 10) / 10 } })),
  );
  const from = new Date(Date.now() - 3_600_000).toISOString();
  const to = new Date(Date.now() + 3_600_000).toISOString();
  const kept = () =>
    api.all<{ value: number }>(`/points/MANY/readings?metric=ch4&from=${from}&to=${to}&limit=1000`);
  let n = 0;
  await eventually(async () => {
    n = (await kept()).length;
    return n === many;
  });
  expect(n).toBe(many);
});

test('the codes of a device that the register knows are no readings', async () => {
  await api.post('/points', { code: 'ECHO', name: 'ECHO', lifeline: 'waterlogging', area: '000000' });
  const attributes = { 'sentinel.depth': '50.03' };
  await api.post('/device-models', { code: 'U3', name: 'U3', attributes });
  const made = await api.post('/devices', {
    code: 'ECHO',
    lifeline: 'waterlogging',
    point: 'ECHO',
    model: 'U3',
  });
  expect(made.status).toBe(201);
  await send('waterlogging', 'ECHO', { values: { depth: 50.03 } });
  await eventually(async () => (await latestOf('ECHO', 'depth')) !== undefined);
  expect(await latestOf('ECHO', 'depth')).toMatchObject({ value: null, quality: 'bad', why: 'sentinel' });
});
