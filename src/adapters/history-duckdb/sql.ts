import type { DuckDBConnection, DuckDBMaterializedResult, DuckDBVector } from '@duckdb/node-api';

/** A path as SQL text. Everything else that comes from outside is bound or a number of ours. */
export const quoted = (path: string): string => `'${path.replaceAll("'", "''")}'`;

/** Whole numbers as SQL text: exact, never in exponent form. */
export const int = (n: number): string => BigInt(n).toString();

/** One row of whole numbers. */
export async function numbers(c: DuckDBConnection, sql: string): Promise<number[]> {
  const row = (await (await c.run(sql)).getRows())[0];
  if (row === undefined) throw new Error(`Corrupt day file: no row for ${sql}`);
  return row.map(Number);
}

/** Calls `take` once per chunk of a result, with its columns and its row count. */
export function eachChunk(
  result: DuckDBMaterializedResult,
  take: (columns: readonly DuckDBVector[], rows: number) => void,
): void {
  for (let i = 0; i < result.chunkCount; i++) {
    const chunk = result.getChunk(i);
    const columns = Array.from({ length: chunk.columnCount }, (_, c) => chunk.getColumnVector(c));
    take(columns, chunk.rowCount);
  }
}

/** A column's vector; a column that is not there is a mistake of ours. */
export function column(columns: readonly DuckDBVector[], i: number): DuckDBVector {
  const vector = columns[i];
  if (vector === undefined) throw new Error(`no column ${i}`);
  return vector;
}
