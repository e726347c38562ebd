import { days, type Millis } from '../../domain/time.ts';

/** An account, and an address from which it has been logged in to wholly: password, and second factor where it has one. */
export type DeskRow = { readonly account: string; readonly address: string; readonly lastAt: Millis };

/** Of one account; beyond them the longest unused is a stranger's again. */
export const DESKS_OF_ONE = 16;
/** Addresses change hands. */
const KNOWN_FOR = days(90);
/** Written so often at most: a log-in should not cost two flushes. */
const WRITTEN_EVERY = days(1);

/** Where people have logged in before: strangers are slowed down, and these are not. */
export class KnownDesks {
  readonly #byAccount = new Map<string, Map<string, Millis>>();

  constructor(rows: readonly DeskRow[]) {
    for (const row of rows) this.#put(row);
  }

  has(account: string, address: string, now: Millis): boolean {
    return isRecent(this.#byAccount.get(account)?.get(address), now);
  }

  /** Somebody has logged in from there, into whichever account. */
  hasAddress(address: string, now: Millis): boolean {
    for (const desks of this.#byAccount.values()) if (isRecent(desks.get(address), now)) return true;
    return false;
  }

  /** @returns what is to be written and what is forgotten for it; `null`: nothing, it was written today */
  remember(row: DeskRow): { readonly forgotten: string | null } | null {
    const age = row.lastAt - (this.#byAccount.get(row.account)?.get(row.address) ?? -Infinity);
    return age >= 0 && age < WRITTEN_EVERY ? null : { forgotten: this.#put(row) };
  }

  #put({ account, address, lastAt }: DeskRow): string | null {
    const desks = this.#byAccount.get(account) ?? new Map<string, Millis>();
    this.#byAccount.set(account, desks);
    desks.delete(address);
    desks.set(address, lastAt);
    const [oldest] = desks.keys();
    if (desks.size <= DESKS_OF_ONE || oldest === undefined) return null;
    desks.delete(oldest);
    return oldest;
  }
}

/** A clock stepped back makes nobody a stranger. */
const isRecent = (lastAt: Millis | undefined, now: Millis): boolean =>
  lastAt !== undefined && now - lastAt < KNOWN_FOR;
