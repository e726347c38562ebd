/** Needs no process, no socket and no browser (test/README.md): `npm run test:fast`. */
export const FAST: readonly string[] = [
  'architecture',
  'config',
  'console',
  'domain',
  'flow',
  'packs',
  'wire',
].map((folder) => `test/${folder}/**/*.test.ts`);

/**
 * Files that mostly wait: for a minute to be over, for a store to give up, for a process to start or a disk to be well
 * again; about half of a core at most is theirs. `npm test` runs them one after the other beside the two workers of
 * all others (scripts/test.ts), in any order. What measures how soon something comes, and what loads a core, bears no
 * third neighbour or is none, and is not in here.
 */
export const WAITING: readonly string[] = [
  'test/adapters/worker-client.test.ts',
  'test/commands/doctor.test.ts',
  'test/commands/import.test.ts',
  'test/commands/restore.test.ts',
  'test/contracts/history/history-duckdb.test.ts',
  'test/faults/audit-unopened.test.ts',
  'test/faults/broker/outside-broker.test.ts',
  'test/faults/doors/kill-9-amqp.test.ts',
  'test/faults/doors/kill-9-gb26875.test.ts',
  'test/faults/doors/kill-9-hj212.test.ts',
  'test/faults/doors/kill-9-http.test.ts',
  'test/faults/doors/kill-9-sl651.test.ts',
  'test/faults/file-modes.test.ts',
  'test/faults/given-up.test.ts',
  'test/faults/hanging-history.test.ts',
  'test/faults/outages.test.ts',
  'test/faults/pair/cut-off-from-broker.test.ts',
  'test/faults/pair/embedded-broker.test.ts',
  'test/faults/pair/one-that-stood-still.test.ts',
  'test/faults/pair/promoted.test.ts',
  'test/faults/pair/two-machines.test.ts',
  'test/faults/parts.test.ts',
  'test/faults/stopped-for-a-minute.test.ts',
  'test/faults/response-killed.test.ts',
  'test/faults/storage/broken-disk.test.ts',
  'test/faults/storage/full-disk-influx.test.ts',
  'test/faults/storage/hanging-store.test.ts',
  'test/faults/told-killed.test.ts',
  'test/faults/upgrade-killed.test.ts',
  'test/faults/upstream-killed.test.ts',
  'test/journeys/api/attackers.test.ts',
  'test/journeys/service/self-check-hidden.test.ts',
  'test/journeys/service/self-check.test.ts',
  'test/journeys/service/silence-over-restarts.test.ts',
  'test/journeys/service/stream-ends.test.ts',
];

/** The longest of the others, and of the fast ones, the longest first: begun last, one of them would end alone. */
export const LONGEST_FIRST: readonly string[] = [
  'test/journeys/pages/page-installed.test.ts',
  'test/journeys/pages/page-soak.test.ts',
  'test/journeys/pages/page-every-screen.test.ts',
  'test/journeys/service/scenarios.test.ts',
  'test/faults/kill-9.test.ts',
  'test/contracts/journal/journal-postgres.test.ts',
  'test/contracts/journal/journal-postgres-faults.test.ts',
  'test/journeys/pages/page-attackers.test.ts',
  'test/journeys/map/console-map.test.ts',
  'test/journeys/pages/page-alarms.test.ts',
  'test/journeys/pages/page-flood.test.ts',
  'test/faults/login-flood.test.ts',
  'test/flow/judging/our-clock.test.ts',
  'test/flow/judging/our-clock-taken-over.test.ts',
  'test/flow/judging/frames-own-clock.test.ts',
];
