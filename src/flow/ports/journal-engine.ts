import type { RegisterChange } from '../../domain/register/register.ts';
import type { Millis } from '../../domain/time.ts';
import type { Journal } from './journal.ts';
import type { LossLedger } from './losses.ts';

/**
 * One kind of journal 事件日志 in one data directory: as the service opens it, and as commands look at it and mend it
 * while nobody serves. What is not `open` leaves no mark that the journal was in use.
 */
export interface JournalEngine {
  /** For people: where it is, and what it is called there. */
  readonly where: string;
  readonly name: string;
  /** The newest form of it that this version knows. */
  readonly schema: number;
  /** The name of the file that a backup holds of it, whatever it was copied from. */
  readonly fileInBackup: string;
  /** The form that it has now; 0 where there is none. */
  form(): Promise<number>;
  /** Called anew for each life of the service. One at a time: `recover` of another rejects, see `isInUse`. */
  open(): Journal & LossLedger;
  isThere(): Promise<boolean>;
  /** Reads through all of it. */
  look(): Promise<JournalLook>;
  /** @returns 0 where there is none, or none that can be read */
  lastTurn(): Promise<number>;
  /** Points, devices and models, as the last commit left them. */
  points(): Promise<readonly RegisterChange[]>;
  /** Channels of notices and platforms above, as they are set up; without what is secret. */
  linesOut(): Promise<readonly LineOut[]>;
  /** Rejects where it cannot be read. */
  pin(): Promise<PinnedJournal>;
  /**
   * A restored journal is another journal: events that came after the backup have numbers that will be given
   * again. The new epoch tells consoles to begin anew instead of going on from a number they know.
   */
  renewEpoch(): Promise<void>;
  /**
   * A journal that lies behind its history goes on after it: the history has those turns already, and would take
   * others of the same numbers for repetitions.
   */
  goOnAfter(turn: number): Promise<void>;
}

/** Somebody outside to whom we speak. */
export type LineOut = {
  /** For people. */
  readonly name: string;
  readonly url: string;
  /** Set up, and switched off. */
  readonly isOff: boolean;
};

export type JournalLook =
  | { readonly is: 'missing' }
  /** `damaged`: the file itself, and not the way to it. */
  | { readonly is: 'unreadable'; readonly why: string; readonly damaged: boolean }
  | { readonly is: 'foreign' }
  | { readonly is: 'newer'; readonly schema: number }
  | {
      readonly is: 'whole';
      readonly schema: number;
      readonly lastTurn: number;
      readonly lastAt: Millis | null;
      readonly bytes: number;
      /** Of what is not yet in its place. */
      readonly logBytes: number;
      readonly stoppedCleanly: boolean;
      readonly waitingBytes: number;
      readonly waitingSince: Millis | null;
    };

/** The journal as it is at one moment, while others go on writing it. */
export type PinnedJournal = {
  readonly facts: {
    readonly schema: number;
    readonly epoch: string;
    readonly lastTurn: number;
    readonly lastSeq: number;
    readonly drainCursor: number;
  };
  /** Writes this moment as a file, and looks through it for damage. */
  copyTo(to: string, watched: CopyWatched): Promise<void>;
  close(): void | Promise<void>;
};

export type CopyWatched = { readonly signal: AbortSignal; readonly bytes: (n: number) => void };

/** Whether `recover` was refused because a running service has the data directory. */
export const isInUse = (cause: unknown): boolean =>
  (cause as { code?: unknown } | null)?.code === 'journal-in-use';
