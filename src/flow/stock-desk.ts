import type { TurnNumber } from '../domain/ids.ts';
import type { Reading } from '../domain/reading.ts';
import type { Core } from './core.ts';
import type { Drain } from './drain.ts';
import type { History } from './ports/history.ts';
import type { Stock } from './ports/stock.ts';
import type { Turn } from './turn.ts';

/** Turns of stock data that may wait in the spool at once: what is old must not keep the present waiting. */
const WAITING_AT_MOST = 24;

/**
 * Takes stock data 存量数据 into the journal, from where it drains into the store like any reading: in order, once,
 * whatever the store does meanwhile. It goes past judging, the board and the memories.
 */
export class StockDesk implements Stock {
  readonly #core: Core;
  readonly #turn: Turn;
  readonly #drain: Drain;
  readonly #history: History;
  readonly #keepDays: number;
  readonly #waiting: TurnNumber[] = [];

  constructor(given: { core: Core; turn: Turn; drain: Drain; history: History; keepDays: number }) {
    this.#core = given.core;
    this.#turn = given.turn;
    this.#drain = given.drain;
    this.#history = given.history;
    this.#keepDays = given.keepDays;
  }

  async about() {
    const points = this.#core.register
      .points()
      .map(({ code, name, lifeline, area }) => ({ code, name, lifeline, area }));
    return { points, keepDays: this.#keepDays };
  }

  async keep(readings: readonly Reading[]): Promise<void> {
    this.#refuseUnknown(readings);
    if (readings.length === 0) return;
    const turn = await this.#turn.stock(readings);
    this.#waiting.push(turn);
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
