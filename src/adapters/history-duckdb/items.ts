import { as } from '../../domain/ids.ts';
import { GOOD, type Quality, type QualityReason } from '../../domain/reading.ts';
import type {
  HistoryBucket,
  HistoryItem,
  HistoryLatest,
  StoredFrame,
  WindowReading,
} from '../../flow/ports/history.ts';
import type { BucketColumns, FrameColumns, ItemColumns, LatestColumns, WindowColumns } from './protocol.ts';

/** What the history thread answered in columns, as the port wants it. */
export const items = (c: ItemColumns): HistoryItem[] =>
  Array.from(c.t, (t, i) => ({
    t,
    value: value(c.value, i),
    quality: quality(c.grade[i], c.why[i]),
    backfill: c.backfill[i] === 1,
  }));

export const bucketList = (c: BucketColumns): HistoryBucket[] =>
  Array.from(c.t, (t, i) => ({
    t,
    min: value(c.min, i),
    max: value(c.max, i),
    avg: value(c.avg, i),
    n: c.n[i] ?? 0,
    worstQuality: GRADES[c.worst[i] ?? 2] ?? 'bad',
  }));

export const windowList = (c: WindowColumns): WindowReading[] =>
  items(c).map((item, i) => ({
    ...item,
    point: as.point(c.point[c.series[i] ?? 0] ?? ''),
    metric: as.metric(c.metric[c.series[i] ?? 0] ?? ''),
  }));

export const latestList = (c: LatestColumns): HistoryLatest[] =>
  c.point.map((point, i) => ({
    point: as.point(point),
    metric: as.metric(c.metric[i] ?? ''),
    value: value(c.value, i),
    quality: quality(c.grade[i], c.why[i]),
    observedAt: c.observedAt[i] ?? Number.NaN,
    receivedAt: c.receivedAt[i] ?? Number.NaN,
  }));

export function frameList(c: FrameColumns): StoredFrame[] {
  let from = 0;
  return Array.from(c.t0, (t0, i) => {
    const samples = c.samples.subarray(from, from + (c.length[i] ?? 0));
    from += samples.length;
    return { t0, dt: c.dt[i] ?? Number.NaN, samples: Array.from(samples, (_, k) => value(samples, k)) };
  });
}

const GRADES = ['good', 'doubtful', 'bad'] as const;

function value(column: Float64Array, i: number): number | null {
  const v = column[i];
  return v === undefined || Number.isNaN(v) ? null : v;
}

function quality(grade: number | undefined, why: string | undefined): Quality {
  const name = GRADES[grade ?? 2] ?? 'bad';
  return name === 'good' ? GOOD : { grade: name, why: why as QualityReason };
}
