import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { beforeAll, expect, test } from 'vitest';
import { buildConsole } from '../../../scripts/build-console.ts';

const DIST = join(import.meta.dirname, '../../../dashboards/console/dist');
const AT_MOST = 250_000;
beforeAll(() => buildConsole(), 120_000);

/** A chunk and all that it imports before it runs. */
function closure(names: readonly string[]): ReadonlySet<string> {
  const seen = new Set<string>();
  const open = [...names];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    if (seen.has(name)) continue;
    seen.add(name);
    const text = readFileSync(join(DIST, 'assets', name), 'utf8');
    // Static ones: `from"./x.js"` and `import"./x.js"`, and not `import("./x.js")`.
    for (const [, found] of text.matchAll(/(?:from|import)\s*"\.\/([^"]+\.js)"/g))
      if (found) open.push(found);
  }
  return seen;
}
const zipped = (name: string): number => gzipSync(readFileSync(join(DIST, 'assets', name))).length;

test('the first load of the desk is 250 kB at most, gzipped, and has nothing of the map in it', () => {
  const page = readFileSync(join(DIST, 'index.html'), 'utf8');
  const assets = readdirSync(join(DIST, 'assets'));
  const entry = [...page.matchAll(/assets\/([^"]+\.js)"/g)].map(([, name]) => name as string);
  const desk = assets.filter((name) => /^duty-[^.]+\.js$/.test(name));
  expect(entry.length).toBeGreaterThan(0);
  expect(desk).toHaveLength(1);
  const scripts = closure([...entry, ...desk]);
  // Every style there is: more than the desk asks for.
  const styles = assets.filter((name) => name.endsWith('.css'));
  const bytes = [...scripts, ...styles].reduce((sum, name) => sum + zipped(name), zippedPage(page));
  console.info(
    `first load of the desk: ${Math.round(bytes / 1_000)} kB gzip of ${AT_MOST / 1_000}, all styles of the console among them`,
  );
  expect(bytes).toBeLessThanOrEqual(AT_MOST);
  for (const late of [/^draw-map-/, /^file-layer-/, /^map-/]) {
    expect(
      assets.some((name) => late.test(name)),
      String(late),
    ).toBe(true);
    expect([...scripts].filter((name) => late.test(name))).toEqual([]);
  }
  expect(
    [...scripts].some((name) => /ol\/|VectorTile/.test(readFileSync(join(DIST, 'assets', name), 'utf8'))),
  ).toBe(false);
});

const zippedPage = (page: string): number => gzipSync(page).length;
