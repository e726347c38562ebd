import { describe, expect, test } from 'vitest';
import { as } from '../../../src/domain/ids.ts';
import type { Pack } from '../../../src/domain/pack.ts';
import { lengthInWords } from '../../../src/domain/text.ts';
import { days, hours, minutes, seconds } from '../../../src/domain/time.ts';
import { PACKS } from '../../../src/packs/index.ts';
import { above, rule, step } from '../../domain/judge/rules.ts';
import { FlowHarness } from '../flow-harness.ts';

// A device's own clock, forward, back, standing still, jumping and slow (promises C14).

/** Gas whose rule neither waits nor latches: what is said at which reading shows. Silence is the pack's. */
const PLAIN: Pack = {
  ...(PACKS.find((p) => p.lifeline === 'gas') as Pack),
  rules: [
    {
      ...rule({ of: 'value' }, step(1, above(20))),
      id: as.rule('gas.ch4.limit'),
      lifeline: as.lifeline('gas'),
    },
    ...(PACKS.find((p) => p.lifeline === 'gas') as Pack).rules.filter((r) => r.signal.of === 'silentFor'),
  ].map((r) => (r.signal.of === 'value' ? { ...r, metric: as.metric('ch4') } : r)),
};
const city = () => FlowHarness.begin({ packs: [PLAIN, ...PACKS.filter((p) => p.lifeline !== 'gas')] });
const again = (w: FlowHarness) =>
  FlowHarness.begin({
    ...{ clock: w.clock, disk: w.disk, history: w.history },
    packs: [PLAIN, ...PACKS.filter((p) => p.lifeline !== 'gas')],
  });

const GAS = (w: FlowHarness) => w.open('G-1').filter((a) => a.metric === 'ch4');
const OVER = /^(returned|latched)/;
const raisedOf = (w: FlowHarness, metric = 'ch4') =>
  w.events.filter((e) => e.event.change.kind === 'raised' && e.after.metric === metric).length;

/** Readings of 1 %LEL, a minute apart, by a clock that is right. */
async function known(w: FlowHarness, n = 10): Promise<void> {
  for (let i = 0; i < n; i++) {
    await w.value('gas', 'G-1', 'ch4', 1);
    await w.pass(minutes(1));
  }
}

/** One reading a minute by a clock that says something else than ours. */
async function says(
  w: FlowHarness,
  values: readonly number[],
  clock: (now: number, i: number) => number,
  every = minutes(1),
) {
  for (const [i, v] of values.entries()) {
    await w.value('gas', 'G-1', 'ch4', v, clock(w.clock.now(), i));
    await w.pass(every);
  }
}

const STEPS = [
  ...[1, 20, 45, 59, 60, 90].map(seconds),
  ...[2, 5, 59].map(minutes),
  ...[1, 8].map(hours),
  ...[1, 6, 7, 8, 30, 365].map(days),
];
const BOTH_WAYS = STEPS.flatMap((by) => [-by, by]).map((by) => [by / 1_000, by] as const);

