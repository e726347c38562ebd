import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Alarm } from '../../../src/domain/alarm/alarm.ts';
import { byUrgency, isOpen, isUnacked } from '../../../src/domain/alarm/order.ts';
import { as } from '../../../src/domain/ids.ts';
import { ack, normal, observe, reset, story } from './build.ts';

const unacked = story(observe(25)).is;
const acked = story(observe(25), ack(1)).is;
const called = (id: string, alarm: Alarm, more: Partial<Alarm> = {}): Alarm => ({
  ...alarm,
  id: as.alarm(id),
  ...more,
});

it('a list begins with what nobody has acknowledged, then the graver, then the newest', () => {
  const list = [
    called('old-yellow', unacked, { level: 3, raisedAt: 1 }),
    called('acked-red', acked, { level: 1, raisedAt: 9 }),
    called('new-yellow', unacked, { level: 3, raisedAt: 2 }),
    called('acked-blue', acked, { level: 4, raisedAt: 10 }),
    called('orange', unacked, { level: 2, raisedAt: 0 }),
  ];
  expect(list.sort(byUrgency).map((a) => a.id)).toEqual([
    'orange',
    'new-yellow',
    'old-yellow',
    'acked-red',
    'acked-blue',
  ]);
});

it('every console lists the same alarms in the same order', () => {
  const alarms = fc.uniqueArray(
    fc.record({
      id: fc.string(),
      level: fc.constantFrom(1, 2, 3, 4),
      raisedAt: fc.nat(3),
      of: fc.constantFrom(acked, unacked),
    }),
    { selector: (a) => a.id },
  );
  fc.assert(
    fc.property(alarms, (given) => {
      const list = given.map((g) => called(g.id, g.of, { level: g.level as 1, raisedAt: g.raisedAt }));
      const shuffled = [...list].reverse();
      expect(shuffled.sort(byUrgency)).toEqual([...list].sort(byUrgency));
    }),
  );
});

it('an alarm is open until it is closed, and unacknowledged until somebody acknowledged it', () => {
  const life = [
    [story(observe(25)), true, true],
    [story(observe(25), ack(1)), true, false],
    [story(observe(25), normal), true, true],
    [story(observe(25, {}, true), normal), true, true],
    [story(observe(25, {}, true), normal, ack(1)), true, false],
    [story(observe(25, {}, true), normal, ack(1), reset), false, false],
    [story(observe(25), normal, ack(1)), false, false],
  ] as const;
  for (const [{ is }, open, unackedNow] of life) {
    expect([isOpen(is), isUnacked(is)], is.phase.is).toEqual([open, unackedNow]);
  }
});
