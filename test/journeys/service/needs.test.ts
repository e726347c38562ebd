import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '../../..');
const place = mkdtempSync(join(tmpdir(), 'lifeline-needs-'));
afterAll(() => rmSync(place, { recursive: true, force: true }));

/** The guard of a tree that asks for this, under this Node. */
function guard(engines: string, dependencies: Record<string, string>, language = 'en') {
  mkdirSync(join(place, 'bin'), { recursive: true });
  cpSync(join(ROOT, 'bin/needs.cjs'), join(place, 'bin/needs.cjs'));
  writeFileSync(join(place, 'package.json'), JSON.stringify({ engines: { node: engines }, dependencies }));
  const { status, stderr } = spawnSync(process.execPath, [join(place, 'bin/needs.cjs')], {
    encoding: 'utf8',
    env: { LIFELINE_LANGUAGE: language },
  });
  return [status, stderr];
}

test('the guard before a start says what is missing, in one line, and lets pass what is whole', () => {
  expect(guard('>=99', {})).toEqual([
    2,
    expect.stringMatching(/^Node 99 or later is needed, and this is .*npm ci.*\n$/),
  ]);
  expect(guard('>=24', { fastify: '5' }, 'zh')).toEqual([2, '缺少 fastify：请执行 npm ci\n']);
  expect(guard('>=24', {})).toEqual([0, '']);
});
