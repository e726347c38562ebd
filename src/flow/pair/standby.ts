import type { Duration, Millis } from '../../domain/time.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import {
  LEASE,
  type Machine,
  type StandbyState,
  type WriterRow,
  type WriterSeen,
} from '../ports/pair/pair.ts';
import { Lease } from './lease.ts';

type StandbyOptions = {
  readonly row: WriterRow;
  readonly me: Machine;
  readonly passed: () => Duration;
  readonly clock: Clock;
  readonly log: Log;
  /** Stands by from now on: called once, where the lease is another's or the database cannot be asked. */
  readonly standing: () => void;
  /** The first question has failed in a way that no waiting mends. Left out: there is none. */
  readonly isHopeless?: (cause: unknown) => boolean;
};

/** Stands by until the lease can be had. */
export class Standby {
  readonly #o: StandbyOptions;
  readonly #since: Millis;
  #seen: WriterSeen | null = null;
  #away: string | null = null;
  #isTakingOver = false;
  #isStanding = false;
  #stopped = false;
  #cancel: () => void = () => undefined;

  constructor(given: StandbyOptions) {
    this.#o = given;
    this.#since = given.clock.now();
  }

  get state(): StandbyState {
    return {
      since: this.#since,
      seen: this.#seen,
      away: this.#away,
      isTakingOver: this.#isTakingOver,
    };
  }

  /**
   * @returns the lease, which is being renewed; `null`: it was told to stop before
   * @throws what was hopeless
   */
  async becomesActive(): Promise<Lease | null> {
    while (!this.#stopped) {
      const lease = await this.#try();
      if (lease !== null) return lease;
      if (!this.#isStanding) {
        this.#isStanding = true;
        this.#o.standing();
      }
      await new Promise<void>((resolve) => {
        const cancel = this.#o.clock.after(LEASE.lookEvery, resolve);
        this.#cancel = () => {
          cancel();
          resolve();
        };
        if (this.#stopped) this.#cancel();
      });
    }
    return null;
  }

  stop(): void {
    this.#stopped = true;
    this.#cancel();
  }

  async #try(): Promise<Lease | null> {
    const { row, me, passed, clock, log } = this.#o;
    try {
      const seen = await row.look(me, 'standby');
      if (this.#away !== null) log.info('the database is there again');
      this.#away = null;
      this.#seen = seen;
      if (this.#stopped || (seen.left > 0 && seen.holder?.id !== me.id)) return null;
      const askedAt = passed();
      const epoch = await row.take(me);
      if (epoch === null) return null;
      this.#isTakingOver = true;
      const lease = new Lease({ row, me, epoch, askedAt, passed, clock, log });
      lease.start();
      return lease;
    } catch (cause) {
      if (this.#seen === null && this.#o.isHopeless?.(cause) === true) throw cause;
      const why = String((cause as Error)?.message ?? cause);
      if (this.#away === null)
        log.warn('the database cannot be asked who writes; it is tried again', { cause: why });
      this.#away = why;
      return null;
    }
  }
}