describe("a device's clock that steps", () => {
  test.each(BOTH_WAYS)('by %d s: the alarm rings live, once, and returns', async (_, by) => {
    const w = await city();
    await known(w);
    await says(w, [60, 60, 60], (now) => now + by);
    expect(GAS(w)).toMatchObject([{ late: false, phase: { is: 'active-unacked' } }]);
    await says(w, [1, 1], (now) => now + by);
    expect(GAS(w)).toMatchObject([{ phase: { is: expect.stringMatching(OVER) } }]);
    expect(raisedOf(w)).toBe(1);
    expect(w.core.points.of('G-1' as never)?.latest.get('ch4' as never)?.value).toBe(1);
  });

  test.each(BOTH_WAYS)('by %d s while an alarm is open: it returns', async (_, by) => {
    const w = await city();
    await known(w);
    await says(w, [60, 60], (now) => now);
    await says(w, [1, 1, 1, 1], (now) => now + by);
    expect(GAS(w)).toMatchObject([{ phase: { is: expect.stringMatching(OVER) } }]);
    expect(raisedOf(w)).toBe(1);
  });

  test.each(BOTH_WAYS.filter(([, by]) => by < -seconds(30) || by > minutes(2)))(
    'by %d s: the readings are flagged, and a device fault says by how much',
    async (_, by) => {
      const w = await city();
      await known(w);
      await says(w, [1, 1, 2, 2, 3, 3], (now) => now + by);
      const latest = w.core.points.of('G-1' as never)?.latest.get('ch4' as never);
      expect(latest?.quality).toEqual({ grade: 'doubtful', why: 'clock-off' });
      expect(w.clock.now() - (latest?.observedAt ?? 0)).toBeLessThanOrEqual(minutes(1));
      const [fault] = w.core.quality.faults().filter((f) => f.kind === 'clock-off');
      expect(fault?.why.en).toContain(`${lengthInWords(Math.abs(by)).en} ${by < 0 ? 'slow' : 'fast'}`);
    },
  );

  test.each(BOTH_WAYS)('by %d s with an on-delay: the delay is waited, and no longer', async (_, by) => {
    const w = await city();
    for (let i = 0; i < 5; i++) {
      await w.value('waterlogging', 'W-1', 'depth', 5);
      await w.pass(minutes(1));
    }
    for (let i = 0; i < 8; i++) {
      await w.value('waterlogging', 'W-1', 'depth', 45, w.clock.now() + by);
      await w.pass(minutes(1));
    }
    const live = w.open('W-1').filter((a) => a.metric === 'depth' && !a.late);
    expect(live.length).toBeGreaterThan(0);
  });

  test.each(BOTH_WAYS)('by %d s, several instants a packet: rings live and returns', async (_, by) => {
    const w = await city();
    const packet = (v: number, shift: number) =>
      [50, 40, 30, 20, 10, 0].map((s) => ({
        ts: w.clock.now() + shift - seconds(s),
        values: { ch4: v },
      }));
    for (let i = 0; i < 5; i++) {
      await w.telemetry('gas', 'G-1', packet(1, 0));
      await w.pass(minutes(1));
    }
    for (const v of [60, 60, 60]) {
      await w.telemetry('gas', 'G-1', packet(v, by));
      await w.pass(minutes(1));
    }
    expect(GAS(w)).toMatchObject([{ late: false, phase: { is: 'active-unacked' } }]);
    for (const v of [1, 1, 1]) {
      await w.telemetry('gas', 'G-1', packet(v, by));
      await w.pass(minutes(1));
    }
    expect(GAS(w)).toMatchObject([{ phase: { is: expect.stringMatching(OVER) } }]);
    expect(raisedOf(w)).toBe(1);
  });

  test('and says by its own count that it goes on: rings live at its first word', async () => {
    const w = await city();
    let seq = 0;
    const say = async (v: number, ts: number) => {
      await w.telemetry('gas', 'G-1', { ts, seq: ++seq, values: { ch4: v } });
      await w.pass(minutes(1));
    };
    for (let i = 0; i < 12; i++) await say(1, w.clock.now());
    await say(60, w.clock.now() - days(1));
    expect(GAS(w)).toMatchObject([{ late: false, phase: { is: 'active-unacked' } }]);
  });

  test('tells at the first word, if only as late, where nothing else is known', async () => {
    const w = await city();
    await known(w);
    await w.value('gas', 'G-1', 'ch4', 60, w.clock.now() - hours(1));
    expect(GAS(w)).toMatchObject([{ phase: { is: 'active-unacked' } }]);
  });

  test('and back again: its own time is believed again, and the fault ends', async () => {
    const w = await city();
    await known(w);
    await says(w, [1, 2, 3, 4, 5], (now) => now - hours(3));
    await says(w, [1, 2, 3, 4, 5, 6], (now) => now);
    const latest = w.core.points.of('G-1' as never)?.latest.get('ch4' as never);
    expect(latest?.quality.grade).toBe('good');
    expect(w.core.quality.faults().filter((f) => f.kind === 'clock-off' && f.clearedAt === null)).toEqual([]);
    expect(w.core.points.of('G-1' as never)?.memory.clock).toBeUndefined();
  });
});

