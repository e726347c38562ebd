import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { RawClient } from '../contracts/broker/broker-bench.ts';
import { eventually } from '../support/eventually.ts';
import { ServiceProcess } from '../support/service-process.ts';

// Previously: whoever came last got a reset from the system, a console too, while nothing was said.
const LIMIT = 300;

let service: ServiceProcess;
let dir: string;
const clients: RawClient[] = [];

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'few-descriptors-'));
  service = await ServiceProcess.start(dir, {}, LIMIT);
}, 60_000);

afterAll(async () => {
  for (const c of clients) c.socket.destroy();
  await service.stop();
  await rm(dir, { recursive: true, force: true });
});

const metric = async (name: string): Promise<number> => {
  const text = await (await fetch(`${service.url}/metrics`)).text();
  return Number(new RegExp(`^lifeline_${name} (\\S+)`, 'm').exec(text)?.[1] ?? 0);
};

test('more devices than there are descriptors: those beyond are refused and counted, consoles come in', async () => {
  expect(service.log.find((l) => String(l.msg).startsWith('the limit of open files'))).toMatchObject({
    limit: LIMIT,
    devices: 150,
    consoles: 32,
    wanted: 20_000,
  });
  for (let i = 0; i < LIMIT; i++) {
    const client = await RawClient.dial(service.mqttPort);
    clients.push(client);
    client.socket.write(Buffer.from('101300044d5154540402003c0007', 'hex'));
    client.socket.write(`C-${String(i).padStart(5, '0')}`);
  }
  await eventually(async () => clients.filter((c) => c.closed).length === 150, 20_000);
  expect(clients.filter((c) => c.got.some((p) => p.cmd === 'connack'))).toHaveLength(150);
  expect(await metric('mqtt_refused_total{why="full"}'.replace(/[{}]/g, '\\$&'))).toBe(150);
  expect(await metric('open_files_limit')).toBe(LIMIT);
  expect(service.log.some((l) => l.code === 'full')).toBe(true);

  const seen = await Promise.all(Array.from({ length: 20 }, () => fetch(`${service.url}/readyz`)));
  expect(seen.map((r) => r.status)).toEqual(Array(20).fill(200));
  const api = await service.client();
  expect(api.cookie).not.toBe('');
}, 60_000);
