import { describe, expect, it } from 'vitest';
import { type Link, merged } from '../../../dashboards/console/src/parts/alarm/chain.ts';

const at = (second: number): string => `2026-11-30T08:00:${String(second).padStart(2, '0')}.000Z`;
const link = (of: Link['of'], second: number): Link =>
  ({ of, at: at(second), key: `${of}${second}` }) as Link;

describe('all that followed an alarm', () => {
  it('stands on one line by time; of one instant the alarm first, then what it led to', () => {
    const links = [
      link('warning', 5),
      link('order', 5),
      link('notice', 1),
      link('alarm', 5),
      link('incident', 5),
      link('alarm', 0),
      link('order', 3),
    ];
    expect(merged(links).map((l) => l.key)).toEqual([
      'alarm0',
      'notice1',
      'order3',
      'alarm5',
      'incident5',
      'order5',
      'warning5',
    ]);
    expect(links[0]?.key).toBe('warning5');
  });
});