describe('a clock that stands still', () => {
  test.each([0, minutes(1), hours(1), days(2), days(400)])(
    '%d ms ago: rings live and returns',
    async (ago) => {
      const w = await city();
      await known(w);
      const stood = w.clock.now() - ago;
      await says(w, [2, 3, 60, 61, 62], () => stood);
      expect(GAS(w)).toMatchObject([{ late: false, phase: { is: 'active-unacked' } }]);
      await says(w, [4, 5], () => stood);
      expect(GAS(w)).toMatchObject([{ phase: { is: expect.stringMatching(OVER) } }]);
      expect(raisedOf(w)).toBe(1);
    },
  );

  test('and a flag that goes to and fro between the same two words: rings again', async () => {
    const w = await city();
    const stood = w.clock.now() - hours(1);
    for (const open of [0, 1, 0, 1, 0, 1, 0]) {
      await w.value('manhole', 'M-1', 'open', open, stood);
      const plan = w.core.book.planOf(as.lifeline('manhole'))?.metrics.get('open');
      await w.pass(plan?.metric.expectedInterval ?? 0);
    }
    const [alarm] = w.open('M-1').filter((a) => a.metric === 'open');
    expect(alarm).toMatchObject({ late: false });
  });

  test('and says the same for ever: it is not taken for a device that is heard', async () => {
    const w = await city();
    const stood = w.clock.now();
    for (let i = 0; i < 3_000; i++) {
      await w.value('gas', 'G-1', 'ch4', 1, stood);
      w.clock.forward(minutes(1));
    }
    await w.pass(minutes(1));
    expect(w.open('G-1').filter((a) => a.metric === null)).toHaveLength(1);
    expect(await w.stored('G-1', 'ch4')).toHaveLength(1);
  });
});

describe('a clock that jumps to and fro', () => {
  test.each([seconds(45), minutes(10), hours(2), days(3)])(
    'by up to %d ms: rings live, and returns',
    async (by) => {
      const w = await city();
      await known(w);
      let x = 7;
      const jumps = (now: number) => {
        x = (x * 16_807) % 2_147_483_647;
        return now - Math.floor((x / 2_147_483_647) * by);
      };
      await says(w, Array<number>(12).fill(60), jumps);
      expect(GAS(w)).toMatchObject([{ late: false, phase: { is: 'active-unacked' } }]);
      await says(w, Array<number>(12).fill(1), jumps);
      expect(GAS(w)).toMatchObject([{ phase: { is: expect.stringMatching(OVER) } }]);
    },
  );
});

describe('a clock that is right, behind a link that was slow and then away for hours', () => {
  const flushed = [50, 200, 530, 830, 1_130, 1_430].map(seconds);
  test.each(['newest first', 'oldest first'])(
    'flushed %s: what was is not taken for what is',
    async (order) => {
      const w = await city();
      await known(w);
      await says(w, [1.1], (now) => now - seconds(61));
      await w.pass(hours(4));
      const now = w.clock.now();
      const ago = order === 'newest first' ? flushed : flushed.toReversed();
      // Over the limit in the last ten minutes; before that, not.
      for (const t of ago) {
        await w.value('gas', 'G-1', 'ch4', (t > minutes(10) ? 1 : 60) + t / 1e9, now - t);
        await w.pass(seconds(3));
      }
      expect(GAS(w)).toMatchObject([{ late: true, phase: { is: 'active-unacked' } }]);
    },
  );
});

