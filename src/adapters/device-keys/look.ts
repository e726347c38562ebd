import { existsSync } from 'node:fs';
import { formOf } from '../postgres/schema.ts';
import { asStored } from '../postgres/values.ts';
import { openToRead } from '../shared/sqlite.ts';
import { DEVICE_KEY_FORM } from './postgres-store.ts';

export type KeyLooked = {
  readonly holder: string;
  readonly issuedAt: number;
  readonly until: number | null;
  readonly areas: readonly string[] | null;
};

export type BarredLooked = { readonly holder: string; readonly at: number };

export type KeysLooked = { readonly keys: readonly KeyLooked[]; readonly barred: readonly BarredLooked[] };

const NONE: KeysLooked = { keys: [], barred: [] };

/** Credentials of a database, as `lookAtKeys`. */
export async function lookAtKeyTables(url: string): Promise<KeysLooked> {
  const { Database } = await import('../postgres/database.ts');
  const db = await Database.connect(url, { name: 'lifeline device keys' });
  try {
    if ((await formOf(db, DEVICE_KEY_FORM.name)) === 0) return NONE;
    const keys = await db.query(
      'SELECT holder, issued_at, until, areas FROM device_key ORDER BY holder COLLATE "C", id',
    );
    const barred = await db.query('SELECT holder, at FROM device_barred ORDER BY holder COLLATE "C"');
    return {
      keys: keys.map((row) => ({
        holder: asStored(String(row.holder)),
        issuedAt: Number(row.issued_at),
        until: row.until === null ? null : Number(row.until),
        areas: row.areas === null ? null : (JSON.parse(String(row.areas)) as string[]),
      })),
      barred: barred.map((row) => ({ holder: asStored(String(row.holder)), at: Number(row.at) })),
    };
  } finally {
    await db.close();
  }
}

/** Credentials of a data directory, for reading only, whether or not a service is running; without their secrets. */
export function lookAtKeys(file: string): KeysLooked {
  if (!existsSync(file)) return NONE;
  const db = openToRead(file);
  try {
    const rows = db
      .prepare('SELECT holder, issuedAt, until, areas FROM keys ORDER BY holder, id')
      .all() as (Omit<KeyLooked, 'areas'> & { areas: string | null })[];
    return {
      keys: rows.map((r) => ({ ...r, areas: r.areas === null ? null : (JSON.parse(r.areas) as string[]) })),
      barred: db.prepare('SELECT holder, at FROM barred ORDER BY holder').all() as BarredLooked[],
    };
  } finally {
    db.close();
  }
}
