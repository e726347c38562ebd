import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { Aedes, type AedesPublishPacket } from 'aedes';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { drive } from '../../simulators/driver.ts';
import type { Message, SimEvent } from '../../simulators/event.ts';

const FAST = 1e6;

const message = (device: string, atMs: number, payload = '{}', kind = 'telemetry'): Message => ({
  is: 'message',
  atMs,
  device,
  topic: `lifeline/v1/gas/${device}/${kind}`,
  payload,
  qos: 1,
  retain: kind === 'status',
});

describe('the driver', () => {
  let broker: Aedes;
  let server: Server;
  let url: string;
  let heard: { client: string | null; topic: string; payload: string }[];
  const heardOf = async (payload: string): Promise<void> => {
    while (!heard.some((h) => h.payload === payload)) await once(broker, 'publish');
  };

  beforeEach(async () => {
    broker = await Aedes.createBroker();
    heard = [];
    broker.on('publish', (packet: AedesPublishPacket, client) => {
      if (packet.topic.startsWith('$SYS')) return;
      heard.push({ client: client?.id ?? null, topic: packet.topic, payload: String(packet.payload) });
    });
    server = createServer(broker.handle);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const at = server.address();
    url = `mqtt://127.0.0.1:${typeof at === 'object' && at !== null ? at.port : 0}`;
  });
  afterEach(async () => {
    await new Promise<void>((resolve) => broker.close(resolve));
    await new Promise((resolve) => server.close(resolve));
  });

  it('sends everything in order and resolves when all of it is acknowledged', async () => {
    const events = Array.from({ length: 500 }, (_, i) => message('G-1', i * 1_000, JSON.stringify({ i })));
    const done = await drive(events, { url, speed: FAST, connections: 'shared', inFlight: 20 });
    expect(done).toMatchObject({ sent: 500, acked: 500, failed: 0, stopped: false });
    expect(heard.map((h) => JSON.parse(h.payload).i)).toEqual(events.map((_, i) => i));
  });

  it('keeps to the timetable at its speed', async () => {
    const startedAt = performance.now();
    await drive([message('G-1', 0), message('G-1', 3_000)], { url, speed: 10, connections: 'shared' });
    expect(performance.now() - startedAt).toBeGreaterThan(290);
  });

  it('gives every device a connection of its own, whose loss its last will tells', async () => {
    const events: SimEvent[] = [
      message('G-1', 0, '{"online":true}', 'status'),
      message('G-2', 0, '{"online":true}', 'status'),
      { is: 'lost', atMs: 1, device: 'G-1' },
      // Long enough after it, at this speed, for the broker to have noticed.
      message('G-2', 5e8, '{"n":2}'),
      { is: 'back', atMs: 5e8, device: 'G-1' },
      message('G-1', 5e8, '{"n":1}'),
    ];
    const run = drive(events, { url, speed: FAST, connections: 'each' });
    await heardOf('{"online":false}');
    await run;
    // Two connections have no order between them; each has its own.
    const of = (device: string): string[] =>
      heard.filter((h) => h.topic.includes(`/${device}/`)).map((h) => h.payload);
    expect(of('G-1')).toEqual(['{"online":true}', '{"online":false}', '{"n":1}']);
    expect(of('G-2')).toEqual(['{"online":true}', '{"n":2}']);
    expect(new Set(heard.map((h) => h.client).filter((c) => c !== null))).toEqual(
      new Set(['G-1:sim', 'G-2:sim']),
    );
  });

  it('stops within its waiting when it is told to', async () => {
    const stop = new AbortController();
    const run = drive([message('G-1', 0), message('G-1', 3_600_000)], {
      url,
      speed: 1,
      connections: 'shared',
      signal: stop.signal,
    });
    await heardOf('{}');
    stop.abort();
    expect(await run).toMatchObject({ sent: 1, stopped: true });
  });

  it('says so when there is no broker', async () => {
    const nobody = drive([message('G-1', 0)], { url: 'mqtt://127.0.0.1:1', speed: 1, connections: 'shared' });
    await expect(nobody).rejects.toThrow(/ECONNREFUSED/);
  });
});