test('two words in a row that a link brings about equally late are no clock that is behind', async () => {
  const w = await city();
  await known(w);
  await says(w, [60], (now) => now - seconds(93) - 700);
  await says(w, [61], (now) => now - seconds(94) - 400);
  expect(GAS(w)).toMatchObject([{ late: true, phase: { is: 'active-unacked' } }]);
  expect(w.core.points.of('G-1' as never)?.latest.get('ch4' as never)?.quality).toEqual({ grade: 'good' });
});

test('two words of hours ago at the pace of a clock, after one beside a word of now, are a gateway that replays', async () => {
  const w = await city();
  const then = w.clock.now();
  await says(w, [60, 61, 62], (now) => now);
  await known(w, 120);
  const [alarm] = GAS(w);
  if (alarm !== undefined) await w.acknowledge(alarm);
  w.events.length = 0;
  const replays = (i: number) => w.value('gas', 'G-1', 'ch4', 60 + i, then + minutes(i));
  await replays(0);
  w.clock.forward(seconds(10));
  await w.value('gas', 'G-1', 'ch4', 1.5);
  w.clock.forward(seconds(50));
  for (const i of [1, 2]) {
    await replays(i);
    await w.pass(minutes(1));
  }
  expect(raisedOf(w)).toBe(0);
  const stored = await w.stored('G-1', 'ch4');
  expect(stored.filter((r) => r.value !== null && r.value >= 60)).toHaveLength(3);
});

test.each([
  ['about as late as the one before', [36, 42, 45, 52]],
  ['late by something else, when the next is due', [141, 59, 78, 101]],
])('several words in a row that a link loses and brings later are no clock: %s', async (_, late) => {
  const w = await city();
  await known(w);
  for (const [i, s] of late.entries()) {
    await w.value('gas', 'G-1', 'ch4', 60 + i, w.clock.now() - seconds(s));
    const latest = w.core.points.of('G-1' as never)?.latest.get('ch4' as never);
    expect(latest?.quality).toEqual({ grade: 'good' });
    await w.pass(seconds(90));
  }
  expect(GAS(w)).toMatchObject([{ late: true, phase: { is: 'active-unacked' } }]);
});

test('a gateway that repeats a word of hours ago, of a clock that is known to be further behind, brings nothing new', async () => {
  const w = await city();
  const then = w.clock.now();
  await says(w, [60.25], (now) => now);
  await known(w, 20);
  await says(w, [1.5, 1.25, 1.75, 1.5], (now) => now - hours(8));
  const [alarm] = GAS(w);
  if (alarm !== undefined) await w.acknowledge(alarm);
  w.events.length = 0;
  await w.value('gas', 'G-1', 'ch4', 60.25, then);
  await w.pass(minutes(1));
  expect(w.kinds('G-1')).toEqual([]);
  expect((await w.stored('G-1', 'ch4')).filter((r) => r.value === 60.25)).toHaveLength(1);
});

