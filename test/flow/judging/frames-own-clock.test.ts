import { describe, expect, test } from 'vitest';
import { as } from '../../../src/domain/ids.ts';
import { lengthInWords } from '../../../src/domain/text.ts';
import { days, hours, minutes, seconds } from '../../../src/domain/time.ts';
import { FlowHarness } from '../flow-harness.ts';

// What is learned of a device's clock holds for its waveforms and its own events as for its values (promises C14).

const frame = (endsAt: number, amplitude: number, turn = 0) => ({
  t0: endsAt - 59_900,
  dt: 100,
  series: {
    az: Array.from({ length: 600 }, (_, i) => Number((amplitude * Math.sin(i / 3 + turn)).toFixed(4))),
  },
});

/** A frame a minute, which ends as it is sent, by a clock that says something else than ours. */
async function shakes(w: FlowHarness, n: number, amplitude: number, clock: (now: number) => number) {
  for (let i = 0; i < n; i++) {
    const now = w.clock.now();
    await w.telemetry('bridge', 'B1', frame(clock(now), amplitude, now / 7_000));
    await w.pass(minutes(1));
  }
}

const right = (now: number) => now;
const vibration = (w: FlowHarness) => w.open('B1').filter((a) => a.ruleId.startsWith('bridge.az.rms'));
const raised = (w: FlowHarness) =>
  w.events.filter((e) => e.event.change.kind === 'raised' && e.after.ruleId.startsWith('bridge.az.rms'))
    .length;
const faults = (w: FlowHarness) => w.core.quality.faults().filter((f) => f.kind === 'clock-off');
const newestFrame = (w: FlowHarness) => w.records.flatMap((r) => r.frames).at(-1);
const newestFeature = (w: FlowHarness) =>
  w.records
    .flatMap((r) => r.readings)
    .filter((r) => r.metric === 'az.rms.1m')
    .at(-1);
const remembered = (w: FlowHarness) => {
  const memory = w.core.points.of(as.point('B1'))?.memory;
  return { clock: memory?.clock, windows: memory?.windows, series: memory?.series };
};
const OVER = /^(returned|latched)/;

const SLOW = [seconds(45), minutes(5), hours(1), hours(8), days(3)];

describe('frames of a clock that is slow from its first word', () => {
  test.each(SLOW)('by %d ms: ring live, doubted, return, and the fault says by how much', async (by) => {
    const w = await FlowHarness.begin();
    const slow = (now: number) => now - by;
    await shakes(w, 35, 3, slow);
    expect(vibration(w)).toMatchObject([{ late: false, phase: { is: 'active-unacked' } }]);
    expect(newestFrame(w)).toMatchObject({ clockOff: true, observedAt: w.clock.now() - minutes(1) - 59_900 });
    expect(newestFeature(w)).toMatchObject({
      backfill: false,
      quality: { grade: 'doubtful', why: 'clock-off' },
    });
    expect(faults(w)).toMatchObject([
      { clearedAt: null, why: { en: expect.stringContaining(`${lengthInWords(by).en} slow`) } },
    ]);
    await shakes(w, 35, 0.001, slow);
    expect(vibration(w)).toMatchObject([{ phase: { is: expect.stringMatching(OVER) } }]);
    expect(raised(w)).toBe(1);
  });

  test.each(SLOW)('by %d ms: known still over a restart', async (by) => {
    const w = await FlowHarness.begin();
    const slow = (now: number) => now - by;
    await shakes(w, 5, 0.001, slow);
    const again = await w.restart();
    await shakes(again, 1, 0.001, slow);
    expect(newestFrame(again)).toMatchObject({ clockOff: true, deviceTime: expect.any(Number) });
    await shakes(again, 35, 3, slow);
    expect(vibration(again)).toMatchObject([{ late: false, phase: { is: 'active-unacked' } }]);
    expect(raised(again)).toBe(1);
  });
});

