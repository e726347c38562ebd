import { as } from '../../../src/domain/ids.ts';
import { GOOD, type Reading } from '../../../src/domain/reading.ts';
import { days, minutes } from '../../../src/domain/time.ts';
import type { SpooledTurn } from '../../../src/flow/ports/journal.ts';
import { encodeSpool } from '../../../src/wire/files/spool.ts';

/** A city of ten-minute turns: what a turn holds follows from its number alone. */
const BEGAN = Date.UTC(2026, 0, 2);
export const POINTS = Array.from({ length: 40 }, (_, p) => as.point(`P-${p}`));
export const CH4 = as.metric('ch4');
export const AX = as.metric('ax');

const timeOf = (turn: number): number => BEGAN + minutes(10) * turn;

export function turnOf(n: number): SpooledTurn {
  const now = timeOf(n);
  const reading = (p: number, observedAt: number): Reading => ({
    point: POINTS[p] as Reading['point'],
    metric: CH4,
    value: n * 100 + p,
    quality: GOOD,
    observedAt,
    receivedAt: now + 400,
    backfill: observedAt < now,
  });
  const readings = POINTS.map((_, p) => reading(p, now));
  if (n % 3 === 0) {
    // Late, for three other days: new instants, and new values of instants that are there.
    for (const back of [150, 300, 450].filter((b) => b < n)) {
      readings.push(reading(n % 40, timeOf(n - back)), reading((n + 7) % 40, timeOf(n - back) + 1));
    }
  }
  const samples = Array.from({ length: 50 }, (_, i) => (i === n % 50 ? null : n + i / 8));
  const frames =
    n % 5 === 0
      ? [0, days(1)].map((late) => ({
          point: POINTS[1] as Reading['point'],
          metric: AX,
          device: as.device('D-1'),
          observedAt: now - late,
          receivedAt: now,
          dt: 20,
          samples,
        }))
      : [];
  return { turn: as.turn(n), body: encodeSpool(readings, frames) };
}
