import type { MetricKey, PointCode, TurnNumber } from '../../domain/ids.ts';
import type { Frame, Reading } from '../../domain/reading.ts';
import type { Millis } from '../../domain/time.ts';
import type { Item, Lines } from './lines.ts';

type Row = { readings: Reading[]; readonly fresh: boolean };

/**
 * Gathers readings into rows: what one point told of one instant is one line. Of two readings of the same metric and
 * instant the later one stays.
 */
export class RowSet {
  readonly #lines: Lines;
  readonly #isNew: (point: PointCode, at: Millis, turn: TurnNumber) => boolean;
  readonly #rows = new Map<PointCode, Map<Millis, Row>>();
  readonly #frames = new Map<string, Frame>();
  #size = 0;

  /** @param isNew whether nothing can lie at this point and instant yet */
  constructor(lines: Lines, isNew: (point: PointCode, at: Millis, turn: TurnNumber) => boolean) {
    this.#lines = lines;
    this.#isNew = isNew;
  }

  /** Lines gathered so far. */
  get size(): number {
    return this.#size;
  }

  add(reading: Reading, turn: TurnNumber): void {
    const { point, observedAt } = reading;
    const ofPoint = this.#rows.get(point) ?? new Map<Millis, Row>();
    if (ofPoint.size === 0) this.#rows.set(point, ofPoint);
    const row = ofPoint.get(observedAt);
    if (row === undefined) {
      ofPoint.set(observedAt, { readings: [reading], fresh: this.#isNew(point, observedAt, turn) });
      this.#size++;
    } else {
      row.readings = without(row.readings, reading.metric);
      row.readings.push(reading);
    }
  }

  addFrame(frame: Frame): void {
    const key = JSON.stringify([frame.point, frame.metric, frame.observedAt]);
    if (!this.#frames.has(key)) this.#size++;
    this.#frames.set(key, frame);
  }

  /** Hands over what was gathered, and begins anew. */
  take(): Item[] {
    const items: Item[] = [];
    for (const ofPoint of this.#rows.values())
      for (const { readings, fresh } of ofPoint.values()) items.push(this.#lines.ofReadings(readings, fresh));
    for (const frame of this.#frames.values()) items.push(this.#lines.ofFrame(frame));
    this.#rows.clear();
    this.#frames.clear();
    this.#size = 0;
    return items;
  }
}

function without(readings: Reading[], metric: MetricKey): Reading[] {
  return readings.some((r) => r.metric === metric) ? readings.filter((r) => r.metric !== metric) : readings;
}
