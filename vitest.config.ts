import { join } from 'node:path';
import { defineConfig } from 'vitest/config';

const results = process.env.TEST_RESULTS_FILE;

/** Needs no process, no socket and no browser (test/README.md): `npm run test:fast`. */
const FAST = ['architecture', 'config', 'console', 'domain', 'flow', 'packs', 'wire'].map(
  (folder) => `test/${folder}/**/*.test.ts`,
);

const shared = {
  testTimeout: 30_000,
  hookTimeout: 60_000,
  // What a browser or a process does soon it does late on a busy machine: a second, the default, is no promise.
  expect: { poll: { timeout: 10_000 } },
  // Of one file, where it says `concurrent`: each has a service and a fleet of its own, for two cores.
  maxConcurrency: 2,
  // A process of ours compiles its sources once and not at every start (test/support/process-env.ts).
  env: { NODE_COMPILE_CACHE: join(import.meta.dirname, 'node_modules/.cache/compiled') },
};

export default defineConfig({
  test: {
    reporters: results === undefined ? ['default'] : ['default', ['json', { outputFile: results }]],
    // Two cores: the whole-app suites start real servers, so few files at a time keep their timings honest.
    maxWorkers: 2,
    projects: [
      // Pure files leave nothing behind for one another: a fresh world for each would cost more than the tests.
      { test: { ...shared, name: 'fast', include: FAST, isolate: false } },
      { test: { ...shared, name: 'whole', include: ['test/**/*.test.ts'], exclude: FAST } },
    ],
  },
});
