import { execFile } from 'node:child_process';
import { tmpdir } from 'node:os';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { hours } from '../../src/domain/time.ts';
import kept from './kept.json' with { type: 'json' };
import { type Given, play } from './month.ts';

const run = promisify(execFile);

test.each(kept.map((k): [string, Given] => [k.why, k]))(
  'a history that shows: %s',
  async (_, given) => {
    const { failure, last } = await play(given);
    expect(failure, last.join('\n')).toBeNull();
  },
  120_000,
);

test.each([1, 2])(
  'a day of four points and its fates, seed %d',
  async (seed) => {
    const { failure, last } = await play({ seed, lasts: hours(24), points: 4 });
    expect(failure, last.join('\n')).toBeNull();
  },
  120_000,
);

/** All that may be played, and as the command says it. */
const EVERYTHING = { notices: true, approvals: true, waveforms: true, responses: true } as const;
const IN_WORDS = Object.keys(EVERYTHING).map((part) => `--${part}`);

test('a day with everything in it that may be played', async () => {
  const { failure, last } = await play({ seed: 3, lasts: hours(24), points: 4, ...EVERYTHING });
  expect(failure, last.join('\n')).toBeNull();
}, 120_000);

test('the same seed is the same history: twice, in another time zone, another language, another folder', async () => {
  const given = { seed: 4711, lasts: hours(24), points: 2, ...EVERYTHING };
  const [first, second] = [await play(given), await play(given)];
  expect(second.hash).toBe(first.hash);
  expect(second.counts).toEqual(first.counts);
  const main = new URL('main.ts', import.meta.url).pathname;
  const { stdout } = await run(
    process.execPath,
    [main, '--seed', '4711', '--days', '1', '--points', '2', ...IN_WORDS],
    {
      cwd: tmpdir(),
      env: { ...process.env, TZ: 'America/St_Johns', LANG: 'tr_TR.UTF-8', LC_ALL: 'tr_TR.UTF-8' },
    },
  );
  expect(stdout).toContain(`seed 4711: ${first.hash}`);
}, 120_000);

test('the command says what there is and ends with 0; what it does not know it names, and ends with 2', async () => {
  const main = new URL('main.ts', import.meta.url).pathname;
  const { stdout } = await run(process.execPath, [main, '--help']);
  for (const flag of ['--seed N', '--fresh', '--our-clock', '--keep WHY']) expect(stdout).toContain(flag);
  for (const [wrong, word] of [
    [['--sead', '1'], '--sead'],
    [['--days', 'two'], '--days two'],
    [['--keep', 'why'], '--seed'],
  ] as const)
    await expect(run(process.execPath, [main, ...wrong])).rejects.toMatchObject({
      code: 2,
      stderr: expect.stringContaining(word),
    });
});
