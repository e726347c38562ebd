import { describe, expect, test } from 'vitest';
import type { Duration } from '../../src/domain/time.ts';
import { days, hours, minutes, seconds } from '../../src/domain/time.ts';
import { ClockWatch } from '../../src/flow/clock-watch.ts';
import { Meters } from '../../src/flow/ports/meters.ts';
import { ManualClock } from '../memory/clock.ts';

const YEAR = days(365);

function watching(given: { devices?: Duration | null; adoptedAt?: number } = {}) {
  const clock = new ManualClock(Date.UTC(2026, 5, 1));
  const meters = new Meters();
  const lines: string[] = [];
  const settled: Duration[] = [];
  const say = (msg: string) => void lines.push(msg);
  const watch = new ClockWatch({
    clock,
    log: { info: say, warn: say, error: say },
    meters,
    devicesSay: () => given.devices ?? null,
    settled: (apart) => void settled.push(apart),
    adoptedAt: given.adoptedAt ?? null,
  });
  const passes = (ms: Duration) => {
    for (let n = 0; n < ms; n += seconds(1)) {
      clock.passes(seconds(1));
      watch.look();
    }
  };
  passes(seconds(5));
  return { clock, meters, lines, settled, watch, passes };
}

const STEPS: readonly [string, Duration][] = [
  ['5 s', seconds(5)],
  ['20 s', seconds(20)],
  ['2 min', minutes(2)],
  ['45 min', minutes(45)],
  ['8 h', hours(8)],
  ['1 d', days(1)],
  ['1 y', YEAR],
];

describe.each(STEPS)('the machine’s clock is set by %s', (_, step) => {
  test.each([['ahead', 1] as const, ['back', -1] as const])(
    '%s: it is noticed, by its amount',
    (_way, sign) => {
      const w = watching();
      w.clock.wallStepsBy(sign * step);
      w.passes(seconds(6));
      expect(Math.abs(w.watch.apart - sign * step)).toBeLessThan(seconds(1));
      expect(w.meters.counter('clock_steps_total')).toBe(1);
    },
  );

  test.each([['ahead', 1] as const, ['back', -1] as const])(
    '%s and set right again: nothing has moved, and it is told that they agree',
    (_way, sign) => {
      const w = watching();
      const before = w.clock.now();
      for (const set of [sign * step, -sign * step]) {
        w.clock.wallStepsBy(set);
        w.passes(seconds(10));
      }
      w.passes(minutes(1));
      expect(w.watch.apart).toBe(0);
      // Caught up meanwhile by a tenth at most, and given back.
      expect(Math.abs(w.clock.now() - before - seconds(80))).toBeLessThan(seconds(2));
      expect(Math.abs(w.clock.apart())).toBeLessThan(100);
      expect(w.settled).toEqual([]);
    },
  );
});

test.each([seconds(1), -seconds(1), seconds(90), -seconds(90)])(
  '%d ms are caught up within twenty minutes, without a leap',
  (step) => {
    const w = watching();
    w.clock.wallStepsBy(step);
    let last = w.clock.now();
    for (let n = 0; n < minutes(20); n += seconds(1)) {
      w.passes(seconds(1));
      const went = w.clock.now() - last;
      expect(went).toBeGreaterThan(seconds(0.89));
      expect(went).toBeLessThan(seconds(1.11));
      last = w.clock.now();
    }
    expect(Math.abs(w.clock.apart())).toBeLessThan(100);
    expect(w.watch.apart).toBe(0);
    expect(w.settled).toEqual([]);
  },
);

test('a clock that has stood at its new place for five minutes is taken for ours, once', () => {
  const w = watching();
  w.clock.wallStepsBy(-YEAR);
  w.passes(minutes(4));
  expect(w.settled).toEqual([]);
  w.passes(minutes(30));
  expect(w.settled).toEqual([-YEAR]);
});

test('a clock that is set to and fro is not', () => {
  const w = watching();
  for (let n = 0; n < 10; n++) {
    w.clock.wallStepsBy(hours(n % 2 === 0 ? 1 : -1));
    w.passes(minutes(4));
  }
  expect(w.settled).toEqual([]);
  expect(w.meters.counter('clock_steps_total')).toBeGreaterThanOrEqual(5);
});

test.each([
  ['the devices agree with us: it is the machine’s clock that is wrong', 800, []],
  ['the devices agree with the machine', hours(-8), [hours(-8)]],
  ['nobody tells the time', null, [hours(-8)]],
] as const)('%s', (_, devices, adopted) => {
  const w = watching({ devices });
  w.clock.wallStepsBy(hours(-8));
  w.passes(minutes(20));
  expect(w.settled).toEqual(adopted);
  expect(w.watch.apart).toBe(hours(-8));
});

test('within an hour of one change another is told, and waits', () => {
  const w = watching({ adoptedAt: Date.UTC(2026, 5, 1) });
  w.clock.wallStepsBy(hours(8));
  w.passes(minutes(50));
  expect(w.settled).toEqual([]);
  expect(w.watch.apart).toBe(hours(8));
  w.passes(minutes(11));
  expect(w.settled).toEqual([hours(8)]);
});
