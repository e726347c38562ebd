import { describe, expect, test } from 'vitest';
import type { ChangeKind } from '../../../src/domain/alarm/events.ts';
import { CALM, calmedBy, endsAt, type FloodWatch, raisedAt } from '../../../src/domain/alarm/flood.ts';
import { type BriefEvent, IndicatorCount } from '../../../src/domain/alarm/indicators.ts';
import { as } from '../../../src/domain/ids.ts';
import { days, hours, minutes, seconds } from '../../../src/domain/time.ts';

const T0 = Date.UTC(2026, 5, 1);

function brief(kind: ChangeKind, alarm: string, at: number, more: Partial<BriefEvent> = {}): BriefEvent {
  return {
    at,
    kind,
    alarm,
    hidden: false,
    raisedAt: at,
    level: 3,
    lifeline: as.lifeline('gas'),
    area: '341602',
    point: as.point('P-1'),
    pointName: '一号井',
    asset: null,
    assetName: null,
    rule: as.rule('gas.ch4.limit'),
    ruleName: { zh: '甲烷', en: 'Methane' },
    verdict: null,
    from: null,
    ...more,
  };
}

const counted = (from: number, to: number, events: readonly BriefEvent[]) => {
  const count = new IndicatorCount(from, to);
  for (const e of events) count.take(e);
  return count.result();
};

describe('a flood', () => {
  const watching = (...at: number[]) =>
    at.reduce<FloodWatch>((w, t) => raisedAt(calmedBy(w, T0 + t), T0 + t), CALM);
  const every = (step: number, n: number) => Array.from({ length: n }, (_, i) => i * step);

  test('begins with the eleventh alarm in ten minutes, not with the tenth', () => {
    expect(watching(...every(minutes(0.5), 10)).since).toBeNull();
    expect(watching(...every(minutes(0.5), 11)).since).toBe(T0 + minutes(5));
  });

  test('does not begin when eleven take just ten minutes', () => {
    expect(watching(...every(minutes(1), 11)).since).toBeNull();
    expect(watching(...every(minutes(1) - 1, 11)).since).not.toBeNull();
  });

  test('ends at the moment at which fewer than five came in the last ten minutes', () => {
    const flood = watching(...every(minutes(0.5), 11));
    // Raised at 0 … 5 min: the fifth newest came at 3 min.
    expect(endsAt(flood)).toBe(T0 + minutes(13));
    expect(calmedBy(flood, T0 + minutes(13) - 1).since).not.toBeNull();
    expect(calmedBy(flood, T0 + minutes(13)).since).toBeNull();
  });

  test('goes on while alarms keep coming, and remembers eleven instants at most', () => {
    const flood = watching(...every(minutes(0.5), 200));
    expect(flood.since).toBe(T0 + minutes(5));
    expect(flood.recent).toHaveLength(11);
  });

  test('a clock that steps back neither ends it nor counts backwards', () => {
    const flood = raisedAt(watching(...every(minutes(0.5), 11)), T0 - hours(1));
    expect(flood.since).not.toBeNull();
    expect(flood.recent.at(-1)).toBe(T0 + minutes(5));
  });
});

