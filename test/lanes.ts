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
 * Files that mostly wait: for a minute to be over, for a store to give up, for a disk to be well again. `npm test` runs
 * them one after the other beside the two workers of all others (scripts/test.ts). What measures, and what loads a core,
 * is no neighbour to others and is not in here.
 */
export const WAITING: readonly string[] = [
  'test/faults/storage/broken-disk.test.ts',
  'test/faults/outages.test.ts',
  'test/faults/stopped-for-a-minute.test.ts',
  'test/faults/storage/full-disk-influx.test.ts',
  'test/faults/hanging-history.test.ts',
  'test/faults/storage/hanging-store.test.ts',
  'test/journeys/service/silence-over-restarts.test.ts',
  'test/adapters/worker-client.test.ts',
];

/** The longest of the others, the longest first: begun last, one of them would end alone. */
export const LONGEST_FIRST: readonly string[] = [
  'test/journeys/pages/page-soak.test.ts',
  'test/journeys/pages/page-every-screen.test.ts',
  'test/commands/import.test.ts',
  'test/journeys/service/scenarios.test.ts',
  'test/contracts/history/history-duckdb.test.ts',
  'test/faults/kill-9.test.ts',
  'test/journeys/api/attackers.test.ts',
  'test/commands/doctor.test.ts',
];
