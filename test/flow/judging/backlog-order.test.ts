import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { as } from '../../../src/domain/ids.ts';
import type { Pack } from '../../../src/domain/pack.ts';
import type { Rule } from '../../../src/domain/rule.ts';
import { hours, minutes, seconds } from '../../../src/domain/time.ts';
import { above, rule, step, THREE_STEPS } from '../../domain/judge/rules.ts';
import { FlowHarness } from '../flow-harness.ts';

// Backfill raises what it would raise oldest first, in whatever order it comes (promises C14).

const packOf = (given: Rule): Pack => ({
  lifeline: as.lifeline('test'),
  name: { zh: '试验', en: 'test' },
  metrics: [
    {
      ...{ key: as.metric('x'), name: { zh: '量', en: 'quantity' }, unit: '', kind: 'number', sentinels: [] },
      expectedInterval: minutes(1),
    },
  ],
  rules: [{ ...given, id: as.rule('test.x'), metric: as.metric('x') }],
  levelNote: { zh: '无', en: 'none' },
});
const AT_ONCE = packOf(rule({ of: 'value' }, step(3, above(20)), step(2, above(40)), step(1, above(60))));
const DELAYED = packOf(THREE_STEPS);

type Sample = { readonly ts: number; readonly x: number };
const say = (w: FlowHarness, { ts, x }: Sample) => w.telemetry('test', 'D1', { ts, values: { x } });
const live = async (w: FlowHarness) => {
  w.clock.forward(seconds(61));
  await say(w, { ts: w.clock.now(), x: 1 });
};
const raised = (w: FlowHarness) =>
  w.events.flatMap(({ event: { change } }) =>
    change.kind === 'raised' || change.kind === 'recurred' || change.kind === 'escalated' ? [change] : [],
  );
const gravest = (w: FlowHarness) => Math.min(9, ...raised(w).map((c) => c.breach.level));

const backlog = fc
  .array(fc.record({ x: fc.constantFrom(1, 5, 25, 45, 70), gap: fc.constantFrom(1, 1, 1, 4, 30) }), {
    minLength: 1,
    maxLength: 14,
  })
  .chain((made) =>
    fc.record({
      made: fc.constant(made),
      order: fc.shuffledSubarray(
        made.map((_, i) => i),
        { minLength: made.length },
      ),
      isNew: fc.boolean(),
      liveAfter: fc.uniqueArray(fc.nat(made.length - 1), { maxLength: 3 }),
    }),
  );
type Backlog = typeof backlog extends fc.Arbitrary<infer T> ? T : never;

/** A point that comes to bring what it has kept back, with readings of now before, between and after. */
async function brings(pack: Pack, { made, isNew, liveAfter }: Backlog, order: readonly number[]) {
  const w = await FlowHarness.begin({ packs: [pack] });
  const from = w.clock.now();
  if (!isNew) for (let i = 0; i < 3; i++) await live(w);
  const known = w.clock.now();
  let ts = isNew ? from : known;
  const samples = made.map(({ x, gap }, i) => {
    ts += minutes(gap);
    return { ts, x: x + i / 1_000 };
  });
  w.clock.forward(ts - w.clock.now() + minutes(10));
  await live(w);
  for (const [n, i] of order.entries()) {
    await say(w, samples[i] as Sample);
    w.clock.forward(50);
    if (liveAfter.includes(n)) await live(w);
  }
  return { w, samples };
}

describe('a backlog in any order', () => {
  test('raises the alarm that it would raise oldest first, as grave, and once; sent again, nothing', async () => {
    await fc.assert(
      fc.asyncProperty(backlog, async (given) => {
        const oldestFirst = given.made.map((_, i) => i);
        const { w: right } = await brings(AT_ONCE, given, oldestFirst);
        const { w, samples } = await brings(AT_ONCE, given, given.order);
        expect(gravest(w)).toBe(gravest(right));
        expect(w.kinds().filter((k) => k === 'raised')).toEqual(right.kinds().filter((k) => k === 'raised'));
        expect(raised(w).every((c) => c.breach.late)).toBe(true);
        w.events.length = 0;
        for (const s of samples) await say(w, s);
        expect(w.events).toEqual([]);
      }),
      { numRuns: 150, seed: 4 },
    );
  });

  test('raises no less where the rule waits', async () => {
    await fc.assert(
      fc.asyncProperty(backlog, async (given) => {
        const oldestFirst = given.made.map((_, i) => i);
        const { w: right } = await brings(DELAYED, given, oldestFirst);
        const { w } = await brings(DELAYED, given, given.order);
        expect(gravest(w)).toBeLessThanOrEqual(gravest(right));
      }),
      { numRuns: 100, seed: 4 },
    );
  });
});

describe('an excursion of a backlog', () => {
  test('behind another one that was told of, returned and closed, is told of too', async () => {
    const w = await FlowHarness.begin({ packs: [AT_ONCE] });
    const from = w.clock.now();
    await say(w, { ts: from, x: 1 });
    // On time between the two: that the first one was over.
    for (let i = 1; i <= 10; i++) {
      w.clock.forward(minutes(1));
      if (i === 5) await say(w, { ts: w.clock.now(), x: 2 });
    }
    await say(w, { ts: w.clock.now(), x: 3 });
    await say(w, { ts: from + minutes(3), x: 70 });
    await live(w);
    const [alarm] = w.open('D1');
    if (alarm === undefined) throw new Error('no alarm');
    await w.acknowledge(alarm);
    expect(w.open('D1')).toEqual([]);
    await say(w, { ts: from + minutes(7), x: 71 });
    expect(w.open('D1')).toMatchObject([{ late: true, phase: { is: 'active-unacked' } }]);
    await say(w, { ts: from + minutes(3), x: 70 });
    expect(w.kinds('D1').filter((k) => k === 'raised')).toHaveLength(2);
  });
});