describe('a clock that is always slow', () => {
  test('beside a gateway that sends again what is known no more: nothing of then ends, or rings as, what is now', async () => {
    const w = await city();
    const slow = (now: number) => now - minutes(5);
    const from = w.clock.now();
    const course = (i: number) => (i === 2 ? 61 : 1) + i / 1_000;
    await says(
      w,
      Array.from({ length: 80 }, (_, i) => course(i)),
      slow,
    );
    for (const a of GAS(w)) await w.acknowledge(a);
    expect(GAS(w)).toEqual([]);
    w.events.length = 0;
    const repeats = (i: number) => w.value('gas', 'G-1', 'ch4', course(i), slow(from + i * minutes(1)));
    const beside = async (value: number, i: number) => {
      await repeats(i);
      await w.pass(200);
      await says(w, [value], slow, minutes(1) - 200);
    };
    for (let i = 0; i < 6; i++) await beside(1.1 + i / 1_000, i);
    expect(GAS(w).filter((a) => !a.late)).toEqual([]);
    await says(w, [60.1, 60.2, 60.3], slow);
    for (let i = 6; i < 12; i++) await beside(62 + i / 1_000, i);
    expect(GAS(w)).toMatchObject([{ late: false, phase: { is: 'active-unacked' } }]);
    expect(w.events.filter((e) => e.event.change.kind === 'returned')).toEqual([]);
  });

  test.each([seconds(31), seconds(45), minutes(3), hours(1), hours(8), days(6)])(
    'by %d ms, from its first word on: rings live, returns, and rings again after an acknowledgement',
    async (by) => {
      const w = await city();
      const slow = (now: number) => now - by;
      await says(w, [1, 1, 1, 60, 60], slow);
      const [alarm] = GAS(w);
      expect(alarm).toMatchObject({ late: false, phase: { is: 'active-unacked' } });
      if (alarm !== undefined) await w.acknowledge(alarm);
      await says(w, [1, 1], slow);
      expect(GAS(w)).toEqual([]);
      await says(w, [60, 60], slow);
      expect(GAS(w)).toMatchObject([{ late: false, phase: { is: 'active-unacked' } }]);
      expect(raisedOf(w)).toBe(2);
    },
  );

  test('and ever slower, a second a minute: no alarm is late for more than two readings', async () => {
    const w = await city();
    const slower = (now: number, i: number) => now - seconds(i);
    await says(w, Array<number>(60).fill(1), slower);
    await says(w, [60, 60], (now, i) => now - seconds(60 + i));
    expect(GAS(w)).toMatchObject([{ late: false }]);
  });

  test('over a restart it is known still', async () => {
    let w = await city();
    await says(w, [1, 1, 1, 1], (now) => now - minutes(3));
    w = await again(w);
    await says(w, [60], (now) => now - minutes(3));
    expect(GAS(w)).toMatchObject([{ late: false, phase: { is: 'active-unacked' } }]);
  });

  test('and what it kept back is as late as it is', async () => {
    const w = await city();
    await says(w, [1, 1, 1, 1], (now) => now - minutes(3));
    w.clock.forward(hours(2));
    const from = w.clock.now() - minutes(3);
    await says(w, [1], (now) => now - minutes(3));
    for (let i = 100; i > 0; i--) await w.value('gas', 'G-1', 'ch4', i === 50 ? 60 : 1, from - minutes(i));
    expect(GAS(w)).toMatchObject([{ late: true }]);
    const stored = await w.stored('G-1', 'ch4');
    expect(stored.find((r) => r.value === 60)?.t).toBe(from - minutes(50) + minutes(3));
  });
});

describe('what really comes late is late', () => {
  const batches = {
    'an hour of readings each hour, one by one': async (w: FlowHarness, i: number) => {
      for (let k = 60; k > 0; k--)
        await w.value('gas', 'G-1', 'ch4', i === 3 && k === 30 ? 60 : 1, w.clock.now() - minutes(k));
    },
    'an hour of readings each hour, in one packet': async (w: FlowHarness, i: number) => {
      const items = Array.from({ length: 60 }, (_, k) => ({
        ts: w.clock.now() - minutes(60 - k),
        values: { ch4: i === 3 && k === 30 ? 60 : 1 },
      }));
      await w.telemetry('gas', 'G-1', items);
    },
    'the hour before the last, in one packet': async (w: FlowHarness, i: number) => {
      const items = Array.from({ length: 60 }, (_, k) => ({
        ts: w.clock.now() - minutes(120 - k),
        values: { ch4: i === 3 && k === 30 ? 60 : 1 },
      }));
      await w.telemetry('gas', 'G-1', items);
    },
  };
  test.each(Object.entries(batches))('%s', async (_, batch) => {
    const w = await city();
    for (let i = 0; i < 6; i++) {
      await batch(w, i);
      await w.pass(hours(1));
    }
    expect(GAS(w)).toMatchObject([{ late: true, phase: { is: 'active-unacked' } }]);
    expect(raisedOf(w)).toBe(1);
    expect(w.core.quality.faults().filter((f) => f.kind === 'clock-off')).toEqual([]);
  });

  test('a gateway that brings the backlog between live readings', async () => {
    const w = await city();
    await known(w);
    const away = w.clock.now();
    w.clock.forward(hours(1));
    for (let i = 1; i < 50; i++) {
      await w.value('gas', 'G-1', 'ch4', 1);
      w.clock.forward(seconds(5));
      await w.value('gas', 'G-1', 'ch4', i === 20 ? 60 : 1, away + minutes(i));
      await w.pass(seconds(55));
    }
    const stored = await w.stored('G-1', 'ch4');
    expect(stored.find((r) => r.value === 60)?.t).toBe(away + minutes(20));
    expect(w.events.filter((e) => e.event.change.kind === 'raised').map((e) => e.after.late)).toEqual([true]);
  });
});

