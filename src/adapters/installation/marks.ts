import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { openToRead } from '../shared/sqlite.ts';
import type { JournalPartSeen, Marked, PartName, PartSeen } from './faults.ts';

export const JOURNAL = 'journal.sqlite';
export const DATABASES = ['accounts.db', 'devices.db', 'audit.db'] as const satisfies readonly PartName[];
/** In the folder of the history, where a file of DuckDB is per day and none is of the whole. */
const HISTORY_MARK = join('history', 'installation');

/**
 * A table of its own in each database, so that no file changes its form for it: an earlier version does not look at it.
 * `complete` and `parts` mean something in the journal's only.
 */
const TABLE = `
  CREATE TABLE IF NOT EXISTS installation (
    only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
    id TEXT NOT NULL,
    beat INTEGER NOT NULL,
    turn INTEGER NOT NULL,
    history INTEGER,
    complete INTEGER NOT NULL,
    parts TEXT NOT NULL
  ) STRICT`;

export type JournalMark = Marked & { readonly complete: boolean; readonly parts: readonly PartName[] };

/** Writes the mark of one database, over a connection of its own that nothing else waits for. */
export class MarkWriter {
  readonly #db: DatabaseSync;

  /** @throws where the file is no database, or cannot be written */
  constructor(file: string, timeout = 2_000) {
    this.#db = new DatabaseSync(file, { timeout });
    try {
      this.#db.exec('PRAGMA synchronous = FULL');
      this.#db.exec(TABLE);
    } catch (cause) {
      this.#db.close();
      throw cause;
    }
  }

  write({ id, beat, turn, history, complete, parts }: JournalMark): void {
    this.#db
      .prepare('INSERT OR REPLACE INTO installation VALUES (1, ?, ?, ?, ?, ?, ?)')
      .run(id, beat, turn, history, complete ? 1 : 0, JSON.stringify(parts));
  }

  /** From now on without a flush: what is lost with the power is less than what marks may differ by. */
  hurry(): void {
    this.#db.exec('PRAGMA synchronous = NORMAL; PRAGMA busy_timeout = 100');
  }

  /** As if it had never had one. */
  clear(): void {
    this.#db.exec('DELETE FROM installation');
  }

  close(): void {
    this.#db.close();
  }
}

type Row = Omit<JournalMark, 'complete' | 'parts'> & { complete: number; parts: string };

function read<T>(path: string, look: (db: DatabaseSync, mark: Row | undefined) => T): T {
  const db = openToRead(path);
  try {
    const there = db.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'installation'").get();
    const row =
      there && db.prepare('SELECT id, beat, turn, history, complete, parts FROM installation').get();
    return look(db, row as Row | undefined);
  } finally {
    db.close();
  }
}

function tryTo<T>(path: string, look: () => T): T | 'missing' | 'unmarked' | { readonly unreadable: string } {
  if (!existsSync(path)) return 'missing';
  try {
    // SQLite takes an empty file for a database that is still to be made.
    return statSync(path).size === 0 && !existsSync(`${path}-wal`) ? 'unmarked' : look();
  } catch (cause) {
    return { unreadable: (cause as Error).message };
  }
}

export function journalSeen(dir: string): JournalPartSeen {
  const path = join(dir, JOURNAL);
  return tryTo(path, () =>
    read(path, (db, row) => {
      if (row === undefined) return 'unmarked';
      const lastTurn = Number(db.prepare('SELECT last_turn FROM meta').get()?.last_turn);
      return { ...row, complete: row.complete === 1, parts: JSON.parse(row.parts) as PartName[], lastTurn };
    }),
  );
}

export function databaseSeen(dir: string, name: (typeof DATABASES)[number]): PartSeen {
  const path = join(dir, name);
  return tryTo(path, () => read(path, (_, row) => row ?? 'unmarked'));
}

export function historySeen(dir: string): PartSeen {
  const path = join(dir, HISTORY_MARK);
  if (!existsSync(join(dir, 'history'))) return 'missing';
  if (!existsSync(path)) return 'unmarked';
  return tryTo(path, () => {
    const [id = '', beat = 0] = readFileSync(path, 'utf8').trim().split(' ');
    return id === '' ? 'unmarked' : { id, beat: Number(beat), turn: 0, history: null };
  });
}

export const writeHistoryMark = (dir: string, { id, beat }: Marked): void =>
  writeFileSync(join(dir, HISTORY_MARK), `${id} ${beat}\n`, { mode: 0o600, flush: true });