test('a clock that stood still: whatever came between, no reading of its instant takes the place of another', async () => {
  const w = await FlowHarness.begin({ packs: [AT_ONCE] });
  for (let i = 0; i < 3; i++) await live(w);
  const from = w.clock.now();
  w.clock.forward(minutes(200));
  await live(w);
  const stood = [1, 2, 3, 4].map((n) => ({ ts: from + minutes(100), x: n }));
  const between = Array.from({ length: 120 }, (_, i) => ({
    ts: from + minutes(1 + i / 2),
    x: 5 + i / 1_000,
  }));
  const backlog = stood.flatMap((s, n) => [s, ...between.slice(n * 40, n * 40 + 40)]);
  for (const sample of backlog) {
    await say(w, sample);
    w.clock.forward(50);
  }
  const kept = new Set((await w.stored('D1', 'x')).map((r) => r.value));
  expect(backlog.filter(({ x }) => !kept.has(x))).toEqual([]);
});

test('a clock that stood on before an outage: what is flushed hours later takes the place of nothing', async () => {
  const w = await FlowHarness.begin({ packs: [AT_ONCE] });
  for (let i = 0; i < 3; i++) await live(w);
  const stood = w.clock.now();
  for (const x of [1.1, 1.2]) await say(w, { ts: stood, x });
  for (let i = 0; i < 80; i++) await live(w);
  for (let i = 0; i < 100; i++) await say(w, { ts: stood + seconds(30) + i * seconds(20), x: 3 + i / 1_000 });
  const flushed = Array.from({ length: 60 }, (_, i) => ({ ts: stood, x: 4 + i / 1_000 }));
  for (const sample of flushed) await say(w, sample);
  const kept = (await w.stored('D1', 'x')).map((r) => r.value);
  for (const x of [1.1, 1.2, ...flushed.map((s) => s.x)]) expect(kept.filter((v) => v === x)).toEqual([x]);
});

test('an excursion in an outage is told of, though an alarm from before it waited for its end over all of the outage', async () => {
  const delays = { onDelay: minutes(10), offDelay: minutes(10) };
  const w = await FlowHarness.begin({ packs: [packOf(rule({ of: 'value' }, step(2, above(50), delays)))] });
  for (let i = 0; i < 12; i++) {
    await say(w, { ts: w.clock.now(), x: 70 + i / 1_000 });
    w.clock.forward(minutes(1));
  }
  expect(raised(w)).toHaveLength(1);
  const gone = w.clock.now();
  w.clock.forward(hours(5));
  for (let i = 0; i < 12; i++) await live(w);
  expect(w.kinds('D1').at(-1)).toBe('returned');
  for (let i = 0; i < 14; i++) await say(w, { ts: gone + hours(2) + minutes(i), x: 80 + i / 1_000 });
  expect(raised(w)).toMatchObject([{}, { kind: 'recurred', breach: { late: true } }]);
});

test('a late reading that was normal rings nothing while it waits for the end of an excursion', async () => {
  const delays = { onDelay: minutes(10), offDelay: minutes(10) };
  const w = await FlowHarness.begin({
    packs: [packOf(rule({ of: 'value' }, step(2, above(50), delays)))],
  });
  for (let i = 0; i < 3; i++) await live(w);
  const from = w.clock.now();
  w.clock.forward(minutes(120));
  for (let i = 0; i < 12; i++) await live(w);
  const at = (minute: number, x: number) => say(w, { ts: from + minutes(minute), x });
  await at(30, 70);
  await at(43, 71);
  expect(raised(w)).toMatchObject([{ breach: { value: 71, late: true } }]);
  for (let i = 0; i < 12; i++) await live(w);
  expect(w.kinds('D1').at(-1)).toBe('returned');
  await at(58, 2);
  expect(raised(w)).toHaveLength(1);
});

test("a new number of one metric's rule makes nobody forget what came late of another", async () => {
  const [x] = AT_ONCE.metrics;
  const waits = rule({ of: 'value' }, step(2, above(20), { onDelay: minutes(10) }));
  const both: Pack = {
    ...AT_ONCE,
    metrics: [x, x && { ...x, key: as.metric('y') }].filter((m) => m !== undefined),
    rules: [...AT_ONCE.rules, { ...waits, id: as.rule('test.y'), metric: as.metric('y') }],
  };
  const w = await FlowHarness.begin({ packs: [both] });
  const values = (at: number, y: number) => w.telemetry('test', 'D1', { ts: at, values: { x: 1, y } });
  const from = w.clock.now();
  await values(from, 1);
  w.clock.forward(hours(2));
  await values(w.clock.now(), 2);
  await values(from + minutes(30), 30);
  await w.turn.rule({
    ...{ do: 'propose', rule: as.rule('test.x'), reason: '复核', submit: true, commandId: null },
    by: { account: 'li', name: '李值班' },
    change: { do: 'set', scope: { kind: 'lifeline' }, steps: [{ level: 3, limit: { limit: 19 } }] },
  });
  await values(from + minutes(40), 31);
  expect(w.open()).toMatchObject([{ ruleId: 'test.y', late: true }]);
});
