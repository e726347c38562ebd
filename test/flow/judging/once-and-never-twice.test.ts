import { describe, expect, test } from 'vitest';
import { days, hours, minutes, seconds } from '../../../src/domain/time.ts';
import { FlowHarness } from '../flow-harness.ts';

// F6, F9, C8, C9, C14, C15 of promises, over the whole flow.

describe('one alarm per excursion', () => {
  test('the same message a thousand times is one reading and one alarm', async () => {
    const w = await FlowHarness.begin();
    const at = w.clock.now();
    for (let i = 0; i < 1_000; i++) await w.value('gas', 'G-1', 'ch4', 60, at);
    expect(w.open('G-1')).toHaveLength(1);
    expect(w.kinds('G-1')).toEqual(['raised']);
    expect(await w.stored('G-1', 'ch4')).toHaveLength(1);
  });

  test('a window sent again after a lost acknowledgement raises nothing again', async () => {
    const w = await FlowHarness.begin();
    const t0 = w.clock.now();
    const window = [5, 5, 60, 60, 5, 5, 5].map((v, i) => [v, t0 + i * 100] as const);
    w.clock.forward(1_000);
    for (const [v, ts] of window) await w.value('manhole', 'M-1', 'open', v === 60 ? 1 : 0, ts);
    const once = w.kinds('M-1');
    for (const [v, ts] of window) await w.value('manhole', 'M-1', 'open', v === 60 ? 1 : 0, ts);
    expect(w.kinds('M-1')).toEqual(once);
    expect(once.filter((k) => k === 'raised')).toHaveLength(1);
    expect(await w.stored('M-1', 'open')).toHaveLength(window.length);
  });

  test('an old normal value behind a breach never clears it', async () => {
    const w = await FlowHarness.begin();
    await w.value('gas', 'G-1', 'ch4', 60);
    await w.pass(seconds(10));
    await w.value('gas', 'G-1', 'ch4', 1, w.clock.now() - seconds(20));
    await w.value('gas', 'G-1', 'ch4', 1, w.clock.now() - days(2));
    await w.pass(hours(1));
    expect(w.open('G-1').filter((a) => a.metric === 'ch4')).toMatchObject([
      { phase: { is: 'active-unacked' } },
    ]);
    expect(w.kinds('G-1')).not.toContain('returned');
  });

  test('a value that comes two days late is kept and shown, and is no live alarm', async () => {
    const w = await FlowHarness.begin();
    const before = w.clock.now() - days(2);
    await w.value('gas', 'G-1', 'ch4', 2, before - hours(1));
    await w.value('gas', 'G-1', 'ch4', 2);
    await w.value('gas', 'G-1', 'ch4', 60, before);
    expect(w.open('G-1').every((a) => a.late)).toBe(true);
    expect((await w.stored('G-1', 'ch4')).map((r) => [r.value, r.backfill])).toEqual([
      [2, true],
      [60, true],
      [2, false],
    ]);
  });

  test('a backlog sent after an outage raises one late alarm, once, and a repeat of it none', async () => {
    const w = await FlowHarness.begin();
    await w.value('gas', 'G-1', 'ch4', 2);
    const t0 = w.clock.now();
    w.clock.forward(hours(2));
    await w.value('gas', 'G-1', 'ch4', 2);
    const backlog = Array.from({ length: 20 }, (_, i) => ({
      ts: t0 + minutes(5 * (i + 1)),
      values: { ch4: i >= 8 && i < 12 ? 60 : 2 },
    }));
    await w.telemetry('gas', 'G-1', backlog);
    await w.telemetry('gas', 'G-1', backlog);
    await w.value('gas', 'G-1', 'ch4', 2, w.clock.now() + 1);
    const raised = w.events.filter((e) => e.event.change.kind === 'raised' && e.after.metric === 'ch4');
    expect(raised.map((e) => e.after.late)).toEqual([true]);
  });

  test('what cannot be dated takes nobody else’s place beside readings of a clock that stood', async () => {
    const w = await FlowHarness.begin();
    const stood = w.clock.now();
    const sent: number[] = [];
    const next = () => sent[sent.push(2 + sent.length / 1_000) - 1] as number;
    for (let i = 0; i < 24; i++) {
      await w.value('gas', 'G-1', 'ch4', next(), stood);
      await w.pass(minutes(10));
    }
    const standing = Array.from({ length: 4 }, () => ({ ts: stood, values: { ch4: next() } }));
    const ahead = [0, 1, 2].map((i) => ({
      ts: w.clock.now() + days(6) + minutes(10 * i),
      values: { ch4: next() },
    }));
    await w.telemetry('gas', 'G-1', [...standing, ...ahead]);
    expect((await w.stored('G-1', 'ch4')).map((r) => r.value).sort()).toEqual(sent);
  });

  test('a value chattering round its limit at 1 Hz for an hour is one alarm that says it is noisy', async () => {
    const w = await FlowHarness.begin();
    for (let i = 0; i < 3_600; i++) {
      await w.value('manhole', 'M-1', 'open', i % 2);
      w.clock.forward(seconds(1));
    }
    const open = w.open('M-1').filter((a) => a.metric === 'open');
    expect(open).toHaveLength(1);
    expect(w.kinds('M-1').filter((k) => k === 'raised')).toHaveLength(1);
    expect(open[0]?.recurrences).toBeGreaterThan(100);
  });
});

