import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { basename } from 'node:path';
import type { AuditAnchor, AuditEntry, AuditKept } from '../../flow/ports/audit.ts';
import type { Database, Statement } from '../postgres/database.ts';
import { DatabaseLine } from '../postgres/line.ts';
import { bringUp, type Form, formOf } from '../postgres/schema.ts';
import { type SqlRow, type SqlValue, storable } from '../postgres/values.ts';
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
import type { AuditAsked, AuditStore, AuditText } from './store.ts';

/** `body` is what is sealed; the columns beside it are for finding, and `lifeline audit verify` compares them. */
const FIRST = `
  CREATE TABLE audit_entry (
    n bigint PRIMARY KEY,
    body text NOT NULL,
    prev text NOT NULL,
    seal text NOT NULL,
    at float8 NOT NULL,
    who text,
    what text NOT NULL,
    object text,
    outcome text NOT NULL
  );
  CREATE INDEX audit_entry_at ON audit_entry (at);
  CREATE INDEX audit_entry_who ON audit_entry (who, n);
  CREATE TABLE audit_mark (name text PRIMARY KEY, place text NOT NULL, seal text NOT NULL);
  CREATE TABLE audit_probe (one int PRIMARY KEY CHECK (one = 1), at bigint NOT NULL);
`;

export const AUDIT_FORM: Form = { name: 'audit', migrations: [FIRST] };
/** Advisory lock of whoever writes it: "LLau". */
const LOCK = 0x4c4c6175;

type FoundBy = {
  readonly at: number;
  readonly who: string | null;
  readonly what: string;
  readonly object: string | null;
  readonly outcome: string;
};

/** What stands beside the body, as it is to be found by. */
export function columnsOf(body: string): FoundBy {
  const { at, who, what, object, outcome } = JSON.parse(body) as AuditEntry;
  return {
    at,
    who: who == null ? null : storable(who),
    what: storable(what),
    object: object == null ? null : storable(object),
    outcome,
  };
}

/**
 * What keeps this key from going with the audit journal in the database; `null`: nothing. Every machine that may take over
 * needs the same key file: it is never made anew for entries that another has sealed.
 */
export async function auditKeyFault(db: Database, keyFile: string): Promise<string | null> {
  if ((await formOf(db, AUDIT_FORM.name)) === 0) return null;
  const newest = await db.query('SELECT n, body, prev, seal FROM audit_entry ORDER BY n DESC LIMIT 100');
  if (newest.length === 0) return null;
  const name = basename(keyFile);
  if (!existsSync(keyFile))
    return `${keyFile} is missing, which sealed the audit journal in the database: copy ${name} from the data directory of the machine that wrote it`;
  try {
    const key = auditKey(keyFile, () => new Uint8Array());
    return newest.some((row) => isSealed(key, linkIn(row)))
      ? null
      : `${keyFile} is not the key that sealed the audit journal in the database: copy ${name} from the data directory of the machine that wrote it`;
  } catch (cause) {
    return (cause as Error).message;
  }
}

type Sealed = { readonly entry: AuditText; readonly link: ChainLink };

/** The chain in PostgreSQL. Where it ends lies in memory: the fence lets one machine write. */
export class AuditTables implements AuditStore {
  readonly #line: DatabaseLine;
  readonly #keyFile: string;
  #key: Uint8Array = new Uint8Array();
  #last: ChainPlace | null = null;
  /** What was on its way when the line broke: which of them are there is asked before anything follows them. */
  #inDoubt: readonly Sealed[] = [];

  /** @param connect with the fence of the writer */
  constructor(connect: () => Promise<Database>, keyFile: string) {
    this.#line = new DatabaseLine(connect, LOCK);
    this.#keyFile = keyFile;
  }

  get isOpen(): boolean {
    return this.#last !== null && this.#line.isUp;
  }

  async open(): Promise<void> {
    const db = await this.#line.up();
    await bringUp(db, AUDIT_FORM);
    const fault = await auditKeyFault(db, this.#keyFile);
    if (fault !== null) throw new Error(fault);
    this.#key = auditKey(this.#keyFile, () => randomBytes(32));
    this.#last = await this.#newest();
  }

  close(): Promise<void> {
    return this.#line.close();
  }

  async append(entries: readonly AuditText[]): Promise<void> {
    const fresh = await this.#notThereYet(entries);
    if (fresh.length === 0) return;
    let last = this.#place;
    const sealed = fresh.map((entry): Sealed => {
      const link = nextLink(this.#key, last, entry.text);
      last = { n: link.n, seal: link.seal };
      return { entry, link };
    });
    this.#inDoubt = sealed;
    await this.#line.transaction([adding(sealed.map((s) => s.link)), this.#mark('head', last)]);
    this.#inDoubt = [];
    this.#last = last;
  }

  /** An entry whose commit nobody heard is there when its seal is: that depends on all before it. */
  async #notThereYet(entries: readonly AuditText[]): Promise<readonly AuditText[]> {
    if (this.#inDoubt.length === 0) return entries;
    const [rows = []] = await this.#line.read({
      text: 'SELECT seal FROM audit_entry WHERE n = ANY($1::bigint[])',
      values: [this.#inDoubt.map((s) => s.link.n)],
    });
    const seals = new Set(rows.map((row) => row.seal));
    const there = new Set(this.#inDoubt.filter((s) => seals.has(s.link.seal)).map((s) => s.entry));
    this.#last = await this.#newest();
    this.#inDoubt = [];
    return entries.filter((e) => !there.has(e));
  }

  async probe(at: number): Promise<void> {
    await this.#line.transaction([
      {
        text: 'INSERT INTO audit_probe (one, at) VALUES (1, $1) ON CONFLICT (one) DO UPDATE SET at = excluded.at',
        values: [at],
      },
    ]);
  }

