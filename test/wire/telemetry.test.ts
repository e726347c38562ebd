import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Decoded, decodeEvent, decodeStatus, decodeTelemetry } from '../../src/wire/mqtt/telemetry.ts';
import { PAYLOAD_BYTES } from '../../src/wire/mqtt/telemetry-json.ts';
import { readTime } from '../../src/wire/mqtt/telemetry-time.ts';

const bytes = (s: string): Uint8Array => new TextEncoder().encode(s);
const decode = (json: unknown): Decoded => decodeTelemetry(bytes(JSON.stringify(json)));
const codes = (d: Decoded): string[] => d.flaws.map((f) => f.code);

describe('the three shapes', () => {
  test('one instant, with the state of the device beside its values', () => {
    expect(
      decode({ ts: 1764547200000, values: { ch4: 12.5, temp: 21.4 }, battery: 88, rssi: -97, seq: 7 }),
    ).toEqual({
      instants: [
        {
          deviceTime: 1764547200000,
          unread: null,
          values: [
            ['ch4', 12.5],
            ['temp', 21.4],
            ['battery', 88],
            ['rssi', -97],
          ],
        },
      ],
      frames: [],
      seq: 7,
      flaws: [],
    });
  });

  test('several instants in any order stay in the order they came', () => {
    const d = decode([
      { ts: 1764547260000, values: { ch4: 2 }, seq: 9 },
      { ts: 1764547200000, values: { ch4: 1 }, seq: 8 },
    ]);
    expect(d.instants.map((i) => i.deviceTime)).toEqual([1764547260000, 1764547200000]);
    expect(d.seq).toBe(9);
    expect(d.flaws).toEqual([]);
  });

  test('equally spaced samples', () => {
    expect(decode({ t0: 1764547200000, dt: 20, series: { ax: [0.01, 0.02], ay: [1, null] } })).toEqual({
      instants: [],
      frames: [
        {
          deviceTime: 1764547200000,
          unread: null,
          dt: 20,
          series: [
            ['ax', [0.01, 0.02]],
            ['ay', [1, null]],
          ],
        },
      ],
      seq: null,
      flaws: [],
    });
  });

  test('an array that mixes them is read item by item', () => {
    const d = decode([
      { ts: 1764547200000, values: { a: 1 } },
      { t0: 1764547200000, dt: 7.8125, series: { ax: [1] } },
    ]);
    expect([d.instants.length, d.frames.length, d.flaws]).toEqual([1, 1, []]);
  });

  test('values that hold battery themselves win over the one beside them', () => {
    expect(decode({ values: { battery: 5 }, battery: 88 }).instants[0]?.values).toEqual([['battery', 5]]);
  });

  test('a packet without values but with a battery is the device speaking of itself', () => {
    expect(decode({ battery: 3 })).toMatchObject({ instants: [{ values: [['battery', 3]] }], flaws: [] });
  });
});

