import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { fromFileName } from './day.ts';
import { readFloor } from './floor.ts';
import { numbers, quoted } from './sql.ts';

export type Looked = {
  readonly files: number;
  /** The last turn of which every file has its rows. */
  readonly cursor: number;
  readonly unreadable: readonly { readonly file: string; readonly why: string }[];
};

/** What the files of a history say of themselves, while no service has them. Changes nothing, WALs included. */
export async function lookAt(dir: string): Promise<Looked> {
  const names = (await readdir(dir)).filter((name) => fromFileName(name) !== null).sort();
  const instance = await DuckDBInstance.create(':memory:', { threads: '1', memory_limit: '256MB' });
  const unreadable: { file: string; why: string }[] = [];
  let cursor = await readFloor(dir);
  try {
    const connection = await instance.connect();
    for (const file of names) {
      try {
        await connection.run(`ATTACH ${quoted(join(dir, file))} AS looked (READ_ONLY)`);
        const [store = 0] = await numbers(connection, 'SELECT store FROM looked.progress');
        if (fromFileName(file)?.kind === 'reading') cursor = Math.max(cursor, store);
      } catch (e) {
        unreadable.push({ file, why: String(e) });
      } finally {
        await connection.run('DETACH DATABASE IF EXISTS looked').catch(() => undefined);
      }
    }
  } finally {
    instance.closeSync();
  }
  return { files: names.length, cursor, unreadable };
}
