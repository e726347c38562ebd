import fc from 'fast-check';
import { expect, test } from 'vitest';
import { hours, minutes, seconds } from '../../../src/domain/time.ts';
import { FlowHarness } from '../flow-harness.ts';

// What was kept back and comes in packets of one reading, faster than it was made, is late: no pause of the link makes a clock
// that is behind of it, and no restart (promises C14).

/** Readings that come one after the other, and how long nothing comes after them. */
const spurts = fc.array(
  fc.record({
    readings: fc.integer({ min: 5, max: 60 }),
    pause: fc.oneof(
      fc.integer({ min: 0, max: minutes(2) }),
      fc.constantFrom(...[1, 2, 3, 5, 10, 20, 60, 90].map(seconds)),
    ),
    restarts: fc.boolean(),
  }),
  { minLength: 2, maxLength: 6 },
);
const flush = fc.record({
  spurts,
  every: fc.constantFrom(...[1, 2, 10, 60, 300].map(seconds)),
  /** Between two of a spurt, by how long there was when they were made. */
  pace: fc.constantFrom(0, 0.001, 0.005, 0.05, 0.2, 0.5),
  sendsSeq: fc.boolean(),
  knownBefore: fc.boolean(),
  over: fc.nat(),
});
type Flush = typeof flush extends fc.Arbitrary<infer T> ? T : never;

/** Found by many runs: the last pause makes the whole as long as it took to be made. */
const EVEN: Flush = {
  spurts: [5_000, 1_000, 0].map((pause) => ({ readings: 5, pause, restarts: false })),
  ...{ every: seconds(1), pace: 0, sendsSeq: false, knownBefore: false, over: 0 },
};

type Told = { readonly rule: string; readonly late: boolean };

/** @param content what is said of an instant */
async function played(
  [lifeline, device]: readonly [string, string],
  f: Flush,
  content: (i: number, ts: number, isOver: boolean) => object,
) {
  let w = await FlowHarness.begin();
  const frames: number[] = [];
  const raised: Told[] = [];
  const collect = () => {
    frames.push(...w.records.flatMap((r) => r.frames.map((b) => b.observedAt)));
    for (const { event, after } of w.events)
      if (event.change.kind === 'raised') raised.push({ rule: after.ruleId, late: after.late });
  };
  let seq = 0;
  const say = (told: object) =>
    w.telemetry(lifeline, device, { ...told, ...(f.sendsSeq ? { seq: ++seq } : {}) });
  if (f.knownBefore) {
    for (let i = 0; i < 12; i++) {
      await say(content(i, w.clock.now(), false));
      await w.pass(f.every);
    }
    w.clock.forward(hours(30));
  }
  const n = f.spurts.reduce((sum, { readings }) => sum + readings, 0);
  const from = w.clock.now() - minutes(5) - n * f.every;
  let i = 0;
  for (const spurt of f.spurts) {
    for (let k = 0; k < spurt.readings; k++, i++) {
      await say(content(i, from + i * f.every, i === f.over % n));
      w.clock.forward(f.pace * f.every);
    }
    w.clock.forward(spurt.pause);
    if (!spurt.restarts) continue;
    collect();
    w = await FlowHarness.begin({ clock: w.clock, disk: w.disk, history: w.history });
  }
  collect();
  return { w, from, instants: Array.from({ length: n }, (_, k) => from + k * f.every), frames, raised };
}

test('readings stand at their own instants, and what was over is told of, late', async () => {
  await fc.assert(
    fc.asyncProperty(flush, async (f) => {
      const { w, from, instants, raised } = await played(['gas', 'G-1'], f, (i, ts, isOver) => ({
        ts,
        values: { ch4: isOver ? 60 : 1 + (i % 7) / 8 },
      }));
      const stored = (await w.stored('G-1', 'ch4')).map((r) => r.t).filter((t) => t >= from);
      expect(stored.sort((a, b) => a - b)).toEqual(instants);
      expect(raised.filter((a) => a.rule.startsWith('gas.ch4'))).toEqual([
        { rule: 'gas.ch4.limit', late: true },
      ]);
    }),
    { numRuns: 60, examples: [[EVEN]] },
  );
}, 120_000);

test('frames stand at their own instants', async () => {
  await fc.assert(
    fc.asyncProperty(flush, async (drawn) => {
      const f = { ...drawn, every: minutes(1) };
      const { frames, instants, from } = await played(['bridge', 'B1'], f, (i, ts) => ({
        t0: ts,
        dt: 1_000,
        series: { az: Array.from({ length: 60 }, (_, k) => Number(Math.sin(k / 3 + i).toFixed(4))) },
      }));
      expect(frames.filter((t) => t >= from)).toEqual(instants);
    }),
    { numRuns: 20 },
  );
}, 120_000);
