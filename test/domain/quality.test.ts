import { describe, expect, test } from 'vitest';
import { as } from '../../src/domain/ids.ts';
import {
  copied,
  countPacket,
  countReading,
  faultsOf,
  newDeviceQuality,
} from '../../src/domain/quality/device.ts';
import { apartFrom } from '../../src/domain/quality/neighbours.ts';
import { hasCollapsed, isStuck, newSeries, watchSeries } from '../../src/domain/quality/series.ts';
import { GOOD } from '../../src/domain/reading.ts';
import { days, minutes } from '../../src/domain/time.ts';

const T0 = Date.UTC(2026, 5, 1);
/** Repeatable noise, −1 … 1. */
const noise = (i: number) => Math.sin(i * 12.9898) * Math.cos(i * 78.233);

describe('how a series moves', () => {
  const fed = (n: number, value: (i: number) => number) => {
    const s = newSeries(value(0), T0);
    for (let i = 1; i < n; i++) watchSeries(s, value(i), T0 + i * minutes(1));
    return s;
  };
  const now = (n: number) => T0 + n * minutes(1);

  test('a gauge that trembles and then repeats itself is stuck; it is not while it trembles', () => {
    expect(isStuck(fed(300, noise), now(300))).toBe(false);
    const s = fed(320, (i) => (i < 300 ? noise(i) : 0.5));
    expect(isStuck(s, now(320))).toBe(true);
    expect(
      isStuck(
        fed(321, (i) => (i < 300 || i === 320 ? noise(i) : 0.5)),
        now(321),
      ),
    ).toBe(false);
  });

  test('a dry street that stands at 0 for ever is not stuck, nor is what changes once an hour', () => {
    expect(
      isStuck(
        fed(5_000, () => 0),
        now(5_000),
      ),
    ).toBe(false);
    const hourly = fed(5_000, (i) => Math.floor(i / 60));
    expect(isStuck(hourly, now(5_000))).toBe(false);
  });

  test('noise that falls to a hundredth has collapsed; a night ten times quieter has not, and it comes back', () => {
    expect(hasCollapsed(fed(600, (i) => noise(i) * (i < 300 ? 1 : 0.1)))).toBe(false);
    const quiet = (i: number) => noise(i) * (i < 300 ? 1 : 0.005);
    expect(hasCollapsed(fed(600, quiet))).toBe(true);
    expect(hasCollapsed(fed(700, (i) => (i < 600 ? quiet(i) : noise(i))))).toBe(false);
  });
});

test('of three or more neighbours the one that disagrees is named; of two, or where all disagree, nobody', () => {
  expect(apartFrom([10, 10.2, 9.9, 60], 100)).toEqual([3]);
  expect(apartFrom([10, 60], 100)).toEqual([]);
  expect(apartFrom([10, 10, 10.001], 100)).toEqual([]);
  expect(apartFrom([0, 40, 80], 100)).toEqual([]);
});

