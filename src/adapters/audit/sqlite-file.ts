import { existsSync } from 'node:fs';
import { basename } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import type { AuditAnchor, AuditEntry, AuditKept } from '../../flow/ports/audit.ts';
import { makeFile, openSqlite, openToRead, together } from '../shared/sqlite.ts';
import { writeAgain } from '../shared/write-again.ts';
import {
  BEGINNING,
  type ChainLink,
  type ChainPlace,
  isSealed,
  nextLink,
  placeText,
  readPlace,
  sealOf,
} from './chain.ts';
import { auditKey } from './key.ts';
import type { AuditAsked } from './store.ts';

const SCHEMA = `
  CREATE TABLE entry (
    n INTEGER PRIMARY KEY,
    body TEXT NOT NULL, -- JSON, n in it
    prev TEXT NOT NULL,
    seal TEXT NOT NULL,
    -- Read out of what is sealed: a column of its own could be changed unseen.
    at INTEGER GENERATED ALWAYS AS (json_extract(body, '$.at')) VIRTUAL,
    who TEXT GENERATED ALWAYS AS (json_extract(body, '$.who')) VIRTUAL,
    what TEXT GENERATED ALWAYS AS (json_extract(body, '$.what')) VIRTUAL,
    object TEXT GENERATED ALWAYS AS (json_extract(body, '$.object')) VIRTUAL,
    outcome TEXT GENERATED ALWAYS AS (json_extract(body, '$.outcome')) VIRTUAL
  ) STRICT;
  CREATE INDEX entryAt ON entry (at);
  CREATE INDEX entryWho ON entry (who, n);
  CREATE TABLE mark (name TEXT PRIMARY KEY, place TEXT NOT NULL, seal TEXT NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE probe (one INTEGER PRIMARY KEY CHECK (one = 1), at INTEGER NOT NULL) STRICT;
`;

/** How the file came to look as it does, oldest first. */
export const AUDIT_STEPS: readonly string[] = [SCHEMA];

/**
 * What keeps this key from going with this audit journal; `null`: nothing, or there is no journal yet, or one that is
 * damaged. A key is never made anew for entries that it did not seal: nobody could verify them any more.
 */
export function keyFault(file: string, keyFile: string): string | null {
  const newest = newestLinks(file);
  if (newest.length === 0) return null;
  if (!existsSync(keyFile))
    return `${basename(keyFile)} is missing, which sealed the entries of ${basename(file)}`;
  try {
    const key = auditKey(keyFile, () => new Uint8Array());
    // Some, since entries may have been changed: that is for \`lifeline audit verify\` to tell.
    return newest.some((link) => isSealed(key, link))
      ? null
      : `${basename(keyFile)} is not the key that sealed ${basename(file)}`;
  } catch (cause) {
    return (cause as Error).message;
  }
}

function newestLinks(file: string): ChainLink[] {
  if (!existsSync(file)) return [];
  try {
    const db = openToRead(file);
    try {
      return db
        .prepare('SELECT n, body, prev, seal FROM entry ORDER BY n DESC LIMIT 100')
        .all() as unknown as ChainLink[];
    } finally {
      db.close();
    }
  } catch {
    return [];
  }
}

/** The file of the audit journal, and its chain. */
export class AuditFile {
  readonly #db: DatabaseSync;
  readonly #key: Uint8Array;
  #last: ChainPlace;

  constructor(file: string, key: Uint8Array) {
    makeFile(file);
    writeAgain(`${file}-wal`);
    this.#key = key;
    this.#db = openSqlite({ file, migrations: AUDIT_STEPS });
    this.#last = this.#newest();
  }

  /** @param texts of entries, see `textOf` */
  append(texts: readonly string[]): void {
    let last = this.#last;
    together(this.#db, () => {
      const add = this.#db.prepare('INSERT INTO entry (n, body, prev, seal) VALUES (?, ?, ?, ?)');
      for (const text of texts) {
        const link = nextLink(this.#key, last, text);
        add.run(link.n, link.body, link.prev, link.seal);
        last = link;
      }
      this.#setMark('head', last);
    });
    this.#last = { n: last.n, seal: last.seal };
  }

