import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { takePlace } from '../../simulators/demo-place.ts';

let below: string;
const said: string[] = [];
const take = (keep = false) => takePlace(below, keep, (line) => said.push(line)).slice(below.length + 1);
beforeEach(() => {
  below = mkdtempSync(join(tmpdir(), 'lifeline-place-'));
  said.length = 0;
});
afterEach(() => rmSync(below, { recursive: true, force: true }));

test('a second demo leaves the data of one that runs alone, says so, and takes the next place', () => {
  expect(take()).toBe('demo-data');
  writeFileSync(join(below, 'demo-data', 'journal'), 'theirs');
  expect(take()).toBe('demo-data-2');
  expect(said).toHaveLength(1);
  expect(existsSync(join(below, 'demo-data', 'journal'))).toBe(true);
});

test('of one that has ended the place is taken again: afresh, or with its data', () => {
  take();
  const held = join(below, 'demo-data', 'demo.pid');
  writeFileSync(join(below, 'demo-data', 'journal'), 'old');
  // No process has this number.
  writeFileSync(held, '2147483646');
  expect(take(true)).toBe('demo-data');
  expect(existsSync(join(below, 'demo-data', 'journal'))).toBe(true);
  writeFileSync(held, '2147483646');
  expect(take()).toBe('demo-data');
  expect(existsSync(join(below, 'demo-data', 'journal'))).toBe(false);
  expect(said).toEqual([]);
});
