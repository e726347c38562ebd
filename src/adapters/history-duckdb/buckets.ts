import type { DuckDBConnection, DuckDBMaterializedResult } from '@duckdb/node-api';
import type { SeriesQuery } from '../../flow/ports/history.ts';
import {
  type AskedPart,
  type Asking,
  askFiles,
  atMost,
  bounded,
  daysWithin,
  partsOf,
  seriesRows,
} from './asking.ts';
import { reachOf } from './day.ts';
import type { BucketColumns } from './protocol.ts';
import { eachChunk, int } from './sql.ts';

type Bucket = { min: number; max: number; avg: number; n: number; worst: number };

/**
 * Equal buckets over [from, to). The bucket of an instant is ⌊(t − from) · buckets ÷ (to − from)⌋ in whole
 * numbers: an instant on a boundary belongs to the bucket that begins there, also where the boundaries are
 * no whole milliseconds.
 */
export async function buckets(
  a: Asking,
  q: SeriesQuery & { readonly buckets: number },
): Promise<BucketColumns> {
  const within = bounded(q);
  const count = atMost(q.buckets);
  const found = new Map<number, Bucket>();
  const days = count > 0 ? daysWithin(a.files, 'reading', within) : [];
  await askFiles(
    a,
    { kind: 'reading', days },
    async (c, files) => {
      const parts = await partsOf(c, files, q);
      return parts.length === 0 ? [] : readBuckets(a, c, { parts, within, count });
    },
    (part) => {
      for (const [b, it] of part) found.set(b, merged(found.get(b), it));
      return 'more';
    },
  );
  const inOrder = [...found].sort(([x], [y]) => x - y);
  const span = BigInt(within.to) - BigInt(within.from);
  const n = BigInt(Math.max(count, 1));
  const numbers = (of: (b: Bucket) => number): Float64Array => Float64Array.from(inOrder, ([, b]) => of(b));
  return {
    // The first whole millisecond of the bucket.
    t: Float64Array.from(inOrder, ([b]) => Number(BigInt(within.from) + (BigInt(b) * span + n - 1n) / n)),
    min: numbers((b) => b.min),
    max: numbers((b) => b.max),
    avg: numbers((b) => b.avg),
    n: numbers((b) => b.n),
    worst: Uint8Array.from(inOrder, ([, b]) => b.worst),
  };
}

async function readBuckets(
  a: Asking,
  c: DuckDBConnection,
  {
    parts,
    within,
    count,
  }: {
    readonly parts: readonly AskedPart[];
    readonly within: { from: number; to: number };
    readonly count: number;
  },
): Promise<[number, Bucket][]> {
  const ask = (scale: string): Promise<DuckDBMaterializedResult> =>
    c.run(bucketsSql(a, { parts, within, count }, scale));
  let found = read(await ask(''));
  if (found.some(([, b]) => b.n > 0 && !Number.isFinite(b.avg))) {
    // The sum of very large values overflows where their mean does not; a power of two changes no digit.
    found = read(await ask(` * ${2 ** -100}`));
    for (const [, b] of found) b.avg *= 2 ** 100;
  }
  return found;
}

function bucketsSql(
  a: Asking,
  {
    parts,
    within,
    count,
  }: {
    readonly parts: readonly AskedPart[];
    readonly within: { from: number; to: number };
    readonly count: number;
  },
  scale: string,
): string {
  // Counted within the days asked, so that the product stays within 64 bits wherever `from` and `to` lie.
  const first = Math.max(within.from, Math.min(...parts.map((p) => reachOf(p.file.day).from)));
  const last = Math.min(within.to, Math.max(...parts.map((p) => reachOf(p.file.day).to)));
  const span = BigInt(within.to) - BigInt(within.from);
  const ahead = (BigInt(first) - BigInt(within.from)) * BigInt(count);
  const wide = (BigInt(last) - BigInt(first)) * BigInt(count) + span > 2n ** 62n ? '::HUGEINT' : '';
  const rows = parts.map((p) => seriesRows(a, p, ['value', 'grade'], within));
  return `SELECT
      (((t - ${int(first)})${wide} * ${int(count)} + ${ahead % span}) // ${span} + ${ahead / span})::DOUBLE AS b,
      min(value) FILTER (grade < 2), max(value) FILTER (grade < 2),
      avg(value${scale}) FILTER (grade < 2), (count(value) FILTER (grade < 2))::DOUBLE, max(grade)
    FROM (${rows.join(' UNION ALL ')}) GROUP BY b`;
}

function read(result: DuckDBMaterializedResult): [number, Bucket][] {
  const found: [number, Bucket][] = [];
  eachChunk(result, (columns, rows) => {
    for (let i = 0; i < rows; i++) {
      const [b = 0, min, max, avg, n, worst] = columns.map(
        (v) => (v.getItem(i) as number | null) ?? Number.NaN,
      );
      found.push([b, { min, max, avg, n, worst } as Bucket]);
    }
  });
  return found;
}

function merged(a: Bucket | undefined, b: Bucket): Bucket {
  if (a === undefined) return b;
  const worst = Math.max(a.worst, b.worst);
  if (a.n === 0) return { ...b, worst };
  if (b.n === 0) return { ...a, worst };
  const n = a.n + b.n;
  return {
    min: Math.min(a.min, b.min),
    max: Math.max(a.max, b.max),
    avg: a.avg * (a.n / n) + b.avg * (b.n / n),
    n,
    worst,
  };
}
