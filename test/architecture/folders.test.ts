import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');
const SOURCE = /\.(ts|vue|css|c)$/;
/** More are not looked through by anybody: what belongs together goes into a folder named after it. */
const AT_MOST = 25;

const trees = ['src', 'simulators', 'dashboards/console/src', 'test'];
const files = trees.flatMap((tree) =>
  readdirSync(join(ROOT, tree), { recursive: true, withFileTypes: true })
    .filter((f) => f.isFile() && SOURCE.test(f.name))
    .map((f) => f.parentPath.slice(ROOT.length + 1)),
);
const counts = new Map<string, number>();
for (const folder of files) counts.set(folder, (counts.get(folder) ?? 0) + 1);

test('the folders were counted', () => {
  expect(files.length).toBeGreaterThan(1_000);
  for (const tree of trees) expect([...counts.keys()].some((f) => f.startsWith(tree))).toBe(true);
});

test(`no folder has more than ${AT_MOST} source files beside one another`, () => {
  expect([...counts].filter(([, n]) => n > AT_MOST)).toEqual([]);
});
