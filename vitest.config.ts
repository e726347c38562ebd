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
};

export default defineConfig({
  test: {
    // Two cores: the whole-app suites start real servers, so few files at a time keep their timings honest.
    maxWorkers: 2,
    reporters: results === undefined ? ['default'] : ['default', ['json', { outputFile: results }]],
    projects: [
      // Pure files leave nothing behind for one another: a fresh world for each would cost more than the tests.
      { test: { ...shared, name: 'fast', include: FAST, isolate: false } },
      { test: { ...shared, name: 'whole', include: ['test/**/*.test.ts'], exclude: FAST } },
    ],
  },
});
