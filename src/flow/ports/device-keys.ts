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

/** Keys of devices and systems. What is kept of a secret cannot be turned back into it. */
export interface DeviceKeys {
  start(): Promise<void>;
  close(): Promise<void>;

  /**
   * Issues a new secret to each holder, all together or none, on disk before it returns. Keys that a holder had
   * are good for `keepOld` more at most, and for no longer than they were; at most {@link KEYS_AT_MOST} are kept.
   * Who was barred is so no longer.
   *
   * @param areas of a system: see {@link KeyListed}
   * @returns in the order of `holders`; the secrets are nowhere else
   */
  issue(holders: readonly Holder[], keepOld: Duration, areas?: readonly string[] | null): readonly Issued[];

  /**
   * Ends every key of the holder and bars it, so that a certificate of that name does not open either, until
   * it is issued a new key.
   *
   * @returns false where it was barred already
   */
  revoke(holder: Holder): boolean;

  /** Synchronous, one look-up: asked at every CONNECT. @returns the key that the secret opens */
  check(holder: Holder, secret: Uint8Array): KeyListed | null;

  isBarred(holder: Holder): boolean;

  /** Forgets keys whose time is over. @returns their ids */
  sweep(): readonly number[];

  /** In order of holder, then of issue; without what the secrets were kept as. */
  list(): readonly KeyListed[];
}

/** Good keys of one holder at a time: with more, the oldest goes. */
export const KEYS_AT_MOST = 4;
