import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { rawConnect, rawPublish, telemetry } from '../../contracts/broker/broker-bench.ts';
import type { Asked, Said } from './broker-child.ts';

const children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

type Broker = { port: number; cpuMs: () => Promise<number> };

async function start(asked: Asked): Promise<Broker> {
  const child = fork(new URL('./broker-child.ts', import.meta.url).pathname);
  children.push(child);
  const next = async (): Promise<Said> => ((await once(child, 'message')) as [Said])[0];
  child.send(asked);
  const ready = await next();
  if (!('ready' in ready)) throw new Error(JSON.stringify(ready));
  const cpuMs = async () => {
    child.send('how are you' satisfies Asked);
    const said = await next();
    return 'cpuMs' in said ? said.cpuMs : Number.NaN;
  };
  return { port: ready.ready, cpuMs };
}

type Cost = { perSecond: number; cpuMicros: number };

/** QoS 1 publishers with a window each: PUBACKs per second over a while, and the broker's time for each. */
async function load(
  { port, cpuMs }: Broker,
  o: { clients: number; window: number; ms: number },
): Promise<Cost> {
  let acknowledged = 0;
  let on = true;
  const sockets = Array.from({ length: o.clients }, (_, c) => {
    const id = `LOAD-${c}`;
    const packets = Array.from({ length: o.window }, (_, i) =>
      rawPublish(telemetry(id), '{"ts":1764547200000,"values":{"ch4":12.5,"temp":21.4}}', 1, i + 1),
    );
    const s = connect({ port, host: '127.0.0.1', noDelay: true });
    s.write(rawConnect({ fields: [id] }));
    let bytes = -4; // the CONNACK
    let next = 0;
    s.on('data', (b) => {
      bytes += b.length;
      const acks = bytes === 0 ? o.window : Math.floor(bytes / 4);
      if (bytes > 0) acknowledged += acks;
      bytes %= 4;
      if (!on || acks === 0) return;
      const out: Buffer[] = [];
      for (let i = 0; i < acks; i++) out.push(packets[next++ % o.window] as Buffer);
      s.write(Buffer.concat(out));
    });
    return s;
  });
  await new Promise((resolve) => setTimeout(resolve, o.ms / 4));
  const from = { at: performance.now(), n: acknowledged, cpu: await cpuMs() };
  await new Promise((resolve) => setTimeout(resolve, o.ms));
  const n = acknowledged - from.n;
  const perSecond = (n / (performance.now() - from.at)) * 1_000;
  const cpuMicros = (((await cpuMs()) - from.cpu) / n) * 1_000;
  on = false;
  for (const s of sockets) s.destroy();
  return { perSecond, cpuMicros };
}

// The figure that counts is the bench's; this one says early when the door or the holds have become dear. In
// processor time, because other tests run on the same two cores.
test('the guarded broker costs less than twice what bare aedes costs, same generator, turn and turn about', {
  timeout: 120_000,
}, async () => {
  const [bare, ours] = [await start('bare aedes'), await start({})];
  for (const o of [
    { clients: 50, window: 20, ms: 500 },
    { clients: 1, window: 100, ms: 500 },
  ]) {
    const rounds: { bare: Cost; ours: Cost }[] = [];
    const best = (who: 'bare' | 'ours') => ({
      perSecond: Math.max(...rounds.map((r) => r[who].perSecond)),
      cpuMicros: Math.min(...rounds.map((r) => r[who].cpuMicros)),
    });
    const ratio = () => best('ours').cpuMicros / best('bare').cpuMicros;
    // A starved process gets fewer packets from each read, and each costs more: more rounds find a calm one.
    while (rounds.length < 3 || (rounds.length < 10 && ratio() >= 2)) {
      rounds.push({ bare: await load(bare, o), ours: await load(ours, o) });
    }
    const told = (c: Cost) => `${c.perSecond.toFixed(0)}/s at ${c.cpuMicros.toFixed(1)} µs`;
    console.log(
      `QoS 1, ${o.clients} clients, window ${o.window}: bare aedes ${told(best('bare'))}, ours ${told(best('ours'))}`,
    );
    expect(ratio()).toBeLessThan(2);
  }
});
