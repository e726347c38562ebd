import { join } from 'node:path';
import { AccountsSqlite } from '../../src/adapters/accounts/index.ts';
import { HistoryDuckdb } from '../../src/adapters/history-duckdb/index.ts';
import { JournalSqlite } from '../../src/adapters/journal-sqlite/index.ts';
import { as } from '../../src/domain/ids.ts';
import { GOOD, type Reading } from '../../src/domain/reading.ts';
import { days } from '../../src/domain/time.ts';
import type { SpooledTurn, TurnRecord } from '../../src/flow/ports/journal.ts';
import { encodeSpool } from '../../src/wire/files/spool.ts';

export const DAYS = 3;
export const MIDNIGHT = Date.UTC(2026, 0, 2);
export const POINT = as.point('GAS-1');
export const CH4 = as.metric('ch4');

export const reading = (observedAt: number, value: number): Reading => ({
  point: POINT,
  metric: CH4,
  value,
  quality: GOOD,
  observedAt,
  receivedAt: observedAt + 300,
  backfill: false,
});

export const spooled = (n: number, readings: readonly Reading[]): SpooledTurn => ({
  turn: as.turn(n),
  body: encodeSpool(readings, []),
});

/** A turn with nothing in it but readings. */
export function turnOf(n: number, readings: readonly Reading[]): TurnRecord {
  return {
    turn: as.turn(n),
    at: MIDNIGHT + n,
    readings,
    frames: [],
    quarantined: [],
    statuses: [],
    deviceEvents: [],
    register: [],
    rules: [],
    events: [],
    answers: [],
    memories: [],
    memoriesKeptUpTo: as.turn(n),
  };
}

/** A data directory as a service leaves it: some days of history, and a last turn that the history has not. */
export async function makeDataDir(dir: string): Promise<void> {
  const journal = new JournalSqlite({ dir });
  await journal.recover();
  const history = new HistoryDuckdb({ dir: join(dir, 'history'), onTrouble: () => undefined });
  await history.start();
  for (let d = 0; d < DAYS; d++) {
    const readings = [reading(MIDNIGHT + days(d), d)];
    await journal.commit(turnOf(d + 1, readings));
    await history.keep([spooled(d + 1, readings)]);
    await journal.drained(as.turn(d + 1));
  }
  await journal.commit(turnOf(DAYS + 1, [reading(MIDNIGHT + days(DAYS), DAYS)]));
  await journal.stoppedCleanly(MIDNIGHT);
  await journal.close();
  await history.close();
  const accounts = new AccountsSqlite({ file: join(dir, 'accounts.db'), now: () => MIDNIGHT });
  await accounts.start({ adminPassword: 'Korrekt-Pferd-9' });
  await accounts.close();
}