describe('a device', () => {
  const closed = () => false;
  const make = () => newDeviceQuality(as.device('D-1'), as.point('P-1'));
  const reading = { metric: as.metric('ch4'), value: 1, quality: GOOD } as const;
  const hear = (q: ReturnType<typeof make>, at: number, more: object = {}) =>
    countReading(q, { ...reading, observedAt: at, receivedAt: at, ...more }, 'number');
  const BAD = { quality: { grade: 'bad', why: 'sentinel' }, value: null } as const;
  const kinds = (q: ReturnType<typeof make>, open: boolean) => faultsOf(q, () => open).map((f) => f.kind);

  test('counts each day of Beijing, a fortnight at most, and remembers its last good reading', () => {
    const q = make();
    for (let d = 0; d < 30; d++) hear(q, T0 + days(d));
    hear(q, T0 + days(29) + 1, BAD);
    expect(q.days).toHaveLength(14);
    expect(q.days.at(-1)).toEqual({
      from: T0 + days(29) - days(1) / 3,
      good: 1,
      doubtful: 0,
      bad: 1,
      why: { sentinel: 1 },
    });
    expect(q.lastGoodAt).toBe(T0 + days(29));
  });

  test('that sends its fault value again and again is faulty, and stays so until it is well again', () => {
    const q = make();
    for (let i = 0; i < 5; i++) hear(q, T0 + i, BAD);
    expect(kinds(q, false)).toEqual([]);
    for (let i = 5; i < 10; i++) hear(q, T0 + i, BAD);
    expect(faultsOf(q, closed)).toMatchObject([
      { kind: 'poor-readings', why: { zh: '近期读数多有问题（sentinel）' } },
    ]);
    for (let i = 10; i < 40; i++) hear(q, T0 + i);
    expect(kinds(q, true)).toEqual(['poor-readings']);
    for (let i = 40; i < 120; i++) hear(q, T0 + i);
    expect(kinds(q, true)).toEqual([]);
  });

  test('is kept as it was when it was copied, whatever is counted afterwards', () => {
    const q = make();
    hear(q, T0, { metric: as.metric('battery'), value: 80 });
    hear(q, T0 + 1, BAD);
    hear(q, T0 + 2);
    const before = structuredClone(q);
    const kept = copied(q);
    expect(kept).toEqual(before);
    hear(q, T0 + 3, { metric: as.metric('battery'), value: 79 });
    hear(q, T0 + 4, BAD);
    hear(q, T0 + 5);
    countPacket(q, packet(T0 + 6, { clockOff: true }));
    expect(kept).toEqual(before);
  });

  test('with a low battery is faulty from 20 % and well from 25 %', () => {
    const q = make();
    const battery = (value: number, at: number) => hear(q, at, { metric: as.metric('battery'), value });
    battery(20, T0);
    expect(kinds(q, false)).toEqual(['low-battery']);
    battery(24, T0 + 1);
    expect([kinds(q, true), kinds(q, false)]).toEqual([['low-battery'], []]);
    battery(25, T0 + 2);
    expect(kinds(q, true)).toEqual([]);
  });

  const packet = (at: number, more: Partial<Parameters<typeof countPacket>[1]> = {}) => ({
    expected: minutes(5),
    samples: 1,
    deviceTime: at,
    clockOff: false,
    rested: false,
    observedAt: at,
    receivedAt: at,
    ...more,
  });

  test('that reports more and more slowly is told; one long outage, or a dry rest, is not that', () => {
    const slow = make();
    for (let i = 0; i < 40; i++) countPacket(slow, packet(T0 + i * minutes(10)));
    expect(kinds(slow, false)).toEqual(['interval-drift']);
    const outage = make();
    for (let i = 0; i < 40; i++) countPacket(outage, packet(T0 + i * minutes(5) + (i > 20 ? days(2) : 0)));
    expect(kinds(outage, false)).toEqual([]);
    const dry = make();
    for (let i = 0; i < 40; i++) countPacket(dry, packet(T0 + i * days(1), { rested: true }));
    expect(kinds(dry, false)).toEqual([]);
    const batch = make();
    for (let i = 0; i < 40; i++) countPacket(batch, packet(T0 + i * minutes(60), { samples: 12 }));
    expect(kinds(batch, false)).toEqual([]);
  });

  test('whose clock cannot be believed three times running is told, once right three times it is well', () => {
    const q = make();
    const off = (at: number) => countPacket(q, packet(at, { clockOff: true, deviceTime: at - days(400) }));
    off(T0);
    off(T0 + 1);
    expect(kinds(q, false)).toEqual([]);
    off(T0 + 2);
    expect(kinds(q, false)).toEqual(['clock-off']);
    for (let i = 3; i < 6; i++) countPacket(q, packet(T0 + i));
    expect(kinds(q, true)).toEqual([]);
  });

  test('remembers no more after a year than after a day', () => {
    const q = make();
    for (let i = 0; i < 100_000; i++) {
      hear(q, T0 + i * minutes(5), { value: noise(i), metric: as.metric(`m${i % 200}`) });
    }
    expect(JSON.stringify(q).length).toBeLessThan(16_000);
  });
});
