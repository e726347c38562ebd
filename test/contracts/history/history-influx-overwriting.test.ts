import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { HistoryInflux } from '../../../src/adapters/history-influx/index.ts';
import { as } from '../../../src/domain/ids.ts';
import { GOOD, type Quality, type Reading } from '../../../src/domain/reading.ts';
import type { History } from '../../../src/flow/ports/history.ts';
import type { SpooledTurn } from '../../../src/flow/ports/journal.ts';
import { MemoryHistory } from '../../memory/history.ts';
import { Between } from '../../support/between.ts';
import { hasInfluxd, Influxd } from '../../support/influxd.ts';
import { NOON, reading, turn } from './history.contract.ts';

const POINTS = ['P1', 'P2'].map(as.point);
const METRICS = ['ch4', 'temp'].map(as.metric);
const SPAN = 4;

const quality: fc.Arbitrary<Quality> = fc.constantFrom(
  GOOD,
  GOOD,
  { grade: 'doubtful', why: 'stuck' } as const,
  { grade: 'bad', why: 'sentinel' } as const,
);
const anyReading: fc.Arbitrary<Reading> = fc
  .record({
    point: fc.constantFrom(...POINTS),
    metric: fc.constantFrom(...METRICS),
    at: fc.nat({ max: SPAN - 1 }),
    value: fc.option(fc.integer({ min: 1, max: 9 }), { freq: 4 }),
    quality,
    backfill: fc.boolean(),
  })
  .map(({ at, ...r }) =>
    reading(
      NOON + at,
      r.value,
      r.value === null && r.quality.grade === 'good'
        ? { ...r, quality: { grade: 'bad', why: 'not-a-number' } }
        : r,
    ),
  );

/** What may happen, in any order; whatever is left is drained at the end. */
type Step =
  | { readonly does: 'take'; readonly turns: readonly (readonly Reading[])[] }
  | { readonly does: 'drain' | 'drain, but the mark fails'; readonly turns: number }
  | { readonly does: 'go ahead' | 'go ahead, but the second write fails'; readonly turns: number }
  | { readonly does: 'restart' };
const many = fc.integer({ min: 1, max: 3 });
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      does: fc.constant('take' as const),
      turns: fc.array(fc.array(anyReading, { maxLength: 4 }), { minLength: 1, maxLength: 3 }),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      does: fc.constantFrom('drain' as const, 'drain, but the mark fails' as const),
      turns: many,
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      does: fc.constantFrom('go ahead' as const, 'go ahead, but the second write fails' as const),
      turns: many,
    }),
  },
  { weight: 1, arbitrary: fc.record({ does: fc.constant('restart' as const) }) },
);

describe.skipIf(!hasInfluxd())('one field cannot be emptied, and yet the last one kept wins', () => {
  let influxd: Influxd;
  let between: Between;
  beforeAll(async () => {
    influxd = await Influxd.start();
    between = await Between.start(influxd.url);
  });
  afterAll(async () => {
    await between.stop();
    await influxd.stop();
  });

  test('whatever is overwritten, repeated after a crash, or kept ahead of a backlog', {
    timeout: 120_000,
  }, async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 14 }), async (steps) => {
        const drained = await drainedBy(steps, between);
        const all = { from: NOON, to: NOON + SPAN, limit: 100 };
        for (const point of POINTS) {
          for (const metric of METRICS) {
            const q = { ...all, point, metric };
            expect(await drained.influx.raw(q)).toEqual(await drained.model.raw(q));
            for (const buckets of [1, 2, SPAN]) {
              const expected = await drained.model.buckets({ ...q, buckets });
              const found = await drained.influx.buckets({ ...q, buckets });
              expect(found.map((b) => ({ ...b, avg: round(b.avg) }))).toEqual(
                expected.map((b) => ({ ...b, avg: round(b.avg) })).sort((a, b) => a.t - b.t),
              );
            }
          }
        }
      }),
      { numRuns: 40, examples: EXAMPLES.map((steps) => [steps]) },
    );
  });
});

const on = (at: number, value: number | null) =>
  reading(NOON + at, value, {
    point: as.point('P1'),
    quality: value === null ? { grade: 'bad', why: 'sentinel' } : GOOD,
  });
