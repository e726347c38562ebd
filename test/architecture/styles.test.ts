import { globSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { expect, test } from 'vitest';

const CONSOLE = join(import.meta.dirname, '../../dashboards/console/src');

/** Blocks of style that scroll sideways, by file. */
const blocks = globSync(join(CONSOLE, '**/*.{vue,css}')).flatMap((file) =>
  [...readFileSync(file, 'utf8').matchAll(/[^{}]+\{[^{}]*overflow-x:\s*(?:auto|scroll)[^{}]*\}/g)].map(
    ([block]) => ({ file: relative(CONSOLE, file), block }),
  ),
);

test('what scrolls sideways holds what is only read in it, which would make the page wider otherwise', () => {
  expect(blocks.length).toBeGreaterThan(4);
  const without = blocks.filter(({ block }) => !/position:\s*relative/.test(block));
  expect(without.map(({ file }) => file)).toEqual([]);
});