test.each([seconds(45), minutes(5), hours(1)])(
  'ten seconds of vibration every ten minutes, by a clock that is %d ms slow: recognised, and told',
  async (by) => {
    const w = await FlowHarness.begin();
    for (let k = 0; k < 12; k++) {
      const whole = frame(w.clock.now() - by, 3, k);
      const az = whole.series.az.slice(0, 100);
      await w.telemetry('bridge', 'B1', { ...whole, t0: w.clock.now() - by - 9_900, series: { az } });
      await w.pass(minutes(10));
    }
    expect(newestFrame(w)).toMatchObject({ clockOff: true });
    expect(faults(w)).toMatchObject([
      { why: { en: expect.stringContaining(`${lengthInWords(by).en} slow`) } },
    ]);
  },
);

describe('over a restart', () => {
  test.each([0, ...SLOW])('by %d ms: all that is remembered is what it was without one', async (by) => {
    const w = await FlowHarness.begin();
    await shakes(w, 4, 1, right);
    await shakes(w, 9, 1, (now) => now - by);
    const again = await w.restart();
    expect(remembered(again)).toEqual(remembered(w));
  });

  test.each([0, ...SLOW])('by %d ms, cut before the last frames were remembered: the same', async (by) => {
    const w = await FlowHarness.begin();
    await shakes(w, 6, 1, (now) => now - by);
    for (let i = 0; i < 3; i++) {
      w.clock.forward(minutes(1));
      await w.telemetry('bridge', 'B1', frame(w.clock.now() - by, 1, i));
    }
    const again = await w.restart();
    expect(remembered(again)).toEqual(remembered(w));
    await again.telemetry('bridge', 'B1', frame(again.clock.now() - by, 1, 2));
    expect(again.records.flatMap((r) => r.frames)).toEqual([]);
  });

  test.each([0, ...SLOW])('by %d ms: a frame that is sent once more is kept once', async (by) => {
    const w = await FlowHarness.begin();
    await shakes(w, 9, 1, (now) => now - by);
    const last = w.clock.now() - minutes(1);
    const again = await w.restart();
    await again.telemetry('bridge', 'B1', frame(last - by, 1, last / 7_000));
    expect(again.records.flatMap((r) => r.frames)).toEqual([]);
    await shakes(again, 1, 1, (now) => now - by);
    expect(again.records.flatMap((r) => r.frames)).toHaveLength(1);
  });
});

test.each([0, ...SLOW])(
  'a device that sends values and waveforms in turn, %d ms slow: both ring live',
  async (by) => {
    const w = await FlowHarness.begin();
    for (let i = 0; i < 35; i++) {
      await w.value('bridge', 'B1', 'cableForce', 1_000 + i, w.clock.now() - by);
      w.clock.forward(seconds(30));
      await shakes(w, 1, 3, (now) => now - by);
    }
    expect(vibration(w)).toMatchObject([{ late: false, phase: { is: 'active-unacked' } }]);
    expect(w.records.flatMap((r) => r.readings).at(-1)).toMatchObject({ backfill: false });
    expect(faults(w).length).toBe(by === 0 ? 0 : 1);
  },
);