describe('device time', () => {
  const time = (ts: unknown) => {
    const d = decode({ ts, values: { a: 1 } });
    return [d.instants[0]?.deviceTime, ...codes(d)];
  };

  test.each([
    ['epoch milliseconds', 1764547200123, 1764547200123],
    ['epoch seconds', 1764547200, 1764547200000],
    ['epoch seconds with a fraction', 1764547200.25, 1764547200250],
    ['the last second before milliseconds', 99_999_999_999, 99_999_999_999_000],
    ['the first millisecond after seconds', 100_000_000_000, 100_000_000_000],
    ['epoch milliseconds as digits', '1764547200123', 1764547200123],
    ['epoch seconds as digits', ' 1764547200 ', 1764547200000],
    ['epoch seconds as digits with a fraction', '1764547200.25', 1764547200250],
    ['ISO 8601 in UTC', '2025-12-01T00:00:00Z', 1764547200000],
    ['ISO 8601 with offset', '2025-12-01T08:00:00.5+08:00', 1764547200500],
    ['ISO 8601 with a short offset', '2025-12-01T08:00+0800', 1764547200000],
    ['ISO 8601 west of Greenwich', '2025-11-30T18:30:00-05:30', 1764547200000],
    ['none at all', undefined, null],
    ['null', null, null],
  ])('%s', (_name, ts, at) => {
    expect(time(ts)).toEqual([at]);
  });

  test.each([
    ['2025-12-01T08:00:00', 'time-without-offset'],
    ['2025-12-01 08:00', 'time-without-offset'],
    ['20251201080000', 'time-without-offset'],
    [20251201080000, 'time-without-offset'],
    ['20251201080000123', 'time-without-offset'],
    ['202512010800', 'time-without-offset'],
    [0, 'bad-time'],
    ['0', 'bad-time'],
    ['2025-02-30T00:00:00Z', 'bad-time'],
    ['2025-04-31T00:00:00Z', 'bad-time'],
    ['2025-12-01T24:00:00Z', 'bad-time'],
    ['2025-12-01T08:61:00Z', 'bad-time'],
    ['2025-12-01T08:00:00+19:00', 'bad-time'],
    ['01/12/2025', 'bad-time'],
    ['1764547200000.0.0', 'bad-time'],
    ['-1764547200000', 'bad-time'],
    ['+1764547200000', 'bad-time'],
    ['1e12', 'bad-time'],
    ['0x19AB', 'bad-time'],
    ['2025-12-01T08:00:60Z', 'bad-time'],
    ['yesterday', 'bad-time'],
    [1764547200000000, 'bad-time'],
    ['1764547200000000', 'bad-time'],
    [1764547200000000000, 'bad-time'],
    ['1764547200000000000', 'bad-time'],
    [[1764547200000], 'bad-time'],
    ['', 'bad-time'],
    [-1, 'bad-time'],
    [1e17, 'bad-time'],
    [true, 'bad-time'],
    [{}, 'bad-time'],
  ])('%j has the flaw %s, and is not taken for none', (ts, code) => {
    expect(time(ts)).toEqual([null, code]);
    expect(decode({ ts, values: { a: 1 } }).instants[0]?.unread).not.toBeNull();
    expect(decode({ t0: ts, dt: 20, series: { ax: [1] } }).frames[0]?.unread).not.toBeNull();
    expect(decodeEvent(bytes(JSON.stringify({ ts, code: 'x' })))).toMatchObject({
      deviceTime: null,
      unread: expect.anything(),
      flaw: { code },
    });
  });

  test('microseconds and nanoseconds are named as such', () => {
    expect(decode({ ts: 1764547200000000, values: {} }).flaws[0]?.detail).toContain('microseconds');
    expect(decode({ ts: '1764547200000000000', values: {} }).flaws[0]?.detail).toContain('nanoseconds');
  });

  test('ten digits are seconds since 1970, and an hour of a day where the seconds would lie ahead', () => {
    const in2025 = Date.UTC(2025, 11, 1, 9);
    expect(readTime(2025120108, in2025)).toMatchObject({
      at: null,
      unread: { local: Date.UTC(2025, 11, 1, 8) },
    });
    expect(readTime('2025120108', in2025)).toMatchObject({ flaw: { code: 'time-without-offset' } });
    expect(readTime(2025120108, 2025120108_000)).toMatchObject({ at: 2025120108_000, flaw: null });
    // No day and hour: seconds, and a clock that is off.
    expect(readTime(2025990108, in2025)).toMatchObject({ at: 2025990108_000, flaw: null });
  });

  test('a time without offset says at least day and hour', () => {
    const [instant] = decode({ ts: '2025-12-01 08:00:00.5', values: {} }).instants;
    expect(instant?.unread).toEqual({ local: Date.UTC(2025, 11, 1, 8, 0, 0, 500) });
  });

  test('an infinite time is no time', () => {
    const d = decodeTelemetry(bytes('{"ts":1e999,"values":{"a":1}}'));
    expect([d.instants[0]?.deviceTime, codes(d)]).toEqual([null, ['bad-time']]);
  });
});

