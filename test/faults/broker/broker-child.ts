import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { Aedes } from 'aedes';
import { BrokerAedes, type Limits } from '../../../src/adapters/broker-aedes/index.ts';
import { Meters } from '../../../src/flow/ports/meters.ts';
import { testGate } from '../../contracts/broker/broker-bench.ts';

/** The broker in a process of its own, so that its memory can be told from that of whoever torments it. */
export type Asked = { limits?: Partial<Limits> } | 'bare aedes' | 'how are you' | 'stop';
export type Said =
  | { ready: number }
  | { rss: number; cpuMs: number; counters: Record<string, number>; connections: number }
  | { crashed: string };

const say = (said: Said): void => void process.send?.(said);
const meters = new Meters();
let broker: BrokerAedes | null = null;

process.on('uncaughtException', (e) => {
  say({ crashed: String(e.stack) });
});
process.on('unhandledRejection', (e) => {
  say({ crashed: e instanceof Error ? String(e.stack) : String(e) });
});
process.on('message', async (asked: Asked) => {
  if (asked === 'stop') {
    await broker?.stop();
    process.exit(0);
  }
  if (asked === 'how are you') {
    globalThis.gc?.();
    const { rss } = process.memoryUsage();
    const cpu = process.cpuUsage();
    const cpuMs = (cpu.user + cpu.system) / 1_000;
    const { counters, gauges } = meters.snapshot();
    say({
      rss,
      cpuMs,
      counters: Object.fromEntries(counters),
      connections: gauges.get('mqtt_connections') ?? 0,
    });
    return;
  }
  if (asked === 'bare aedes') {
    const aedes = await Aedes.createBroker({ concurrency: 0 });
    const server = createServer(aedes.handle).listen(0, '127.0.0.1');
    await once(server, 'listening');
    say({ ready: (server.address() as AddressInfo).port });
    return;
  }
  broker = new BrokerAedes({
    host: '127.0.0.1',
    port: 0,
    intake: (_packet, release) => release('kept', []),
    gate: testGate,
    clock: { now: () => Date.now(), every: () => () => {}, after: () => () => {} },
    meters,
    log: {
      info: () => {},
      warn: () => {},
      error: (msg, fields) => say({ crashed: `${msg} ${JSON.stringify(fields)}` }),
    },
    ...(asked.limits ? { limits: asked.limits } : {}),
  });
  say({ ready: (await broker.start()).port });
});
