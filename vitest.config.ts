import { join } from 'node:path';
import { defineConfig } from 'vitest/config';

const results = process.env.TEST_RESULTS_FILE;

/** Needs no process, no socket and no browser (test/README.md): `npm run test:fast`. */
const FAST = ['architecture', 'config', 'console', 'domain', 'flow', 'packs', 'wire'].map(
  (folder) => `test/${folder}/**/*.test.ts`,
);

/** Measure how soon something comes or how much it costs, or take so much that others would measure it. */
const MEASURING = [
  'contracts/**/{accounts-sqlite,broker,broker-pace,handshakes,journal-sqlite-speed}',
  'faults/**/{broker-abuse,broker-attackers,broker-flood,broker-throughput,edge-abuse,login-flood}',
  'journeys/**/{api-edge,api-rules,console-map,floods,hostile-import,page-alarms,page-flood,page-link,page-soak,scenarios}',
  'simulators/**/{bench-generator,bench-history,driver,generate}',
].map((files) => `test/${files}.test.ts`);

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
    // One after the other, for two cores. Those that wait for a service or a browser, most of their time, are four at
    // a time; those that measure have one neighbour at most.
    projects: [
      {
        // Pure files leave nothing behind for one another: a fresh world for each would cost more than the tests.
        test: { ...shared, name: 'fast', include: FAST, isolate: false, maxWorkers: 2 },
      },
      {
        test: {
          ...shared,
          name: 'whole',
          include: ['test/**/*.test.ts'],
          exclude: [...FAST, ...MEASURING],
          maxWorkers: 4,
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          ...shared,
          name: 'measuring',
          include: MEASURING,
          maxWorkers: 2,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});