  /** A real write, flushed, that leaves nothing behind. */
  probe(at: number): void {
    this.#db.prepare('INSERT OR REPLACE INTO probe (one, at) VALUES (1, ?)').run(at);
  }

  entries({ filter, limit, after }: AuditAsked): AuditKept[] {
    const where: string[] = [];
    const values: (string | number)[] = [];
    const must = (sql: string, value: string | number | undefined | null) => {
      if (value === undefined || value === null) return;
      where.push(sql);
      if (sql.startsWith('substr')) values.push(String(value).length);
      values.push(value);
    };
    must('n < ?', after);
    must('who = ?', filter.who);
    must('substr(what, 1, ?) = ?', filter.what);
    must('object = ?', filter.object);
    must('outcome = ?', filter.outcome);
    must('at >= ?', filter.from);
    must('at < ?', filter.to);
    const rows = this.#db
      .prepare(
        `SELECT n, body, prev, seal FROM entry ${where.length > 0 ? `WHERE ${where.join(' AND ')}` : ''} ORDER BY n DESC LIMIT ?`,
      )
      .all(...values, limit) as unknown as ChainLink[];
    return rows.map((row) => ({ ...(JSON.parse(row.body) as AuditEntry), n: row.n, seal: row.seal }));
  }

  anchor(): AuditAnchor | null {
    const row = this.#db.prepare('SELECT n, seal, at FROM entry ORDER BY n DESC LIMIT 1').get();
    return row === undefined ? null : { n: Number(row.n), seal: String(row.seal), at: Number(row.at) };
  }

  /** Only whole beginnings of the chain go: the first entry that is young enough ends it. */
  forgetBefore(then: number): number {
    let gone = 0;
    together(this.#db, () => {
      const first = this.#db.prepare('SELECT min(n) AS n FROM entry WHERE at >= ?').get(then)?.n;
      const end = first == null ? this.#last.n + 1 : Number(first);
      const last = this.#db.prepare('SELECT n, seal FROM entry WHERE n < ? ORDER BY n DESC LIMIT 1').get(end);
      if (last === undefined) return;
      this.#setMark('floor', { n: Number(last.n), seal: String(last.seal) });
      gone = Number(this.#db.prepare('DELETE FROM entry WHERE n < ?').run(end).changes);
    });
    return gone;
  }

  close(): void {
    this.#db.close();
  }

  #newest(): ChainPlace {
    const row = this.#db.prepare('SELECT n, seal FROM entry ORDER BY n DESC LIMIT 1').get();
    const head = markIn(this.#db, this.#key, 'head');
    const last = row === undefined ? BEGINNING : { n: Number(row.n), seal: String(row.seal) };
    // A tail that was cut stays a hole: numbers are never given twice.
    return head !== null && head.n > last.n ? head : last;
  }

  #setMark(name: 'head' | 'floor', place: ChainPlace): void {
    const text = placeText(place);
    this.#db
      .prepare('INSERT OR REPLACE INTO mark (name, place, seal) VALUES (?, ?, ?)')
      .run(name, text, sealOf(this.#key, name, text));
  }
}

/** A mark under our seal; `null`: none, or one that somebody else wrote. */
export function markIn(db: DatabaseSync, key: Uint8Array, name: 'head' | 'floor'): ChainPlace | null {
  const row = db.prepare('SELECT place, seal FROM mark WHERE name = ?').get(name);
  if (row === undefined) return null;
  const link = { n: 0, prev: name, body: String(row.place), seal: String(row.seal) };
  return isSealed(key, link) ? readPlace(link.body) : null;
}

/** Everything in the file, in order, for whoever verifies or exports it. */
export function* linksIn(db: DatabaseSync): Generator<ChainLink> {
  for (const row of db.prepare('SELECT n, body, prev, seal FROM entry ORDER BY n').iterate())
    yield { n: Number(row.n), body: String(row.body), prev: String(row.prev), seal: String(row.seal) };
}
