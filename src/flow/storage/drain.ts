import { as, type TurnNumber } from '../../domain/ids.ts';
import { type Duration, type Millis, seconds } from '../../domain/time.ts';
import type { Clock } from '../ports/clock.ts';
import { type History, type StoreTroubleKind, troubleOf } from '../ports/history.ts';
import type { Journal } from '../ports/journal.ts';
import type { Log } from '../ports/log.ts';
import type { Meters } from '../ports/meters.ts';
import { DrainLag } from './drain-lag.ts';

/**
 * One batch to the store at most: large enough for its liking, small enough to repeat without regret, and for the thread
 * that judges to take from the reader without a pause that an alarm would notice (4 MB of small turns: 20 to 40 ms).
 */
const BATCH_BYTES = 1024 * 1024;
/** A store that has been away is asked with this much. */
const FEELER_BYTES = 64 * 1024;
/**
 * How long readings gather at least before a batch goes, so that the store is not asked for many small commits; and at
 * most, while little comes in and nobody looks. Commits of a store cost by their number, not by their readings.
 */
const GATHER: Duration = 250;
const GATHER_AT_MOST: Duration = seconds(5);
/** This much is worth a commit, however short a time it took to gather. */
const GATHERED_BYTES = 512 * 1024;
/** Who looks at a chart waits no longer for what has gathered: a store may be slow, or stand still for a copy. */
const LOOKED_AT_WITHIN: Duration = seconds(1);
const RETRY_FIRST: Duration = seconds(1);
const RETRY_AT_MOST: Duration = seconds(10);
/** A stop waits no longer for what is on its way to the store. The stage of the stop has a second more. */
const STOP_WITHIN: Duration = seconds(5);
/** However long a store asks to be left alone: it is asked again after this. */
const PATIENCE_AT_MOST: Duration = seconds(60);

/** What keeps the store from taking readings, for those who ask. */
export type DrainTrouble = { readonly kind: StoreTroubleKind; readonly since: Millis; readonly says: string };

/**
 * Drains the spool into the history store: batch by batch, in order; the cursor moves only after the store's own
 * answer. While the store is away the spool grows on disk and intake goes on. When it is back, the newest readings
 * go first between two batches of the backlog, so that nobody looks at a stale chart.
 *
 *     spool     …│ 41 │ 42 │ 43 │ 44 │ … │ 90 │ 91 │ 92 │◀── turns that became durable
 *                 stored ▲  └─ batch ─┘     ▲ ahead.from  ▲ newest
 *                     cursor                └─ kept ahead ┘
 *
 * A batch goes to the store, which keeps its rows and its own cursor in one; then ours moves in the journal, and the
 * spool lets go of the turns up to it. After an end in between the store is asked for its cursor, and what it has is
 * not sent again. What is kept ahead comes once more in its order, which changes nothing, until the cursor has
 * reached `ahead.from`: then it leaps over all of it.
 */
export class Drain {
  readonly #journal: Journal;
  readonly #history: History;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #meters: Meters;
  readonly #lag: DrainLag;
  /** Everything up to here is in the store. */
  #cursor: TurnNumber | null = null;
  /** While a backlog is drained: from where on the newest are kept ahead, and how far that has come. */
  #ahead: { readonly from: TurnNumber; upTo: TurnNumber } | null = null;
  #newest: TurnNumber = as.turn(0);
  #cancelTimer: (() => void) | null = null;
  #working: Promise<void> | null = null;
  #retryIn: Duration = RETRY_FIRST;
  #trouble: DrainTrouble | null = null;
  #stopped = false;
  /** Stopped while the store hung: what comes of the last batch is nobody's news any more. */
  #abandoned = false;
  #waiting: { readonly turn: TurnNumber; readonly tell: () => void }[] = [];
  /** Since when readings gather. */
  #since: Millis | null = null;
  /** Who is about to look at the store. */
  #lookers: { readonly turn: TurnNumber; readonly tell: () => void }[] = [];

  constructor(given: { journal: Journal; history: History; clock: Clock; log: Log; meters: Meters }) {
    this.#journal = given.journal;
    this.#history = given.history;
    this.#clock = given.clock;
    this.#log = given.log;
    this.#meters = given.meters;
    this.#lag = new DrainLag(given);
  }

  /** The store has everything up to this turn; -1: not known yet. */
  get storedUpTo(): number {
    return this.#cursor ?? -1;
  }

