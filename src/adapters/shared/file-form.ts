import { existsSync } from 'node:fs';
import { openSqlite, openToRead } from './sqlite.ts';

/** How one database looks, counted in the steps that it has come, and how this version writes it. */
export type FileForm = {
  /** 0: it is not there, or empty. */
  readonly is: number;
  readonly ours: number;
  /** Brings it to ours; a kill in the middle leaves the file as it was. */
  readonly migrate: () => void;
};

export const fileForm = (file: string, migrations: readonly string[], secrets: boolean): FileForm => ({
  is: versionOf(file),
  ours: migrations.length,
  migrate: () => openSqlite({ file, migrations, secrets }).close(),
});

/** @returns 0 where it is not there, or empty */
export function versionOf(file: string): number {
  if (!existsSync(file)) return 0;
  const db = openToRead(file);
  try {
    return Number(db.prepare('PRAGMA user_version').get()?.user_version ?? 0);
  } finally {
    db.close();
  }
}
