import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { connectAsync, type MqttClient } from 'mqtt';
import { expect, test, vi } from 'vitest';
import { ServiceProcess } from '../../support/service-process.ts';

const hasMosquitto = spawnSync('mosquitto_sub', ['--help']).error === undefined;
const eventually = (check: () => unknown) => vi.waitFor(check, { timeout: 20_000, interval: 50 });

type Command = { id: string; state: string; sends: number; why: string | null; result: unknown };
type Down = { id: string; name: string; repeated?: true; expiresAt: string };

/** A device that listens and keeps what comes; it answers when it is told to. */
async function device(service: ServiceProcess, code: string, secret: string) {
  const client: MqttClient = await connectAsync(`mqtt://127.0.0.1:${service.mqttPort}`, {
    clientId: code,
    username: code,
    password: secret,
    clean: false,
    reconnectPeriod: 0,
  });
  const heard: { topic: string; payload: Down }[] = [];
  client.on('message', (topic, payload) => heard.push({ topic, payload: JSON.parse(String(payload)) }));
  await client.subscribeAsync(`lifeline/v1/gas/${code}/down/#`, { qos: 1 });
  const reply = (id: string, ok: boolean) =>
    client.publishAsync(
      `lifeline/v1/gas/${code}/up/reply`,
      JSON.stringify({ id, ok, result: { seconds: 60 } }),
      { qos: 1 },
    );
  return { client, heard, reply };
}

async function heardByMosquitto(port: number, secret: string): Promise<Down> {
  const args = ['-q', '1', '-C', '1', '-i', 'G-1:sub', '-u', 'G-1', '-P', secret];
  const sub = spawn(
    'mosquitto_sub',
    ['-h', '127.0.0.1', '-p', String(port), ...args, '-t', 'lifeline/v1/gas/G-1/down/#'],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const [line] = await once(createInterface({ input: sub.stdout }), 'line');
  return JSON.parse(String(line)) as Down;
}

async function heardBy({ heard, client }: Awaited<ReturnType<typeof device>>): Promise<Down> {
  await eventually(() => expect(heard.length).toBeGreaterThan(0));
  await client.endAsync();
  return heard[0]?.payload as Down;
}

test('a command goes down to its device once, by its own word is done, and outlives kill -9', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'device-commands-'));
  const env = { LIFELINE_MQTT_ANONYMOUS: 'false' };
  let service = await ServiceProcess.start(dir, env);
  try {
    let api = await service.client();
    for (const code of ['G-1', 'G-2']) {
      await api.post('/points', { code: `P-${code}`, name: '井内', lifeline: 'gas' });
      await api.post('/devices', { code, lifeline: 'gas', point: `P-${code}` });
    }
    const issue = async (code: string) =>
      (await api.post(`/devices/${code}/credential`, {})).body.secret as string;
    const secret = await issue('G-1');
    const other = await device(service, 'G-2', await issue('G-2'));
    let n = 0;
    const tell = async (body: Record<string, unknown>) =>
      api.post('/devices/G-1/commands', { commandId: `c${++n}`, ...body });
    const all = async () =>
      (await api.get<{ items: Command[] }>('/devices/G-1/commands')).items.map((c) => c).reverse();
    const states = async () => (await all()).map((c) => c.state);

    // Nobody there: it waits. A valve needs two.
    const made = await tell({ name: 'set-interval', params: { seconds: 60 } });
    expect([made.status, made.body.state]).toEqual([201, 'PENDING']);
    expect((await tell({ name: 'close-valve' })).body.code).toBe('command-second-missing');

    // It comes, and gets it: delivered by its PUBACK, done by its word.
    let gas = await device(service, 'G-1', secret);
    await eventually(() => expect(gas.heard).toHaveLength(1));
    expect(gas.heard[0]).toMatchObject({
      topic: 'lifeline/v1/gas/G-1/down/config',
      payload: { name: 'set-interval', params: { seconds: 60 } },
    });
    await eventually(async () => expect(await states()).toEqual(['DELIVERED']));
    await gas.reply(gas.heard[0]?.payload.id ?? '', true);
    await eventually(async () => expect(await states()).toEqual(['SUCCESSFUL']));
    expect((await all())[0]).toMatchObject({ sends: 1, result: { seconds: 60 } });

    // It goes; what is made meanwhile waits on our disk alone, over a kill.
    await gas.client.endAsync(true);
    const short = await tell({ name: 'restart', expiresInS: 5 });
    await tell({ name: 'read-now' });
    await service.kill();
    service = await ServiceProcess.start(dir, env);
    api = await service.client();
    await eventually(async () => expect(await states()).toEqual(['SUCCESSFUL', 'EXPIRED', 'PENDING']));
    gas = await device(service, 'G-1', secret);
    await eventually(async () => expect(await states()).toEqual(['SUCCESSFUL', 'EXPIRED', 'DELIVERED']));
    // The one that had expired did not come.
    expect(gas.heard.map((h) => h.payload.name)).toEqual(['read-now']);
    expect(gas.heard.some((h) => h.payload.id === short.body.id)).toBe(false);
    await gas.reply(gas.heard[0]?.payload.id ?? '', false);
    await eventually(async () => expect((await states()).at(-1)).toBe('FAILED'));

    // A subscriber that takes it and does not acknowledge: after a kill it comes again, and says so.
    await gas.client.endAsync(true);
    const deaf = await connectAsync(`mqtt://127.0.0.1:${service.mqttPort}`, {
      clientId: 'G-1:deaf',
      username: 'G-1',
      password: secret,
      reconnectPeriod: 0,
    });
    deaf.handleMessage = () => undefined;
    await deaf.subscribeAsync('lifeline/v1/gas/G-1/down/#', { qos: 1 });
    await tell({ name: 'set-clock' });
    await eventually(async () => expect((await states()).at(-1)).toBe('SENT'));
    await service.kill();
    deaf.end(true);
    service = await ServiceProcess.start(dir, env);
    api = await service.client();
    const line = hasMosquitto
      ? await heardByMosquitto(service.mqttPort, secret)
      : await heardBy(await device(service, 'G-1', secret));
    expect(line).toMatchObject({ name: 'set-clock', repeated: true });
    await eventually(async () =>
      expect((await all()).at(-1)).toMatchObject({ state: 'DELIVERED', sends: 2 }),
    );
    // Nobody hears what is another's.
    expect(other.heard).toEqual([]);
    const { items } = await api.get<{ items: unknown[] }>('/quarantine');
    expect(items).toEqual([]);
  } finally {
    await service.stop();
    rmSync(dir, { recursive: true, force: true });
  }
}, 90_000);
