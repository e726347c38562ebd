import fc from 'fast-check';
import { generate } from 'mqtt-packet';
import { describe, expect, test } from 'vitest';
import { packetLength, readConnect } from '../../../src/adapters/broker-aedes/connect-packet.ts';
import { ConnectionRate } from '../../../src/adapters/broker-aedes/connection-rate.ts';
import { FrameMeter } from '../../../src/adapters/broker-aedes/frame-meter.ts';
import { Holds } from '../../../src/adapters/broker-aedes/holds.ts';
import { DEFAULT_LIMITS } from '../../../src/adapters/broker-aedes/limits.ts';
import { QuietLog } from '../../../src/adapters/broker-aedes/quiet-log.ts';
import { Retained } from '../../../src/adapters/broker-aedes/retained.ts';
import { minutes } from '../../../src/domain/time.ts';
import { KeptLog, varint } from './broker-bench.ts';

/** Cuts bytes into pieces at the given places. */
function* pieces(bytes: Buffer, cuts: readonly number[]): Generator<Buffer> {
  const at = [0, ...cuts.map((c) => c % (bytes.length + 1)), bytes.length].sort((a, b) => a - b);
  for (let i = 1; i < at.length; i++) yield bytes.subarray(at[i - 1], at[i]);
}

describe('the measure of packets', () => {
  const body = fc.nat(400);

  test('packets within the bound pass, however they are cut', () => {
    fc.assert(
      fc.property(fc.array(body, { maxLength: 20 }), fc.array(fc.nat()), (lengths, cuts) => {
        const stream = Buffer.concat(
          lengths.map((n) => Buffer.concat([Buffer.of(0x30), varint(n), Buffer.alloc(n, 0xff)])),
        );
        const meter = new FrameMeter(400);
        for (const piece of pieces(stream, cuts)) expect(meter.pass(piece)).toBeNull();
      }),
    );
  });

  test('a packet beyond it is seen by its length alone, however it is cut', () => {
    fc.assert(
      fc.property(
        fc.array(body),
        fc.integer({ min: 401, max: 268_435_455 }),
        fc.array(fc.nat()),
        (lengths, n, cuts) => {
          const good = lengths.map((l) => Buffer.concat([Buffer.of(0x30), varint(l), Buffer.alloc(l, 0x80)]));
          const stream = Buffer.concat([...good, Buffer.of(0x32), varint(n)]);
          const meter = new FrameMeter(400);
          const said = [...pieces(stream, cuts)].map((p) => meter.pass(p));
          expect(said.find((s) => s !== null)).toContain('at most 400');
        },
      ),
    );
  });

  test('a length of more than four bytes is none', () => {
    expect(new FrameMeter(1e9).pass(Buffer.of(0x30, 0x80, 0x80, 0x80, 0x80, 0x01))).toContain('four bytes');
    expect(packetLength(Buffer.of(0x10, 0x80, 0x80, 0x80, 0x80))).toBe('malformed');
    expect(packetLength(Buffer.of(0x10, 0x80, 0x80))).toBe(0);
    expect(packetLength(Buffer.of(0x10, 0x80, 0x01))).toBe(131);
  });
});

describe('reading a CONNECT', () => {
  test('what a library writes is read as it was meant', () => {
    const text = fc.string({ maxLength: 30, unit: fc.constantFrom('a', 'Z', '0', '-', ':', '气', '😀') });
    fc.assert(
      fc.property(
        fc.record({
          clientId: text.filter((s) => s !== ''),
          clean: fc.boolean(),
          username: fc.option(text, { nil: undefined }),
          will: fc.option(
            fc.record({
              topic: text.filter((s) => s !== ''),
              payload: text,
              qos: fc.constantFrom(0, 1, 2),
              retain: fc.boolean(),
            }),
            { nil: undefined },
          ),
        }),
        ({ clientId, clean, username, will }) => {
          const packet = generate({
            cmd: 'connect',
            protocolId: 'MQTT',
            protocolVersion: 4,
            clientId,
            clean,
            keepalive: 60,
            ...(username === undefined ? {} : { username, password: Buffer.from('p') }),
            ...(will === undefined
              ? {}
              : { will: { ...will, payload: Buffer.from(will.payload), qos: will.qos as 0 | 1 | 2 } }),
          });
          expect(packetLength(packet)).toBe(packet.length);
          expect(readConnect(packet, 128)).toEqual({
            ok: true,
            value: {
              clientId,
              clean,
              username: username ?? null,
              password: username === undefined ? null : Buffer.from('p'),
              will: will === undefined ? null : { topic: will.topic, qos: will.qos, retain: will.retain },
            },
          });
        },
      ),
    );
  });

  test('no bytes make it throw', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 60 }),
        (b) => void readConnect(Buffer.concat([Buffer.of(0x10, b.length), b]), 128),
      ),
    );
  });
});