// promises F8
describe('values that are not values', () => {
  const decoded = (literal: string) => {
    const d = decodeTelemetry(bytes(`{"values":{"a":${literal},"b":1}}`));
    expect(d.flaws).toEqual([]);
    expect(d.instants[0]?.values[1]).toEqual(['b', 1]);
    return d.instants[0]?.values[0]?.[1];
  };

  test.each([
    'null',
    '"12"',
    '"NaN"',
    '"Infinity"',
    '""',
    '"FF"',
    '{}',
    '[]',
    '[0]',
    '{"v":0}',
    '1e999',
    '-1e999',
  ])('%s is no number: null, never 0', (literal) => expect(decoded(literal)).toBeNull());

  test.each([
    ['1e308', 1e308],
    ['9999', 9999],
    ['12345678901234567890', 12345678901234567000],
    ['5e-324', 5e-324],
    ['true', 1],
    ['false', 0],
    ['-40', -40],
  ])('%s is kept as it is', (literal, value) => expect(decoded(literal)).toBe(value));

  test('minus zero is zero', () => expect(Object.is(decoded('-0'), 0)).toBe(true));

  test.each(['NaN', 'Infinity', '-Infinity', 'nan', '-nan', 'inf', '+INF'])(
    '%s, as some write it, is no number',
    (literal) => expect(decoded(literal)).toBeNull(),
  );

  test.each(['.5', '0x10', "'a'", '01', 'nano'])('%s is not JSON', (literal) => {
    const d = decodeTelemetry(bytes(`{"values":{"a":${literal}}}`));
    expect([codes(d), d.instants]).toEqual([['not-json'], []]);
  });

  test.each([
    ['[', ']'],
    ['{"a":', '}'],
    ['{"values":', '}'],
    ['{"values":{"a":[', ']}}'],
  ])('nesting of %s … %s ten thousand deep and deeper is looked at without falling in', (open, close) => {
    for (const depth of [10_000, 25_000]) {
      const d = decodeTelemetry(bytes(`${open.repeat(depth)}0${close.repeat(depth)}`));
      expect([...d.instants.flatMap((i) => i.values.map(([, v]) => v)), ...codes(d)]).not.toContain(0);
    }
  });

  test('unclosed nesting as long as a packet may be is not JSON', () => {
    expect(codes(decodeTelemetry(bytes('['.repeat(PAYLOAD_BYTES))))).toEqual(['not-json']);
  });

  test('a thousand metrics are taken; the thousand and first has a flaw', () => {
    const metrics = (n: number) =>
      decode({ values: Object.fromEntries(Array.from({ length: n }, (_, i) => [`m${i}`, i])) });
    expect(metrics(1_000)).toMatchObject({ flaws: [] });
    expect(metrics(1_000).instants[0]?.values).toHaveLength(1_000);
    expect(codes(metrics(1_001))).toEqual(['too-many-metrics']);
    expect(metrics(1_001).instants[0]?.values).toHaveLength(1_000);
  });

  test('__proto__ and its kin are only strange names', () => {
    const d = decodeTelemetry(
      bytes(
        '{"__proto__":{"values":{"ch4":60}},"values":{"__proto__":{"polluted":1},"constructor":2,"toString":3}}',
      ),
    );
    expect(d.instants).toEqual([
      {
        deviceTime: null,
        unread: null,
        values: [
          ['constructor', 2],
          ['toString', 3],
        ],
      },
    ]);
    expect(codes(d)).toEqual(['bad-metric-key']);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
    expect(codes(decodeTelemetry(bytes('{"__proto__":{"values":{"ch4":60}}}')))).toEqual(['wrong-shape']);
  });
});

describe('bounds', () => {
  test('a packet of 256 KiB is read, one byte more is not', () => {
    const fill = (n: number) => bytes(`{"values":{"a":1}}`.padEnd(n, ' '));
    expect(decodeTelemetry(fill(PAYLOAD_BYTES)).instants).toHaveLength(1);
    expect(decodeTelemetry(fill(PAYLOAD_BYTES + 1))).toMatchObject({
      instants: [],
      flaws: [{ code: 'too-large' }],
    });
  });

  test('ten thousand instants are used, the rest has a flaw', () => {
    const d = decode(
      Array.from({ length: 10_001 }, (_, i) => ({ ts: 1764547200 + i, values: {} })).map((x) => ({
        ts: x.ts,
        battery: 1,
      })),
    );
    expect(codes(d)).toEqual(['too-large']); // too many bytes first …
    const small = decodeTelemetry(
      bytes(`[${Array.from({ length: 10_001 }, () => '{"battery":1}').join(',')}]`),
    );
    expect([small.instants.length, codes(small)]).toEqual([10_000, ['too-many-instants']]);
  });

  test('a hundred thousand samples are used, the rest has a flaw', () => {
    const d = decodeTelemetry(
      bytes(`{"dt":10,"series":{"ax":[${'0,'.repeat(60_000)}0],"ay":[${'1,'.repeat(50_000)}1]}}`),
    );
    expect(d.frames[0]?.series.map(([k, s]) => [k, s.length])).toEqual([
      ['ax', 60_001],
      ['ay', 39_999],
    ]);
    expect(codes(d)).toEqual(['too-many-samples']);
  });

  test.each(['', '1a', '_a', 'a b', 'a-b', '甲烷', 'a\u0000', 'x'.repeat(65), 'a\n'])(
    '%j is no metric key; the others of the packet are used',
    (key) => {
      const d = decode({ values: { [key]: 1, ok: 2 } });
      expect([d.instants[0]?.values, codes(d)]).toEqual([[['ok', 2]], ['bad-metric-key']]);
    },
  );

  test('the flaws of one packet are bounded too', () => {
    const d = decode({ values: Object.fromEntries(Array.from({ length: 500 }, (_, i) => [`-${i}`, i])) });
    expect(d.flaws).toHaveLength(21);
    expect(d.flaws.at(-1)).toMatchObject({ code: 'more-flaws', detail: expect.stringContaining('480') });
  });
});

