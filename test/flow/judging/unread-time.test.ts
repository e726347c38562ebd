import { describe, expect, test } from 'vitest';
import { hours, minutes, seconds } from '../../../src/domain/time.ts';
import { FlowHarness, START } from '../flow-harness.ts';

const DAY = hours(24);

/** Methane that passes 50 %LEL in the middle, with these times. */
const excursion = (ts: (i: number) => unknown) =>
  [1, 1, 60, 1, 1].map((ch4, i) => ({ ts: ts(i), values: { ch4 } }));

/** Day and hour in Beijing as so many digits, 20251201080000. */
const digits = (ms: number, many: number) =>
  new Date(ms + hours(8)).toISOString().replace(/\D/g, '').slice(0, many);

const UNREADABLE = [
  ['0', () => 0],
  ['0 as digits', () => '0'],
  ['local digits to the second', (ms: number) => digits(ms, 14)],
  ['local digits to the second, as a number', (ms: number) => Number(digits(ms, 14))],
  ['local digits to the millisecond', (ms: number) => digits(ms, 17)],
  ['local digits to the minute', (ms: number) => digits(ms, 12)],
  ['local digits to the hour', (ms: number) => digits(ms, 10)],
  ['local digits to the hour, as a number', (ms: number) => Number(digits(ms, 10))],
  ['nanoseconds', (ms: number) => ms * 1e6],
  ['microseconds', (ms: number) => ms * 1e3],
  ['microseconds as digits', (ms: number) => String(ms * 1e3)],
  ['−1', () => -1],
  ['a local time without offset', (ms: number) => new Date(ms + hours(8)).toISOString().slice(0, 19)],
  ['a sixtieth second', (ms: number) => `${new Date(ms).toISOString().slice(0, 17)}60Z`],
  ['30 February', () => '2026-02-30T08:00:00+08:00'],
  ['text', () => 'yesterday'],
  ['nothing in it', () => ''],
  ['an object', (ms: number) => ({ ms })],
  ['a flag', () => true],
] as const;

describe('a time that cannot be read is not "now"', () => {
  test.each(UNREADABLE)('%s: told, judged at the receipt, and doubted', async (_name, ts) => {
    const flow = await FlowHarness.begin();
    const { outcome, flaws } = await flow.telemetry('gas', 'G1', { ts: ts(START), values: { ch4: 60 } });
    expect([outcome, flaws.length]).toEqual(['kept', 1]);
    expect(flow.open('G1')).toMatchObject([{ level: 1, late: false }]);
    expect(await flow.stored('G1', 'ch4')).toMatchObject([
      { value: 60, quality: { grade: 'doubtful', why: 'clock-off' }, t: START },
    ]);
  });

  test.each(UNREADABLE)('%s all through a batch of last week: never rings as now', async (_name, ts) => {
    const flow = await FlowHarness.begin();
    await flow.telemetry(
      'gas',
      'G1',
      excursion((i) => ts(START - 6 * DAY + i * minutes(1))),
    );
    expect(flow.open('G1')).toMatchObject([{ level: 1, late: true }]);
    const kept = await flow.stored('G1', 'ch4');
    expect(kept.map((r) => r.value)).toEqual([1, 1, 60, 1, 1]);
    for (const r of kept) {
      expect(r.quality).toEqual({ grade: 'doubtful', why: 'clock-off' });
      expect(START - r.t).toBeGreaterThan(seconds(30));
    }
  });

  test('digits in a string are the number they are: three days ago is late, in its place, and good', async () => {
    const flow = await FlowHarness.begin();
    const at = (i: number) => START - 3 * DAY + i * minutes(1);
    const { flaws } = await flow.telemetry(
      'gas',
      'G1',
      excursion((i) => String(at(i))),
    );
    expect(flaws).toEqual([]);
    expect(flow.open('G1')).toMatchObject([{ level: 1, late: true }]);
    expect((await flow.stored('G1', 'ch4')).map((r) => [r.t, r.quality.grade])).toEqual(
      [0, 1, 2, 3, 4].map((i) => [at(i), 'good']),
    );
  });

  test('one such time in a batch is as old as its neighbours; the others are used as ever', async () => {
    const flow = await FlowHarness.begin();
    const at = (i: number) => START - 3 * DAY + i * minutes(1);
    await flow.telemetry(
      'gas',
      'G1',
      excursion((i) => (i === 2 ? 'x' : at(i))),
    );
    expect(flow.open('G1')).toMatchObject([{ level: 1, late: true }]);
    expect(await flow.stored('G1', 'ch4')).toHaveLength(5);
  });

  test('three packets of it are a fault of the device', async () => {
    const flow = await FlowHarness.begin();
    for (let i = 0; i < 3; i++) {
      await flow.telemetry('gas', 'G1', { ts: 'x', values: { ch4: 1 } });
      await flow.pass(minutes(1));
    }
    expect(flow.core.quality.faults()).toMatchObject([
      { kind: 'clock-off', why: { zh: '上报的时间无法识别' } },
    ]);
  });

  test('an event keeps what it says, and its flaw is told', async () => {
    const flow = await FlowHarness.begin();
    await flow.value('manhole', 'M1', 'open', 0);
    const topic = 'lifeline/v1/manhole/M1/event';
    const { flaws } = await flow.packet(topic, '{"ts":"x","code":"cover-open"}');
    expect(flaws).toMatchObject([{ code: 'bad-time' }]);
    expect(flow.records.at(-1)?.deviceEvents).toMatchObject([{ code: 'cover-open', observedAt: START }]);
    expect(flow.records.at(-1)?.quarantined).toHaveLength(1);
  });
});

describe('values without a time of their own', () => {
  const batch = (n: number, last: number) =>
    Array.from({ length: n }, (_, i) => ({ values: { ch4: i === n - 1 ? last : i % 2 } }));

  test.each([1_001, 1_002, 5_000, 10_000])('%d in one packet: all are kept and judged', async (n) => {
    const flow = await FlowHarness.begin();
    await flow.telemetry('gas', 'G1', batch(n, 60));
    expect(flow.open('G1')).toMatchObject([{ level: 1, late: false }]);
    const kept = await flow.stored('G1', 'ch4');
    expect([kept.length, kept.at(-1)?.value]).toEqual([n, 60]);
    expect(kept.at(-1)?.t).toBe(START);
  });

  test('packet after packet in the same instant: none covers another, and the excursion in the last rings', async () => {
    const flow = await FlowHarness.begin();
    for (let i = 0; i < 5; i++) await flow.telemetry('gas', 'G1', batch(2_000, i === 4 ? 60 : 1));
    expect(flow.open('G1')).toMatchObject([{ level: 1 }]);
    const kept = await flow.stored('G1', 'ch4');
    expect(new Set(kept.map((r) => r.t)).size).toBe(10_000);
    expect((kept.at(-1)?.t ?? 0) - START).toBeLessThanOrEqual(minutes(2));
  });

  test('packets of a second each, of a thousand values: nothing runs ahead', async () => {
    const flow = await FlowHarness.begin();
    for (let i = 0; i < 20; i++) {
      await flow.telemetry('gas', 'G1', batch(1_000, 1));
      flow.clock.forward(seconds(1));
    }
    const kept = await flow.stored('G1', 'ch4');
    expect([kept.length, kept.at(-1)?.t]).toEqual([20_000, START + seconds(19)]);
  });
});
