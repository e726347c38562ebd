import { openToRead } from '../shared/sqlite.ts';

export type KeyLooked = {
  readonly holder: string;
  readonly issuedAt: number;
  readonly until: number | null;
  readonly areas: readonly string[] | null;
};

export type BarredLooked = { readonly holder: string; readonly at: number };

/** Credentials of a data directory, for reading only, whether or not a service is running; without their secrets. */
export function lookAtKeys(file: string): { readonly keys: KeyLooked[]; readonly barred: BarredLooked[] } {
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
