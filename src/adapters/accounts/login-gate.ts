import { type Attempt, LockOut } from '../../domain/account/lock-out.ts';
import { no, type Result } from '../../domain/result.ts';
import type { Duration, Millis } from '../../domain/time.ts';
import type { LoginLimits, LoginRefusal } from '../../flow/ports/accounts.ts';
import { addressBlock } from '../shared/peer-address.ts';
import { type BucketLimit, TokenBuckets } from '../shared/token-bucket.ts';
import { type DeskRow, KnownDesks } from './known-desks.ts';
import { LoginQueue, type Rank, TurnedAway } from './login-queue.ts';

/** Logins and changes of passwords that may wait for their turn. */
const LOGINS_WAITING_AT_MOST = 32;

/** Passwords that one address may try in vain, whatever the account: nobody mistypes faster. */
const OF_A_STRANGER: BucketLimit = { perSecond: 0.2, atOnce: 20 };
/** … and one behind which people sit who have logged in before. */
const OF_A_KNOWN_ADDRESS: BucketLimit = { perSecond: 1, atOnce: 60 };
/** Addresses whose tries are remembered. */
const REMEMBERED = 10_000;

/** A guess by way of changing the password counts as a login from nowhere else. */
const BY_CHANGE = 'set-password';

/** One try that has been let through, and is at its turn. */
export type Try = Attempt & {
  /** The account was logged in to from there before. */
  readonly isKnown: boolean;
};

/**
 * Who may try a password, and when it is their turn. Strangers are slowed down by what they have failed at; a person
 * where they have logged in before comes first, and is kept waiting by nobody who sits elsewhere.
 */
export class LoginGate {
  readonly #now: () => Millis;
  readonly #lockOut: LockOut;
  readonly #desks: KnownDesks;
  readonly #queue = new LoginQueue(LOGINS_WAITING_AT_MOST);
  readonly #addresses = new TokenBuckets(REMEMBERED);

  constructor(now: () => Millis, limits: LoginLimits, desks: readonly DeskRow[]) {
    this.#now = now;
    this.#lockOut = new LockOut(limits);
    this.#desks = new KnownDesks(desks);
  }

  /** A log-in. @param work says by `Try` how it ended; not at all: it has failed */
  async login<T>(
    account: string,
    from: string,
    work: (t: Try) => Promise<Result<T, LoginRefusal>>,
  ): Promise<Result<T, LoginRefusal>> {
    const now = this.#now();
    const address = addressBlock(from);
    const isKnown = this.#desks.has(account, address, now);
    const isKnownAddress = isKnown || this.#desks.hasAddress(address, now);
    const bucket = isKnownAddress
      ? this.#addresses.of(`known ${address}`, OF_A_KNOWN_ADDRESS, now)
      : this.#addresses.of(address, OF_A_STRANGER, now);
    const failed = this.#lockOut.hasFailed(account, address, now) || !bucket.isFull(now);
    const rank: Rank = isKnown ? 0 : isKnownAddress ? 1 : failed ? 3 : 2;
    if (!bucket.take(now)) return tooMany(bucket.wait(now, 1));
    const attempt = this.#lockOut.attempt(account, address, isKnown, now);
    // Told at once and for nothing: whoever is locked costs no work.
    if (typeof attempt === 'number') {
      bucket.putBack();
      return tooMany(attempt);
    }
    const client = isKnown ? `${account} ${address}` : address;
    const answer = await this.#inTurn(client, rank, () =>
      work({
        isKnown,
        succeeded: () => {
          attempt.succeeded();
          bucket.putBack();
        },
        takenBack: () => {
          attempt.takenBack();
          bucket.putBack();
        },
      }),
    );
    if (answer !== null) return answer;
    attempt.takenBack();
    // A stranger for whom there was no room has used up one all the same, or dialling without end would cost nothing.
    if (isKnownAddress) bucket.putBack();
    return BUSY;
  }

  /** A password shown by somebody who is logged in already, to prove that it is still they. */
  async confirm<T, E>(
    account: string,
    work: (t: Try) => Promise<Result<T, E | LoginRefusal>>,
  ): Promise<Result<T, E | LoginRefusal>> {
    const attempt = this.#lockOut.attempt(account, BY_CHANGE, true, this.#now());
    if (typeof attempt === 'number') return tooMany(attempt);
    const answer = await this.#inTurn(`${account} ${BY_CHANGE}`, 0, () =>
      work({ ...attempt, isKnown: true }),
    );
    if (answer !== null) return answer;
    attempt.takenBack();
    return BUSY;
  }

  /** Costly work that needs no password. @returns `null`: too many of that account wait for theirs */
  inside<T>(account: string, work: () => Promise<T>): Promise<T | null> {
    return this.#inTurn(`${account} ${BY_CHANGE}`, 0, work);
  }

  /** Costly work of an administrator, which always has its turn. */
  admit<T>(work: () => Promise<T>): Promise<T> {
    return this.#queue.admit(work);
  }

  /** A stranger guessed a code, password in hand. @param t theirs */
  codeFailed(account: string, t: Try): void {
    if (!t.isKnown) this.#lockOut.codeFailed(account, this.#now());
  }

  /** Why no code is looked at, right or wrong; `null`: it is. */
  codesShut(account: string, t: Try): Result<never, LoginRefusal> | null {
    const wait = t.isKnown ? 0 : this.#lockOut.codesLeft(account, this.#now());
    return wait === 0 ? null : tooMany(wait);
  }

  /** A whole log-in was made there. @returns the row to write, and whose place it takes; `null`: it is written */
  remember(account: string, from: string): { row: DeskRow; forgotten: string | null } | null {
    const row = { account, address: addressBlock(from), lastAt: this.#now() };
    const kept = this.#desks.remember(row);
    return kept === null ? null : { row, forgotten: kept.forgotten };
  }

  /** Forgets failures. */
  unlock(account: string): void {
    this.#lockOut.forget(account);
  }

  /** How long strangers to an account wait; 0: they need not. */
  leftForStrangers(account: string): Duration {
    return this.#lockOut.leftForStrangers(account, this.#now());
  }

  async #inTurn<T>(client: string, rank: Rank, work: () => Promise<T>): Promise<T | null> {
    try {
      return await this.#queue.enter(client, rank, work);
    } catch (error) {
      if (error instanceof TurnedAway) return null;
      throw error;
    }
  }
}

export const BUSY: Result<never, LoginRefusal> = no({ code: 'too-busy', detail: null, retryAfter: null });

const tooMany = (left: Duration): Result<never, LoginRefusal> => {
  const s = Math.ceil(left / 1_000);
  const detail = { zh: `请在 ${s} 秒后再试`, en: `Try again in ${s} s.` };
  return no({ code: 'too-many-attempts', detail, retryAfter: left });
};
