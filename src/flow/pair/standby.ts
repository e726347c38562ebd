import { type Duration, type Millis, seconds } from '../../domain/time.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import {
  LEASE,
  type LeaseRenewal,
  type Machine,
  type StandbyState,
  type WriterRow,
  type WriterSeen,
} from '../ports/pair/pair.ts';
import { Lease } from './lease.ts';

type StandbyOptions = {
  readonly row: WriterRow;
  readonly me: Machine;
  readonly renewal: LeaseRenewal;
  /** See `OtherMachine`. Left out: there is no broker of others. */
  readonly reachesBroker?: () => boolean | null;
  readonly clock: Clock;
  readonly log: Log;
  /** Stands by from now on: called once, where the lease is another's or the database cannot be asked. */
  readonly standing: () => void;
  /** Why this machine could not go on from the other's work; `null`: it could. Left out: it always could. */
  readonly unfit?: () => Promise<string | null>;
  /** The first question has failed in a way that no waiting mends. Left out: there is none. */
  readonly isHopeless?: (cause: unknown) => boolean;
};

/** How often it is looked whether this machine could take over. */
const FIT_LOOK_EVERY: Duration = seconds(10);

/** Stands by until the lease can be had. */
export class Standby {
  readonly #o: StandbyOptions;
  readonly #since: Millis;
  #seen: WriterSeen | null = null;
  #away: string | null = null;
  #unfit: string | null = null;
  #lookAgainAt = Number.NEGATIVE_INFINITY;
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
      unfit: this.#unfit,
      reachesBroker: this.#reachesBroker(),
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

  #reachesBroker = (): boolean | null => this.#o.reachesBroker?.() ?? null;

  stop(): void {
    this.#stopped = true;
    this.#cancel();
  }

  /** Told while the other machine is well: when it is not, it would be too late to see to it. */
  async #look(): Promise<void> {
    const now = this.#o.renewal.passed();
    if (this.#o.unfit === undefined || now < this.#lookAgainAt) return;
    const unfit = await this.#o.unfit();
    if (unfit !== null && unfit !== this.#unfit)
      this.#o.log.error('this machine could not take over', { why: unfit });
    this.#unfit = unfit;
    this.#lookAgainAt = now + FIT_LOOK_EVERY;
  }

  async #try(): Promise<Lease | null> {
    const { row, me, renewal, clock, log } = this.#o;
    try {
      const seen = await row.look(me, 'standby', this.#reachesBroker());
      if (this.#away !== null) log.info('the database is there again');
      this.#away = null;
      this.#seen = seen;
      await this.#look();
      if (this.#stopped || (seen.left > 0 && seen.holder?.id !== me.id)) return null;
      if (this.#unfit !== null) return null;
      const askedAt = renewal.passed();
      const epoch = await row.take(me);
      if (epoch === null) return null;
      this.#isTakingOver = true;
      return new Lease({ row, me, epoch, askedAt, renewal, clock, log, reachesBroker: this.#reachesBroker });
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
