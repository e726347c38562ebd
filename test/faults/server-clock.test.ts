import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectAsync } from 'mqtt';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { type ApiClient, ServiceProcess } from '../support/service-process.ts';

const YEAR = 365 * 86_400_000;
const PRELOAD = join(import.meta.dirname, '../support/wall-that-steps.ts');

let dir: string;
let offset: string;
let service: ServiceProcess;
let api: ApiClient;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'lifeline-clock-'));
  offset = join(dir, 'offset');
  writeFileSync(offset, '0');
});
afterEach(async () => {
  await service?.stop();
  rmSync(dir, { recursive: true, force: true });
});

const start = async () => {
  service = await ServiceProcess.start(join(dir, 'data'), {
    NODE_OPTIONS: `--import=${PRELOAD}`,
    WALL_OFFSET_FILE: offset,
  });
  api = await service.client();
};
const wallStands = (ms: number) => {
  writeFileSync(offset, String(ms));
  service.child.kill('SIGUSR2');
};

type Seen = {
  readonly pointCode: string;
  readonly metric: string;
  readonly level: number;
  readonly phase: string;
  readonly late: boolean;
};

/** The one alarm of the point and metric is as it should be. */
const until = (point: string, metric: string, should: Partial<Seen>) =>
  eventually(async () => {
    const { items } = await api.get<{ items: Seen[] }>('/alarms?state=open');
    const [alarm, ...more] = items.filter((a) => a.pointCode === point && a.metric === metric);
    return (
      alarm !== undefined &&
      more.length === 0 &&
      Object.entries(should).every(([key, value]) => alarm[key as keyof Seen] === value)
    );
  }, 60_000);

/** A sensor that has the true time. */
async function say(device: string, ch4: number) {
  const mqtt = await connectAsync(`mqtt://${service.mqttHost}:${service.mqttPort}`);
  const payload = JSON.stringify({ ts: Date.now(), values: { ch4 } });
  await mqtt.publishAsync(`lifeline/v1/gas/${device}/telemetry`, payload, { qos: 1 });
  await mqtt.endAsync();
}

test.each([
  ['an hour back', -3_600_000],
  ['a day ahead', 86_400_000],
])(
  'the machine’s clock is set %s while the service runs: gas rings, the desk is told by how much, and that it is over',
  async (_, step) => {
    await start();
    await say('GAS-1', 1);
    wallStands(step);
    await say('GAS-1', 60);
    await until('GAS-1', 'ch4', { level: 1, late: false });
    await until('PLATFORM', 'clock', { level: 1 });
    const told = service.log.find((l) => String(l.msg).startsWith("the machine's clock was set"));
    expect(Math.abs(Number(told?.apartMs) - step)).toBeLessThan(1_000);
    wallStands(0);
    await until('PLATFORM', 'clock', { phase: 'returned-unacked' });
  },
  240_000,
);

test('a start a year before what the journal has: it serves, rings, and says so in red', async () => {
  await start();
  await say('GAS-1', 1);
  await service.kill();
  writeFileSync(offset, String(-YEAR));
  await start();
  expect(service.log.filter((l) => l.level === 'error').map((l) => l.msg)).toContainEqual(
    expect.stringContaining('lies behind what is written in the journal'),
  );
  await say('GAS-1', 60);
  await until('GAS-1', 'ch4', { level: 1, late: false });
  await until('PLATFORM', 'clock', { level: 1 });
}, 240_000);
