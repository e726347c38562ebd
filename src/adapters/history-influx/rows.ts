import type { PointCode, TurnNumber } from '../../domain/ids.ts';
import type { Frame, Reading } from '../../domain/reading.ts';
import type { Millis } from '../../domain/time.ts';
import type { Item, Lines } from './lines.ts';

/** A line, and of each of its readings the turn that told of it; of a frame likewise. */
export type Gathered = Item & { readonly turns: readonly TurnNumber[] };

type Row = { readonly readings: Reading[]; readonly turns: TurnNumber[]; readonly fresh: boolean };

/**
 * Gathers readings into rows: what one point told of one instant is one line. Of two readings of the same metric and
 * instant the later one stays.
 */
export class RowSet {
  readonly #lines: Lines;
  readonly #isNew: (point: PointCode, at: Millis, turn: TurnNumber) => boolean;
  readonly #rows = new Map<PointCode, Map<Millis, Row>>();
  readonly #frames = new Map<string, { readonly frame: Frame; readonly turn: TurnNumber }>();
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
      const fresh = this.#isNew(point, observedAt, turn);
      ofPoint.set(observedAt, { readings: [reading], turns: [turn], fresh });
      this.#size++;
    } else {
      const known = row.readings.findIndex((r) => r.metric === reading.metric);
      if (known !== -1) {
        row.readings.splice(known, 1);
        row.turns.splice(known, 1);
      }
      row.readings.push(reading);
      row.turns.push(turn);
    }
  }

  addFrame(frame: Frame, turn: TurnNumber): void {
    const key = JSON.stringify([frame.point, frame.metric, frame.observedAt]);
    if (!this.#frames.has(key)) this.#size++;
    this.#frames.set(key, { frame, turn });
  }

  /** Hands over what was gathered, and begins anew. */
  take(): Gathered[] {
    const items: Gathered[] = [];
    for (const ofPoint of this.#rows.values())
      for (const { readings, turns, fresh } of ofPoint.values())
        items.push({ ...this.#lines.ofReadings(readings, fresh), turns });
    for (const { frame, turn } of this.#frames.values())
      items.push({ ...this.#lines.ofFrame(frame), turns: [turn] });
    this.#rows.clear();
    this.#frames.clear();
    this.#size = 0;
    return items;
  }
}
