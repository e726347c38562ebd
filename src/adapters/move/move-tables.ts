import { TableDigest } from './digest.ts';
import type { MoveSide } from './side.ts';
import type { MovedRow, MovedTable } from './table.ts';

/** What both sides hold of one table. */
export type TableProof = {
  readonly name: string;
  readonly file: MovedTable['file'];
  readonly from: { readonly rows: number; readonly digest: string };
  readonly to: { readonly rows: number; readonly digest: string };
};

/** Of so many rows of a table. Every row is passed three times: read, written and read again. */
export type MoveWatched = {
  readonly signal: AbortSignal;
  readonly doing: (table: string) => void;
  readonly bytes: (n: number) => void;
};

/**
 * Writes every row of one side to the other, and then reads both anew.
 *
 * @returns one proof a table, whether or not they agree
 */
export async function moveTables(
  tables: readonly MovedTable[],
  { from, to }: { readonly from: MoveSide; readonly to: MoveSide },
  watched: MoveWatched,
): Promise<readonly TableProof[]> {
  await copyTables(tables, { from, to }, watched);
  const proofs: TableProof[] = [];
  for (const table of tables) {
    watched.doing(table.name);
    const [was, is] = [await heldBy(from, table, watched), await heldBy(to, table, watched)];
    proofs.push({ name: table.name, file: table.file, from: was, to: is });
  }
  return proofs;
}

export async function copyTables(
  tables: readonly MovedTable[],
  { from, to }: { readonly from: MoveSide; readonly to: MoveSide },
  watched: MoveWatched,
): Promise<void> {
  for (const table of tables) {
    watched.doing(table.name);
    await to.begin(table);
    for await (const page of from.rows(table)) {
      watched.signal.throwIfAborted();
      await to.add(table, page);
      watched.bytes(bytesOf(page));
    }
  }
}

export const agrees = ({ from, to }: TableProof): boolean =>
  from.rows === to.rows && from.digest === to.digest;

async function heldBy(side: MoveSide, table: MovedTable, watched: MoveWatched): Promise<TableProof['from']> {
  const digest = new TableDigest();
  for await (const page of side.rows(table)) {
    watched.signal.throwIfAborted();
    for (const row of page) digest.add(row);
    watched.bytes(bytesOf(page));
  }
  return { rows: digest.rows, digest: digest.digest };
}

/** About: texts are counted by their characters. */
const bytesOf = (page: readonly MovedRow[]): number =>
  page.reduce(
    (n, row) =>
      n +
      row.reduce<number>(
        (m, v) => m + (typeof v === 'object' || typeof v === 'string' ? (v?.length ?? 1) : 8),
        0,
      ),
    0,
  );
