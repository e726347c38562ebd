import { as, type PointCode } from '../../domain/ids.ts';
import { type ClockMemory, isRight, rightClock } from '../../domain/judge/clock.ts';
import { type Frame, GOOD, type Quality, type QualityReason, type Reading } from '../../domain/reading.ts';

/**
 * How a turn's readings and frames lie in the spool: one JSON text per turn, readings as flat arrays so
 * that a person with `sqlite3` can read it and neither side spends its time on it.
 *
 * `[point, metric, observedAt, receivedAt, value, grade, why, backfill, deviceTime?]`, grade 0 good, 1 doubtful, 2 bad.
 * `r` was judged when it came in, `s` is stock data 存量数据: for the store alone, no rule ever sees it. `c`: what is believed of
 * points' clocks after this turn.
 */
type ReadingRow = [
  string,
  string,
  number,
  number,
  number | null,
  0 | 1 | 2,
  QualityReason | 0,
  0 | 1,
  number?,
];
type FrameRow = [
  ...[string, string, string, number, number, number, readonly (number | null)[]],
  clockOff?: 0 | 1,
  deviceTime?: number,
];
type Clocks = readonly (readonly [PointCode, ClockMemory | null])[];
/** Of a clock that is right nothing is believed: `[point, seq, sentAt, receivedAt]`, where its device counts its packets. */
type ClockRow = [PointCode, ClockMemory | null] | [PointCode, number, number, number];
type Body = { r: ReadingRow[]; f: FrameRow[]; s?: ReadingRow[]; c?: ClockRow[] };

const NOTHING_MORE = [] as const;

const GRADES = ['good', 'doubtful', 'bad'] as const;

export function encodeSpool(
  readings: readonly Reading[],
  frames: readonly Frame[],
  stock: readonly Reading[] = [],
  clocks: Clocks = [],
): string {
  const r = readings.map(rowOf);
  const f: FrameRow[] = frames.map((x) => [
    x.point,
    x.metric,
    x.device,
    x.observedAt,
    x.receivedAt,
    x.dt,
    x.samples,
    ...moreOf(x),
  ]);
  const body: Body = stock.length === 0 ? { r, f } : { r, f, s: stock.map(rowOf) };
  if (clocks.length > 0) body.c = clocks.map(([point, clock]) => clockRowOf(point, clock));
  return JSON.stringify(body);
}

function moreOf({ clockOff, deviceTime }: Frame): readonly [] | readonly [0 | 1] | readonly [0 | 1, number] {
  const off = clockOff === true ? 1 : 0;
  if (deviceTime !== undefined) return [off, deviceTime];
  return off === 1 ? [off] : NOTHING_MORE;
}

function clockRowOf(point: PointCode, clock: ClockMemory | null): ClockRow {
  if (clock === null || clock.seq === null || !isRight(clock)) return [point, clock];
  return [point, clock.seq, clock.sentAt, clock.receivedAt];
}

function clockOf(row: ClockRow): readonly [PointCode, ClockMemory | null] {
  return row.length === 2 ? row : [row[0], rightClock(row[1], row[2], row[3])];
}

function rowOf(x: Reading): ReadingRow {
  const row: ReadingRow = [
    x.point,
    x.metric,
    x.observedAt,
    x.receivedAt,
    x.value,
    x.quality.grade === 'good' ? 0 : x.quality.grade === 'doubtful' ? 1 : 2,
    x.quality.grade === 'good' ? 0 : x.quality.why,
    x.backfill ? 1 : 0,
  ];
  if (x.deviceTime !== undefined) row.push(x.deviceTime);
  return row;
}

/** Everything for the store, stock data last. The text is our own, from the journal: it is trusted to have this shape. */
export function decodeSpool(body: string): { readings: Reading[]; frames: Frame[] } {
  const { r, f, s } = JSON.parse(body) as Body;
  return decoded(s === undefined ? r : [...r, ...s], f);
}

/** What was judged when it came in, and is judged again when memories are rebuilt: all but stock data. */
export function decodeJudged(body: string): { readings: Reading[]; frames: Frame[]; clocks: Clocks } {
  const { r, f, c } = JSON.parse(body) as Body;
  return { ...decoded(r, f), clocks: (c ?? []).map(clockOf) };
}

function decoded(readings: ReadingRow[], f: FrameRow[]): { readings: Reading[]; frames: Frame[] } {
  return {
    readings: readings.map(
      ([point, metric, observedAt, receivedAt, value, grade, why, backfill, deviceTime]) => {
        const reading: Reading = {
          point: as.point(point),
          metric: as.metric(metric),
          value,
          quality: quality(grade, why),
          observedAt,
          receivedAt,
          backfill: backfill === 1,
        };
        return deviceTime === undefined ? reading : { ...reading, deviceTime };
      },
    ),
    frames: f.map(([point, metric, device, observedAt, receivedAt, dt, samples, clockOff, deviceTime]) => ({
      point: as.point(point),
      metric: as.metric(metric),
      device: as.device(device),
      observedAt,
      receivedAt,
      dt,
      samples,
      ...(deviceTime === undefined ? {} : { deviceTime }),
      ...(clockOff === 1 ? { clockOff: true as const } : {}),
    })),
  };
}

function quality(grade: 0 | 1 | 2, why: QualityReason | 0): Quality {
  if (grade === 0 || why === 0) return GOOD;
  return { grade: GRADES[grade] as 'doubtful' | 'bad', why };
}
