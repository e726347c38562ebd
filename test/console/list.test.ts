import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareAlarms } from '../../dashboards/console/src/state/order.ts';
import { siteOf } from '../../dashboards/console/src/state/phase.ts';
import {
  arrange,
  countByLevel,
  keptChoice,
  nextAfter,
  search,
  stepFrom,
} from '../../dashboards/console/src/state/view.ts';
import { MOST_ROWS, rowWindow, scrollToShow } from '../../dashboards/console/src/state/window.ts';
import type { Alarm } from '../../src/domain/alarm/alarm.ts';
import { byUrgency } from '../../src/domain/alarm/order.ts';
import { acked, anAlarm } from './an-alarm.ts';

const ids = (list: readonly { id: string }[]): string => list.map((a) => a.id).join(' ');

describe('the order of the list', () => {
  it('puts the unacknowledged first, then the graver, then the newest', () => {
    const list = [
      acked(anAlarm('red-acked', { level: 1, minute: 9 })),
      anAlarm('orange-old', { level: 2, minute: 1 }),
      anAlarm('orange-new', { level: 2, minute: 5 }),
      anAlarm('red-new', { level: 1, minute: 8 }),
      anAlarm('blue', { level: 4, minute: 9, phase: 'returned-unacked' }),
      anAlarm('red-old', { level: 1, minute: 2, phase: 'latched-unacked' }),
      anAlarm('to-reset', { level: 1, minute: 7, phase: 'latched-acked' }),
    ];
    expect(ids(list.sort(compareAlarms))).toBe(
      'red-new red-old orange-new orange-old blue red-acked to-reset',
    );
  });

  it('is the order of the service itself', () => {
    const one = fc.record({
      level: fc.constantFrom(1, 2, 3, 4),
      minute: fc.nat(3),
      acked: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(one, { maxLength: 12 }), (list) => {
        const ours = list.map((x, i) => {
          const a = anAlarm(`id-${i}`, { level: x.level as 1 | 2 | 3 | 4, minute: x.minute });
          return x.acked ? acked(a) : a;
        });
        // What `byUrgency` looks at, and nothing else of an alarm.
        const theirs = ours.map((a) => ({
          id: a.id,
          level: a.level,
          raisedAt: Date.parse(a.raisedAt),
          phase: a.ack ? { is: a.phase, ack: a.ack } : { is: a.phase },
        })) as unknown as Alarm[];
        expect(ids(ours.sort(compareAlarms))).toBe(ids(theirs.sort(byUrgency)));
      }),
    );
  });

  it('keeps what is shelved, suppressed or out of service aside, and out of the counters', () => {
    const { shown, hidden } = arrange([
      anAlarm('a'),
      anAlarm('b', { overlay: 'shelved' }),
      acked(anAlarm('c', { level: 1 })),
      anAlarm('d', { level: 3, overlay: 'outOfService' }),
    ]);
    expect(ids(shown)).toBe('a c');
    expect(ids(hidden)).toBe('b d');
    expect(countByLevel(shown)).toEqual({
      1: { unacked: 1, total: 2 },
      2: { unacked: 0, total: 0 },
      3: { unacked: 0, total: 0 },
      4: { unacked: 0, total: 0 },
    });
  });
});

describe('moving through the list', () => {
  const list = [anAlarm('a'), anAlarm('b'), acked(anAlarm('c'))];

  it('goes to the worst unacknowledged after an acknowledgement, and of these to the one that waited longest', () => {
    expect(nextAfter(list, 'a')).toBe('b');
    expect(nextAfter(list, 'b')).toBe('a');
    const shift = [
      anAlarm('red-new', { level: 1, minute: 9 }),
      anAlarm('red-old', { level: 1, minute: 2 }),
      anAlarm('red-here', { level: 1, minute: 1 }),
      anAlarm('orange-below', { level: 2, minute: 0 }),
    ];
    expect(nextAfter(shift, 'red-here')).toBe('red-old');
    expect(nextAfter(shift, 'orange-below')).toBe('red-here');
    expect(nextAfter(shift.slice(2), 'red-here')).toBe('orange-below');
  });
  it('keeps the mark while it is in the list, and otherwise marks the first that is', () => {
    expect(keptChoice(list, 'b')).toBe('b');
    expect(keptChoice(list.slice(1), 'a')).toBe('b');
    expect(keptChoice([], 'a')).toBeNull();
  });
  it('stays where it is when there is none left', () => {
    expect(nextAfter([anAlarm('a'), acked(anAlarm('b'))], 'a')).toBe('a');
  });
  it('steps up and down within the list, and starts at the top', () => {
    expect(stepFrom(list, 'a', 1)).toBe('b');
    expect(stepFrom(list, 'a', -1)).toBe('a');
    expect(stepFrom(list, 'c', 1)).toBe('c');
    expect(stepFrom(list, 'gone', 1)).toBe('a');
    expect(stepFrom([], null, 1)).toBeNull();
  });
});

describe('searching', () => {
  it('finds every word somewhere in site, code or rule, in either language', () => {
    const list = [anAlarm('a', { assetName: '涡河三桥', pointName: '跨中挠度' }), anAlarm('b')];
    expect(ids(search(list, '三桥 挠度'))).toBe('a');
    expect(ids(search(list, 'p-B'))).toBe('b');
    expect(ids(search(list, 'methane'))).toBe('a b');
    expect(ids(search(list, '三桥 液位'))).toBe('');
    expect(ids(search(list, '  '))).toBe('a b');
  });
});

describe('the rows in the document', () => {
  const view = { rowHeight: 52, viewHeight: 640 };

  it('are few, whatever the length of the list and the height of the screen', () => {
    expect(rowWindow({ ...view, total: 5_000, scrollTop: 0 }).count).toBeLessThan(40);
    expect(rowWindow({ total: 5_000, rowHeight: 52, viewHeight: 100_000, scrollTop: 0 }).count).toBe(
      MOST_ROWS,
    );
  });
  it('cover everything that can be seen, at any place of the list', () => {
    for (const scrollTop of [0, 1, 777, 130_000, 5_000 * 52 - 640]) {
      const { first, count } = rowWindow({ ...view, total: 5_000, scrollTop });
      expect(first * 52).toBeLessThanOrEqual(scrollTop);
      expect((first + count) * 52).toBeGreaterThanOrEqual(scrollTop + 640);
    }
  });
  it('end with the list when it has become shorter than the place scrolled to', () => {
    expect(rowWindow({ ...view, total: 3, scrollTop: 90_000 })).toEqual({ first: 0, count: 3 });
  });
  it('scroll just far enough to show the chosen one', () => {
    expect(scrollToShow({ ...view, index: 0, scrollTop: 100 })).toBe(0);
    expect(scrollToShow({ ...view, index: 5, scrollTop: 0 })).toBe(0);
    expect(scrollToShow({ ...view, index: 20, scrollTop: 0 })).toBe(21 * 52 - 640);
  });
});

it('a site is not named twice', () => {
  expect(siteOf(anAlarm('a', { assetName: '北门井', pointName: '北门井' }))).toBe('北门井');
  expect(siteOf(anAlarm('a', { assetName: '北门井', pointName: '甲烷' }))).toBe('北门井 · 甲烷');
  // The same crossing twice would push what tells the wells apart out of the row.
  const crossing = { assetName: '桐荫路与青枫路路口燃气管线相邻空间', pointName: '桐荫路与青枫路路口雨水井' };
  expect(siteOf(anAlarm('a', crossing))).toBe('桐荫路与青枫路路口雨水井');
});
