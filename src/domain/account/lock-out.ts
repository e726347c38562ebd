import type { Duration, Millis } from '../time.ts';

type Tries = { readonly failures: number; readonly lastAt: Millis };

/** Beyond so many names tried at once the oldest is forgotten: guessing names must not fill the memory. */
const REMEMBERED = 10_000;

/**
 * Counts failed attempts and says who must wait. An attempt counts as failed from its beginning until it has
 * succeeded, so that a hundred at once are not a hundred free guesses. Attempts while the door is shut do
 * not keep it shut longer.
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

  /** @returns how long to wait; `null`: go on, and say so if it `succeeded` */
  attempt(account: string, from: string, now: Millis): Duration | null {
    const anywhere = anywhereKey(account);
    const here = hereKey(account, from);
    const wait = Math.max(
      this.#left(anywhere, this.#allowed.failuresAnywhere, now),
      this.#left(here, this.#allowed.failures, now),
    );
    if (wait > 0) return wait;
    this.#count(anywhere, now);
    this.#count(here, now);
    return null;
  }

  succeeded(account: string, from: string): void {
    this.#tries.delete(anywhereKey(account));
    this.#tries.delete(hereKey(account, from));
  }

  /** How long everybody waits who wants into this account; 0: nobody does. */
  leftAnywhere(account: string, now: Millis): Duration {
    return this.#left(anywhereKey(account), this.#allowed.failuresAnywhere, now);
  }

  /** Forgets every failure for the account, wherever it came from. */
  forget(account: string): void {
    const key = anywhereKey(account);
    for (const known of this.#tries.keys())
      if (known === key || known.startsWith(`${key}\n`)) this.#tries.delete(known);
  }

  #left(key: string, allowed: number, now: Millis): Duration {
    const tries = this.#recent(key, now);
    return tries === null || tries.failures < allowed ? 0 : this.#lockedFor - (now - tries.lastAt);
  }

  #count(key: string, now: Millis): void {
    const failures = (this.#recent(key, now)?.failures ?? 0) + 1;
    this.#tries.delete(key);
    this.#tries.set(key, { failures, lastAt: now });
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
const anywhereKey = (account: string) => account.slice(0, 64);
const hereKey = (account: string, from: string) => `${account.slice(0, 64)}\n${from.slice(0, 64)}`;
