import type { Config, Where } from '../config/read.ts';
import type { Pack } from '../domain/pack.ts';
import type { Duration, Millis } from '../domain/time.ts';
import type { WatchedClock } from '../flow/ports/clock.ts';
import type { Ids } from '../flow/ports/ids.ts';
import type { Log } from '../flow/ports/log.ts';
import type { Paired } from './pair/pair.ts';

export type AppOptions = {
  /** Left out: the journal is on this machine alone. */
  readonly pair?: Paired;
  /** The ports of the configuration are needed now: whoever stands there lets go of them. */
  readonly portsNeeded?: () => Promise<void>;
  readonly config: Config;
  /** Where each key of the configuration comes from, for people. Left out: from itself. */
  readonly whereIs?: Where;
  readonly log: Log;
  /** Built console, served at `/`; null: a page that says how to build it. */
  readonly consoleDir: string | null;
  readonly version: string;
  /** Goes on over starts of the app anew. Left out: one of its own; tests drive a manual one. */
  readonly clock?: WatchedClock;
  /** The machine's clock was taken for ours while nothing ran: how far (0: that has moved along), and when. */
  readonly clockMoved?: { readonly by: Duration; readonly at: Millis };
  readonly ids?: Ids;
  /** false: no self-check, in tests on a clock that leaps. */
  readonly probe?: boolean;
  /** Left out: every pack that ships. */
  readonly packs?: readonly Pack[];
  /** The journal has failed: stop this app and make a new one, which recovers from the disk. */
  readonly onFailed?: (why: Error) => void;
  /** Lines of the log, and of standard error, that could not be written so far. */
  readonly droppedLogLines?: () => number;
  /** The machine's clock was set and has settled: stop this app, adopt it, and make a new one. */
  readonly onClockSettled?: () => void;
  /** Nobody has an account yet: how the first person gets in, for whoever sits before the terminal. */
  readonly onFirstStart?: (enter: { readonly url: string; readonly oneTimeCode: string }) => void;
};