describe('the indicators of a period, counted by hand', () => {
  test('of nothing are nothing, and divide by nothing', () => {
    expect(counted(T0, T0 + hours(1), [])).toEqual({
      raised: 0,
      raisedHidden: 0,
      rate: { average: 0, peak: 0, peakAt: null },
      flood: { count: 0, share: 0, longest: 0 },
      top: [],
      topShare: 0,
      chattering: [],
      stale: { count: 0, oldestRaisedAt: null },
      byLevel: { 1: 0, 2: 0, 3: 0, 4: 0 },
      acknowledged: { count: 0, p50: null, p95: null },
      assessed: { count: 0, false: 0, falseRate: null },
      shelved: 0,
    });
  });

  test('rate, peak and flood: twelve alarms half a minute apart in a quiet hour and forty minutes', () => {
    const raises = Array.from({ length: 12 }, (_, i) =>
      brief('raised', `a${i}`, T0 + hours(1) + minutes(i / 2), {
        point: as.point(`P-${i % 3}`),
        level: i === 0 ? 1 : 4,
      }),
    );
    const found = counted(T0, T0 + minutes(100), raises);
    expect(found.raised).toBe(12);
    // 12 in ten times ten minutes.
    expect(found.rate).toEqual({ average: 1.2, peak: 12, peakAt: T0 + hours(1) });
    // From the eleventh (65:00) until ten minutes after the fifth newest (63:30 + 10): 8.5 min of 100.
    expect(found.flood).toEqual({ count: 1, share: 0.085, longest: minutes(8.5) });
    expect(found.byLevel).toEqual({ 1: 1, 2: 0, 3: 0, 4: 11 });
    expect(found.top.map((s) => [s.point, s.raised])).toEqual([
      ['P-0', 4],
      ['P-1', 4],
      ['P-2', 4],
    ]);
    expect(found.topShare).toBeCloseTo(1);
  });

  test('a flood that began before the period counts with its part in it', () => {
    const raises = Array.from({ length: 11 }, (_, i) => brief('raised', `a${i}`, T0 - minutes(6 - i / 2)));
    const found = counted(T0, T0 + hours(1), raises);
    // Raised 6 … 1 min before; the fifth newest 3 min before: it ends 7 min into the period.
    expect(found).toMatchObject({ raised: 0, flood: { count: 1, longest: minutes(7) } });
  });

  test('chattering: three times active or clear within a minute, across occurrences', () => {
    const chatter = [
      brief('raised', 'a1', T0),
      brief('returned', 'a1', T0 + seconds(20)),
      brief('closed', 'a1', T0 + seconds(20)),
      brief('raised', 'a2', T0 + seconds(59)),
      brief('raised', 'b1', T0, { point: as.point('P-2') }),
      brief('returned', 'b1', T0 + seconds(30), { point: as.point('P-2') }),
      brief('recurred', 'b1', T0 + seconds(60), { point: as.point('P-2') }),
    ];
    const { chattering } = counted(T0, T0 + hours(1), chatter);
    expect(chattering.map((s) => [s.point, s.flips, s.flipsInMinute])).toEqual([['P-1', 3, 3]]);
  });

  test('time to acknowledge: the first acknowledgement of each, nearest rank', () => {
    const took = [10, 20, 30, 40, 1_000];
    const events = took.flatMap((s, i) => [
      brief('raised', `a${i}`, T0),
      brief('acknowledged', `a${i}`, T0 + seconds(s), { raisedAt: T0 }),
      brief('acknowledged', `a${i}`, T0 + seconds(s + 9_000), { raisedAt: T0 }),
    ]);
    const { acknowledged } = counted(T0, T0 + hours(5), events);
    expect(acknowledged).toEqual({ count: 5, p50: seconds(30), p95: seconds(1_000) });
  });

  test('stale: longer than a day open, closed in the period, after it, or never', () => {
    const count = new IndicatorCount(T0, T0 + days(2));
    count.take(brief('closed', 'old', T0 + hours(1), { raisedAt: T0 - days(3) }));
    count.take(brief('closed', 'day', T0 + hours(1), { raisedAt: T0 + hours(1) - days(1) }));
    count.wasOpen('later', T0 - 1, T0 + days(9));
    count.wasOpen('young', T0 + days(1) + 1, T0 + days(9));
    expect(count.result().stale).toEqual({ count: 2, oldestRaisedAt: T0 - days(3) });
  });

  test('a hidden raise is counted apart and is in no other figure', () => {
    const found = counted(T0, T0 + hours(1), [
      brief('raised', 'a1', T0, { hidden: true, level: 1 }),
      brief('raised', 'a2', T0 + 1, { verdict: 'false' }),
      brief('raised', 'a3', T0 + 2, { verdict: 'real' }),
      brief('shelved', 'a3', T0 + 3),
    ]);
    expect(found).toMatchObject({ raised: 2, raisedHidden: 1, shelved: 1, rate: { peak: 2 } });
    expect(found.byLevel[1]).toBe(0);
    expect(found.assessed).toEqual({ count: 2, false: 1, falseRate: 0.5 });
  });
});
