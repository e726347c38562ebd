import type { Stock } from '../../flow/ports/stock.ts';

/**
 * What is said over `control.sock` in the data directory: one line of JSON asked, one told. Who may open the
 * socket is whom the file's mode lets in: the service's own user.
 */
export type ControlRequest =
  /** Who serves this directory? */
  | { readonly do: 'hello' }
  /** Change no file of the history until this connection ends. */
  | { readonly do: 'stand-still' }
  /** A new secret for a device or a system; old ones are good for `keepOld` milliseconds more. */
  | {
      readonly do: 'issue-key';
      readonly holder: string;
      readonly keepOld: number;
      readonly areas: readonly string[] | null;
    }
  | { readonly do: 'revoke-key'; readonly holder: string }
  /** Stock data in and out, by `StockAsk` and `StockTold`, until this connection ends. */
  | { readonly do: 'stock' };

export type Hello = {
  readonly pid: number;
  readonly version: string;
  readonly mqtt: string;
  /** Left out: there is no MQTT over TLS. */
  readonly mqtts?: string;
  readonly http: string;
  /** It stands by, and takes nothing: `mqtt` is empty. Left out: it serves. */
  readonly role?: 'standby';
};

export type ControlAnswer =
  | ({ readonly is: 'hello' } & Hello)
  /** `cursor`: of the history in its files; `null` when the readings are kept elsewhere and there is nothing to hold. */
  | { readonly is: 'still'; readonly cursor: number | null }
  | { readonly is: 'key-issued'; readonly secret: string }
  | { readonly is: 'key-revoked'; readonly cutOff: number }
  | { readonly is: 'stock' }
  | { readonly is: 'refused'; readonly why: string };

/** Longer lines are nobody's we know. */
export const LINE_AT_MOST = 4_096;

/** One line each; answered in the order in which they were asked. `readings` is a text of `wire/spool.ts`. */
export type StockAsk =
  | { readonly ask: 'about' }
  | { readonly ask: 'keep'; readonly readings: string }
  | { readonly ask: 'settled' }
  | { readonly ask: 'raw'; readonly q: Parameters<Stock['raw']>[0] };

export type StockTold =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly why: string };
