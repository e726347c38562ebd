import { defineConfig } from 'vitest/config';

const results = process.env.TEST_RESULTS_FILE;

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // What a browser or a process does soon it does late on a busy machine: a second, the default, is no promise.
    expect: { poll: { timeout: 10_000 } },
    // Two cores: the whole-app suites start real servers, so few files at a time keep their timings honest.
    maxWorkers: 2,
    reporters: results === undefined ? ['default'] : ['default', ['json', { outputFile: results }]],
  },
});