describe('holds', () => {
  test('are let go in order of taking, whatever the order of release, and each once', () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 1_000 }), { maxLength: 60 }), (shuffle) => {
        const holds = new Holds(() => {});
        const gone: number[] = [];
        const taken = shuffle.map((key, i) => ({ key, hold: holds.take(1, true, () => gone.push(i)) }));
        for (const { hold } of taken.toSorted((a, b) => a.key - b.key)) {
          holds.release(hold, 'kept');
          holds.release(hold, 'failed');
        }
        expect(gone).toEqual(shuffle.map((_, i) => i));
        expect([holds.bytes, holds.count]).toEqual([0, 0]);
      }),
    );
  });

  test('one that breaks does not keep the others', () => {
    const broken: unknown[] = [];
    const holds = new Holds((e) => broken.push(e));
    const gone: string[] = [];
    const a = holds.take(1, true, () => {
      throw new Error('a');
    });
    const b = holds.take(1, true, () => gone.push('b'));
    holds.release(b, 'kept');
    holds.release(a, 'kept');
    expect([gone, broken.length, holds.count]).toEqual([['b'], 1, 0]);
  });

  test('one that is taken and released while another is let go has its turn', () => {
    const holds = new Holds(() => {});
    const gone: string[] = [];
    const a = holds.take(1, true, () => {
      gone.push('a');
      holds.release(
        holds.take(1, true, () => gone.push('will')),
        'kept',
      );
    });
    const b = holds.take(1, true, () => gone.push('b'));
    holds.release(b, 'kept');
    holds.release(a, 'kept');
    expect(gone).toEqual(['a', 'b', 'will']);
  });
});

describe('retained messages', () => {
  /** The rule of [MQTT-4.7] written down once more, as a pattern. */
  const matches = (filter: string, topic: string) => {
    const pattern = filter
      .split('/')
      .map((l) => (l === '+' ? '[^/]*' : l === '#' ? '.*' : l.replace(/\W/g, '\\$&')))
      .join('/')
      .replace(/\/\.\*$/, '(/.*)?');
    return new RegExp(`^${pattern}$`).test(topic);
  };
  const level = fc.constantFrom('lifeline', 'v1', 'gas', 'A', 'B', 'status', '');
  const topic = fc.array(level, { minLength: 1, maxLength: 6 }).map((l) => l.join('/'));
  const filter = fc
    .tuple(fc.array(fc.oneof(level, fc.constant('+')), { minLength: 1, maxLength: 6 }), fc.boolean())
    .map(([l, deep]) => (deep ? [...l, '#'] : l).join('/'));

  test('are found by exactly the filters that match them', () => {
    fc.assert(
      fc.property(fc.array(topic), filter, (topics, wanted) => {
        const retained = new Retained();
        for (const t of topics) {
          retained.store({
            cmd: 'publish',
            topic: t,
            payload: Buffer.from('x'),
            qos: 1,
            retain: true,
            dup: false,
          });
        }
        expect(retained.size).toBe(new Set(topics).size);
        const found = [...retained.matching(wanted)].map((p) => p.topic);
        expect(found.toSorted()).toEqual([...new Set(topics)].filter((t) => matches(wanted, t)).toSorted());
      }),
      { numRuns: 500 },
    );
  });

  test('keep a copy of their bytes and go with an empty payload', () => {
    const retained = new Retained();
    const chunk = Buffer.from('....x....');
    retained.store({
      cmd: 'publish',
      topic: 'a/b/c/d',
      payload: chunk.subarray(4, 5),
      qos: 1,
      retain: true,
      dup: false,
    });
    chunk.fill(0);
    expect([...retained.matching('#')].map((p) => String(p.payload))).toEqual(['x']);
    retained.store({
      cmd: 'publish',
      topic: 'a/b/c/d',
      payload: Buffer.alloc(0),
      qos: 1,
      retain: true,
      dup: false,
    });
    expect([[...retained.matching('#')], retained.size]).toEqual([[], 0]);
  });

  test('20,000 devices subscribing to their own commands do not each look at 20,000 statuses', () => {
    const retained = new Retained();
    for (let i = 0; i < 20_000; i++) {
      const topic = `lifeline/v1/gas/D${i}/status`;
      retained.store({ cmd: 'publish', topic, payload: Buffer.from('x'), qos: 1, retain: true, dup: false });
    }
    const since = performance.now();
    let found = 0;
    for (let i = 0; i < 20_000; i++) found += [...retained.matching(`lifeline/v1/gas/D${i}/down/#`)].length;
    expect(found).toBe(0);
    // Looking at all of them took minutes.
    expect(performance.now() - since).toBeLessThan(5_000);
  });
});

