import { existsSync } from 'node:fs';
import { join, matchesGlob } from 'node:path';
import { expect, test } from 'vitest';
import { together } from '../../scripts/test.ts';
import { FAST, LONGEST_FIRST, WAITING } from '../lanes.ts';

// A file that is renamed must not fall silently out of its lane, and none may be run by two.

test.each([...WAITING, ...LONGEST_FIRST])('%s is there, and named once', (name) => {
  expect(existsSync(join(import.meta.dirname, '../..', name))).toBe(true);
  expect([...WAITING, ...LONGEST_FIRST].filter((other) => other === name)).toHaveLength(1);
});

test.each(WAITING)('%s is none of the fast ones', (name) => {
  expect(FAST.filter((files) => matchesGlob(name, files))).toEqual([]);
});

test('the results of several runs are one: what failed or was skipped in one of them is in it', () => {
  const run = (o: { passed: number; failed: number; pending: number; at: number; files: string[] }) => ({
    success: o.failed === 0,
    startTime: o.at,
    numPassedTests: o.passed,
    numFailedTests: o.failed,
    numPendingTests: o.pending,
    testResults: o.files.map((name) => ({ name })),
  });
  const [a, b] = [
    run({ passed: 3, failed: 0, pending: 1, at: 20, files: ['a', 'b'] }),
    run({ passed: 2, failed: 1, pending: 2, at: 10, files: ['c'] }),
  ];
  const both = run({ passed: 5, failed: 1, pending: 3, at: 10, files: ['a', 'b', 'c'] });
  expect(together([a, b])).toEqual(both);
  expect(together([a])).toEqual(a);
  expect(together([]).success).toBe(false);
});
