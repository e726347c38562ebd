import { join, relative } from 'node:path';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';
import { FAST, LONGEST_FIRST, WAITING } from './test/lanes.ts';

const results = process.env.TEST_RESULTS_FILE;

/** Without the times of an earlier run, as in CI, vitest begins with the largest files, which are not the longest. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification): number => {
      const found = LONGEST_FIRST.indexOf(relative(import.meta.dirname, moduleId));
      return found < 0 ? LONGEST_FIRST.length : found;
    };
    return (await super.sort(files)).sort((a, b) => place(a) - place(b));
  }
}

const shared = {
  testTimeout: 30_000,
  hookTimeout: 60_000,
  // A process of ours compiles its sources once and not at every start (test/support/process-env.ts).
  env: { NODE_COMPILE_CACHE: join(import.meta.dirname, 'node_modules/.cache/compiled') },
};

// What a browser or a process does soon it does late on a busy machine: a second of `expect.poll`, the default, is no
// promise, nor are the half minutes in which a test or hook that only waits for them has to end.
const whole = {
  ...shared,
  testTimeout: 90_000,
  hookTimeout: 180_000,
  expect: { poll: { timeout: 20_000 } },
  setupFiles: ['test/support/nothing-left.ts'],
};

export default defineConfig({
  test: {
    reporters: results === undefined ? ['default'] : ['default', ['json', { outputFile: results }]],
    // Two cores: the whole-app suites start real servers, so few files at a time keep their timings honest.
    maxWorkers: 2,
    sequence: { sequencer: LongestFirst },
    projects: [
      // Pure files leave nothing behind for one another: a fresh world for each would cost more than the tests.
      { test: { ...shared, name: 'fast', include: [...FAST], isolate: false } },
      { test: { ...whole, name: 'whole', include: ['test/**/*.test.ts'], exclude: [...FAST, ...WAITING] } },
      // What says `concurrent` there has a service and a fleet of its own, and waits for them.
      { test: { ...whole, name: 'waiting', include: [...WAITING], maxConcurrency: 3 } },
    ],
  },
});
