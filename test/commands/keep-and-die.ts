import { join } from 'node:path';
import { HistoryDuckdb } from '../../src/adapters/history-duckdb/index.ts';
import { JournalSqlite } from '../../src/adapters/journal-sqlite/index.ts';
import { days } from '../../src/domain/time.ts';
import { DAYS, MIDNIGHT, reading, spooled, turnOf } from './a-data-dir.ts';

/** As a process of its own: keeps the turn that waits in the spool, commits another one; then kill -9. */
const dir = String(process.argv[2]);
const journal = new JournalSqlite({ dir });
const { lastTurn } = await journal.recover();
const history = new HistoryDuckdb({ dir: join(dir, 'history'), onTrouble: () => undefined });
await history.start();
await history.keep([spooled(lastTurn, [reading(MIDNIGHT + days(DAYS - 1) + 1, 100)])]);
await journal.commit(turnOf(lastTurn + 1, [reading(MIDNIGHT + days(DAYS - 1) + 2, 101)]));
process.kill(process.pid, 'SIGKILL');