describe('what is wrong is named, what is right is used', () => {
  test.each([
    ['null', ['wrong-shape']],
    ['12', ['wrong-shape']],
    ['"text"', ['wrong-shape']],
    ['{}', ['wrong-shape']],
    ['{"ts":1}', ['wrong-shape']],
    ['{"values":[1]}', ['wrong-shape']],
    ['{"values":null}', ['wrong-shape']],
    ['{"values":3,"battery":1}', ['wrong-shape']],
    ['[1,{"values":{"a":1}}]', ['wrong-shape']],
    ['[[{"values":{"a":1}}]]', ['wrong-shape']],
    ['{"series":{"ax":[1]}}', ['bad-dt']],
    ['{"dt":0,"series":{"ax":[1]}}', ['bad-dt']],
    ['{"dt":-5,"series":{"ax":[1]}}', ['bad-dt']],
    ['{"dt":"20","series":{"ax":[1]}}', ['bad-dt']],
    ['{"dt":1e999,"series":{"ax":[1]}}', ['bad-dt']],
    ['{"dt":20,"series":[1]}', ['wrong-shape']],
    ['{"dt":20,"series":{"ax":1,"ay":[2]}}', ['wrong-shape']],
    ['{"values":{"a":1},"seq":"7"}', ['bad-seq']],
    ['{"values":{"a":1},"seq":1.5}', ['bad-seq']],
    ['', ['not-json']],
    ['   ', ['not-json']],
    ['{"values":{"a":1}', ['not-json']],
    ['{"values":{"a":1}} x', ['not-json']],
  ])('%s', (text, expected) => {
    const d = decodeTelemetry(bytes(text));
    expect(codes(d)).toEqual(expected);
    for (const f of d.flaws) expect(f.detail).toMatch(/\.$/);
  });

  test('bytes that are not UTF-8 are not guessed at', () => {
    const gbk = new Uint8Array([...bytes('{"values":{"a":1},"x":"'), 0xc9, 0xfa, ...bytes('"}')]);
    expect(codes(decodeTelemetry(gbk))).toEqual(['not-utf8']);
    expect(codes(decodeTelemetry(new Uint8Array([0xff])))).toEqual(['not-utf8']);
  });

  test('one wrong item of an array leaves the others', () => {
    const d = decodeTelemetry(bytes('[{"values":{"a":1}},7,{"ts":"x","values":{"a":2}}]'));
    expect(d.instants.map((i) => i.values)).toEqual([[['a', 1]], [['a', 2]]]);
    expect(codes(d)).toEqual(['wrong-shape', 'bad-time']);
  });

  test('no bytes and no JSON whatever make it throw', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (b) => void decodeTelemetry(b)));
    fc.assert(
      fc.property(fc.json({ depthSize: 'large' }), (text) => {
        const d = decodeTelemetry(bytes(text));
        for (const i of d.instants)
          for (const [, v] of i.values) expect(v === null || Number.isFinite(v)).toBe(true);
      }),
    );
  });
});

describe('status and event', () => {
  test('a status says online or not', () => {
    expect(decodeStatus(bytes('{"online":true}'))).toEqual({ online: true });
    expect(decodeStatus(bytes('{"online":false,"why":"reboot"}'))).toEqual({ online: false });
    for (const wrong of ['{"online":1}', '{"online":"true"}', '{}', '[]', 'online', '']) {
      expect(decodeStatus(bytes(wrong))).toHaveProperty('detail');
    }
  });

  test('an event has a code, and a time, level and text where the device says them', () => {
    expect(decodeEvent(bytes('{"ts":1764547200,"code":"cover-open","level":2,"text":"井盖开启"}'))).toEqual({
      deviceTime: 1764547200000,
      unread: null,
      flaw: null,
      code: 'cover-open',
      level: 2,
      text: '井盖开启',
    });
    expect(decodeEvent(bytes('{"code":"tamper"}'))).toEqual({
      deviceTime: null,
      unread: null,
      flaw: null,
      code: 'tamper',
      level: null,
      text: null,
    });
    expect(decodeEvent(bytes(`{"code":"x","text":"${'长'.repeat(600)}"}`))).toMatchObject({
      text: '长'.repeat(500),
    });
    for (const wrong of ['{"code":1}', '{"code":""}', '{"code":"a\\u0000"}', '{"ts":1}', '[]', 'x']) {
      expect(decodeEvent(bytes(wrong))).toHaveProperty('detail');
      expect(decodeEvent(bytes(wrong))).not.toHaveProperty('deviceTime');
    }
  });
});
