import type { Role } from '../../domain/account/roles.ts';
import type { Scope } from '../../domain/account/scope.ts';
import type { Duration, Millis } from '../../domain/time.ts';
import type { TokenListed } from '../../flow/ports/accounts.ts';
import type { DeskRow } from './known-desks.ts';

export type AccountRow = {
  readonly account: string;
  readonly name: string;
  readonly password: string | null;
  /** A one-time code, sealed like a password. */
  readonly code: string | null;
  readonly roles: readonly Role[];
  readonly areas: Scope;
  /** Code of their unit. */
  readonly unit: string | null;
  readonly disabledAt: Millis | null;
  /** Secret of the second factor, base32. */
  readonly totp: string | null;
  readonly totpConfirmedAt: Millis | null;
  /** The step of the last code that was used: none is taken twice. */
  readonly totpUsed: number;
  /** Hashes of recovery codes that are left. */
  readonly recovery: readonly string[];
  readonly createdAt: Millis;
  readonly passwordSetAt: Millis | null;
};
export type SessionRow = {
  readonly hash: string;
  readonly account: string;
  readonly mustSetPassword: boolean;
  readonly expiresAt: Millis;
  readonly seenAt: Millis;
};
export type TokenRow = TokenListed & { readonly hash: string };

/** When a session was last used. */
export type LastUse = { readonly hash: string; readonly at: Millis };

/**
 * Where accounts are kept. What it resolves is on disk and outlives a kill; what it rejects may be there or not, and the
 * caller reads again before it changes anything more. One call at a time.
 */
export interface AccountStore {
  /** @throws where what is there is of a newer version, or cannot be opened */
  open(): Promise<void>;
  close(): Promise<void>;

  accounts(): Promise<readonly AccountRow[]>;
  sessions(): Promise<readonly SessionRow[]>;
  tokens(): Promise<readonly TokenRow[]>;
  /** The longest unused first. */
  desks(): Promise<readonly DeskRow[]>;

  addAccount(row: AccountRow): Promise<void>;
  /** Keeps everything of an account. @param endSessions those it has */
  keepAccount(row: AccountRow, endSessions: boolean): Promise<void>;
  /** Sets it and ends the account's sessions, but for one that has done what it had to. */
  setPassword(account: string, password: string, at: Millis, keep: string | null): Promise<void>;

  /** Our clock was set: sessions last as long as they would have. */
  clockMoved(by: Duration): Promise<void>;
  /** @param ended hashes of those that are over, which go */
  addSession(row: SessionRow, ended: readonly string[]): Promise<void>;
  endSessions(hashes: readonly string[]): Promise<void>;
  /** Worth no flush of its own: lost with the power, it costs somebody a login. */
  seen(uses: readonly LastUse[]): Promise<void>;

  /** @param forgotten the account's address whose place it takes */
  keepDesk(row: DeskRow, forgotten: string | null): Promise<void>;

  /** @returns false where there is one of that name already */
  addToken(row: TokenRow): Promise<boolean>;
  removeToken(name: string): Promise<boolean>;
}