describe('frames of a clock that steps', () => {
  test.each([-seconds(45), -minutes(5), -hours(1), -days(1)])(
    'by %d ms amid strong vibration: one live alarm, which returns by that clock',
    async (by) => {
      const w = await FlowHarness.begin();
      const stepped = (now: number) => now + by;
      await shakes(w, 15, 0.001, right);
      await shakes(w, 4, 3, right);
      await shakes(w, 35, 3, stepped);
      expect(vibration(w)).toMatchObject([{ late: false, phase: { is: 'active-unacked' } }]);
      expect(faults(w)).toMatchObject([
        { why: { en: expect.stringContaining(`${lengthInWords(-by).en} slow`) } },
      ]);
      const again = await w.restart();
      await shakes(again, 35, 0.001, stepped);
      expect(vibration(again)).toMatchObject([{ phase: { is: expect.stringMatching(OVER) } }]);
      expect(raised(w) + raised(again)).toBe(1);
    },
  );

  test('and is put right: its own time is believed again, and the fault ends', async () => {
    const w = await FlowHarness.begin();
    await shakes(w, 5, 0.001, right);
    await shakes(w, 10, 0.001, (now) => now - hours(1));
    await shakes(w, 15, 0.001, right);
    expect(newestFrame(w)).not.toHaveProperty('clockOff');
    expect(newestFeature(w)).toMatchObject({ backfill: false, quality: { grade: 'good' } });
    expect(faults(w).filter((f) => f.clearedAt === null)).toEqual([]);
    expect(w.core.points.of(as.point('B1'))?.memory.clock).toBeUndefined();
  });

  test('and stands still: frames end at their receipt, doubted', async () => {
    const w = await FlowHarness.begin();
    await shakes(w, 5, 0.001, right);
    const stood = w.clock.now();
    await shakes(w, 35, 3, () => stood);
    expect(newestFrame(w)).toMatchObject({ clockOff: true, observedAt: w.clock.now() - minutes(1) - 59_900 });
    expect(vibration(w)).toMatchObject([{ late: false, phase: { is: 'active-unacked' } }]);
  });

  test('no feature lies ahead of us, and none of the same minute comes twice', async () => {
    const w = await FlowHarness.begin();
    await shakes(w, 12, 1, right);
    await shakes(w, 12, 1, (now) => now - hours(1));
    await shakes(w, 12, 1, right);
    const ends = w.records
      .flatMap((r) => r.readings)
      .filter((r) => r.metric === 'az.rms.1m')
      .map((r) => r.observedAt);
    expect(new Set(ends).size).toBe(ends.length);
    for (const f of w.records.flatMap((r) => r.readings).filter((r) => r.metric === 'az.rms.1m')) {
      expect(f.observedAt).toBeLessThanOrEqual(f.receivedAt);
      // The sine's RMS: every window holds what was measured, and nothing else.
      expect(f.value).toBeGreaterThan(0.6);
      expect(f.value).toBeLessThan(0.8);
    }
  });
});

