import { formOf } from '../postgres/schema.ts';
import { openToRead } from '../shared/sqlite.ts';
import { BEGINNING, type ChainLink, type ChainPlace, type ChainVerdict, ChainWalk, verify } from './chain.ts';
import { AUDIT_FORM, columnsOf, linkIn, MARK, placeIn } from './postgres-store.ts';
import { linksIn, markIn } from './sqlite-file.ts';

export { type ChainLink, type ChainPlace, type ChainVerdict, placeText, readPlace } from './chain.ts';

/** An audit journal, for reading only, whether or not a service is running. */
export type AuditLook = {
  /** Everything in it, in order. */
  links(): Iterable<ChainLink> | AsyncIterable<ChainLink>;
  newest(): Promise<ChainPlace | null>;
  /** @param key of the seals; called within the moment that is verified */
  verify(key: () => Uint8Array, anchor: ChainPlace | null): Promise<ChainVerdict>;
  close(): Promise<void>;
};

/** The audit journal in a file. */
export function lookAtAudit(file: string): AuditLook {
  const db = openToRead(file);
  return {
    links: () => linksIn(db),
    newest: async () => {
      const row = db.prepare('SELECT n, seal FROM entry ORDER BY n DESC LIMIT 1').get();
      return row === undefined ? null : { n: Number(row.n), seal: String(row.seal) };
    },
    verify: async (keyOf, anchor) => {
      // One moment, whatever the service adds meanwhile.
      db.exec('BEGIN');
      const key = keyOf();
      const floor = markIn(db, key, 'floor') ?? BEGINNING;
      return verify(key, linksIn(db), { floor, head: markIn(db, key, 'head'), anchor });
    },
    close: async () => db.close(),
  };
}

/** Entries read at once. */
const PAGE = 5_000;
const LINKS = `SELECT n, body, prev, seal, at, who, what, object, outcome FROM audit_entry
  WHERE n > $1 ORDER BY n LIMIT ${PAGE}`;

/** The audit journal in a database. @returns `null`: there is none yet */
export async function lookAtAuditTables(url: string): Promise<AuditLook | null> {
  // Only where there is one: its client costs every start.
  const { Database } = await import('../postgres/database.ts');
  const db = await Database.connect(url, { name: 'lifeline audit' });
  if ((await formOf(db, AUDIT_FORM.name)) === 0) {
    await db.close();
    return null;
  }
  return {
    links: async function* () {
      for (let after = -1; ; ) {
        const rows = await db.query(LINKS, [after]);
        for (const row of rows) yield linkIn(row);
        if (rows.length < PAGE) return;
        after = Number(rows.at(-1)?.n);
      }
    },
    newest: async () => {
      const [row] = await db.query('SELECT n, seal FROM audit_entry ORDER BY n DESC LIMIT 1');
      return row === undefined ? null : { n: Number(row.n), seal: String(row.seal) };
    },
    verify: (keyOf, anchor) =>
      db.inTransaction(async (ask) => {
        await ask('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY');
        const key = keyOf();
        const mark = async (name: 'floor' | 'head') => placeIn((await ask(MARK, [name]))[0], key, name);
        const floor = (await mark('floor')) ?? BEGINNING;
        const walk = new ChainWalk(key, { floor, head: await mark('head'), anchor });
        for (let after = -1; ; ) {
          const rows = await ask(LINKS, [after]);
          for (const row of rows) walk.take(linkIn(row), isFiledRight(row));
          if (rows.length < PAGE) return walk.end();
          after = Number(rows.at(-1)?.n);
        }
      }),
    close: () => db.close(),
  };
}

/** The columns beside the body are no part of what is sealed: whoever changed one hid the entry from being found. */
function isFiledRight(row: Readonly<Record<string, unknown>>): boolean {
  try {
    return Object.entries(columnsOf(String(row.body))).every(([name, value]) => row[name] === value);
  } catch {
    return false;
  }
}
