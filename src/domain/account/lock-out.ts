import type { Duration, Millis } from '../time.ts';

type Tries = { readonly failures: number; readonly lastAt: Millis };

/** Beyond so many counts at once the oldest is forgotten: guessing names must not fill the memory. */
const REMEMBERED = 10_000;

/** An attempt counts as failed from its beginning. Exactly one of these ends it otherwise; neither: it has failed. */
export type Attempt = {
  /** Password, and second factor where the account has one: the failures before it from there are forgotten. */
  readonly succeeded: () => void;
  /** It was never made, or only half of it and that half was right: it counts neither for nor against anybody. */
  readonly takenBack: () => void;
};

/**
 * Counts failed attempts and says who must wait. An attempt counts as failed from its beginning until it has
 * succeeded, so that a hundred at once are not a hundred free guesses. Attempts while the door is shut do
 * not keep it shut longer.
 *
 * | counted | of one account | bound | who waits then |
 * |---|---|---|---|
 * | `from` | failures from one address | `failures` | that address |
 * | `again` | failures of strangers who had failed before | `failuresAnywhere` | strangers who have failed |
 * | `first` | first failures of strangers | twice that | every stranger |
 * | `codes` | codes that strangers guessed, password in hand | twice `failures` | every stranger with the password |
 *
 * A stranger is whoever comes from where that account was never logged in to. Only whoever sits at the same address can
 * keep a person from a known desk.
 */
export class LockOut {
  readonly #tries = new Map<string, Tries>();
  readonly #allowed: { readonly failures: number; readonly failuresAnywhere: number };
  readonly #lockedFor: Duration;

  constructor(limits: {
    readonly failures: number;
    readonly failuresAnywhere: number;
    readonly lockedFor: Duration;
  }) {
    this.#allowed = limits;
    this.#lockedFor = limits.lockedFor;
  }

  /**
   * @param isKnown that account was logged in to from there before
   * @returns how long to wait, or the attempt that may be made now
   */
  attempt(account: string, from: string, isKnown: boolean, now: Millis): Duration | Attempt {
    const here = keyOf(account, `from ${from.slice(0, 64)}`);
    const strangers = this.#recent(here, now) === null ? 'first' : 'again';
    const wait = Math.max(
      this.#left(here, this.#allowed.failures, now),
      isKnown ? 0 : this.#left(keyOf(account, strangers), this.#bound(strangers), now),
    );
    if (wait > 0) return wait;
    const takeBackHere = this.#count(here, now);
    const takeBackStrangers = isKnown ? () => undefined : this.#count(keyOf(account, strangers), now);
    return {
      succeeded: () => {
        this.#tries.delete(here);
        takeBackStrangers();
      },
      takenBack: () => {
        takeBackHere();
        takeBackStrangers();
      },
    };
  }

  /** A stranger who knows the password has guessed a code, and wrongly. */
  codeFailed(account: string, now: Millis): void {
    this.#count(keyOf(account, 'codes'), now);
  }

  /** How long strangers wait who know the password, right code or not; 0: they need not. */
  codesLeft(account: string, now: Millis): Duration {
    return this.#left(keyOf(account, 'codes'), this.#bound('codes'), now);
  }

  /** Has failed there lately, or is trying at this moment. */
  hasFailed(account: string, from: string, now: Millis): boolean {
    return this.#recent(keyOf(account, `from ${from.slice(0, 64)}`), now) !== null;
  }

  /** How long strangers wait who want into this account; 0: they need not. */
  leftForStrangers(account: string, now: Millis): Duration {
    return Math.max(
      ...(['first', 'again', 'codes'] as const).map((what) =>
        this.#left(keyOf(account, what), this.#bound(what), now),
      ),
    );
  }

  /** Forgets every failure for the account, wherever it came from. */
  forget(account: string): void {
    const prefix = keyOf(account, '');
    for (const known of this.#tries.keys()) if (known.startsWith(prefix)) this.#tries.delete(known);
  }

  #bound(what: 'first' | 'again' | 'codes'): number {
    const { failures, failuresAnywhere } = this.#allowed;
    return what === 'codes' ? 2 * failures : what === 'first' ? 2 * failuresAnywhere : failuresAnywhere;
  }

  #left(key: string, allowed: number, now: Millis): Duration {
    const tries = this.#recent(key, now);
    return tries === null || tries.failures < allowed ? 0 : this.#lockedFor - (now - tries.lastAt);
  }

  /** @returns what takes it back, once, as if it had not been */
  #count(key: string, now: Millis): () => void {
    const before = this.#recent(key, now);
    this.#put(key, { failures: (before?.failures ?? 0) + 1, lastAt: now });
    return () => {
      const tries = this.#tries.get(key);
      if (tries === undefined) return;
      const failures = tries.failures - 1;
      if (failures <= 0) this.#tries.delete(key);
      // Others may have failed since.
      else
        this.#put(key, { failures, lastAt: tries.lastAt === now ? (before?.lastAt ?? now) : tries.lastAt });
    };
  }

  #put(key: string, tries: Tries): void {
    this.#tries.delete(key);
    this.#tries.set(key, tries);
    if (this.#tries.size > REMEMBERED) this.#tries.delete(this.#tries.keys().next().value as string);
  }

  /** A clock stepped back forgets, rather than lock somebody out for the length of the step. */
  #recent(key: string, now: Millis): Tries | null {
    const tries = this.#tries.get(key);
    if (tries === undefined) return null;
    const age = now - tries.lastAt;
    return age >= 0 && age < this.#lockedFor ? tries : null;
  }
}

/** What is longer than any account is cut: the key is kept, and its length is a stranger's to choose. */
const keyOf = (account: string, what: string) => `${account.slice(0, 64)}\n${what}`;
