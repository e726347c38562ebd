import type { DayKind } from './day.ts';

/**
 * What is in a day file. Everything is in the file itself: it can be taken elsewhere and read with any
 * DuckDB from 1.5 on, e.g. `SELECT point, metric, make_timestamp(observed_at * 1000), value FROM reading
 * JOIN series ON id = series`.
 *
 * - `series`: the file's own short number for each point and metric in it.
 * - `reading`: `delay` is `receivedAt − observedAt` (packs much better than a second instant). `turn` and `idx`
 *   say in which order rows were kept; both are 0 in rows that have been put in order, of which there is
 *   one per series and instant.
 * - `frame`: waveforms, in the order in which they came.
 * - `progress`, one row: `own` is the last turn whose rows for this file are in it, `store` the last turn of
 *   which all files had theirs when this row was written, `fresh` how many of the `total` rows have not
 *   been put in order.
 *
 * No index: DuckDB 1.4.0–1.5.6 can lose rows from one after a WAL replay (duckdb#26828).
 */
export function tables(kind: DayKind, alias: string, store: number): string {
  const rows =
    kind === 'reading'
      ? `CREATE TABLE ${alias}.reading (series UINTEGER NOT NULL, observed_at BIGINT NOT NULL,
           delay BIGINT NOT NULL, value DOUBLE, grade UTINYINT NOT NULL, why VARCHAR,
           backfill BOOLEAN NOT NULL, turn BIGINT NOT NULL, idx UINTEGER NOT NULL)`
      : `CREATE TABLE ${alias}.frame (series UINTEGER NOT NULL, observed_at BIGINT NOT NULL,
           delay BIGINT NOT NULL, device VARCHAR NOT NULL, dt DOUBLE NOT NULL,
           samples DOUBLE[] NOT NULL, turn BIGINT NOT NULL, idx UINTEGER NOT NULL)`;
  return `BEGIN; ${rows};
    CREATE TABLE ${alias}.series (id UINTEGER NOT NULL, point VARCHAR NOT NULL, metric VARCHAR NOT NULL);
    CREATE TABLE ${alias}.progress (own BIGINT NOT NULL, store BIGINT NOT NULL,
      fresh BIGINT NOT NULL, total BIGINT NOT NULL);
    INSERT INTO ${alias}.progress VALUES (0, ${store}, 0, 0); COMMIT`;
}
