import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { journalFile } from '../../../adapters/journal-sqlite/files.ts';
import { APPLICATION_ID, MIGRATIONS } from '../../../adapters/journal-sqlite/schema.ts';
import { openToRead } from '../../../adapters/shared/sqlite.ts';
import { isDamage } from '../../damage.ts';
import { megabytes } from '../../progress.ts';
import { bad, type Finding, ok, warn } from '../finding.ts';

export type JournalSeen = {
  /** `null`: not known. */
  readonly lastTurn: number | null;
  readonly lastTurnAt: number | null;
  readonly findings: readonly Finding[];
};

const NOT_THERE: JournalSeen = {
  lastTurn: 0,
  lastTurnAt: null,
  findings: [ok('journal', 'not there yet: the first start makes it')],
};
const RESTORE = 'keep it as it is, and restore the last backup into another directory';
const WAL_IS_LARGE = 1e9;

export type JournalGiven = {
  readonly dataDir: string;
  readonly serving: boolean;
  readonly spoolMaxMb: number;
  readonly now: number;
};

/** Opens the journal for reading only: whether it is ours, whole, and how much waits in it. */
export function checkJournal(given: JournalGiven): JournalSeen {
  const path = journalFile(given.dataDir);
  if (!existsSync(path)) return NOT_THERE;
  let db: DatabaseSync;
  try {
    db = openToRead(path);
  } catch (cause) {
    return broken(`${path} cannot be opened: ${(cause as Error).message}`);
  }
  try {
    return look(db, path, given);
  } catch (cause) {
    const why = `${path} cannot be read: ${(cause as Error).message}`;
    return broken(isDamage(cause) ? `${why}; ${RESTORE}` : why);
  } finally {
    db.close();
  }
}

const broken = (says: string): JournalSeen => ({
  lastTurn: null,
  lastTurnAt: null,
  findings: [bad('journal', says)],
});

function look(db: DatabaseSync, path: string, given: JournalGiven): JournalSeen {
  const number = (sql: string): number => Number(Object.values(db.prepare(sql).get() ?? {})[0] ?? 0);
  if (number('PRAGMA application_id') !== APPLICATION_ID)
    return broken(`${path} is a database of another program: give the service a data directory of its own`);
  const schema = number('PRAGMA user_version');
  if (schema > MIGRATIONS.length)
    return broken(
      `${path} was written by a newer version (schema ${schema}, this one knows up to ${MIGRATIONS.length}): run that version`,
    );
  const checked = db.prepare('PRAGMA quick_check(1)').get()?.quick_check;
  if (checked !== 'ok') return broken(`${path} is damaged (${String(checked)}): ${RESTORE}`);
  const meta = { ...db.prepare('SELECT * FROM meta').get() };
  const lastTurn = Number(meta.last_turn);
  const waits = Number(meta.waiting_bytes);
  const oldest = number(
    `SELECT at FROM spool WHERE turn > ${BigInt(Number(meta.drain_cursor))} ORDER BY turn LIMIT 1`,
  );
  const known = [
    number('SELECT at FROM spool ORDER BY turn DESC LIMIT 1'),
    number('SELECT at FROM event ORDER BY seq DESC LIMIT 1'),
    Number(meta.stopped_at ?? 0),
  ];
  return {
    lastTurn,
    // Before there was this column, the newest instant that can be found.
    lastTurnAt: Number(meta.last_at ?? 0) || Math.max(...known) || null,
    findings: [
      ok('journal', `whole, schema ${schema}, up to turn ${lastTurn}, ${megabytes(statSync(path).size)}`),
      stopped(given.serving, Number(meta.clean) === 1),
      wal(given.dataDir),
      spool(waits, oldest === 0 || waits === 0 ? null : given.now - oldest, given.spoolMaxMb),
    ],
  };
}

function stopped(serving: boolean, clean: boolean): Finding {
  if (serving) return ok('last stop', 'the service is running');
  if (clean) return ok('last stop', 'clean');
  return warn(
    'last stop',
    'the last run did not stop cleanly (a kill, a power cut, or a copy of a running service): the next start recovers by itself',
  );
}

function wal(dataDir: string): Finding {
  const path = join(dataDir, 'journal.sqlite-wal');
  const bytes = existsSync(path) ? statSync(path).size : 0;
  if (bytes < WAL_IS_LARGE) return ok('journal WAL', megabytes(bytes));
  return warn(
    'journal WAL',
    `${megabytes(bytes)}: some program keeps the journal open for reading and does not end; find it and stop it`,
  );
}

function spool(bytes: number, age: number | null, maxMb: number): Finding {
  const share = bytes / (maxMb * 1e6);
  const waits = `${megabytes(bytes)} wait for the history store`;
  const says = age === null ? waits : `${waits}, the oldest for ${(age / 60_000).toFixed(0)} min`;
  if (share >= 0.9)
    return bad(
      'spool',
      `${says}: ${(share * 100).toFixed(0)} % of what it may hold; at 100 % acknowledging stops. See to the store now`,
    );
  if (share >= 0.7)
    return warn('spool', `${says}: ${(share * 100).toFixed(0)} % of what it may hold. See to the store`);
  return ok('spool', says);
}