describe('no data is not normal', () => {
  test('silence raises its own alarm, marks the open one, and clears nothing', async () => {
    const w = await FlowHarness.begin();
    await w.value('gas', 'G-1', 'ch4', 60);
    for (let i = 0; i < 30; i++) await w.pass(hours(1));
    const open = w.open('G-1');
    expect(open.find((a) => a.metric === 'ch4')).toMatchObject({
      dataInterrupted: true,
      phase: { is: 'active-unacked' },
    });
    expect(open.find((a) => a.metric === null)).toBeDefined();
    await w.value('gas', 'G-1', 'ch4', 60);
    expect(w.open('G-1').find((a) => a.metric === 'ch4')?.dataInterrupted).toBe(false);
  });

  test.each([null, 'NaN', '12', 9999, 1e308, [], {}])(
    'a value of %j neither clears the alarm nor crashes',
    async (junk) => {
      const w = await FlowHarness.begin();
      await w.value('gas', 'G-1', 'ch4', 60);
      for (let i = 0; i < 20; i++) {
        await w.pass(minutes(10));
        const { outcome } = await w.value('gas', 'G-1', 'ch4', junk);
        expect(outcome).toBe('kept');
      }
      expect(w.open('G-1').find((a) => a.metric === 'ch4')).toMatchObject({
        phase: { is: 'active-unacked' },
      });
    },
  );
});

describe('a restart forgets nothing and repeats nothing', () => {
  test('in the middle of an excursion there is the same alarm, and no second one', async () => {
    let w = await FlowHarness.begin();
    await w.value('gas', 'G-1', 'ch4', 60);
    const [before] = w.open('G-1');
    w = await w.restart();
    expect(w.open('G-1')).toEqual([before]);
    await w.value('gas', 'G-1', 'ch4', 61, w.clock.now() + 1_000);
    expect(w.events).toEqual([]);
    expect(w.open('G-1')).toHaveLength(1);
  });

  test('at any cut, on-delays and off-delays count on as if nothing had happened', async () => {
    const series = [5, 12, 12, 12, 12, 12, 20, 20, ...Array<number>(25).fill(5), 30, 5, 5, 5, 5];
    const run = async (cutAfter: number | null) => {
      let w = await FlowHarness.begin();
      const kinds: string[] = [];
      for (const [i, v] of series.entries()) {
        await w.value('waterlogging', 'W-1', 'depth', v);
        // Cut before the clock's turn keeps memories: the reading's own turn has to be replayed.
        if (i === cutAfter) {
          kinds.push(...w.kinds('W-1'));
          w = await w.restart();
        }
        await w.pass(seconds(30));
      }
      return [...kinds, ...w.kinds('W-1')];
    };
    const uncut = await run(null);
    expect(uncut).toContain('raised');
    expect(uncut).toContain('returned');
    for (let cut = 0; cut < series.length; cut++) expect(await run(cut)).toEqual(uncut);
  });

  test('silence does not begin while we were stopped, and a silence alarm does not end by it', async () => {
    let w = await FlowHarness.begin();
    await w.value('gas', 'G-1', 'ch4', 2);
    await w.turn.tick('all');
    w.clock.forward(days(3));
    w = await w.restart();
    await w.pass(seconds(5));
    expect(w.open('G-1')).toEqual([]);
    for (let i = 0; i < 30; i++) await w.pass(hours(1));
    expect(w.open('G-1')).toHaveLength(1);
    w = await w.restart();
    await w.pass(seconds(5));
    expect(w.open('G-1')).toMatchObject([{ phase: { is: 'active-unacked' } }]);
  });
});

describe('what does not fit is set aside, with its bytes and the reason', () => {
  test('the good part of a packet is used, the other part named', async () => {
    const w = await FlowHarness.begin();
    const { outcome, flaws } = await w.telemetry('gas', 'G-1', { values: { ch4: 60, phlogiston: 3 } });
    expect([outcome, flaws.map((f) => f.code)]).toEqual(['kept', ['unknown-metric']]);
    expect(w.open('G-1')).toHaveLength(1);
    const { items } = await w.journal.quarantine(null, 10, null);
    expect(items).toMatchObject([
      { flaw: 'unknown-metric', device: 'G-1', topic: 'lifeline/v1/gas/G-1/telemetry' },
    ]);
    expect(new TextDecoder().decode(items[0]?.bytes)).toContain('phlogiston');
  });

  test('an unknown device is not registered unless that is allowed', async () => {
    const w = await FlowHarness.begin({ autoRegister: false });
    const { flaws } = await w.value('gas', 'G-1', 'ch4', 60);
    expect(flaws[0]?.code).toBe('unknown-device');
    expect(w.core.register.points()).toEqual([]);
  });

  test('junk never registers a device', async () => {
    const w = await FlowHarness.begin();
    await w.packet('lifeline/v1/gas/G-1/telemetry', new Uint8Array([0xff, 0xfe]));
    await w.telemetry('gas', 'G-1', { values: { __proto__x: 1 } });
    expect(w.core.register.devices()).toEqual([]);
  });

  test('a device that publishes under another lifeline is told so', async () => {
    const w = await FlowHarness.begin();
    await w.value('gas', 'G-1', 'ch4', 1);
    const { flaws } = await w.value('bridge', 'G-1', 'wind', 1);
    expect(flaws[0]?.code).toBe('wrong-lifeline');
  });
});