  get state(): 'ok' | 'behind' | 'failing' {
    if (this.#trouble !== null) return 'failing';
    return this.#ahead === null ? 'ok' : 'behind';
  }

  get trouble(): DrainTrouble | null {
    return this.#trouble;
  }

  start(newest: TurnNumber): void {
    this.#newest = newest;
    this.#soon(0);
  }

  /** A turn with something for the store became durable. */
  kick(turn: TurnNumber): void {
    this.#newest = turn;
    // Beside `history_cursor_turn`: how far the store is behind, without asking the disk.
    this.#meters.set('history_newest_turn', turn);
    this.#lag.durable(turn);
    this.#since ??= this.#clock.now();
    if (this.#cancelTimer === null && this.#working === null) this.#soon(GATHER);
  }

  /** Resolves when everything up to this turn is in the store, or when the drain has been stopped. */
  reached(turn: TurnNumber): Promise<void> {
    if (this.#stopped || (this.#cursor ?? -1) >= turn) return Promise.resolve();
    return new Promise((tell) => this.#waiting.push({ turn, tell }));
  }

  /**
   * Resolves when everything that is durable now is in the store: what has gathered goes at once, so that nobody looks
   * at a chart that is behind. While the store is away, or far behind, and after a second, it resolves all the same.
   */
  upToDate(): Promise<void> {
    const turn = this.#newest;
    if (this.#cursor === null || this.#cursor >= turn || this.#cannotHurry) return Promise.resolve();
    return new Promise((resolve) => {
      const forget = this.#clock.after(LOOKED_AT_WITHIN, () => {
        this.#lookers = this.#lookers.filter((l) => l.tell !== tell);
        resolve();
      });
      const tell = (): void => {
        forget();
        resolve();
      };
      this.#lookers.push({ turn, tell });
      if (this.#working === null) this.#begin();
    });
  }

  get #cannotHurry(): boolean {
    return this.#stopped || this.#trouble !== null || this.#ahead !== null;
  }

  /**
   * Drains what is there, as far as the store goes along, then stops for good. A store that hangs is not waited for:
   * what it has not answered for stays in the spool, and the next start offers it again.
   */
  async stop(within: Duration = STOP_WITHIN): Promise<void> {
    this.#stopped = true;
    this.#cancelTimer?.();
    this.#cancelTimer = null;
    const drained = this.#last().then(() => true);
    let forget = (): void => undefined;
    const tooLong = new Promise<false>((resolve) => {
      forget = this.#clock.after(within, () => resolve(false));
    });
    if (await Promise.race([drained, tooLong])) forget();
    else {
      this.#abandoned = true;
      this.#log.warn('the history store has not taken everything in time; the rest stays in the spool', {
        waitedMs: within,
      });
    }
    for (const { tell } of [...this.#waiting.splice(0), ...this.#lookers.splice(0)]) tell();
  }

  async #last(): Promise<void> {
    await this.#working;
    if (this.#trouble === null) await this.#drain(false);
  }

  #soon(delay: Duration): void {
    if (this.#stopped) return;
    this.#cancelTimer = this.#clock.after(delay, () => {
      this.#cancelTimer = null;
      if (this.#gathers) this.#soon(GATHER);
      else this.#begin();
    });
  }

  #begin(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = null;
    this.#since = null;
    this.#working = this.#drain(true).finally(() => {
      this.#working = null;
      if (this.#cannotHurry) for (const { tell } of this.#lookers.splice(0)) tell();
      if (this.#trouble !== null) this.#soon(this.#retryIn);
      else if (this.#lookers.length > 0) this.#begin();
      else if ((this.#cursor ?? 0) < this.#newest) {
        this.#since ??= this.#clock.now();
        this.#soon(GATHER);
      }
    });
  }

  /** Little has come in for a short while, all before it is stored, and nobody waits for any of it. */
  get #gathers(): boolean {
    return (
      this.#cursor !== null &&
      this.#since !== null &&
      this.#trouble === null &&
      this.#ahead === null &&
      this.#waiting.length === 0 &&
      this.#journal.spoolBytes < GATHERED_BYTES &&
      this.#clock.now() - this.#since < GATHER_AT_MOST
    );
  }

  /** @param interruptible a stop that comes meanwhile ends it between two batches */
  async #drain(interruptible: boolean): Promise<void> {
    try {
      this.#cursor ??= await this.#firstCursor();
      while (!this.#abandoned && !(interruptible && this.#stopped)) {
        const newest = this.#newest;
        const most = this.#trouble === null ? BATCH_BYTES : FEELER_BYTES;
        const turns = await this.#journal.spooled(this.#cursor, most);
        const last = turns.at(-1);
        if (last === undefined) {
          // Turns without readings are not spooled: up to the newest known before the question, all is stored.
          this.#cursor = as.turn(Math.max(this.#cursor, newest));
          this.#ahead = null;
          this.#isWell();
          this.#tellReached();
          return;
        }
        await this.#history.keep(turns);
        await this.#stored(last.turn);
        this.#isWell();
        if (last.turn < newest) await this.#freshen(newest);
        else if (interruptible) {
          // What came meanwhile gathers: a store that is always given the last few turns commits without end.
          this.#ahead = null;
          return;
        }
      }
    } catch (cause) {
      if (!this.#abandoned) this.#isTroubled(cause);
    }
  }

  async #firstCursor(): Promise<TurnNumber> {
    const cursor = await this.#history.cursor();
    if (cursor <= this.#newest) return cursor;
    // Such a store takes turns up to its cursor for known and would leave ours out without a word.
    if (this.#history.moveCursor === undefined)
      throw new Error(
        `the history store knows turn ${cursor}, and this journal has come to turn ${this.#newest} only: start the service again, so that it goes on after the store`,
      );
    // The store could not be asked at the start, and knows more turns than this journal ever made.
    this.#log.error('the history store belongs to another journal: everything in the spool is stored anew', {
      storeKnows: cursor,
      journalHas: this.#newest,
    });
    return as.turn(0);
  }

  /** Between two batches of a backlog: what came in since goes to the store at once. */
  async #freshen(newest: TurnNumber): Promise<void> {
    if (this.#history.keepAhead === undefined || this.#history.moveCursor === undefined) return;
    this.#ahead ??= { from: newest, upTo: newest };
    const fresh = await this.#journal.spooled(this.#ahead.upTo, BATCH_BYTES);
    const last = fresh.at(-1);
    if (last !== undefined) {
      await this.#history.keepAhead(fresh);
      this.#ahead.upTo = last.turn;
    }
    if (this.#cursor !== null && this.#cursor >= this.#ahead.from) {
      const { upTo } = this.#ahead;
      this.#ahead = null;
      if (upTo <= this.#cursor) return;
      await this.#history.moveCursor(upTo);
      await this.#stored(upTo);
    }
  }

  async #stored(upTo: TurnNumber): Promise<void> {
    this.#cursor = upTo;
    await this.#journal.drained(upTo);
    this.#meters.set('history_cursor_turn', upTo);
    this.#lag.stored(upTo);
    this.#tellReached();
  }

  #tellReached(): void {
    const cursor = this.#cursor ?? -1;
    const all = [...this.#waiting, ...this.#lookers];
    if (!all.some((w) => w.turn <= cursor)) return;
    this.#waiting = this.#waiting.filter((w) => w.turn > cursor);
    this.#lookers = this.#lookers.filter((w) => w.turn > cursor);
    for (const { turn, tell } of all) if (turn <= cursor) tell();
  }

  #isWell(): void {
    if (this.#trouble !== null)
      this.#log.info('the history store takes readings again', { after: this.#trouble.kind });
    this.#trouble = null;
    this.#retryIn = RETRY_FIRST;
  }

  #isTroubled(cause: unknown): void {
    const { kind, retryAfter } = troubleOf(cause);
    const says = cause instanceof Error ? cause.message : String(cause);
    if (this.#trouble === null || this.#trouble.kind !== kind) {
      this.#log.error('the history store does not take readings; they wait in the spool', { kind, says });
      this.#trouble = { kind, since: this.#trouble?.since ?? this.#clock.now(), says };
    } else {
      this.#retryIn = Math.min(this.#retryIn * 2, RETRY_AT_MOST);
    }
    // A credential that was refused does not mend itself: asking often only fills the store's own log.
    if (kind === 'unauthorised') this.#retryIn = RETRY_AT_MOST;
    if (retryAfter !== null) this.#retryIn = Math.max(this.#retryIn, Math.min(retryAfter, PATIENCE_AT_MOST));
    this.#meters.count(`history_failures_total{kind="${kind}"}`);
  }
}