describe('the rate of connections', () => {
  const limits = {
    ...DEFAULT_LIMITS,
    connectionsPerAddress: 3,
    newAtOncePerAddress: 5,
    newPerSecondPerAddress: 2,
  };

  test('lets one address in at its rate, and others meanwhile', () => {
    let now = 0;
    const t = new ConnectionRate(limits, () => now);
    const come = (address: string) => {
      const why = t.enter(address);
      if (why === null) t.leave(address);
      return why;
    };
    expect(Array.from({ length: 7 }, () => come('10.0.0.1'))).toEqual([
      ...Array(5).fill(null),
      'address-rate',
      'address-rate',
    ]);
    expect(come('10.0.0.2')).toBeNull();
    now += 1_000;
    expect(Array.from({ length: 3 }, () => come('10.0.0.1'))).toEqual([null, null, 'address-rate']);
    now += 3_600_000;
    expect(Array.from({ length: 6 }, () => come('10.0.0.1')).at(-1)).toBe('address-rate');
  });

  test('knows loopback by all its names', () => {
    const t = new ConnectionRate(limits, () => 0);
    for (const a of ['127.0.0.1', '127.1.2.3', '::1', '::ffff:127.0.0.1']) {
      for (let i = 0; i < 20; i++) expect(t.enter(a)).toBeNull();
    }
    for (let i = 0; i < 3; i++) expect(t.enter('1127.0.0.1')).toBeNull();
    expect(t.enter('1127.0.0.1')).toBe('address-full');
  });
});

describe('the quiet log', () => {
  const started = () => {
    const kept = new KeptLog();
    let now = minutes(1_000);
    const log = new QuietLog(kept, { now: () => now });
    return { kept, log, later: (ms: number) => (now += ms) };
  };

  test('tells a story of an address once, and other stories', () => {
    const { kept, log } = started();
    for (let i = 0; i < 10; i++) {
      log.warn('10.0.0.1', 'mqtt5', 'refused');
      log.warn('10.0.0.2', 'mqtt5', 'refused');
      log.warn('10.0.0.1', 'late', 'too late');
    }
    expect(kept.lines.map((l) => [l.fields.address, l.msg])).toEqual([
      ['10.0.0.1', 'refused'],
      ['10.0.0.2', 'refused'],
      ['10.0.0.1', 'too late'],
    ]);
  });

  test('tells it again in the next minute, with how often it had happened besides', () => {
    const { kept, log, later } = started();
    for (let i = 0; i < 10; i++) log.warn('10.0.0.1', 'mqtt5', 'refused', { code: 'mqtt5' });
    later(minutes(1));
    log.warn('10.0.0.1', 'mqtt5', 'refused', { code: 'mqtt5' });
    log.tellRest();
    const told = { address: '10.0.0.1', code: 'mqtt5' };
    expect(kept.lines.map((l) => l.fields)).toEqual([told, { ...told, timesMore: 9 }, told]);
  });

  test('tells of a flood of addresses as many as of a busy minute, and the others as a number', () => {
    const { kept, log } = started();
    for (let i = 0; i < 20_000; i++) log.warn(`10.0.${i >> 8}.${i & 255}`, 'mqtt5', 'refused');
    expect(kept.lines).toHaveLength(5_000);
    log.tellRest();
    expect(kept.lines).toHaveLength(5_001);
    expect(kept.lines.at(-1)?.fields).toEqual({ times: 15_000 });
  });
});
