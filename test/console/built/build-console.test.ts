import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '../../..');
const dir = mkdtempSync(join(tmpdir(), 'no-vite-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

/** As after `npm ci --omit=dev`: the sources are there, Vite is not. */
test('without what builds it the console is left out, and the start goes on', async () => {
  mkdirSync(join(dir, 'scripts'));
  mkdirSync(join(dir, 'dashboards/console'), { recursive: true });
  for (const name of ['build-console.ts', 'build-help.ts'])
    cpSync(join(ROOT, 'scripts', name), join(dir, 'scripts', name));
  writeFileSync(join(dir, 'dashboards/console/index.html'), '');
  writeFileSync(join(dir, 'package-lock.json'), '{}');
  writeFileSync(join(dir, 'package.json'), '{"type":"module"}');
  const build = () => promisify(execFile)(process.execPath, [join(dir, 'scripts/build-console.ts')]);
  expect((await build()).stdout).toMatch(/--omit=dev.*starts without it.*npm ci, then npm start builds it/s);
  mkdirSync(join(dir, 'dashboards/console/dist'));
  writeFileSync(join(dir, 'dashboards/console/dist/.built-from'), 'older sources');
  expect((await build()).stdout).toMatch(/built before is served/);
});