describe('readings that overtake each other on the way', () => {
  test.each([
    ['it began earlier', -seconds(1)],
    ['it lasted longer', 500],
  ])('raise no second alarm of an excursion that is over and acknowledged: %s', async (_, by) => {
    const w = await city();
    await known(w);
    const from = w.clock.now();
    await w.value('gas', 'G-1', 'ch4', 60);
    w.clock.forward(seconds(1));
    await w.value('gas', 'G-1', 'ch4', 1);
    const [alarm] = GAS(w);
    if (alarm === undefined) throw new Error('no alarm');
    await w.acknowledge(alarm);
    expect(GAS(w)).toEqual([]);
    w.clock.forward(seconds(5));
    await w.value('gas', 'G-1', 'ch4', 61, from + by);
    expect(raisedOf(w)).toBe(1);
    // Another one that is graver than nothing: a low reading lies between.
    await w.value('gas', 'G-1', 'ch4', 62, from + seconds(4));
    expect(raisedOf(w)).toBe(2);
  });

  test('a reading behind what stands at its receipt comes after it: that was low, and it is high', async () => {
    const w = await city();
    await known(w);
    await says(w, [60, 1, 1], (now) => now + hours(1), seconds(5));
    const before = raisedOf(w);
    const [alarm] = GAS(w);
    if (alarm === undefined) throw new Error('no alarm');
    await w.acknowledge(alarm);
    expect(GAS(w)).toEqual([]);
    // Its clock is put right, and this has been on its way for 12 s: by its time, between the high one and the first low one.
    await w.value('gas', 'G-1', 'ch4', 61, w.clock.now() - seconds(12));
    expect(raisedOf(w)).toBe(before + 1);
  });

  test('two old readings that are sent again at the pace of a clock are no clock, and raise nothing twice', async () => {
    const w = await city();
    const from = w.clock.now();
    await known(w);
    for (const i of [1, 2]) await w.value('gas', 'G-1', 'ch4', i === 1 ? 2 : 60, from + minutes(i) + 1);
    await w.value('gas', 'G-1', 'ch4', 1);
    const [alarm] = GAS(w);
    if (alarm === undefined) throw new Error('no alarm');
    await w.acknowledge(alarm);
    w.clock.forward(minutes(5));
    await w.value('gas', 'G-1', 'ch4', 2, from + minutes(1) + 1);
    w.clock.forward(minutes(1));
    await w.value('gas', 'G-1', 'ch4', 60, from + minutes(2) + 1);
    expect(raisedOf(w)).toBe(1);
  });
});

describe('our clock, after a restart, behind what is on disk', () => {
  test.each([seconds(20), minutes(2), minutes(4), hours(1), days(1), days(365)])(
    'by %d ms: rings and returns',
    async (by) => {
      let w = await city();
      await known(w);
      await says(w, [60], (now) => now);
      w.clock.forward(-by);
      w = await again(w);
      await says(w, [1, 1, 1, 1], (now) => now);
      expect(GAS(w)).toMatchObject([{ phase: { is: expect.stringMatching(OVER) } }]);
      await says(w, [60, 60, 60], (now) => now);
      expect(GAS(w)).toMatchObject([{ late: false, phase: { is: 'active-unacked' } }]);
    },
  );
});
