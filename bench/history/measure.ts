import { as } from '../../src/domain/ids.ts';
import { median } from '../../src/domain/median.ts';
import { days } from '../../src/domain/time.ts';
import { hasInfluxd } from '../../test/support/influxd.ts';
import { FILLED_DAYS, Fill, METRIC } from './fill.ts';
import { type BenchStore, embedded, influx, type Say, type Span } from './stores.ts';

const POINTS = 1_000;
const CHARTS = 40;
const BUCKETS = 300;
/** The promise: the median of either chart, on either store. */
export const BOUND_MS = 100;
/** How long writes and reads are watched before a day is forgotten, and after it. */
const WATCHED_MS = 3_000;
const LIVE_POINTS = 500;

export type ChartFigure = {
  readonly chart: string;
  readonly rows: number;
  readonly p50: number;
  readonly p95: number;
  /** The same charts asked of the store itself, with nothing of ours. */
  readonly floorP50: number;
  readonly floorP95: number;
};

/** Longest of the writes and reads that went on all the time, ms. */
export type Watched = {
  readonly writes: number;
  readonly longestWrite: number;
  readonly longestRead: number;
};

export type StoreFigure = {
  readonly store: string;
  readonly readings: number;
  readonly fillSeconds: number;
  readonly background: string;
  readonly charts: readonly ChartFigure[];
  readonly retention: {
    readonly ms: number;
    readonly days: number;
    readonly before: Watched;
    readonly meanwhile: Watched;
  };
};

export type HistoryFigure = { readonly points: number; readonly stores: readonly StoreFigure[] };

type Keep = (child: { stop(): Promise<void> }) => void;

/**
 * Fills each store through its own port, draws charts of random points, and forgets a day while readings come in
 * and charts are drawn.
 */
export async function history(
  { readings, memoryLimit }: { readonly readings: number; readonly memoryLimit: string | null },
  say: Say,
  keep: Keep,
): Promise<HistoryFigure> {
  const stores: StoreFigure[] = [];
  for (const open of [() => embedded(say, memoryLimit ?? undefined), influx]) {
    if (open === influx && !hasInfluxd()) {
      say('InfluxDB is left out: influxd is not installed (Debian: apt-get install influxdb)');
      continue;
    }
    const store = await open(say);
    keep(store);
    stores.push(await measure(store, readings, say));
    await store.stop();
  }
  return { points: POINTS, stores };
}

async function measure(store: BenchStore, readings: number, say: Say): Promise<StoreFigure> {
  const fill = new Fill(readings, POINTS, Date.now());
  const fillSeconds = await filled(store, fill, say);
  const background = await store.settled(FILLED_DAYS, () => fill.live(1));
  if (background !== '') say(`  ${background}`);

  const random = randomFrom(11);
  const point = (): string => fill.points[Math.floor(random() * fill.points.length)] ?? '';
  const day = Array.from({ length: CHARTS }, (): Span => {
    const from = fill.from + Math.floor(random() * days(FILLED_DAYS - 1));
    return { point: point(), from, to: from + days(1) };
  });
  const month = Array.from(
    { length: CHARTS },
    (): Span => ({ point: point(), from: fill.from, to: fill.to }),
  );
  const { history: h } = store;
  const series = (q: Span) => ({ ...q, point: as.point(q.point), metric: METRIC });
  const raw = async (q: Span) => (await h.raw({ ...series(q), limit: 100_000 })).length;
  const buckets = async (q: Span) => (await h.buckets({ ...series(q), buckets: BUCKETS })).length;
  const ours = [await timed(day, raw), await timed(month, buckets)];
  const floor = await store.floor();
  const own = [await timed(day, (q) => floor.raw(q)), await timed(month, (q) => floor.buckets(q, BUCKETS))];
  await floor.close();
  const newest = { point: point(), from: fill.to - days(1), to: fill.to };
  const retention = await forgetADay(store, fill, () => raw(newest));
  const charts = ['24 h, raw', '30 days, 300 buckets'].map((chart, i): ChartFigure => {
    const [a, b] = [ours[i], own[i]];
    if (a === undefined || b === undefined) throw new Error('a chart was not measured');
    return { chart, rows: a.rows, p50: a.p50, p95: a.p95, floorP50: b.p50, floorP95: b.p95 };
  });
  return { store: store.name, readings: fill.readings, fillSeconds, background, charts, retention };
}

async function filled({ history: h, name }: BenchStore, fill: Fill, say: Say): Promise<number> {
  const began = performance.now();
  let told = began;
  let kept = 0;
  for (const { readings, ...turn } of fill.turns()) {
    await h.keep([turn]);
    kept += readings;
    const now = performance.now();
    if (now - told < 5_000 && kept < fill.readings) continue;
    told = now;
    const perSecond = kept / ((now - began) / 1_000);
    const left = (fill.readings - kept) / perSecond;
    say(
      `  filling ${name}: ${((100 * kept) / fill.readings).toFixed(0)} %  ${Math.round(perSecond).toLocaleString('en-US')} readings/s  ${left.toFixed(0)} s left`,
    );
  }
  return (performance.now() - began) / 1_000;
}

/** One after the other, as a person draws them; the first few, which open files, are not counted. */
async function timed(spans: readonly Span[], ask: (q: Span) => Promise<number>) {
  for (const q of spans.slice(0, 3)) await ask(q);
  const took: number[] = [];
  const rows: number[] = [];
  for (const q of spans) {
    const began = performance.now();
    rows.push(await ask(q));
    took.push(performance.now() - began);
  }
  if (rows.every((n) => n === 0)) throw new Error('every chart is empty');
  return { p50: median(took), p95: p95(took), rows: median(rows) };
}

const p95 = (of: readonly number[]): number =>
  [...of].sort((a, b) => a - b)[Math.ceil(of.length * 0.95) - 1] ?? Number.NaN;

/** Readings come in and a chart is drawn, each again as soon as it is done; after a while the oldest day goes. */
async function forgetADay(
  { history: h }: BenchStore,
  fill: Fill,
  read: () => Promise<number>,
): Promise<StoreFigure['retention']> {
  let watched = { writes: 0, longestWrite: 0, longestRead: 0 };
  let over = false;
  const since = (began: number): number => performance.now() - began;
  const writing = (async () => {
    while (!over) {
      const began = performance.now();
      await h.keep([fill.live(LIVE_POINTS)]);
      watched.writes++;
      watched.longestWrite = Math.max(watched.longestWrite, since(began));
    }
  })();
  const reading = (async () => {
    while (!over) {
      const began = performance.now();
      await read();
      watched.longestRead = Math.max(watched.longestRead, since(began));
    }
  })();
  const aWhile = () => new Promise((resolve) => setTimeout(resolve, WATCHED_MS));
  const lookAnew = () => {
    const seen = watched;
    watched = { writes: 0, longestWrite: 0, longestRead: 0 };
    return seen;
  };
  const gone = (async () => {
    await aWhile();
    lookAnew();
    await aWhile();
    const before = lookAnew();
    const began = performance.now();
    const forgotten = await h.forgetBefore(fill.from + days(1));
    const ms = since(began);
    await aWhile();
    return { ms, days: forgotten, before };
  })().finally(() => (over = true));
  const [told] = await Promise.all([gone, writing, reading]);
  if (told.days !== 1) throw new Error(`${told.days} days were forgotten where there is one`);
  return { ...told, meanwhile: watched };
}

function randomFrom(seed: number): () => number {
  let x = seed;
  return () => {
    x = (Math.imul(x, 1_664_525) + 1_013_904_223) >>> 0;
    return x / 2 ** 32;
  };
}
