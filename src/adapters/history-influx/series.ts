import type { PointCode } from '../../domain/ids.ts';
import type { Duration } from '../../domain/time.ts';
import type { SeriesQuery } from '../../flow/ports/history.ts';
import { EARLIEST, type InfluxQl, ident, LATEST, text } from './influxql.ts';
import { measurementOf, nameOf, UNPLACED } from './names.ts';

/** What a question needs besides itself. */
export type QueryContext = {
  readonly ql: InfluxQl;
  readonly lifelineOf: (point: PointCode) => string | null;
  /** How long one question may take. */
  readonly within: Duration;
};

export function fromReadings(desk: QueryContext, point: PointCode): string {
  return ident(measurementOf(desk.lifelineOf(point) ?? UNPLACED));
}

export function fromFrames(desk: QueryContext, point: PointCode): string {
  return ident(measurementOf(desk.lifelineOf(point) ?? UNPLACED, 'frames'));
}

/** Of one point, from inclusive, to exclusive, within what the store can name. */
export function wherePoint({ point, from, to }: Pick<SeriesQuery, 'point' | 'from' | 'to'>): string {
  const low = Math.max(EARLIEST, Math.ceil(from));
  const high = Math.min(LATEST, Math.ceil(to));
  return `${ident('point')} = ${text(nameOf(point))} AND time >= ${low}ms AND time < ${high}ms`;
}
