import type { Millis } from '../../domain/time.ts';
import type { Holder, KeyListed } from '../../flow/ports/device-keys.ts';

export type KeyRow = KeyListed & { readonly seal: Uint8Array };

/** What is different from now on; all of it or nothing. */
export type KeyChange = {
  /** Their holders are barred no longer. */
  readonly add?: readonly KeyRow[];
  readonly until?: readonly { readonly id: number; readonly until: Millis }[];
  /** Ids. */
  readonly remove?: readonly number[];
  readonly bar?: { readonly holder: Holder; readonly at: Millis };
  /** The highest id that was ever given. */
  readonly lastId?: number;
};

/** Everything that is kept. */
export type KeptKeys = {
  /** In the order in which they were issued. */
  readonly keys: readonly KeyRow[];
  readonly barred: readonly Holder[];
  readonly lastId: number;
};

/**
 * Where device keys are kept. What it resolves is on disk; what it rejects may be there or not, and the caller reads again
 * before it changes anything more.
 */
export interface DeviceKeyStore {
  /** @throws where what is there is of a newer version, or cannot be opened */
  open(): Promise<void>;
  close(): Promise<void>;
  read(): Promise<KeptKeys>;
  keep(change: KeyChange): Promise<void>;
}
