import {
  BIGINT,
  BOOLEAN,
  DOUBLE,
  type DuckDBAppender,
  type DuckDBConnection,
  DuckDBDataChunk,
  type DuckDBType,
  type DuckDBVector,
  LIST,
  listValue,
  UINTEGER,
  UTINYINT,
  VARCHAR,
} from '@duckdb/node-api';
import type { Frame, Reading } from '../../domain/reading.ts';
import type { SpooledTurn } from '../../flow/ports/journal.ts';
import { decodeSpool } from '../../wire/files/spool.ts';
import { type Day, dayOf } from './day.ts';
import type { DayFile } from './day-files.ts';
import { SeriesIds } from './series-ids.ts';
import { column, eachChunk, int } from './sql.ts';

/** A reading or frame with its place in the order of keeping. */
export type PlacedRow<T> = { readonly it: T; readonly turn: number; readonly idx: number };

/** What of a batch belongs to which day's file; days oldest first. */
export type Batch = {
  readonly reading: readonly (readonly [Day, readonly PlacedRow<Reading>[]])[];
  readonly frame: readonly (readonly [Day, readonly PlacedRow<Frame>[]])[];
  /** Our clock, of the last of them to come in. */
  readonly newestReceived: number;
};

export function split(turns: readonly SpooledTurn[]): Batch {
  const reading = new Map<Day, PlacedRow<Reading>[]>();
  const frame = new Map<Day, PlacedRow<Frame>[]>();
  let newestReceived = Number.NEGATIVE_INFINITY;
  for (const { turn, body } of turns) {
    const { readings, frames } = decodeSpool(body);
    for (const { receivedAt } of [...readings, ...frames]) {
      if (receivedAt > newestReceived) newestReceived = receivedAt;
    }
    readings.forEach((it, idx) => {
      of(reading, dayOf(it.observedAt)).push({ it, turn, idx });
    });
    frames.forEach((it, idx) => {
      of(frame, dayOf(it.observedAt)).push({ it, turn, idx });
    });
  }
  return { reading: oldestFirst(reading), frame: oldestFirst(frame), newestReceived };
}

function of<T>(byDay: Map<Day, T[]>, day: Day): T[] {
  let rows = byDay.get(day);
  if (rows === undefined) {
    rows = [];
    byDay.set(day, rows);
  }
  return rows;
}

const oldestFirst = <T>(byDay: Map<Day, T[]>): [Day, T[]][] => [...byDay].sort(([a], [b]) => a - b);

type Setter = (column: number, value: Parameters<DuckDBVector['setItem']>[1]) => void;

/** A table as the appender takes it: its columns, and how a row fills them. */
type Table<T> = {
  readonly name: string;
  readonly types: readonly DuckDBType[];
  readonly fill: (set: Setter, row: T) => void;
};

const instant = (t: number): bigint => BigInt(Math.floor(t));

const READING: Table<readonly [series: number, PlacedRow<Reading>]> = {
  name: 'reading',
  types: [UINTEGER, BIGINT, BIGINT, DOUBLE, UTINYINT, VARCHAR, BOOLEAN, BIGINT, UINTEGER],
  fill: (set, [series, { it, turn, idx }]) => {
    const { grade } = it.quality;
    const observedAt = instant(it.observedAt);
    set(0, series);
    set(1, observedAt);
    set(2, instant(it.receivedAt) - observedAt);
    set(3, it.value);
    set(4, grade === 'good' ? 0 : grade === 'doubtful' ? 1 : 2);
    set(5, it.quality.grade === 'good' ? null : it.quality.why);
    set(6, it.backfill);
    set(7, BigInt(turn));
    set(8, idx);
  },
};

const FRAME: Table<readonly [series: number, PlacedRow<Frame>]> = {
  name: 'frame',
  types: [UINTEGER, BIGINT, BIGINT, VARCHAR, DOUBLE, LIST(DOUBLE), BIGINT, UINTEGER],
  fill: (set, [series, { it, turn, idx }]) => {
    const observedAt = instant(it.observedAt);
    set(0, series);
    set(1, observedAt);
    set(2, instant(it.receivedAt) - observedAt);
    set(3, it.device);
    set(4, it.dt);
    set(5, listValue([...it.samples]));
    set(6, BigInt(turn));
    set(7, idx);
  },
};

