import type { Duration } from '../../domain/time.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import { LEASE, type Machine, type WriterRow, type WriterSeen } from '../ports/pair/pair.ts';

/** Who else is there is asked with every third renewal: the lease comes first. */
const LOOK_EVERY_NTH = 3;

/** How often it is looked whether the lease is still good: a question that hangs must not hide that it is not. */
const WATCH_EVERY: Duration = 250;

export type LeaseOptions = {
  readonly row: WriterRow;
  readonly me: Machine;
  readonly epoch: number;
  /** Milliseconds since some moment, which cannot be set: had passed before the lease was asked for. */
  readonly askedAt: Duration;
  /** … and have passed now. */
  readonly passed: () => Duration;
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
  #goodUntil: Duration;
  #seen: WriterSeen | null = null;
  #over: string | null = null;
  readonly #ends: (() => void)[] = [];
  #renewing = false;
  #renewed = 0;
  readonly lost: Promise<string>;
  #tellLost: (why: string) => void = () => undefined;

  constructor(options: LeaseOptions) {
    this.#o = options;
    this.epoch = options.epoch;
    this.#goodUntil = goodUntil(options.askedAt);
    this.lost = new Promise((resolve) => {
      this.#tellLost = resolve;
    });
  }

  /** Renews from now on, until it is lost or released. */
  start(): void {
    const { clock } = this.#o;
    this.#ends.push(clock.every(LEASE.renewEvery, () => void this.#renew()));
    this.#ends.push(clock.every(WATCH_EVERY, () => void this.isGood()));
    void this.#renew();
  }

  /** Whether anything may still be said or done in its name. Costs nothing. */
  isGood(): boolean {
    if (this.#over !== null) return false;
    if (this.#o.passed() < this.#goodUntil) return true;
    this.#end('it could not be renewed in time');
    return false;
  }

  /** Who else is there, as of the last renewal; `null`: not asked yet. */
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

  async #renew(): Promise<void> {
    if (this.#renewing || !this.isGood()) return;
    this.#renewing = true;
    const { row, me, passed, log } = this.#o;
    const askedAt = passed();
    try {
      if (!(await row.renew(this.epoch))) this.#end('another machine has taken it');
      else if (this.isGood()) {
        this.#goodUntil = goodUntil(askedAt);
        // Whether that can be seen as well is of no matter to the lease.
        if (this.#renewed++ % LOOK_EVERY_NTH === 0)
          this.#seen = await row.look(me, 'active').catch(() => this.#seen);
      }
    } catch (cause) {
      if (this.#over === null)
        log.warn('the lease could not be renewed; it is tried again', {
          leftMs: Math.max(0, Math.round(this.#goodUntil - passed())),
          cause: String(cause),
        });
    } finally {
      this.#renewing = false;
    }
  }

  #end(why: string): void {
    if (this.#over !== null) return;
    this.#stop(why);
    this.#tellLost(why);
  }

  #stop(why: string): void {
    this.#over = why;
    for (const end of this.#ends.splice(0)) end();
  }
}

const goodUntil = (askedAt: Duration): Duration => askedAt + LEASE.lasts - LEASE.margin;
