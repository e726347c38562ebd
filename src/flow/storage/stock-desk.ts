import type { TurnNumber } from '../../domain/ids.ts';
import type { Reading } from '../../domain/reading.ts';
import { faultValuesAt, plainFaultValues } from '../../domain/register/fault-values.ts';
import type { Duration } from '../../domain/time.ts';
import type { Core } from '../core/core.ts';
import type { Clock } from '../ports/clock.ts';
import type { History } from '../ports/history.ts';
import type { Stock } from '../ports/stock.ts';
import type { Drain } from './drain.ts';

/** Turns of stock data that may wait in the spool at once: what is old must not keep the present waiting. */
const WAITING_AT_MOST = 24;

/** The turn, as the desk asks of it: resolves with the turn in which the readings became durable. */
type StockTurn = { stock(readings: readonly Reading[]): Promise<TurnNumber> };

export type StockPace = {
  /** Readings in one turn at most: so long does a packet wait that comes behind them. */
  readonly readings: number;
  /** After each such turn, for the present alone. */
  readonly rest: Duration;
};

/** Beside devices and operators: some 2 ms of the one thread, then ten times as long for them; at most some 18,000 readings/s. */
export const BESIDE_THE_PRESENT: StockPace = { readings: 500, rest: 25 };

/**
 * Takes stock data 存量数据 into the journal, from where it drains into the store like any reading: in order, once,
 * whatever the store does meanwhile. It goes past judging, the board and the memories.
 */
export class StockDesk implements Stock {
  readonly #core: Core;
  readonly #turn: StockTurn;
  readonly #drain: Drain;
  readonly #history: History;
  readonly #keepDays: number;
  readonly #clock: Clock;
  readonly #pace: StockPace | null;
  readonly #waiting: TurnNumber[] = [];
  /** Whoever brings it: turns of stock data come one after the other, each after its rest. */
  #rested: Promise<void> = Promise.resolve();

  constructor(given: {
    core: Core;
    turn: StockTurn;
    drain: Drain;
    history: History;
    keepDays: number;
    clock: Clock;
    /** `null`: there is nobody beside whom it would have to be slow. */
    pace: StockPace | null;
  }) {
    this.#core = given.core;
    this.#turn = given.turn;
    this.#drain = given.drain;
    this.#history = given.history;
    this.#keepDays = given.keepDays;
    this.#clock = given.clock;
    this.#pace = given.pace;
  }

  async about() {
    const { register } = this.#core;
    const points = register.points().map((point) => {
      const { code, name, lifeline, area } = point;
      const values = faultValuesAt(point, register.devicesAt(code), register.model);
      return { code, name, lifeline, area, ...plainFaultValues(values) };
    });
    return { points, keepDays: this.#keepDays };
  }

  async keep(readings: readonly Reading[]): Promise<void> {
    this.#refuseUnknown(readings);
    const { readings: atATime = readings.length, rest = null } = this.#pace ?? {};
    for (let i = 0; i < readings.length; i += atATime) {
      const piece = readings.slice(i, i + atATime);
      this.#waiting.push(await (rest === null ? this.#turn.stock(piece) : this.#afterRest(piece, rest)));
      await this.#notTooFarAhead();
    }
  }

  async #afterRest(piece: readonly Reading[], rest: Duration): Promise<TurnNumber> {
    const before = this.#rested;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#rested = promise;
    await before;
    try {
      return await this.#turn.stock(piece);
    } finally {
      this.#clock.after(rest, resolve);
    }
  }

  async #notTooFarAhead(): Promise<void> {
    if (this.#waiting.length <= WAITING_AT_MOST) return;
    const oldest = this.#waiting.shift();
    if (oldest !== undefined) await this.#drain.reached(oldest);
  }

  async settled(): Promise<void> {
    const newest = this.#waiting.at(-1);
    if (newest !== undefined) await this.#drain.reached(newest);
    this.#waiting.length = 0;
  }

  raw: Stock['raw'] = (q) => this.#history.raw(q);

  #refuseUnknown(readings: readonly Reading[]): void {
    for (const { point, metric, value, observedAt } of readings) {
      const known = this.#core.register.point(point);
      const plan = known === undefined ? undefined : this.#core.book.planOf(known.lifeline);
      const kind = plan?.metrics.get(metric)?.metric.kind;
      if (kind === undefined || kind === 'waveform')
        throw new Error(`${point} has no single values of "${metric}" in the register and packs`);
      if (!Number.isSafeInteger(observedAt) || (value !== null && !Number.isFinite(value)))
        throw new Error(`${point}/${metric}: ${value} at ${observedAt} is no reading`);
    }
  }
}
