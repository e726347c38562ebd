import { expect, test } from 'vitest';
import { hours } from '../../src/domain/time.ts';
import kept from './kept.json' with { type: 'json' };
import { type Given, play } from './month.ts';

test.each(kept.map((k): [string, Given] => [k.why, k]))(
  'a history that failed before: %s',
  async (_, given) => {
    const { failure, last } = await play(given);
    expect(failure, last.join('\n')).toBeNull();
  },
);

test.each([1, 2, 3, 4, 5, 6])(
  'a day of four points and its fates, seed %d',
  async (seed) => {
    const { failure, last } = await play({ seed, lasts: hours(24), points: 4 });
    expect(failure, last.join('\n')).toBeNull();
  },
  120_000,
);

test('the same seed is the same history', async () => {
  const given = { seed: 4711, lasts: hours(12), points: 3 };
  const [first, second] = [await play(given), await play(given)];
  expect(second.hash).toBe(first.hash);
  expect(second.counts).toEqual(first.counts);
}, 120_000);
