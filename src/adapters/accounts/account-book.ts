import { accountName } from '../../domain/account/name.ts';
import { ADMINISTRATORS, areApart, type Role } from '../../domain/account/roles.ts';
import { no, ok, type Result } from '../../domain/result.ts';
import type { ChangeRefusal, Grants } from '../../flow/ports/accounts.ts';
import type { AccountGround } from './account-ground.ts';
import { nobodysSeal, opens, typedCode } from './secret.ts';
import type { AccountRow } from './store.ts';

export const ADMIN = 'admin';
export const UNKNOWN = { code: 'account-unknown', detail: null } as const;

/** By what a person is known, and the seal that it opened. */
export type KnownBy = { readonly by: 'password' | 'code'; readonly seal: string };

/** Who has an account, in memory and in the store: what they may, and by what they are known. */
export class AccountBook {
  readonly #ground: AccountGround;
  readonly #rows = new Map<string, AccountRow>();
  /** What a stranger's password is compared with, so that it takes as long as anybody's. */
  readonly #nobodys: string;
  /** The one-time code of the first account, sealed like a password. */
  firstCode: string | null = null;

  constructor(ground: AccountGround) {
    this.#ground = ground;
    this.#nobodys = nobodysSeal(ground.cost, ground.random);
  }

  async load(): Promise<void> {
    const rows = await this.#ground.store.accounts();
    this.#rows.clear();
    for (const row of rows) this.#rows.set(row.account, row);
  }

  get(account: string): AccountRow | undefined {
    return this.#rows.get(account);
  }

  has(account: string): boolean {
    return this.#rows.has(account);
  }

  all(): AccountRow[] {
    return [...this.#rows.values()];
  }

  /** @param endSessions in the store, with the same transaction */
  async keep(row: AccountRow, endSessions = false): Promise<void> {
    await this.#ground.store.keepAccount(row, endSessions);
    this.#rows.set(row.account, row);
  }

  async add(row: AccountRow): Promise<void> {
    await this.#ground.store.addAccount(row);
    this.#rows.set(row.account, row);
  }

  /** @param keepSession of all sessions in the store, the one that goes on */
  async setPassword(account: string, seal: string, keepSession: string | null): Promise<void> {
    const now = this.#ground.now();
    await this.#ground.store.setPassword(account, seal, now, keepSession);
    const row = this.#rows.get(account) as AccountRow;
    this.#rows.set(account, { ...row, password: seal, code: null, passwordSetAt: now });
  }

  fresh(account: string, name: string): AccountRow {
    return {
      account,
      name,
      password: null,
      code: null,
      roles: [],
      areas: null,
      unit: null,
      disabledAt: null,
      totp: null,
      totpConfirmedAt: null,
      totpUsed: 0,
      recovery: [],
      createdAt: this.#ground.now(),
      passwordSetAt: null,
    };
  }

  /** @returns the account as it is to be; nothing is changed yet */
  changed(
    typed: string,
    by: string,
    next: { readonly name?: string; readonly disabled?: boolean } & Partial<Grants>,
  ): Result<{ readonly before: AccountRow; readonly after: AccountRow }, ChangeRefusal> {
    const account = accountName(typed);
    const before = this.#rows.get(account);
    if (before === undefined) return no(UNKNOWN);
    const own = account === by && (next.roles ?? next.areas ?? next.unit ?? next.disabled) !== undefined;
    if (own || (account === by && (next.areas === null || next.unit === null)))
      return no({ code: 'own-account', detail: null });
    const roles: readonly Role[] = next.roles ?? before.roles;
    if (!areApart(roles)) return no({ code: 'roles-not-apart', detail: null });
    const since = before.disabledAt ?? this.#ground.now();
    const after: AccountRow = {
      ...before,
      name: next.name ?? before.name,
      roles,
      areas: next.areas === undefined ? before.areas : next.areas,
      unit: next.unit === undefined ? before.unit : next.unit,
      disabledAt: next.disabled === undefined ? before.disabledAt : next.disabled ? since : null,
    };
    if (this.#isLastOfItsKind(before, after)) return no({ code: 'last-administrator', detail: null });
    return ok({ before, after });
  }

  areAdministratorsApart(): boolean {
    const people = [...this.#rows.values()].filter((p) => p.disabledAt === null && p.password !== null);
    return ADMINISTRATORS.every((role) => people.some((p) => p.roles.includes(role)));
  }

  inForce(roles: readonly Role[]): readonly Role[] {
    return roles.includes('founder') && this.areAdministratorsApart()
      ? roles.filter((r) => r !== 'founder')
      : roles;
  }

  /**
   * One comparison whoever it is, so that an account that does not exist takes as long to refuse as one that does.
   *
   * @returns by what the person is known; `null` for nobody
   */
  async isRight(account: string, password: string): Promise<KnownBy | null> {
    const known = this.#knownBy(account);
    const given = known?.by === 'code' ? typedCode(password) : password;
    // A longer one was never set; hashing it would be work for a stranger.
    const right = await opens(given.slice(0, 1_024), known?.seal ?? this.#nobodys);
    return right && given.length <= 1_024 ? known : null;
  }

  /** Nothing has come between a comparison and what follows it: no other password, no reset, no end of the account. */
  isStill(account: string, known: KnownBy): boolean {
    return this.#knownBy(account)?.seal === known.seal;
  }

  #knownBy(account: string): KnownBy | null {
    const row = this.#rows.get(account);
    if (row === undefined || row.disabledAt !== null) return null;
    if (row.password !== null) return { by: 'password', seal: row.password };
    const seal = row.code ?? (account === ADMIN ? this.firstCode : null);
    return seal === null ? null : { by: 'code', seal };
  }

  /** Without it nobody could grant anything any more, and the first account has no rights either. */
  #isLastOfItsKind(before: AccountRow, after: AccountRow): boolean {
    if (!this.areAdministratorsApart()) return false;
    return ADMINISTRATORS.some((role) => {
      if (!before.roles.includes(role) || before.disabledAt !== null) return false;
      if (after.roles.includes(role) && after.disabledAt === null) return false;
      return ![...this.#rows.values()].some(
        (p) =>
          p.account !== before.account &&
          p.disabledAt === null &&
          p.password !== null &&
          p.roles.includes(role),
      );
    });
  }
}