/** Seldom found by chance. */
const EXAMPLES: Step[][] = [
  // Written by a run that ended before its mark; the next one gathers both readings into one line.
  [
    { does: 'take', turns: [[on(0, 1)], [on(1, 2)], [on(2, null)], [on(2, 3)]] },
    { does: 'drain', turns: 1 },
    { does: 'drain, but the mark fails', turns: 2 },
    { does: 'restart' },
  ],
  // Kept by a run before; overwritten by a late reading after the start.
  [
    { does: 'take', turns: [[on(0, 1)], [on(2, null)]] },
    { does: 'drain', turns: 3 },
    { does: 'restart' },
    { does: 'take', turns: [[on(1, 2)], [on(2, 3)]] },
  ],
  // Kept ahead in part, and given up; a turn between that part and the next one ahead tells of the same instant.
  [
    { does: 'go ahead', turns: 1 },
    {
      does: 'take',
      turns: [[], [on(0, null), on(1, null), { ...on(0, null), point: as.point('P2') }, on(0, null)]],
    },
    { does: 'go ahead, but the second write fails', turns: 2 },
    { does: 'take', turns: [[{ ...on(0, null), backfill: true }]] },
    { does: 'drain', turns: 1 },
    { does: 'go ahead', turns: 1 },
    { does: 'take', turns: [[]] },
    { does: 'go ahead', turns: 1 },
  ],
];

const round = (n: number | null) => (n === null ? null : Math.round(n * 1e9) / 1e9);

/** Runs the steps against a journal of our own, drains what is left, and says what should be there. */
async function drainedBy(
  steps: readonly Step[],
  between: Between,
): Promise<{ readonly influx: History; readonly model: History }> {
  const bucket = `o${randomUUID().slice(0, 8)}`;
  const journal: SpooledTurn[] = [];
  let store = open();
  let cursor = 0;
  let ahead: { from: number; upTo: number } | null = null;
  await store.start();

  function open(): HistoryInflux {
    return new HistoryInflux({
      url: between.url,
      version: '1',
      token: null,
      org: null,
      bucket,
      lifelines: ['gas'],
      lifelineOf: () => 'gas',
      source: 'j',
      lastTurn: as.turn(journal.length),
      keepDays: 36_500,
      now: () => NOON,
      // Small writes, so that a batch may fail in its middle.
      linesAWrite: 3,
      onTrouble: (msg, fields) => expect.fail(`${msg} ${JSON.stringify(fields)}`),
      onRejected: ([r]) => expect.fail(`${r?.reason}: ${r?.line}`),
    });
  }

  async function failing(
    when: (body: string, n: number) => boolean,
    work: () => Promise<void>,
  ): Promise<boolean> {
    let n = 0;
    between.meddle = ({ path, body }) =>
      path.startsWith('/write') && when(body, ++n) ? { status: 500, body: '{"error":"told to"}' } : 'pass';
    return work()
      .then(
        () => false,
        () => true,
      )
      .finally(() => {
        between.meddle = () => 'pass';
      });
  }

  async function drain(turns: number, fails: boolean): Promise<void> {
    const batch = journal.slice(cursor, cursor + turns);
    const last = batch.at(-1);
    if (last === undefined) return;
    if (
      await failing(
        (body) => fails && body.startsWith('lifeline__drain'),
        () => store.keep(batch),
      )
    )
      return;
    cursor = last.turn;
    if (ahead === null || cursor < ahead.from) return;
    const { upTo } = ahead;
    ahead = null;
    if (upTo <= cursor) return;
    await store.moveCursor(as.turn(upTo));
    cursor = upTo;
  }

  async function goAhead(turns: number, fails: boolean): Promise<void> {
    ahead ??= { from: journal.length, upTo: journal.length };
    const batch = journal.slice(ahead.upTo, ahead.upTo + turns);
    const last = batch.at(-1);
    if (last === undefined) return;
    if (
      !(await failing(
        (_, n) => fails && n === 2,
        () => store.keepAhead(batch),
      ))
    )
      ahead.upTo = last.turn;
  }

  for (const s of steps) {
    if (s.does === 'take') for (const readings of s.turns) journal.push(turn(journal.length + 1, readings));
    else if (s.does === 'restart') {
      await store.close();
      store = open();
      cursor = await store.cursor();
      ahead = null;
    } else if (s.does === 'drain' || s.does === 'drain, but the mark fails')
      await drain(s.turns, s.does !== 'drain');
    else await goAhead(s.turns, s.does !== 'go ahead');
  }
  while (cursor < journal.length) await drain(3, false);

  const model = new MemoryHistory();
  await model.keep(journal);
  expect(await store.cursor()).toBe(journal.length);
  return { influx: store, model };
}
