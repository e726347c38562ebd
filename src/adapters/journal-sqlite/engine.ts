import { randomUUID } from 'node:crypto';
import { existsSync, statSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import type { RegisterChange } from '../../domain/register/register.ts';
import type { JournalEngine, JournalLook, LineOut, PinnedJournal } from '../../flow/ports/journal-engine.ts';
import { LINES } from '../journal-rows/lines-out.ts';
import { versionOf } from '../shared/file-form.ts';
import { PinnedDatabase } from '../shared/pinned-database.ts';
import { openToRead } from '../shared/sqlite.ts';
import { isDamage } from '../shared/sqlite-damage.ts';
import { JOURNAL_NAME, journalFile } from './files.ts';
import { JournalSqlite } from './index.ts';
import { APPLICATION_ID, MIGRATIONS } from './schema.ts';

export class SqliteJournalEngine implements JournalEngine {
  readonly name = JOURNAL_NAME;
  readonly fileInBackup = JOURNAL_NAME;
  readonly schema = MIGRATIONS.length;
  readonly where: string;
  readonly #dir: string;

  /** @param dir the data directory */
  constructor(dir: string) {
    this.#dir = dir;
    this.where = journalFile(dir);
  }

  open(): JournalSqlite {
    return new JournalSqlite({ dir: this.#dir });
  }

  async form(): Promise<number> {
    return versionOf(this.where);
  }

  async isThere(): Promise<boolean> {
    return this.#isThere;
  }

  async look(): Promise<JournalLook> {
    if (!this.#isThere) return { is: 'missing' };
    let db: DatabaseSync;
    try {
      db = openToRead(this.where);
    } catch (cause) {
      const why = `${this.where} cannot be opened: ${(cause as Error).message}`;
      return { is: 'unreadable', why, damaged: false };
    }
    try {
      return this.#lookThrough(db);
    } catch (cause) {
      const why = `${this.where} cannot be read: ${(cause as Error).message}`;
      return { is: 'unreadable', why, damaged: isDamage(cause) };
    } finally {
      db.close();
    }
  }

  #lookThrough(db: DatabaseSync): JournalLook {
    const number = (sql: string): number => Number(Object.values(db.prepare(sql).get() ?? {})[0] ?? 0);
    if (number('PRAGMA application_id') !== APPLICATION_ID) return { is: 'foreign' };
    const schema = number('PRAGMA user_version');
    if (schema > MIGRATIONS.length) return { is: 'newer', schema };
    const checked = db.prepare('PRAGMA quick_check(1)').get()?.quick_check;
    if (checked !== 'ok')
      return { is: 'unreadable', why: `${this.where} is damaged (${String(checked)})`, damaged: true };
    const meta = { ...db.prepare('SELECT * FROM meta').get() };
    const waitingBytes = Number(meta.waiting_bytes);
    const oldest = number(
      `SELECT at FROM spool WHERE turn > ${BigInt(Number(meta.drain_cursor))} ORDER BY turn LIMIT 1`,
    );
    const known = [
      number('SELECT at FROM spool ORDER BY turn DESC LIMIT 1'),
      number('SELECT at FROM event ORDER BY seq DESC LIMIT 1'),
      Number(meta.stopped_at ?? 0),
    ];
    return {
      is: 'whole',
      schema,
      lastTurn: Number(meta.last_turn),
      // Before there was this column, the newest instant that can be found.
      lastAt: Number(meta.last_at ?? 0) || Math.max(...known) || null,
      bytes: statSync(this.where).size,
      logBytes: statSync(`${this.where}-wal`, { throwIfNoEntry: false })?.size ?? 0,
      stoppedCleanly: Number(meta.clean) === 1,
      waitingBytes,
      waitingSince: oldest === 0 || waitingBytes === 0 ? null : oldest,
    };
  }

  async lastTurn(): Promise<number> {
    if (!this.#isThere) return 0;
    try {
      const db = openToRead(this.where);
      try {
        return Number(db.prepare('SELECT last_turn FROM meta').get()?.last_turn ?? 0);
      } finally {
        db.close();
      }
    } catch {
      return 0;
    }
  }

  async points(): Promise<readonly RegisterChange[]> {
    if (!this.#isThere) return [];
    const db = openToRead(this.where);
    try {
      return ['point', 'device', 'model'].flatMap((kind) => {
        // A service of before knows no models, and its file is not changed by looking at it.
        if (db.prepare('SELECT 1 FROM sqlite_schema WHERE name = ?').get(kind) === undefined) return [];
        const rows = db.prepare(`SELECT json FROM ${kind}`).all() as { json: string }[];
        return rows.map(({ json }) => JSON.parse(json) as RegisterChange);
      });
    } finally {
      db.close();
    }
  }

  async linesOut(): Promise<readonly LineOut[]> {
    if (!this.#isThere) return [];
    const db = openToRead(this.where);
    try {
      return LINES.flatMap(({ table, from, as }) => {
        if (db.prepare('SELECT 1 FROM sqlite_schema WHERE name = ?').get(table) === undefined) return [];
        // A code begins with what it is, and a slash.
        const rows = db
          .prepare(`SELECT json FROM ${table} WHERE code >= ? AND code < ? ORDER BY code`)
          .all(`${from}/`, `${from}0`) as { json: string }[];
        return rows.flatMap(({ json }) => as(JSON.parse(json) as never));
      });
    } finally {
      db.close();
    }
  }

  async pin(): Promise<PinnedJournal> {
    const pinned = new PinnedDatabase(this.where);
    const meta = pinned.row('SELECT epoch, last_turn, last_seq, drain_cursor FROM meta');
    return {
      facts: {
        schema: Number(pinned.row('PRAGMA user_version').user_version),
        epoch: String(meta.epoch),
        lastTurn: Number(meta.last_turn),
        lastSeq: Number(meta.last_seq),
        drainCursor: Number(meta.drain_cursor),
      },
      copyTo: (to, watched) => pinned.copyTo(to, watched),
      close: () => pinned.close(),
    };
  }

  async renewEpoch(): Promise<void> {
    this.#change((db) => db.prepare('UPDATE meta SET epoch = ?').run(randomUUID()));
  }

  async goOnAfter(turn: number): Promise<void> {
    this.#change((db) =>
      db
        .prepare(
          'UPDATE meta SET epoch = ?, last_turn = ?, drain_cursor = ?, waiting_turns = 0, waiting_bytes = 0',
        )
        .run(randomUUID(), turn, turn),
    );
  }

  get #isThere(): boolean {
    return existsSync(this.where);
  }

  #change(make: (db: DatabaseSync) => unknown): void {
    const db = new DatabaseSync(this.where);
    try {
      db.exec('PRAGMA synchronous = FULL');
      make(db);
    } finally {
      db.close();
    }
  }
}