const SERIES: Table<readonly [id: number, point: string, metric: string]> = {
  name: 'series',
  types: [UINTEGER, VARCHAR, VARCHAR],
  fill: (set, row) => {
    row.forEach((value, c) => {
      set(c, value);
    });
  },
};

/** DuckDB's own: a chunk cannot hold more. */
const ROWS_PER_CHUNK = 2048;

function append<T>(appender: DuckDBAppender, { types, fill }: Table<T>, rows: readonly T[]): void {
  for (let from = 0; from < rows.length; from += ROWS_PER_CHUNK) {
    const part = rows.slice(from, from + ROWS_PER_CHUNK);
    const chunk = DuckDBDataChunk.create(types, part.length);
    const vectors = types.map((_, c) => chunk.getColumnVector(c));
    let at = 0;
    const set: Setter = (c, value) => column(vectors, c).setItem(at, value);
    for (const row of part) {
      fill(set, row);
      at++;
    }
    for (const vector of vectors) vector.flush();
    appender.appendDataChunk(chunk);
  }
}

export type Cursors = {
  /** The last turn whose rows for this file are in it after this. */
  readonly own: number;
  /** The last turn of which every file has its rows. */
  readonly store: number;
};

export const writeReadings = (
  c: DuckDBConnection,
  file: DayFile,
  rows: readonly PlacedRow<Reading>[],
  cursors: Cursors,
): Promise<void> => write(c, file, { table: READING, placed: rows }, cursors);

export const writeFrames = (
  c: DuckDBConnection,
  file: DayFile,
  rows: readonly PlacedRow<Frame>[],
  cursors: Cursors,
): Promise<void> => write(c, file, { table: FRAME, placed: rows }, cursors);

/**
 * Adds rows to a day file and moves its cursors, in one transaction that is on disk when it resolves. Rows
 * of turns that the file already has are left out.
 */
async function write<T extends Reading | Frame>(
  c: DuckDBConnection,
  file: DayFile,
  {
    table,
    placed,
  }: { readonly table: Table<readonly [number, PlacedRow<T>]>; readonly placed: readonly PlacedRow<T>[] },
  cursors: Cursors,
): Promise<void> {
  const after = {
    own: Math.max(file.own, cursors.own),
    store: cursors.store,
    fresh: file.fresh,
    total: file.total,
  };
  if (!file.ids.complete) await readAllIds(c, file);
  const newIds = new SeriesIds();
  const newSeries: [number, string, string][] = [];
  const rows: [number, PlacedRow<T>][] = [];
  for (const row of placed) {
    if (row.turn <= file.own) continue;
    const { point, metric } = row.it;
    let id = file.ids.get(point, metric) ?? newIds.get(point, metric);
    if (id === undefined) {
      id = file.ids.size + newIds.size + 1;
      newIds.set(point, metric, id);
      newSeries.push([id, point, metric]);
    }
    rows.push([id, row]);
  }
  after.fresh += rows.length;
  after.total += rows.length;

  await c.run('BEGIN');
  const appenders: DuckDBAppender[] = [];
  try {
    const add = async <R>(to: Table<R>, what: readonly R[]): Promise<void> => {
      if (what.length === 0) return;
      const appender = await c.createAppender(to.name, 'main', file.alias);
      appenders.push(appender);
      append(appender, to, what);
      appender.flushSync();
    };
    await add(table, rows);
    await add(SERIES, newSeries);
    await c.run(`UPDATE ${file.alias}.progress SET own = ${int(after.own)}, store = ${int(after.store)},
      fresh = ${int(after.fresh)}, total = ${int(after.total)}`);
    await c.run('COMMIT');
  } catch (e) {
    // First of all: an appender that still holds rows writes them when it is let go of, in no transaction.
    for (const appender of appenders) appender.clear();
    await c.run('ROLLBACK').catch(() => undefined);
    throw e;
  }
  for (const appender of appenders) appender.closeSync();
  for (const [id, point, metric] of newSeries) file.ids.set(point, metric, id);
  Object.assign(file, after);
}

async function readAllIds(c: DuckDBConnection, file: DayFile): Promise<void> {
  file.ids.clear();
  const result = await c.run(`SELECT id, point, metric FROM ${file.alias}.series`);
  eachChunk(result, (columns, rows) => {
    for (let i = 0; i < rows; i++) {
      const [id, point, metric] = [0, 1, 2].map((k) => column(columns, k).getItem(i));
      file.ids.set(String(point), String(metric), Number(id));
    }
  });
  file.ids.complete = true;
}
