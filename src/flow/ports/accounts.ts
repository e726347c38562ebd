import type { Bilingual } from '../../domain/metric.ts';
import type { Result } from '../../domain/result.ts';
import type { Duration, Millis } from '../../domain/time.ts';

/** Who stands behind a request. Roles will be one more field here. */
export type Session = {
  /** A person who logged in, or a machine with a bearer token. */
  readonly kind: 'person' | 'machine';
  /** Of a person: the account. Of a machine: `token:` and the token's name, which no account can be called. */
  readonly account: string;
  /** As shown to people. */
  readonly name: string;
  /** Logged in with a one-time code: until a password is set, let it do nothing else. */
  readonly mustSetPassword: boolean;
  /** When it ends at the latest; `null` for a machine. */
  readonly expiresAt: Millis | null;
};

/** A fresh session. `token` is the only copy: what is kept is its hash. */
export type LoggedIn = {
  readonly token: string;
  readonly account: string;
  readonly name: string;
  readonly mustSetPassword: boolean;
  readonly expiresAt: Millis;
};

/** The codes are those of the edge's problems (`wire/http-problems.ts`), so that it has nothing to translate. */
type RefusedWith<C extends string> = { readonly code: C; readonly detail: Bilingual | null };

/** `retryAfter` says how long the door stays shut; `null` where trying again at once is allowed. */
export type LoginRefusal = RefusedWith<'wrong-credentials' | 'too-many-attempts' | 'too-busy'> & {
  readonly retryAfter: Duration | null;
};

export type PasswordRefusal = RefusedWith<'weak-password' | 'no-session'> | LoginRefusal;

export type AddRefusal = RefusedWith<'account-invalid' | 'account-exists' | 'weak-password'>;
export type TokenRefusal = RefusedWith<'token-invalid' | 'token-exists'>;

/**
 * By what right a password is set: the old one; or the token of a session that must set one. An ordinary
 * session is not enough, or whoever finds an unlocked screen owns the account.
 */
export type PasswordProof =
  | {
      readonly old: string;
      /** The account's session that asks: it alone goes on. */
      readonly session?: string;
    }
  | { readonly session: string };

/** A machine's token as listed: never the token itself. */
export type TokenListed = { readonly name: string; readonly createdAt: Millis };

/** House limits of logging in; the lengths and counts that 等保 assessors look for (DOMAIN §10). */
export type LoginLimits = {
  /** Failures for one account from one address after which that address waits. */
  readonly failures: number;
  /** Failures for one account from anywhere after which everybody waits: higher, lest a stranger shut out the shift. */
  readonly failuresAnywhere: number;
  readonly lockedFor: Duration;
  /** A session ends this long after the login, whatever happens. */
  readonly sessionEndsAfter: Duration;
  /** A session ends this long after its last use; `null`: never, for a duty screen is watched for hours, not touched. */
  readonly idleEndsAfter: Duration | null;
};

/** 12.5 h: a shift of twelve and the hand-over. */
export const LOGIN_LIMITS: LoginLimits = {
  failures: 5,
  failuresAnywhere: 50,
  lockedFor: 300_000,
  sessionEndsAfter: 45_000_000,
  idleEndsAfter: null,
};

/** Accounts, their sessions, and the tokens of machines. Account names are compared in lower case. */
export interface Accounts {
  /**
   * Opens, and makes sure that `admin` can get in: with the configured password if none was ever set; without
   * one, with a fresh one-time code at every start, to be printed once, until a password is set.
   *
   * @returns `configuredPasswordIsWeak`: it was taken, but the log should ask for a better one
   */
  start(given: { readonly adminPassword: string | null }): Promise<{
    readonly oneTimeCode: string | null;
    readonly configuredPasswordIsWeak: boolean;
  }>;
  close(): Promise<void>;

  /** @param from the client's address; an unknown account costs the same time as a wrong password */
  login(account: string, password: string, from: string): Promise<Result<LoggedIn, LoginRefusal>>;
  /** Whose token this is, a session's or a machine's; counts as use of the session. */
  session(token: string): Session | null;
  /** As `session`, without counting as use: for an open connection that checks whether it may stay. */
  peek(token: string): Session | null;
  logout(token: string): Promise<void>;

  /** Ends every session of the account but the one named in the proof. */
  setPassword(account: string, proof: PasswordProof, next: string): Promise<Result<null, PasswordRefusal>>;
  /** @param account `[a-z0-9][a-z0-9._-]{0,31}` */
  add(account: string, name: string, password: string): Promise<Result<null, AddRefusal>>;

  /**
   * @param name 1–64 characters, for people
   * @returns the token, this once
   */
  addToken(name: string): Promise<Result<{ readonly token: string }, TokenRefusal>>;
  /** True when there was one; whoever uses it is out at once. */
  removeToken(name: string): Promise<boolean>;
  tokens(): Promise<readonly TokenListed[]>;
}
