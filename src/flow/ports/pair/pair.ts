import { type Duration, type Millis, seconds } from '../../../domain/time.ts';

/** One process of the service, as the other one knows it. */
export type Machine = {
  /** The same over restarts on the same data directory, and no other's. */
  readonly id: string;
  /** For people. */
  readonly name: string;
  readonly version: string;
};

/** Another machine that was seen at the same database. */
export type OtherMachine = Machine & {
  readonly role: PairRole;
  readonly seenAt: Millis;
  /** The broker that others run; `null`: there is none, or it did not know. */
  readonly reachesBroker: boolean | null;
};

export type PairRole = 'active' | 'standby';

/** The newest change from one machine to another; a restart of the same one is none. */
export type Switch = {
  readonly at: Millis;
  /** Its name. */
  readonly from: string;
  /** `released`: it stopped and let go; `run-out`: it was not heard of for as long as a lease lasts. */
  readonly why: 'released' | 'run-out';
};

/** Who writes, as the database has it. Instants are of the database's clock. */
export type WriterSeen = {
  /** When it was seen. */
  readonly at: Millis;
  /** Of the newest lease, counted from 1; 0: there was none yet. */
  readonly epoch: number;
  /** Who has it, or had it last; `null`: nobody yet. */
  readonly holder: { readonly id: string; readonly name: string } | null;
  /** How long it is still good for; 0 or less: it has run out, or was released. */
  readonly left: Duration;
  readonly switched: Switch | null;
  /** Those that are not asking, whoever was seen last first. */
  readonly others: readonly OtherMachine[];
};

/**
 * The one row that says which machine writes 写入权. The database's clock alone decides whether a lease has run out; every turn
 * asks in its own transaction whether its epoch is still the newest, and holds that for as long as the transaction lasts.
 *
 * All of it rejects while the database cannot be asked; each call ends within a few seconds.
 */
export interface WriterRow {
  /** Says that one is there, as what, and sees who writes. */
  look(me: Machine, role: PairRole, reachesBroker: boolean | null): Promise<WriterSeen>;
  /**
   * Takes the lease where it has run out, was released, or is of this very machine, whose former process must be known to be gone.
   * Transactions of the former epoch that are under way are waited for, or ended where they do not end by themselves.
   *
   * @returns the new epoch; `null`: another machine has it
   */
  take(me: Machine): Promise<number | null>;
  /** @returns false: it was released, or another epoch is the newest, and this one will never be again */
  renew(epoch: number): Promise<boolean>;
  /** Lets go, so that another may take it at once. Of an epoch that is not the newest: nothing. */
  release(epoch: number): Promise<void>;
  /** What both machines must know and no turn holds: `null` where it was never kept. */
  note(name: string): Promise<string | null>;
  keepNote(name: string, value: string): Promise<void>;
  close(): Promise<void>;
}

/** What a standby knows, for whoever asks it. */
export type StandbyState = {
  /** Since when it stands by, our clock. */
  readonly since: Millis;
  /** `null`: the database could not be asked yet. */
  readonly seen: WriterSeen | null;
  /** Why it cannot be asked now; `null`: it can. */
  readonly away: string | null;
  /** Why this machine could not take over, although it can ask; `null`: it could. */
  readonly unfit: string | null;
  /** See `OtherMachine`. */
  readonly reachesBroker: boolean | null;
  /** The lease is ours, and the journal is being read. */
  readonly isTakingOver: boolean;
};

/**
 * Ours: a stop of five seconds of a disk or a collector of garbage must not be a change of machines, and a city shall not be without
 * its watch for half a minute.
 */
export const LEASE = {
  /** From each renewal on, by the database's clock. */
  lasts: seconds(10),
  renewEvery: seconds(2),
  /** By how much earlier than the database its holder believes that it has run out. */
  margin: seconds(2),
  /** How often a standby looks. */
  lookEvery: 500,
  /** One question at most. */
  asked: seconds(3),
  /** A service whose judging thread has not run for so long is left to the other machine: above any backlog that was seen. */
  deafAtMost: seconds(30),
} as const;

/** Its holder counts from before it asked. */
export const believedUntil = (askedAt: Duration): Duration => askedAt + LEASE.lasts - LEASE.margin;

/** One epoch's lease while it is being renewed, as whoever judges sees it. */
export type Renewing = {
  /** Until when it may be believed in, by `LeaseRenewal.passed`; `null`: another machine has it. Costs nothing. */
  goodUntil(): Duration | null;
  /** Whoever judges runs: see `LEASE.deafAtMost`. */
  alive(): void;
  /** It is renewed no more. */
  end(): void;
};

/** Renews a lease, whatever else this process has to do. */
export interface LeaseRenewal {
  /** Milliseconds since some moment, which cannot be set. */
  passed(): Duration;
  begin(epoch: number, goodUntil: Duration): Renewing;
}

/** Of a turn whose epoch is not the newest any more: another machine writes. */
export const FENCED = 'fenced';

/** Whether that is why, or why of the why. */
export const isFenced = (cause: unknown): boolean => {
  const why = cause as { code?: unknown; cause?: unknown } | null | undefined;
  return why !== null && why !== undefined && (why.code === FENCED || isFenced(why.cause));
};
