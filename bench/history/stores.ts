import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { HistoryDuckdb } from '../../src/adapters/history-duckdb/index.ts';
import { HistoryInflux } from '../../src/adapters/history-influx/index.ts';
import { as } from '../../src/domain/ids.ts';
import type { Millis } from '../../src/domain/time.ts';
import type { History } from '../../src/flow/ports/history.ts';
import type { SpooledTurn } from '../../src/flow/ports/journal.ts';
import { Influxd } from '../../test/support/influxd.ts';
import { METRIC } from './fill.ts';

export type Span = { readonly point: string; readonly from: Millis; readonly to: Millis };

/** The store's own floor: the plainest question that brings the chart's numbers, with nothing of ours. Rows it had. */
export type Floor = {
  raw(q: Span): Promise<number>;
  buckets(q: Span, n: number): Promise<number>;
  close(): Promise<void>;
};

/** A store that is filled and asked through the port, and beside it by itself. */
export type BenchStore = {
  readonly name: string;
  readonly history: History;
  /** Resolves when nothing is going on in the background any more. @returns what that was, in words */
  settled(days: number, live: () => SpooledTurn): Promise<string>;
  floor(): Promise<Floor>;
  stop(): Promise<void>;
};

const SETTLED_WITHIN_MS = 180_000;
const LIVE_EVERY_MS = 100;

/** What a store says of itself while it is filled; told, since it may be why a figure is what it is. */
export type Say = (line: string) => void;

export async function embedded(say: Say, memoryLimit?: string): Promise<BenchStore> {
  const dir = mkdtempSync(join(tmpdir(), 'bench-history-'));
  let ordered = 0;
  let spent = 0;
  let slowest = 0;
  let failed = 0;
  const history = new HistoryDuckdb({
    dir,
    ...(memoryLimit === undefined ? {} : { memoryLimit }),
    onTrouble: (msg, fields) => {
      failed++;
      say(`  ${msg} ${JSON.stringify(fields)}`);
    },
    onSettled: (_day, { ms }) => {
      ordered++;
      spent += ms;
      slowest = Math.max(slowest, ms);
    },
  });
  let closed = false;
  const close = async (): Promise<void> => {
    if (!closed) await history.close();
    closed = true;
  };
  await history.start();
  return {
    name: `embedded store (DuckDB${memoryLimit === undefined ? '' : `, ${memoryLimit}`})`,
    history,
    settled: async (days, live) => {
      // The newest day is never over. A day is put in order after something came in, as always does in service.
      for (let n = 0; ordered + failed < days - 1 && n < SETTLED_WITHIN_MS / LIVE_EVERY_MS; n++) {
        await history.keep([live()]);
        await new Promise((resolve) => setTimeout(resolve, LIVE_EVERY_MS));
      }
      return `${ordered} days put in order in ${(spent / 1_000).toFixed(1)} s, the slowest in ${(slowest / 1_000).toFixed(1)} s`;
    },
    floor: async () => {
      // A second instance must never open what the first one has.
      await close();
      const floor = await floorOfFiles(dir);
      return {
        ...floor,
        close: async () => {
          await floor.close();
          await history.start();
          closed = false;
        },
      };
    },
    stop: async () => {
      await close();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

async function floorOfFiles(dir: string): Promise<Floor> {
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
  const c = await instance.connect();
  const files = readdirSync(dir).filter((n) => /^\d{4}-\d\d-\d\d\.duckdb$/.test(n));
  if (files.length === 0) throw new Error(`no day files in ${dir}: ${readdirSync(dir).join(', ')}`);
  const days: { alias: string; from: number; ids: Map<string, number> }[] = [];
  for (const [i, name] of files.sort().entries()) {
    await c.run(`ATTACH '${join(dir, name)}' AS d${i} (READ_ONLY)`);
    const rows = await (await c.run(`SELECT point, id FROM d${i}.series`)).getRows();
    const from = Date.parse(`${/\d{4}-\d\d-\d\d/.exec(name)?.[0]}T00:00:00Z`);
    days.push({ alias: `d${i}`, from, ids: new Map(rows.map(([p, id]) => [String(p), Number(id)])) });
  }
  const of = ({ point, from, to }: Span): string =>
    days
      .filter((d) => d.from < to && d.from + 86_400_000 > from && d.ids.has(point))
      .map(
        (d) =>
          `SELECT observed_at AS t, value FROM ${d.alias}.reading WHERE series = ${d.ids.get(point)} AND observed_at >= ${from} AND observed_at < ${to}`,
      )
      .join(' UNION ALL ');
  const ask = async (sql: string): Promise<number> => (await (await c.run(sql)).getColumns())[0]?.length ?? 0;
  return {
    raw: (q) => ask(`${of(q)} ORDER BY t`),
    buckets: (q, n) =>
      ask(`SELECT (t - ${q.from}) // ${Math.round((q.to - q.from) / n)} AS b, min(value), max(value), avg(value), count(value)
        FROM (${of(q)}) GROUP BY b ORDER BY b`),
    // The store has a process of its own: what this one still holds is locked for it.
    close: async () => {
      for (const { alias } of days) await c.run(`DETACH ${alias}`);
      c.closeSync();
      instance.closeSync();
    },
  };
}

/** A real influxd of its own, in a directory that goes with it. */
export async function influx(say: Say): Promise<BenchStore> {
  const influxd = await Influxd.start();
  const history = new HistoryInflux({
    url: influxd.url,
    version: '1',
    token: null,
    org: null,
    bucket: 'bench',
    lifelines: ['gas'],
    lifelineOf: () => 'gas',
    source: 'bench',
    lastTurn: as.turn(0),
    // Longer than what is filled: a day that is to go is deleted by us, which is the dearer way.
    keepDays: 400,
    now: () => Date.now(),
    onTrouble: (msg, fields) => say(`  ${msg} ${JSON.stringify(fields)}`),
    onRejected: ([first]) => {
      throw new Error(`InfluxDB refused a line: ${first?.reason}`);
    },
  });
  await history.start();
  const version = /v?(\d+\.\d+\.\d+)/.exec(execFileSync('influxd', ['version'], { encoding: 'utf8' }))?.[1];
  const ask = async (q: string): Promise<number> => {
    const [answer] = await influxd.query(q, 'bench');
    if (answer?.error !== undefined) throw new Error(`${q}: ${answer.error}`);
    return answer?.series?.[0]?.values.length ?? 0;
  };
  const where = ({ point, from, to }: Span): string =>
    `WHERE "point" = '${point}' AND time >= ${from}ms AND time < ${to}ms`;
  return {
    name: `InfluxDB ${version ?? '1.x'}`,
    history,
    settled: async () => {
      await history.idle();
      return '';
    },
    floor: async () => ({
      raw: (q) => ask(`SELECT "${METRIC}" FROM "gas" ${where(q)}`),
      buckets: (q, n) =>
        ask(`SELECT min("${METRIC}"), max("${METRIC}"), mean("${METRIC}"), count("${METRIC}") FROM "gas" ${where(q)}
          GROUP BY time(${Math.round((q.to - q.from) / n)}ms) fill(none)`),
      close: async () => undefined,
    }),
    stop: async () => {
      await history.close();
      await influxd.stop();
    },
  };
}
