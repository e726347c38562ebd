import { existsSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { formOf } from '../postgres/schema.ts';
import { openToRead } from '../shared/sqlite.ts';
import { ACCOUNT_FORM } from './postgres-store.ts';

/** Accounts of a data directory, for reading only. @throws where the file cannot be read */
export function lookAtAccounts(file: string): { readonly damage: string | null; readonly count: number } {
  const db = openToRead(file);
  try {
    const checked = String(db.prepare('PRAGMA quick_check(1)').get()?.quick_check);
    if (checked !== 'ok') return { damage: checked, count: 0 };
    return { damage: null, count: Number(db.prepare('SELECT count(*) AS n FROM accounts').get()?.n) };
  } finally {
    db.close();
  }
}

/** Accounts of a database. @throws where it cannot be read */
export async function lookAtAccountTables(url: string): Promise<{ readonly count: number }> {
  const { Database } = await import('../postgres/database.ts');
  const db = await Database.connect(url, { name: 'lifeline accounts' });
  try {
    if ((await formOf(db, ACCOUNT_FORM.name)) === 0) return { count: 0 };
    const [row] = await db.query('SELECT count(*) AS n FROM account');
    return { count: Number(row?.n) };
  } finally {
    await db.close();
  }
}

/** A session that was ended after the backup must not come alive again. */
export function endSessions(file: string): void {
  if (!existsSync(file)) return;
  const db = new DatabaseSync(file);
  try {
    db.exec('PRAGMA synchronous = FULL; DELETE FROM sessions');
  } finally {
    db.close();
  }
}
