import { describe, expect, test } from 'vitest';
import { fitting, readLook, USUAL_LOOK } from '../../../dashboards/console/src/state/rows/row-look.ts';
import { NO_TICKS, stillTicked, ticked, tickedTo } from '../../../dashboards/console/src/state/rows/ticks.ts';
import { toldOf } from '../../../dashboards/console/src/state/rows/told.ts';

describe('how rows look', () => {
  test('what was kept is read; anything else is the usual look', () => {
    expect(readLook('{"columns":["age","peak","bogus"],"density":"close"}')).toEqual({
      columns: ['peak', 'age'],
      density: 'close',
    });
    for (const text of [null, '', '[]', '{"columns":1}']) expect(readLook(text)).toEqual(USUAL_LOOK);
  });

  test('where there is no room the curve goes first, and value and state last', () => {
    const all = ['value', 'peak', 'spark', 'state', 'clock', 'valueAge', 'age'] as const;
    expect(fitting(all, 2_000, 'zh-CN').columns).toEqual(all);
    expect(fitting(all, 640, 'zh-CN').columns).toEqual(['value', 'state', 'age']);
    expect(fitting(all, 420, 'zh-CN').columns).toEqual(['value']);
    expect(fitting(all, 640, 'zh-CN').room).toBeGreaterThanOrEqual(150);
  });
});

describe('ticks', () => {
  const list = ['a', 'b', 'c', 'd'];
  test('Shift takes everything between, in either direction', () => {
    const from = ticked(NO_TICKS, 'c');
    expect([...tickedTo(from, 'a', list).ids].sort()).toEqual(['a', 'b', 'c']);
    expect([...tickedTo(from, 'd', list).ids].sort()).toEqual(['c', 'd']);
    expect([...tickedTo(NO_TICKS, 'b', list).ids]).toEqual(['b']);
  });
  test('twice is not at all; what leaves the list is ticked no more', () => {
    expect([...ticked(ticked(NO_TICKS, 'a'), 'a').ids]).toEqual([]);
    expect(stillTicked({ ids: new Set(['a', 'x']), from: 'x' }, list)).toEqual({
      ids: new Set(['a']),
      from: null,
    });
  });
});

test('people are counted once an alarm; that a call reached nobody is kept beside it', () => {
  const notice = (id: string, contact: string, state: string) =>
    ({ subject: { kind: 'alarm', id, revision: 1 }, contact, channel: 'x', state }) as never;
  const told = toldOf([
    notice('A', 'li', 'sent'),
    notice('A', 'li', 'delivered'),
    notice('A', 'wang', 'acted'),
    notice('B', 'li', 'undeliverable'),
  ]);
  expect(told.get('A')).toEqual({ people: 2, failed: false });
  expect(told.get('B')).toEqual({ people: 0, failed: true });
});
