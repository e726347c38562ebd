import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  RawClient,
  rawConnect,
  rawPublish,
  telemetry,
  until,
  varint,
} from '../../contracts/broker/broker-bench.ts';
import type { Asked, Said } from './broker-child.ts';

const MiB = 1024 * 1024;
const children: ChildProcess[] = [];
afterAll(() => {
  for (const child of children) child.kill('SIGKILL');
});

type Broker = {
  port: number;
  health: () => Promise<Extract<Said, { rss: number }>>;
  crashes: string[];
};

async function startChild(limits: Extract<Asked, { limits?: unknown }>['limits'] = {}): Promise<Broker> {
  const child = fork(new URL('./broker-child.ts', import.meta.url).pathname, [], {
    execArgv: ['--expose-gc'],
  });
  children.push(child);
  const crashes: string[] = [];
  child.on('message', (said: Said) => {
    if ('crashed' in said) crashes.push(said.crashed);
  });
  child.on('exit', (code) => crashes.push(`ended with ${code}`));
  child.send({ limits } satisfies Asked);
  const [ready] = (await once(child, 'message')) as [Said];
  if (!('ready' in ready)) throw new Error(JSON.stringify(ready));
  const health = async () => {
    child.send('how are you' satisfies Asked);
    for (;;) {
      const [said] = (await once(child, 'message')) as [Said];
      if ('rss' in said) return said;
    }
  };
  return { port: ready.ready, health, crashes };
}

/**
 * Three hundred clients come, publish and leave in good order, again and again until that takes no more memory.
 *
 * A service that abuse meets has been running. A cold process grows by a hundred MiB under any load, as V8's
 * young generation widens to its bound (seen in `getHeapSpaceStatistics`), and whether that happens during a
 * test depends on how busy the machine is. What a lasting session costs is about 0.5 kB.
 */
async function serveForAWhile(broker: Broker): Promise<void> {
  let settled = 0;
  let { rss } = await broker.health();
  for (let round = 0; round < 30 && settled < 2; round++) {
    for (let wave = 0; wave < 3; wave++) {
      await Promise.all(
        Array.from({ length: 100 }, async (_, i) => {
          const id = `GOOD-${wave}-${i}`;
          const client = await RawClient.connect(broker.port, { clientId: id, username: id });
          for (let n = 1; n <= 20; n++) client.publish(telemetry(id), '{"values":{"ch4":1}}', 1, n);
          for (let n = 1; n <= 20; n++) await client.next('puback');
          client.disconnect();
          await client.ended();
        }),
      );
    }
    const now = await broker.health();
    settled = now.rss - rss < MiB ? settled + 1 : 0;
    rss = now.rss;
  }
}

