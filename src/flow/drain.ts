import { as, type TurnNumber } from '../domain/ids.ts';
import { type Duration, seconds } from '../domain/time.ts';
import type { Meters } from './meters.ts';
import type { Clock } from './ports/clock.ts';
import type { History } from './ports/history.ts';
import type { Journal } from './ports/journal.ts';
import type { Log } from './ports/log.ts';

/** One batch to the store at most: large enough for its liking, small enough to repeat without regret. */
const BATCH_BYTES = 4 * 1024 * 1024;
/** How long readings gather before a batch goes, so that the store is not asked for many small commits. */
const GATHER: Duration = 250;
const RETRY_FIRST: Duration = seconds(1);
const RETRY_AT_MOST: Duration = seconds(30);

/**
 * Drains the spool into the history store: batch by batch, in order; the cursor moves only after the
 * store's own answer. While the store is away the spool grows on disk and intake goes on.
 */
export class Drain {
  readonly #journal: Journal;
  readonly #history: History;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #meters: Meters;
  #cursor: TurnNumber = as.turn(0);
  #newest: TurnNumber = as.turn(0);
  #cancelTimer: (() => void) | null = null;
  #working: Promise<void> | null = null;
  #retryIn: Duration = RETRY_FIRST;
  #state: 'ok' | 'behind' | 'failing' = 'ok';
  #stopped = false;

  constructor(given: { journal: Journal; history: History; clock: Clock; log: Log; meters: Meters }) {
    this.#journal = given.journal;
    this.#history = given.history;
    this.#clock = given.clock;
    this.#log = given.log;
    this.#meters = given.meters;
  }

  get state(): 'ok' | 'behind' | 'failing' {
    return this.#state;
  }

  async start(newest: TurnNumber): Promise<void> {
    this.#newest = newest;
    this.#cursor = await this.#history.cursor();
    this.#soon(0);
  }

  /** A turn with something for the store became durable. */
  kick(turn: TurnNumber): void {
    this.#newest = turn;
    if (this.#cancelTimer === null && this.#working === null) this.#soon(GATHER);
  }

  /** Drains what is there, as far as the store goes along, at most once more round; then stops for good. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#cancelTimer?.();
    this.#cancelTimer = null;
    await this.#working;
    if (this.#state !== 'failing') await this.#drain();
  }

  #soon(delay: Duration): void {
    if (this.#stopped) return;
    this.#cancelTimer = this.#clock.after(delay, () => {
      this.#cancelTimer = null;
      this.#working = this.#drain().finally(() => {
        this.#working = null;
        if (this.#state === 'failing') this.#soon(this.#retryIn);
        else if (this.#cursor < this.#newest) this.#soon(GATHER);
      });
    });
  }

  async #drain(): Promise<void> {
    try {
      for (;;) {
        const newest = this.#newest;
        const turns = await this.#journal.spooled(this.#cursor, BATCH_BYTES);
        const last = turns.at(-1);
        if (last === undefined) {
          // Turns without readings are not spooled: up to the newest known before the question, all is stored.
          this.#cursor = newest;
          break;
        }
        await this.#history.keep(turns);
        this.#cursor = last.turn;
        await this.#journal.drained(last.turn);
        this.#meters.set('history_cursor_turn', last.turn);
        this.#recovered();
      }
    } catch (cause) {
      if (this.#state !== 'failing')
        this.#log.error('the history store does not take readings; they wait in the spool', {
          cause: String(cause),
        });
      else this.#retryIn = Math.min(this.#retryIn * 2, RETRY_AT_MOST);
      this.#state = 'failing';
      this.#meters.count('history_failures_total');
    }
  }

  #recovered(): void {
    if (this.#state === 'failing') this.#log.info('the history store takes readings again');
    this.#state = 'ok';
    this.#retryIn = RETRY_FIRST;
  }
}
