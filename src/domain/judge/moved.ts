import type { Duration, Millis } from '../time.ts';
import type { Edge, OpenPart, Part, PastParts } from './memory.ts';
import { Rows } from './rows.ts';

/** What memories are made of, where our clock was moved by `by`: see `clock-moved.ts`. */

export function openMoved(p: OpenPart, by: Duration): OpenPart {
  return [p[0] + by, p[1], p[2], p[3], p[4], p[5], p[6] + by, p[7], p[8], p[9]];
}

function partMoved(p: Part, by: Duration): Part {
  return [p[0] + by, p[1], p[2], p[3], p[4], p[5]];
}

export function pastMoved(past: PastParts, by: Duration): PastParts {
  return {
    newer: rowsMoved(past.newer, 7, 2, by),
    newerTogether: past.newerTogether && partMoved(past.newerTogether, by),
    older: rowsMoved(past.older, 7, 2, by),
    ...(past.edge === undefined ? {} : { edge: edgeMoved(past.edge, by) }),
  };
}

/** Instants are the oldest part's end, and where each of the two stretches begins. */
const edgeMoved = (edge: Edge, by: Duration): Edge => edge.map((x, i) => (i <= 1 || i === 7 ? x + by : x));

/** @param instants how many numbers at the beginning of each row are instants */
export function rowsMoved(rows: Rows, width: number, instants: number, by: Duration): Rows {
  return Rows.of(rows.toJSON().map((x, i) => (i % width < instants ? x + by : x)));
}

/** None where there was none. */
export const phaseMoved = (phase: Duration | undefined, by: Duration): Duration | undefined =>
  (phase ?? 0) + by || undefined;

export const orNull = (at: Millis | null, by: Duration): Millis | null => (at === null ? null : at + by);

export function eachOf<V>(of: Readonly<Record<string, V>>, moved: (v: V) => V): Record<string, V> {
  return Object.fromEntries(Object.entries(of).map(([key, v]) => [key, moved(v)]));
}