/** A device that goes on publishing through it all, and how long its longest wait for a PUBACK was. */
async function neighbour(
  port: number,
): Promise<{ stop: () => Promise<{ acknowledged: number; longestMs: number }> }> {
  const client = await RawClient.connect(port, { clientId: 'NEIGHBOUR', username: 'NEIGHBOUR' });
  let on = true;
  let acknowledged = 0;
  let longestMs = 0;
  const work = (async () => {
    while (on) {
      const since = performance.now();
      client.publish(telemetry('NEIGHBOUR'), '{"values":{"ch4":1}}', 1, (acknowledged % 60_000) + 1);
      await client.next('puback');
      longestMs = Math.max(longestMs, performance.now() - since);
      acknowledged++;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  })();
  work.catch(() => {}); // told by whoever waits for it
  return {
    stop: async () => {
      on = false;
      await work;
      client.drop();
      return { acknowledged, longestMs };
    },
  };
}

/**
 * Runs an abuse beside a well-behaved device; prints and bounds the growth of the broker's memory, at its worst too.
 *
 * @returns by how much each counter rose
 */
async function endure(
  name: string,
  broker: Broker,
  abuse: () => Promise<unknown>,
): Promise<Record<string, number>> {
  const before = await broker.health();
  const other = await neighbour(broker.port);
  let worst = 0;
  let watching = true;
  const watch = (async () => {
    while (watching) {
      worst = Math.max(worst, (await broker.health()).rss);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  })();
  const since = performance.now();
  await abuse();
  const tookMs = performance.now() - since;
  watching = false;
  await watch;
  const { acknowledged, longestMs } = await other.stop();
  const after = await broker.health();
  const grown = (rss: number) => (rss - before.rss) / MiB;
  console.log(
    `F11 ${name}: ${tookMs.toFixed(0)} ms; memory ${(before.rss / MiB).toFixed(0)} MiB, at worst ${grown(worst).toFixed(1)} more, after it ${grown(after.rss).toFixed(1)} more; the neighbour had ${acknowledged} PUBACKs, the longest after ${longestMs.toFixed(0)} ms`,
  );
  expect(broker.crashes).toEqual([]);
  expect(grown(worst)).toBeLessThan(50);
  expect(grown(after.rss)).toBeLessThan(50);
  expect(acknowledged).toBeGreaterThan(0);
  const rise = ([name, n]: [string, number]): [string, number] => [name, n - (before.counters[name] ?? 0)];
  return Object.fromEntries(Object.entries(after.counters).map(rise));
}

const dial = (port: number): Socket => connect({ port, host: '127.0.0.1' }).on('error', () => {});
const ended = (s: Socket): Promise<void> => new Promise((resolve) => s.once('close', () => resolve()));

/**
 * As many connections as fast as they are taken, and nothing sent on them. No more than the kernel's queue
 * holds are on their way at once: what it drops is tried again after seconds, which tests the kernel only.
 */
async function storm(port: number, n: number): Promise<Socket[]> {
  const sockets: Socket[] = [];
  let dialling = 0;
  for (let i = 0; i < n; i++) {
    const s = dial(port);
    sockets.push(s);
    let done = false;
    const arrived = () => {
      if (!done) dialling--;
      done = true;
    };
    dialling++;
    s.once('connect', arrived).once('close', arrived).resume();
    if (dialling >= 200) await until(() => dialling < 200);
  }
  return sockets;
}

/** Writes until the other side has had enough; says how much the kernel took. */
async function pour(socket: Socket, bytes: number): Promise<number> {
  const chunk = Buffer.alloc(256 * 1024, 0x41);
  let poured = 0;
  while (poured < bytes && !socket.destroyed) {
    poured += chunk.length;
    if (!socket.write(chunk)) {
      await new Promise<void>((resolve) => {
        const go = () => {
          socket.off('drain', go);
          socket.off('close', go);
          resolve();
        };
        socket.on('drain', go);
        socket.on('close', go);
      });
    }
  }
  return poured;
}

// promises F11, the broker's part, against a broker in a process of its own.
describe('abuse', { timeout: 120_000 }, () => {
  // One broker endures all that needs no limits of its own, one after the other, as a service would.
  let broker: Broker;
  beforeAll(async () => {
    broker = await startChild();
    await serveForAWhile(broker);
  }, 120_000);

  test('5,000 connections at once that say nothing: a thousand wait, memory stays, others are served', async () => {
    const counters = await endure('5,000 silent connections', broker, async () => {
      const sockets = await storm(broker.port, 5_000);
      await until(() => sockets.filter((s) => s.destroyed).length >= 3_900);
      for (const s of sockets) s.destroy();
    });
    expect(counters['mqtt_refused_total{why="waiting"}']).toBeGreaterThanOrEqual(3_900);
  });

  test('5,000 connections of one address beyond its share are refused', async () => {
    const limits = {
      loopbackExempt: false,
      connectionsPerAddress: 50,
      newAtOncePerAddress: 500,
      newPerSecondPerAddress: 100,
    };
    const small = await startChild(limits);
    const counters = await endure('5,000 connections of one address', small, async () => {
      const sockets = await storm(small.port, 5_000);
      await until(() => sockets.filter((s) => s.destroyed).length >= 4_500);
      for (const s of sockets) s.destroy();
    });
    const refused =
      (counters['mqtt_refused_total{why="address-full"}'] ?? 0) +
      (counters['mqtt_refused_total{why="address-rate"}'] ?? 0);
    expect(refused).toBeGreaterThan(4_000);
  });

  // After a power cut, over a mobile network that takes its time: each dials again when it was refused.
  test('400 devices that come back at once, and slowly, all get in', async () => {
    const devices = 400;
    const small = await startChild({ waiting: 40 });
    const inside = new Set<number>();
    const sockets = new Map<number, Socket>();
    let tries = 0;
    const comeBack = (i: number): void => {
      tries++;
      const s = dial(small.port);
      sockets.set(i, s);
      s.once('connect', () => setTimeout(() => s.write(rawConnect({ fields: [`D-${i}`] })), 600));
      s.once('data', () => inside.add(i));
      s.once('close', () => {
        if (!inside.has(i)) setTimeout(() => comeBack(i), 100 + (i % 100));
      });
    };
    const since = performance.now();
    for (let i = 0; i < devices; i++) comeBack(i);
    await until(() => inside.size === devices);
    console.log(
      `${devices} devices were back after ${(performance.now() - since).toFixed(0)} ms and ${tries} tries`,
    );
    for (const s of sockets.values()) s.destroy();
  });

  test('2,000 clients that connect, publish and vanish, each under a name of its own', async () => {
    await endure('2,000 clients with lasting sessions', broker, async () => {
      for (let round = 0; round < 20; round++) {
        await Promise.all(
          Array.from({ length: 100 }, async (_, i) => {
            const id = `S-${round}-${i}`;
            const s = dial(broker.port);
            s.write(rawConnect({ flags: 0, fields: [id] }));
            s.write(rawPublish(telemetry(id), '{"values":{"ch4":1}}', 1));
            let got = 0;
            s.on('data', (b) => {
              got += b.length;
              if (got >= 8) s.destroy();
            });
            await ended(s);
            expect(got).toBe(8);
          }),
        );
      }
    });
  });

  test('slow CONNECTs are dropped in time', async () => {
    const hasty = await startChild({ connectWithin: 1_000 });
    const counters = await endure('500 slow CONNECTs', hasty, async () => {
      const hello = rawConnect({ fields: ['x'.repeat(100)] });
      await Promise.all(
        Array.from({ length: 500 }, async () => {
          const s = dial(hasty.port);
          let i = 0;
          const drip = setInterval(() => s.write(hello.subarray(i, ++i)), 50);
          await ended(s);
          clearInterval(drip);
        }),
      );
    });
    expect(counters['mqtt_refused_total{why="late"}']).toBe(500);
  });

  test.each<[string, () => Buffer]>([
    ['as a CONNECT', () => Buffer.concat([Buffer.of(0x10), varint(200 * MiB)])],
    ['as a PUBLISH', () => Buffer.concat([Buffer.of(0x30), varint(200 * MiB)])],
    [
      'after a CONNECT',
      () => Buffer.concat([rawConnect({ fields: ['BIG'] }), Buffer.of(0x30), varint(200 * MiB)]),
    ],
  ])('a first packet of 200 MiB, %s, from twenty clients', async (how, head) => {
    await endure(`20 × 200 MiB ${how}`, broker, async () => {
      const poured = await Promise.all(
        Array.from({ length: 20 }, async () => {
          const s = dial(broker.port);
          s.write(head());
          return pour(s, 200 * MiB);
        }),
      );
      // The connection ends long before.
      expect(Math.max(...poured)).toBeLessThan(100 * MiB);
    });
  });

  test('topics and client ids that are none, a hundred of each kind', async () => {
    const topics: (string | Buffer)[] = [
      `lifeline/v1/gas/EVIL/${'x/'.repeat(10_000)}x`,
      '#',
      '+',
      'lifeline/v1/gas/+/telemetry',
      '$SYS/broker/uptime',
      'lifeline/v1/gas/EVIL/\u0000',
      Buffer.of(0xff, 0xfe),
      '',
    ];
    const counters = await endure('800 topics that are none', broker, async () => {
      for (let round = 0; round < 10; round++) {
        await Promise.all(
          Array.from({ length: 80 }, async (_, i) => {
            const s = dial(broker.port);
            s.resume();
            s.write(rawConnect({ fields: [i % 2 === 0 ? '__proto__' : `EVIL-${i}`] }));
            s.write(rawPublish(topics[i % topics.length] as string, 'x', 1));
            await ended(s);
          }),
        );
      }
    });
    const cutOff = Object.entries(counters).filter(([k]) => k.startsWith('mqtt_cut_off_total'));
    expect(cutOff.reduce((n, [, c]) => n + c, 0)).toBeGreaterThan(400);
    // Whoever comes as __proto__ later on is a client like any other.
    const client = await RawClient.connect(broker.port, { clientId: '__proto__' });
    client.publish(telemetry('__proto__'), 'x', 1, 1);
    await client.next('puback');
  });

  test('rubbish of every kind behind a CONNECT does not end the process', async () => {
    let seed = 20_251_201;
    const random = (n: number): number => {
      seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
      return Math.floor((seed / 2 ** 32) * n);
    };
    await endure('1,000 clients with rubbish', broker, async () => {
      for (let round = 0; round < 20; round++) {
        await Promise.all(
          Array.from({ length: 50 }, async (_, i) => {
            const s = dial(broker.port);
            s.resume();
            s.write(rawConnect({ flags: random(2) * 2, fields: [`R-${i}`] }));
            for (let p = 0; p < 20; p++) {
              // Every packet type with a plausible length and any body, so that the parser goes deep.
              const body = Buffer.from(
                Array.from({ length: random(40) }, () => (random(3) === 0 ? random(4) : random(256))),
              );
              const flags =
                random(4) === 0
                  ? random(16)
                  : [0, 0, 0, random(16), 0, 0, 2, 0, 2, 0, 2, 0, 0, 0, 0, 0][p % 16];
              s.write(
                Buffer.concat([
                  Buffer.of(((p % 16) << 4) | (flags ?? 0)),
                  varint(body.length + (random(10) === 0 ? 1 : 0)),
                  body,
                ]),
              );
            }
            s.end();
            await ended(s);
          }),
        );
      }
    });
  });
});
