import { expect, test } from 'vitest';
import { as } from '../../../src/domain/ids.ts';
import { hours, seconds } from '../../../src/domain/time.ts';
import { Meters } from '../../../src/flow/ports/meters.ts';
import { DrainLag } from '../../../src/flow/storage/drain-lag.ts';
import { ManualClock } from '../../memory/clock.ts';

test('one turn a second is followed from durable to stored, however many there are', () => {
  const clock = new ManualClock(0);
  const meters = new Meters();
  const lag = new DrainLag({ clock, meters });
  for (let turn = 1; turn <= 30; turn++) {
    lag.durable(as.turn(turn));
    clock.passes(100);
  }
  clock.passes(seconds(2));
  lag.stored(as.turn(15));
  const of = meters.histogram('history_drain_seconds');
  expect([of.counts.reduce((a, b) => a + b), of.sum]).toEqual([2, 5 + 4]);
  lag.stored(as.turn(30));
  expect([of.counts.reduce((a, b) => a + b), of.sum]).toEqual([3, 5 + 4 + 3]);
});

test('an outage of a day is told of by its first hour, and memory has a bound', () => {
  const clock = new ManualClock(0);
  const meters = new Meters();
  const lag = new DrainLag({ clock, meters });
  for (let turn = 1; turn <= 5_000; turn++) {
    lag.durable(as.turn(turn));
    clock.passes(seconds(1));
  }
  clock.passes(hours(20));
  lag.stored(as.turn(5_000));
  const { counts } = meters.histogram('history_drain_seconds');
  expect([counts.at(-1), counts.reduce((a, b) => a + b)]).toEqual([3_600, 3_600]);
});
