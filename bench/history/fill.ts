import { as } from '../../src/domain/ids.ts';
import { GOOD, type Reading } from '../../src/domain/reading.ts';
import { days, type Millis } from '../../src/domain/time.ts';
import type { SpooledTurn } from '../../src/flow/ports/journal.ts';
import { encodeSpool } from '../../src/wire/files/spool.ts';

export const FILLED_DAYS = 30;
export const METRIC = as.metric('ch4');
/** As many as a drain that has a backlog hands on at a time. */
const BATCH = 20_000;

/** Readings of every point at equal distances over whole UTC days, the points a little behind each other. */
export class Fill {
  readonly from: Millis;
  readonly to: Millis;
  readonly points: readonly ReturnType<typeof as.point>[];
  readonly perPoint: number;
  readonly interval: number;
  #turn = 0;
  #live = 0;

  /** @param until the days before this instant's */
  constructor(readings: number, points: number, until: Millis) {
    this.to = Math.floor(until / days(1)) * days(1);
    this.from = this.to - days(FILLED_DAYS);
    this.points = Array.from({ length: points }, (_, i) => as.point(`GAS-${String(i).padStart(4, '0')}`));
    this.perPoint = Math.max(1, Math.round(readings / points));
    this.interval = days(FILLED_DAYS) / this.perPoint;
  }

  get readings(): number {
    return this.perPoint * this.points.length;
  }

  /** All of them, in the order in which they would have come in, a turn at a time. */
  *turns(): Generator<SpooledTurn & { readonly readings: number }> {
    let batch: Reading[] = [];
    for (let n = 0; n < this.perPoint; n++) {
      for (const [i, point] of this.points.entries()) {
        const share = (n + i / this.points.length) * this.interval;
        batch.push(reading(point, this.from + Math.floor(share), valueAt(i, n)));
        if (batch.length >= BATCH) {
          yield { ...this.turn(batch), readings: batch.length };
          batch = [];
        }
      }
    }
    if (batch.length > 0) yield { ...this.turn(batch), readings: batch.length };
  }

  /** One reading more of so many points, behind all the others: what is live. */
  live(points: number): SpooledTurn {
    const n = this.#live++;
    const at = this.to + n;
    return this.turn(this.points.slice(0, points).map((point, i) => reading(point, at, valueAt(i, n))));
  }

  turn(readings: readonly Reading[]): SpooledTurn {
    this.#turn++;
    return { turn: as.turn(this.#turn), body: encodeSpool(readings, []) };
  }
}

/** %LEL: a level of the point's own, a swing, noise with two decimals. A fixed sequence: runs can be compared. */
function valueAt(point: number, n: number): number {
  const noise = ((point * 7_919 + n * 104_729) % 1_000) / 250;
  return Math.round((3 + (point % 7) + 2 * Math.sin(n / 53) + noise) * 100) / 100;
}

function reading(point: Reading['point'], observedAt: Millis, value: number): Reading {
  const receivedAt = observedAt + 300;
  return { point, metric: METRIC, value, quality: GOOD, observedAt, receivedAt, backfill: false };
}
