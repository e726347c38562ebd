import fc from 'fast-check';
import { expect, test } from 'vitest';
import { climb } from '../../../src/domain/notice/ladder.ts';
import { afterQuiet } from '../../../src/domain/notice/quiet.ts';
import { aRung } from './a-city.ts';

const beijing = (day: number, time: string) => Date.parse(`2026-03-0${day}T${time}:00+08:00`);
const NIGHT = { from: '22:00', to: '07:00' };
const NOON = { from: '12:00', to: '14:00' };

test.each([
  ['before the night', NIGHT, beijing(1, '21:59'), beijing(1, '21:59')],
  ['as the night begins', NIGHT, beijing(1, '22:00'), beijing(2, '07:00')],
  ['after midnight', NIGHT, beijing(2, '03:00'), beijing(2, '07:00')],
  ['as the night ends', NIGHT, beijing(2, '07:00'), beijing(2, '07:00')],
  ['at noon', NOON, beijing(1, '13:59'), beijing(1, '14:00')],
  ['after noon', NOON, beijing(1, '14:00'), beijing(1, '14:00')],
  ['without any', undefined, beijing(1, '23:00'), beijing(1, '23:00')],
])('what is due %s is called when quiet hours end, if it may wait', (_, quiet, at, then) => {
  expect(afterQuiet(at, 3, quiet)).toBe(then);
  for (const level of [1, 2] as const) expect(afterQuiet(at, level, quiet)).toBe(at);
});

const time = fc
  .tuple(fc.integer({ min: 0, max: 23 }), fc.integer({ min: 0, max: 59 }))
  .map(([h, m]) => `${String(h).padStart(2, '0')}:${String(m).padStart(2, '0')}`);
const quietHours = fc.record({ from: time, to: time });

test('no call of yellow or blue falls into quiet hours, none is lost, and red is never a moment later', () => {
  fc.assert(
    fc.property(
      quietHours,
      fc.integer({ min: 0, max: 172_800 }),
      fc.array(fc.integer({ min: 0, max: 86_400 }), { minLength: 1, maxLength: 5 }),
      fc.constantFrom(1 as const, 2 as const, 3 as const, 4 as const),
      (quiet, s, after, level) => {
        const rungs = [...after].sort((a, b) => a - b).map((x) => aRung(x));
        const begin = { did: 'begin', at: beijing(1, '00:00') + s * 1_000, level } as const;
        const { calls } = climb({ rungs, repeat: null, quiet }, [begin]);
        expect(calls).toHaveLength(rungs.length);
        const plain = climb({ rungs, repeat: null }, [begin]).calls;
        for (const [i, c] of calls.entries()) {
          if (level <= 2) expect(c.dueAt).toBe(plain[i]?.dueAt);
          else {
            expect(afterQuiet(c.dueAt, level, quiet)).toBe(c.dueAt);
            expect(c.dueAt).toBeGreaterThanOrEqual(plain[i]?.dueAt ?? 0);
          }
        }
      },
    ),
  );
});
