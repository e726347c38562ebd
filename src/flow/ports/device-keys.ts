import type { Result } from '../../domain/result.ts';
import type { Duration, Millis } from '../../domain/time.ts';

/**
 * Whom a key 凭据 is for, as MQTT user name: a device's code, or `system:<name>` for a program that reads
 * alarms. A code has no colon, so that neither can pass for the other.
 */
export type Holder = string;

export type KeyListed = {
  /** Never used again, for any holder. */
  readonly id: number;
  readonly holder: Holder;
  readonly issuedAt: Millis;
  /** Set when a newer one has taken its place: good until then. `null`: good until replaced or revoked. */
  readonly until: Millis | null;
  /** Of a system: the areas whose alarms it may read; `null`: all. Of a device always `null`. */
  readonly areas: readonly string[] | null;
};

export type Issued = { readonly holder: Holder; readonly id: number; readonly secret: string };

/**
 * Keys of devices and systems. What is kept of a secret cannot be turned back into it.
 *
 * A change that rejects is to be taken as not made; where it was made all the same, since only the answer was lost, the key
 * that came of it is known to nobody.
 */
export interface DeviceKeys {
  start(): Promise<void>;
  close(): Promise<void>;

  /**
   * Issues a new secret to each holder, all together or none, on disk before it resolves. Keys that a holder had
   * are good for `keepOld` more at most, and for no longer than they were; at most {@link KEYS_AT_MOST} are kept.
   * Who was barred is so no longer.
   *
   * @param areas of a system: see {@link KeyListed}
   * @returns in the order of `holders`; the secrets are nowhere else
   */
  issue(
    holders: readonly Holder[],
    keepOld: Duration,
    areas?: readonly string[] | null,
  ): Promise<readonly Issued[]>;

  /**
   * Ends every key of the holder and bars it, so that a certificate of that name does not open either, until
   * it is issued a new key.
   *
   * @returns false where it was barred already
   */
  revoke(holder: Holder): Promise<boolean>;

  /** Synchronous, one look-up: asked at every CONNECT. @returns the key that the secret opens */
  check(holder: Holder, secret: Uint8Array): KeyListed | null;

  isBarred(holder: Holder): boolean;
  /** Whether the holder has a key at all. */
  has(holder: Holder): boolean;

  /** Forgets keys whose time is over. @returns their ids */
  sweep(): Promise<readonly number[]>;

  /** In order of holder, then of issue; without what the secrets were kept as. */
  list(): readonly KeyListed[];
}

/** Good keys of one holder at a time: with more, the oldest goes. */
export const KEYS_AT_MOST = 4;

/** Who issues or takes back: an account, `token:<name>`, or `command` for a program on this machine. */
export type KeyKeeper = { readonly who: string; readonly from: string | null };

export type KeyRefusal = {
  readonly code: 'holder-invalid' | 'device-unknown' | 'no-key' | 'audit-unwritable';
  readonly detail: { readonly zh: string; readonly en: string };
};

/** Where keys are issued and taken back while the service runs: traced, and felt by live connections at once. */
export interface DeviceCredentials {
  /**
   * All holders or none. Old keys are good for `keepOld` more.
   *
   * @param strict devices that are not in the register are refused
   */
  issue(
    holders: readonly Holder[],
    by: KeyKeeper,
    o: { readonly keepOld: Duration; readonly strict: boolean; readonly areas?: readonly string[] | null },
  ): Promise<Result<readonly Issued[], KeyRefusal>>;
  /** Ends all its keys and its live connections. @returns how many connections those were */
  revoke(holder: Holder, by: KeyKeeper): Promise<Result<{ readonly cutOff: number }, KeyRefusal>>;
  list(): readonly KeyListed[];
  has(holder: Holder): boolean;
  isBarred(holder: Holder): boolean;
}
