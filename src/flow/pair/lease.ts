import type { Duration } from '../../domain/time.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import {
  believedUntil,
  LEASE,
  type LeaseRenewal,
  type Machine,
  type Renewing,
  type WriterRow,
  type WriterSeen,
} from '../ports/pair/pair.ts';

/** Who else is there is asked less often than the lease is renewed. */
const LOOK_EVERY: Duration = 3 * LEASE.renewEvery;

/** How often it is looked whether the lease is still good: a question that hangs must not hide that it is not. */
const WATCH_EVERY: Duration = 250;

export type LeaseOptions = {
  readonly row: WriterRow;
  readonly renewal: LeaseRenewal;
  readonly me: Machine;
  readonly epoch: number;
  /** By `renewal.passed`: before the lease was asked for. */
  readonly askedAt: Duration;
  readonly reachesBroker: () => boolean | null;
  readonly clock: Clock;
  readonly log: Log;
};

/**
 * The right to write, of one epoch, while it lasts. Its holder believes in it for less long than the database does, counted from
 * before each question: so nobody else has it while it is believed in, whatever a question takes.
 */
export class Lease {
  readonly epoch: number;
  readonly #o: LeaseOptions;
  readonly #renewing: Renewing;
  #seen: WriterSeen | null = null;
  #over: string | null = null;
  readonly #ends: (() => void)[] = [];
  #looking = false;
  readonly lost: Promise<string>;
  #tellLost: (why: string) => void = () => undefined;

  /** Is renewed from now on, until it is lost or released. */
  constructor(options: LeaseOptions) {
    this.#o = options;
    const { clock, renewal, epoch, askedAt } = options;
    this.epoch = epoch;
    this.lost = new Promise((resolve) => {
      this.#tellLost = resolve;
    });
    this.#renewing = renewal.begin(epoch, believedUntil(askedAt));
    this.#ends.push(
      clock.every(WATCH_EVERY, () => this.#watch()),
      clock.every(LOOK_EVERY, () => void this.#look()),
    );
    void this.#look();
  }

  /** Whether anything may still be said or done in its name. Costs nothing. */
  isGood(): boolean {
    if (this.#over !== null) return false;
    const goodUntil = this.#renewing.goodUntil();
    if (goodUntil !== null && this.#o.renewal.passed() < goodUntil) return true;
    this.#end(goodUntil === null ? 'another machine has taken it' : 'it could not be renewed in time');
    return false;
  }

  /** Who else is there, as of the last look; `null`: not asked yet. */
  get seen(): WriterSeen | null {
    return this.#seen;
  }

  /** A turn was refused because of it. */
  wasFenced(): void {
    this.#end('a turn was refused: another machine writes');
  }

  /** After the last turn: the other machine may take it at once. One that cannot be told runs out. */
  async release(): Promise<void> {
    if (this.#over !== null) return;
    this.#stop('released');
    await this.#o.row.release(this.epoch).catch((cause: unknown) => {
      this.#o.log.warn('the lease could not be released; it runs out by itself', { cause: String(cause) });
    });
  }

  #watch(): void {
    if (this.isGood()) this.#renewing.alive();
  }

  /** Whether the others can be seen is of no matter to the lease. */
  async #look(): Promise<void> {
    if (this.#looking || this.#over !== null) return;
    this.#looking = true;
    try {
      const { row, me, reachesBroker } = this.#o;
      this.#seen = await row.look(me, 'active', reachesBroker());
    } catch {
      // As it was.
    } finally {
      this.#looking = false;
    }
  }

  #end(why: string): void {
    if (this.#over !== null) return;
    this.#stop(why);
    this.#tellLost(why);
  }

  #stop(why: string): void {
    this.#over = why;
    this.#renewing.end();
    for (const end of this.#ends.splice(0)) end();
  }
}