  async entries({ filter, limit, after }: AuditAsked): Promise<readonly AuditKept[]> {
    const where: string[] = [];
    const values: SqlValue[] = [];
    const must = (sql: string, value: string | number | undefined | null): void => {
      if (value === undefined || value === null) return;
      values.push(typeof value === 'string' ? storable(value) : value);
      where.push(sql.replace('?', `$${values.length}`));
    };
    must('n < ?', after);
    must('who = ?', filter.who);
    must('starts_with(what, ?)', filter.what);
    must('object = ?', filter.object);
    must('outcome = ?', filter.outcome);
    must('at >= ?', filter.from);
    must('at < ?', filter.to);
    const rows = await (await this.#line.up()).query(
      `SELECT n, body, seal FROM audit_entry ${where.length > 0 ? `WHERE ${where.join(' AND ')}` : ''}
       ORDER BY n DESC LIMIT ${Math.trunc(limit)}`,
      values,
    );
    return rows.map((row) => ({
      ...(JSON.parse(String(row.body)) as AuditEntry),
      n: Number(row.n),
      seal: String(row.seal),
    }));
  }

  async anchor(): Promise<AuditAnchor | null> {
    const [row] = await (await this.#line.up()).query(
      'SELECT n, seal, at FROM audit_entry ORDER BY n DESC LIMIT 1',
    );
    return row === undefined ? null : { n: Number(row.n), seal: String(row.seal), at: Number(row.at) };
  }

  /** Only whole beginnings of the chain go: the first entry that is young enough ends it. */
  async forgetBefore(then: number): Promise<number> {
    const [[last] = []] = await this.#line.read({
      text: `SELECT n, seal FROM audit_entry
        WHERE n < coalesce((SELECT min(n) FROM audit_entry WHERE at >= $1), $2) ORDER BY n DESC LIMIT 1`,
      values: [then, this.#place.n + 1],
    });
    if (last === undefined) return 0;
    const floor = { n: Number(last.n), seal: String(last.seal) };
    const [, gone] = await this.#line.transaction([
      this.#mark('floor', floor),
      { text: 'DELETE FROM audit_entry WHERE n <= $1', values: [floor.n] },
    ]);
    return gone?.count ?? 0;
  }

  async #newest(): Promise<ChainPlace> {
    const [[row] = [], [mark] = []] = await this.#line.read(
      { text: 'SELECT n, seal FROM audit_entry ORDER BY n DESC LIMIT 1' },
      { text: MARK, values: ['head'] },
    );
    const head = placeIn(mark, this.#key, 'head');
    const last = row === undefined ? BEGINNING : { n: Number(row.n), seal: String(row.seal) };
    // A tail that was cut stays a hole: numbers are never given twice.
    return head !== null && head.n > last.n ? head : last;
  }

  #mark(name: 'head' | 'floor', place: ChainPlace): Statement {
    const text = placeText(place);
    return {
      text: `INSERT INTO audit_mark (name, place, seal) VALUES ($1, $2, $3)
        ON CONFLICT (name) DO UPDATE SET place = excluded.place, seal = excluded.seal`,
      values: [name, text, sealOf(this.#key, name, text)],
    };
  }

  get #place(): ChainPlace {
    if (this.#last === null) throw new Error('the audit journal is not open');
    return this.#last;
  }
}

/** Links as rows. */
export function adding(links: readonly ChainLink[]): Statement {
  const found = links.map((l) => columnsOf(l.body));
  return {
    text: `INSERT INTO audit_entry (n, body, prev, seal, at, who, what, object, outcome) SELECT *
      FROM unnest($1::bigint[], $2::text[], $3::text[], $4::text[], $5::float8[], $6::text[], $7::text[],
        $8::text[], $9::text[])`,
    values: [
      links.map((l) => l.n),
      links.map((l) => l.body),
      links.map((l) => l.prev),
      links.map((l) => l.seal),
      found.map((f) => f.at),
      found.map((f) => f.who),
      found.map((f) => f.what),
      found.map((f) => f.object),
      found.map((f) => f.outcome),
    ],
  };
}

export const MARK = 'SELECT place, seal FROM audit_mark WHERE name = $1';

/** A mark under our seal; `null`: none, or one that somebody else wrote. */
export function placeIn(row: SqlRow | undefined, key: Uint8Array, name: 'head' | 'floor'): ChainPlace | null {
  if (row === undefined) return null;
  const link = { n: 0, prev: name, body: String(row.place), seal: String(row.seal) };
  return isSealed(key, link) ? readPlace(link.body) : null;
}

export const linkIn = (row: SqlRow): ChainLink => ({
  n: Number(row.n),
  body: String(row.body),
  prev: String(row.prev),
  seal: String(row.seal),
});
