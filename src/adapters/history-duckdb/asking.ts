import type { DuckDBConnection } from '@duckdb/node-api';
import type { SeriesQuery } from '../../flow/ports/history.ts';
import { isDamage, mustBeAttachedAnew } from './damage.ts';
import { type Day, type DayKind, dayOf, fileName } from './day.ts';
import type { DayFile, DayFiles } from './day-files.ts';
import type { Pool } from './pool.ts';
import type { Fields } from './protocol.ts';
import { column, eachChunk, int } from './sql.ts';

/** What every question needs. */
export type Asking = {
  readonly files: DayFiles;
  readonly readers: Pool<DuckDBConnection>;
  /** The last turn that all files have: rows of later ones are not shown, so that a batch appears at once. */
  readonly cursor: () => number;
  readonly trouble: (msg: string, fields: Fields) => void;
  /** Has a file attached anew before it is used again. */
  readonly renew: (file: DayFile) => void;
};

/**
 * So many files are asked in one statement: planning one costs as much as reading a day's row groups. All
 * of them are attached meanwhile.
 */
const FILES_AT_ONCE = 32;

/** Files of which it has been told that they cannot be read in full. */
const told = new WeakSet<DayFile>();

/**
 * Asks the files of these days in the order given, some at a time; `take` says whether that is enough. A file
 * that turns out to be damaged is told as trouble and left out of the answer, which then has the other days.
 */
export async function askFiles<T>(
  a: Asking,
  { kind, days }: { readonly kind: DayKind; readonly days: readonly Day[] },
  ask: (c: DuckDBConnection, files: readonly DayFile[]) => Promise<T>,
  take: (part: T) => 'enough' | 'more',
): Promise<void> {
  await a.readers.lend(async (c) => {
    for (let from = 0; from < days.length; from += FILES_AT_ONCE) {
      const files = await a.files.lease(kind, days.slice(from, from + FILES_AT_ONCE));
      try {
        if (files.length > 0 && (await askReadable(a, c, files, { ask, take })) === 'enough') return;
      } catch (e) {
        if (mustBeAttachedAnew(e)) for (const f of files) a.renew(f);
        throw e;
      } finally {
        a.files.release(files);
      }
    }
  });
}

async function askReadable<T>(
  a: Asking,
  c: DuckDBConnection,
  files: readonly DayFile[],
  {
    ask,
    take,
  }: {
    readonly ask: (c: DuckDBConnection, files: readonly DayFile[]) => Promise<T>;
    readonly take: (part: T) => 'enough' | 'more';
  },
): Promise<'enough' | 'more'> {
  try {
    return take(await ask(c, files));
  } catch (e) {
    if (!isDamage(e)) throw e;
    const [file] = files;
    if (files.length === 1 && file !== undefined) {
      tellUnreadable(a, file, e);
      return 'more';
    }
  }
  for (const file of files) {
    if ((await askReadable(a, c, [file], { ask, take })) === 'enough') return 'enough';
  }
  return 'more';
}

function tellUnreadable(a: Asking, file: DayFile, why: unknown): void {
  if (told.has(file)) return;
  told.add(file);
  a.trouble('a part of a day file of the history cannot be read; answers lack that day', {
    file: fileName(file.kind, file.day),
    why: String(why),
  });
}

/** The part of a day file that belongs to one series. */
export type AskedPart = { readonly file: DayFile; readonly series: number };

/** The files that know the series, with the number by which each calls it. */
export async function partsOf(
  c: DuckDBConnection,
  files: readonly DayFile[],
  { point, metric }: SeriesQuery,
): Promise<AskedPart[]> {
  const unknown = files.filter((f) => !f.ids.complete && f.ids.get(point, metric) === undefined);
  if (unknown.length > 0) await lookUp(c, unknown, point, metric);
  return files.flatMap((file) => {
    const series = file.ids.get(point, metric);
    return series === undefined ? [] : [{ file, series }];
  });
}

/** A file that is only read remembers no more series than this. */
const REMEMBERED = 4_096;

async function lookUp(
  c: DuckDBConnection,
  files: readonly DayFile[],
  point: string,
  metric: string,
): Promise<void> {
  const sql = files.map(
    (f, i) => `SELECT ${i} AS i, id FROM ${f.alias}.series WHERE point = $1 AND metric = $2`,
  );
  const statement = await c.prepare(sql.join(' UNION ALL '));
  try {
    statement.bindVarchar(1, point);
    statement.bindVarchar(2, metric);
    eachChunk(await statement.run(), (columns, rows) => {
      for (let r = 0; r < rows; r++) {
        const ids = files[Number(column(columns, 0).getItem(r))]?.ids;
        if (ids === undefined || ids.complete) continue;
        if (ids.size >= REMEMBERED) ids.clear();
        ids.set(point, metric, Number(column(columns, 1).getItem(r)));
      }
    });
  } finally {
    statement.destroySync();
  }
}

/** [from, to) in whole milliseconds, as exact numbers whatever was asked. */
export function bounded({ from, to }: { readonly from: number; readonly to: number }): {
  from: number;
  to: number;
} {
  if (Number.isNaN(from) || Number.isNaN(to)) throw new RangeError('from and to must be instants, not NaN');
  const whole = (t: number): number =>
    Math.min(Math.max(Math.ceil(t), Number.MIN_SAFE_INTEGER), Number.MAX_SAFE_INTEGER);
  return { from: whole(from), to: whole(to) };
}

/** A number of things asked for: whole, and at least 0. */
export function atMost(n: number): number {
  if (Number.isNaN(n)) throw new RangeError('a limit must be a number, not NaN');
  return Math.min(Math.max(Math.floor(n), 0), MOST);
}

/** More than any answer can have, and exact in 64-bit products with the milliseconds of a year. */
const MOST = 100_000_000;

/** Days of which a file can hold rows of [from, to). */
export function daysWithin(
  files: DayFiles,
  kind: DayKind,
  { from, to }: { from: number; to: number },
): Day[] {
  return from < to ? files.days(kind, dayOf(from), dayOf(to - 1)) : [];
}

/**
 * A SELECT of one series in one file within [from, to): `columns`, and the instant as `t`; of rows of the same
 * instant the one that was kept last. Rows that have been put in order have no equals, so that a file without
 * fresh ones is spared the looking for them.
 */
export function seriesRows(
  a: Asking,
  { file, series }: AskedPart,
  columns: readonly string[],
  { from, to }: { from: number; to: number },
): string {
  const cols = columns.join(', ');
  const within = `series = ${int(series)} AND observed_at >= ${int(from)} AND observed_at < ${int(to)}`;
  const table = `${file.alias}.${file.kind}`;
  if (file.fresh === 0) {
    // `turn = 0`: rows that come while this is asked may be equals of those that are in order.
    return `SELECT observed_at AS t, ${cols} FROM ${table} WHERE ${within} AND turn = 0`;
  }
  return `SELECT t, ${cols} FROM (
      SELECT observed_at AS t, ${cols}, lead(observed_at) OVER (ORDER BY observed_at, turn, idx) AS nx
      FROM ${table} WHERE ${within} AND turn <= ${int(a.cursor())})
    WHERE nx IS DISTINCT FROM t`;
}
