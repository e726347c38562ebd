import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { HistoryInflux } from '../../../src/adapters/history-influx/index.ts';
import {
  badField,
  codeOf,
  fieldOf,
  measurementOf,
  metricOfField,
  nameOf,
  qualityField,
} from '../../../src/adapters/history-influx/names.ts';
import { decodeQuality, encodeQuality, gradeOf } from '../../../src/adapters/history-influx/quality-code.ts';
import { as } from '../../../src/domain/ids.ts';
import type { Quality } from '../../../src/domain/reading.ts';
import { hasInfluxd, Influxd } from '../../support/influxd.ts';
import { all, NOON, reading, turn } from './history.contract.ts';

const NASTY = [
  '燃气-合肥-0001号',
  ',',
  ' ',
  '=',
  '"',
  "'",
  '\\',
  'a\\',
  'a\\,b',
  '\n',
  '\r\n',
  '\t',
  '\u0000',
  '%',
  '%25',
  '_',
  '__',
];
const RESERVED = [
  'time',
  'point',
  'lag',
  '_field',
  '_measurement',
  'a__q',
  'a__bad',
  'a_',
  '#',
  '',
  'null',
  '__proto__',
];
const piece = fc.oneof(
  fc.constantFrom(...NASTY, ...RESERVED),
  fc.string({ unit: 'binary', maxLength: 6 }),
  // Half of a surrogate pair is what JSON may hold.
  fc.integer({ min: 0, max: 0xffff }).map((unit) => String.fromCharCode(unit)),
);
const code = fc.array(piece, { maxLength: 4 }).map((pieces) => pieces.join(''));
const quality: fc.Arbitrary<Quality> = fc.constantFrom(
  { grade: 'good' } as const,
  { grade: 'doubtful', why: 'clock-off' } as const,
  { grade: 'bad', why: 'not-a-number' } as const,
  { grade: 'bad', why: 'device-fault' } as const,
);

describe('names', () => {
  test('every code comes back from its name, and no two share one', () => {
    fc.assert(
      fc.property(code, code, (a, b) => {
        expect(codeOf(nameOf(a))).toBe(a);
        expect(nameOf(a) === nameOf(b)).toBe(a === b);
      }),
    );
  });

  test('nothing in a name ends a quotation, a line or an escape, and none is empty', () => {
    fc.assert(
      fc.property(code, (c) => {
        expect(nameOf(c)).not.toMatch(/["'\\\p{Cc}]/u);
        expect(nameOf(c)).not.toBe('');
      }),
    );
  });

  test('ordinary codes stay as they are', () => {
    for (const c of ['GAS-1', '燃气-合肥-0001号', 'a b', 'ch4', 'water_level', 'P,1=2'])
      expect(nameOf(c)).toBe(c);
  });

  test('a metric is known by each of its fields, whatever it is called', () => {
    fc.assert(
      fc.property(code, (c) => {
        const metric = as.metric(c);
        for (const field of [fieldOf, qualityField, badField]) expect(metricOfField(field(metric))).toBe(c);
        expect(['time', 'point', 'lag']).not.toContain(fieldOf(metric));
        expect(fieldOf(metric)).not.toMatch(/^_|__/);
      }),
    );
    expect(metricOfField('lag')).toBeNull();
  });

  test('a lifeline whose name ends like a kind of ours has a measurement of its own', () => {
    expect(measurementOf('gas__frames')).not.toBe(measurementOf('gas', 'frames'));
    expect(measurementOf('a b,c=d')).toBe('a%20b%2cc%3dd');
  });
});

describe('quality as a number', () => {
  test('comes back as it was', () => {
    const coded = fc.record({
      quality,
      backfill: fc.boolean(),
      withoutNumber: fc.boolean(),
      voids: fc.boolean(),
    });
    fc.assert(
      fc.property(coded, (c) => {
        expect(decodeQuality(encodeQuality(c))).toEqual(c);
      }),
    );
  });

  test('nothing said is good and live; the largest of several has the worst grade', () => {
    const plain = { backfill: false, withoutNumber: false, voids: false };
    expect(decodeQuality(null)).toEqual({ quality: { grade: 'good' }, ...plain });
    const order = ['good', 'doubtful', 'bad'];
    fc.assert(
      fc.property(quality, quality, fc.boolean(), (a, b, backfill) => {
        const [ca, cb] = [
          encodeQuality({ quality: a, ...plain, backfill }),
          encodeQuality({ quality: b, ...plain }),
        ];
        const worst = order[Math.max(order.indexOf(a.grade), order.indexOf(b.grade))];
        expect(gradeOf(Math.max(ca, cb))).toBe(worst);
      }),
    );
  });
});

describe.skipIf(!hasInfluxd())('in a real InfluxDB 1.x', () => {
  let influxd: Influxd;
  let history: HistoryInflux;
  let next = 1;
  beforeAll(async () => {
    influxd = await Influxd.start();
  });
  afterAll(() => influxd.stop());

  async function fresh(): Promise<void> {
    history = new HistoryInflux({
      url: influxd.url,
      version: '1',
      token: null,
      org: null,
      bucket: `n ${randomUUID().slice(0, 8)} 合肥`,
      lifelines: ['gas'],
      lifelineOf: () => 'gas',
      source: 'a\\ journal, "its" = epoch\n',
      lastTurn: as.turn(0),
      keepDays: 36_500,
      now: () => NOON,
      onTrouble: (msg, fields) => expect.fail(`${msg} ${JSON.stringify(fields)}`),
      onRejected: ([r]) => expect.fail(`${r?.reason}: ${r?.line}`),
    });
    await history.start();
    next = 1;
  }

  test('whatever a point or a metric is called, its reading is found under it, and no other', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(code, { minLength: 1, maxLength: 12 }),
        fc.uniqueArray(code, { minLength: 1, maxLength: 4 }),
        async (points, metrics) => {
          await fresh();
          const readings = points.flatMap((p, i) =>
            metrics.map((m, k) => reading(NOON, i * 100 + k, { point: as.point(p), metric: as.metric(m) })),
          );
          await history.keep([turn(next++, readings)]);
          const found = (await history.latest()).map((l) => [l.point, l.metric, l.value]);
          expect(new Set(found.map((f) => JSON.stringify(f)))).toEqual(
            new Set(readings.map((r) => JSON.stringify([r.point, r.metric, r.value]))),
          );
          for (const r of readings.slice(0, 5))
            expect((await history.raw({ ...all, ...r })).map((i) => i.value)).toEqual([r.value]);
          expect(await history.cursor()).toBe(1);
        },
      ),
      { numRuns: 25 },
    );
  });

  test('every number comes back bit for bit', async () => {
    await fresh();
    const number = fc.double({ noNaN: true, noDefaultInfinity: true });
    await fc.assert(
      fc.asyncProperty(fc.array(number, { minLength: 1, maxLength: 300 }), async (values) => {
        const from = NOON + next * 1_000;
        // As the spool's JSON would have it: minus zero is lost there, not here.
        const body = { r: values.map((v, i) => ['GAS-1', 'ch4', from + i, from + i, v, 0, 0, 0]), f: [] };
        const json = JSON.stringify(body, (_, v) => (Object.is(v, -0) ? 'minus zero' : v)).replaceAll(
          '"minus zero"',
          '-0',
        );
        await history.keep([{ turn: as.turn(next++), body: json }]);
        const found = await history.raw({ ...all, from, to: from + 1_000 });
        expect(found.map((i) => i.value)).toEqual(values);
      }),
      { numRuns: 25 },
    );
  });
});