describe('frames of a clock that is right', () => {
  test('are as they were: by their own word, good, and nothing is remembered of the clock', async () => {
    const w = await FlowHarness.begin();
    await shakes(w, 35, 3, (now) => now - seconds(2));
    for (const f of w.records.flatMap((r) => r.frames)) {
      expect(f).not.toHaveProperty('clockOff');
      expect(f.observedAt).toBe(f.receivedAt - seconds(2) - 59_900);
    }
    expect(vibration(w)).toMatchObject([{ late: false }]);
    expect(faults(w)).toEqual([]);
    expect(w.core.points.of(as.point('B1'))?.memory.clock).toBeUndefined();
  });

  test.each([seconds(1), seconds(5), seconds(15)])(
    'and were kept back for two hours, brought one every %d ms: stay late, by their own time',
    async (every) => {
      const w = await FlowHarness.begin();
      await shakes(w, 5, 0.001, right);
      const from = w.clock.now();
      w.clock.forward(hours(2));
      for (let i = 0; i < 60; i++) {
        await w.telemetry('bridge', 'B1', frame(from + minutes(i), 3, i));
        await w.pass(every);
      }
      for (const f of w.records.flatMap((r) => r.frames)) expect(f).not.toHaveProperty('clockOff');
      expect(newestFrame(w)?.observedAt).toBe(from + minutes(59) - 59_900);
      expect(vibration(w)).toMatchObject([{ late: true }]);
      expect(faults(w)).toEqual([]);
    },
  );

  test('and come by the half-hour in one packet, an hour late: stay late', async () => {
    const w = await FlowHarness.begin();
    for (let k = 0; k < 4; k++) {
      const now = w.clock.now();
      const half = Array.from({ length: 30 }, (_, i) => frame(now - minutes(60 + 29 - i), 3, i));
      expect((await w.telemetry('bridge', 'B1', half)).flaws).toEqual([]);
      await w.pass(minutes(30));
    }
    for (const f of w.records.flatMap((r) => r.frames)) expect(f).not.toHaveProperty('clockOff');
    expect(vibration(w)).toMatchObject([{ late: true }]);
    expect(faults(w)).toEqual([]);
  });

  test.each([5, 10, 30])('and are of %d min each, an hour late: a batch, no clock', async (long) => {
    const w = await FlowHarness.begin();
    for (let k = 0; k < 8; k++) {
      const az = Array.from({ length: long * 60 }, (_, i) => Number((3 * Math.sin(i / 3 + k)).toFixed(4)));
      const t0 = w.clock.now() - hours(1) - minutes(long);
      await w.telemetry('bridge', 'B1', { t0, dt: 1_000, series: { az } });
      await w.pass(minutes(long));
    }
    for (const f of w.records.flatMap((r) => r.frames)) expect(f).not.toHaveProperty('clockOff');
    expect(vibration(w)).toMatchObject([{ late: true }]);
    expect(faults(w)).toEqual([]);
  });

  test('sent once more, also at their own pace, after a restart and beside live ones: kept once, and no clock', async () => {
    const w = await FlowHarness.begin();
    const from = w.clock.now();
    await shakes(w, 10, 0.001, right);
    const again = await w.restart();
    for (let i = 0; i < 10; i++) {
      const at = from + minutes(i);
      await again.telemetry('bridge', 'B1', frame(at, 0.001, at / 7_000));
      await shakes(again, 1, 0.001, right);
    }
    expect(again.records.flatMap((r) => r.frames)).toHaveLength(10);
    for (const f of again.records.flatMap((r) => r.frames)) expect(f).not.toHaveProperty('clockOff');
    expect(faults(again)).toEqual([]);
  });
});

describe("a device's own events", () => {
  const say = async (w: FlowHarness, ts: number) => {
    await w.packet('lifeline/v1/bridge/B1/event', JSON.stringify({ ts, code: 'impact', level: 2 }));
    return w.records.flatMap((r) => r.deviceEvents).at(-1)?.observedAt;
  };

  test.each(SLOW)(
    'of a clock that is %d ms slow: at the corrected time, also after a restart',
    async (by) => {
      const w = await FlowHarness.begin();
      await shakes(w, 5, 0.001, (now) => now - by);
      // The last frame ended a minute ago.
      expect(await say(w, w.clock.now() - by)).toBe(w.clock.now());
      expect(await say(w, w.clock.now() - by - minutes(10))).toBe(w.clock.now() - minutes(10));
      const again = await w.restart();
      expect(await say(again, again.clock.now() - by - minutes(3))).toBe(again.clock.now() - minutes(3));
    },
  );

  test('of a clock that stepped back an hour, by its values', async () => {
    const w = await FlowHarness.begin();
    for (let i = 0; i < 10; i++) {
      const off = i < 5 ? 0 : hours(1);
      await w.value('bridge', 'B1', 'temp', 20 + i / 10, w.clock.now() - off);
      await w.pass(minutes(10));
    }
    expect(await say(w, w.clock.now() - hours(1))).toBe(w.clock.now());
  });

  test('of a clock that stands still: now', async () => {
    const w = await FlowHarness.begin();
    const stood = w.clock.now();
    await shakes(w, 8, 0.001, () => stood);
    expect(await say(w, stood)).toBe(w.clock.now());
  });

  test('of a clock that is right: when it says, however late', async () => {
    const w = await FlowHarness.begin();
    await shakes(w, 5, 0.001, right);
    expect(await say(w, w.clock.now() - hours(2))).toBe(w.clock.now() - hours(2));
  });
});
