import { no, ok, type Result } from '../../domain/result.ts';
import type { Millis } from '../../domain/time.ts';
import type { FactorRefusal, LoginRefusal } from '../../flow/ports/accounts.ts';
import type { AccountBook } from './account-book.ts';
import type { AccountGround } from './account-ground.ts';
import type { LoginGate, Try } from './login-gate.ts';
import type { LoginSessions } from './login-sessions.ts';
import { freshCode, tokenHash, typedCode } from './secret.ts';
import type { AccountRow } from './store.ts';
import { base32, stepOf } from './totp.ts';

export const WRONG = { code: 'wrong-credentials', detail: null, retryAfter: null } as const;
const FACTOR_NEEDED = { code: 'second-factor-needed', detail: null, retryAfter: null } as const;
const NOT_BEGUN = { code: 'second-factor-not-begun', detail: null } as const;

/** No second factor, and none begun. */
export const WITHOUT_FACTOR = { totp: null, totpConfirmedAt: null, totpUsed: 0, recovery: [] } as const;

/** The second factor of people: a key in their phone, and recovery codes for the day it is lost. */
export class SecondFactors {
  readonly #ground: AccountGround;
  readonly #people: AccountBook;
  readonly #sessions: LoginSessions;
  /** Who began to enrol one, and how often they confirmed it wrongly; after a restart it is begun again. */
  readonly #enrolling = new Map<string, { readonly begunAt: Millis; readonly failures: number }>();

  constructor(ground: AccountGround, people: AccountBook, sessions: LoginSessions) {
    this.#ground = ground;
    this.#people = people;
    this.#sessions = sessions;
  }

  async begin(account: string): Promise<Result<{ secret: string }, FactorRefusal>> {
    const row = this.#people.get(account);
    if (row === undefined || row.totpConfirmedAt !== null) return no(NOT_BEGUN);
    const secret = base32(this.#ground.random(20));
    await this.#people.keep({ ...row, totp: secret, totpUsed: 0 });
    this.#enrolling.set(account, { begunAt: this.#ground.now(), failures: 0 });
    return ok({ secret });
  }

  async confirm(
    account: string,
    otp: string,
  ): Promise<Result<{ recoveryCodes: readonly string[] }, FactorRefusal>> {
    const row = this.#people.get(account);
    if (row?.totp == null || row.totpConfirmedAt !== null) return no(NOT_BEGUN);
    // A key left on an unlocked screen must not wait there for a stranger's phone.
    const begun = this.#enrolling.get(account);
    if (begun === undefined || !this.#sessions.isRecent(begun.begunAt)) return no(NOT_BEGUN);
    const step = stepOf(row.totp, otp, this.#ground.now(), row.totpUsed);
    if (step === null) {
      const failures = begun.failures + 1;
      if (failures < this.#ground.limits.failures) this.#enrolling.set(account, { ...begun, failures });
      else this.#enrolling.delete(account);
      return no({ code: 'second-factor-wrong', detail: null });
    }
    const recoveryCodes = Array.from({ length: 8 }, () => freshCode(this.#ground.random));
    const recovery = recoveryCodes.map((code) => tokenHash(typedCode(code)));
    await this.#people.keep({ ...row, totpConfirmedAt: this.#ground.now(), totpUsed: step, recovery });
    this.#enrolling.delete(account);
    return ok({ recoveryCodes });
  }

  async remove(account: string): Promise<void> {
    await this.#people.keep({ ...(this.#people.get(account) as AccountRow), ...WITHOUT_FACTOR });
  }

  isEnrolled(account: string): boolean {
    return this.#people.get(account)?.totpConfirmedAt != null;
  }

  /** One code, once: the digits of a step, and a recovery code, are taken a single time. @returns `null`: it is right */
  async check(
    gate: LoginGate,
    account: string,
    otp: string | undefined,
    tried: Try,
  ): Promise<Result<never, LoginRefusal> | null> {
    const row = this.#people.get(account);
    if (row?.totp == null || row.totpConfirmedAt === null) return null;
    if (otp === undefined || otp.trim() === '') {
      // Half a success: the page asks for the code next. It lets nobody forget the codes guessed before it.
      tried.takenBack();
      return no(FACTOR_NEEDED);
    }
    const shut = gate.codesShut(account, tried);
    if (shut !== null) return shut;
    const step = stepOf(row.totp, otp, this.#ground.now(), row.totpUsed);
    if (step !== null) {
      await this.#people.keep({ ...row, totpUsed: step });
      return null;
    }
    const hash = tokenHash(typedCode(otp));
    if (row.recovery.includes(hash)) {
      await this.#people.keep({ ...row, recovery: row.recovery.filter((r) => r !== hash) });
      return null;
    }
    // Counted as a failure too: six digits could be guessed.
    gate.codeFailed(account, tried);
    return no(WRONG);
  }
}
