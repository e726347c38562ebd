import { passwordAge } from '../../domain/account/password.ts';
import { days, type Millis, minutes } from '../../domain/time.ts';
import type { LoggedIn, Session, TokenListed } from '../../flow/ports/accounts.ts';
import type { AccountBook } from './account-book.ts';
import type { AccountGround } from './account-ground.ts';
import { freshToken, tokenHash } from './secret.ts';
import type { AccountRow, LastUse, SessionRow } from './store.ts';

/** A session's last use is written this often at most. */
const SEEN_WRITTEN_EVERY = minutes(1);

/** How long a password counts as just shown, and a second factor that was begun can be confirmed: time to fetch the phone. */
export const ENROL_WITHIN = minutes(10);

export type KnownSession = SessionRow & {
  readonly seenWritten: Millis;
  /** When its person last showed the password, as far as this process saw it. */
  readonly provenAt: Millis | null;
};

/** Who is logged in, people and machines: in memory as well as in the store, so that looking one up waits for nothing. */
export class LoginSessions {
  readonly #ground: AccountGround;
  readonly #people: AccountBook;
  readonly #sessions = new Map<string, KnownSession>();
  readonly #machines = new Map<string, TokenListed>();

  constructor(ground: AccountGround, people: AccountBook) {
    this.#ground = ground;
    this.#people = people;
  }

  /** Takes what the store has. Of a session that was known already, what only memory knows stays. */
  async load(): Promise<void> {
    const { store } = this.#ground;
    const [sessions, tokens] = [await store.sessions(), await store.tokens()];
    const known = new Map(this.#sessions);
    this.#sessions.clear();
    for (const row of sessions) {
      const before = known.get(row.hash);
      const seenAt = Math.max(row.seenAt, before?.seenAt ?? row.seenAt);
      this.#sessions.set(row.hash, {
        ...row,
        seenAt,
        seenWritten: row.seenAt,
        provenAt: before?.provenAt ?? null,
      });
    }
    this.#machines.clear();
    for (const { hash, ...token } of tokens) this.#machines.set(hash, token);
  }

  async forgetEnded(): Promise<void> {
    const ended = this.#ended();
    await this.#ground.store.endSessions(ended);
    for (const hash of ended) this.#sessions.delete(hash);
  }

  /** What was not yet written of when they were last used. */
  async writeLastUses(): Promise<void> {
    const unwritten = [...this.#sessions.values()].filter((s) => s.seenAt !== s.seenWritten);
    if (unwritten.length > 0) await this.#writeSeen(unwritten.map((s) => ({ hash: s.hash, at: s.seenAt })));
  }

  /** @param by what the person was known by: a one-time code must be followed by a password */
  async begin(person: AccountRow, by: 'password' | 'code'): Promise<LoggedIn> {
    const now = this.#ground.now();
    const token = freshToken(this.#ground.random);
    const row: SessionRow = {
      hash: tokenHash(token),
      account: person.account,
      mustSetPassword: by === 'code' || this.#isTooOld(person),
      expiresAt: now + this.#ground.limits.sessionEndsAfter,
      seenAt: now,
    };
    const ended = this.#ended();
    await this.#ground.store.addSession(row, ended);
    for (const hash of ended) this.#sessions.delete(hash);
    const known = { ...row, seenWritten: now, provenAt: now };
    this.#sessions.set(row.hash, known);
    const { kind: _, ...told } = this.#asSession(known);
    return { token, ...told };
  }

  async end(token: string): Promise<void> {
    const hash = tokenHash(token);
    if (!this.#sessions.has(hash)) return;
    await this.#ground.store.endSessions([hash]);
    this.#sessions.delete(hash);
  }

  /** In memory; the store has been told. @param but one that goes on, its person having shown the password just now */
  endAllOf(account: string, but: KnownSession | null = null): void {
    for (const s of this.#sessions.values()) if (s.account === account) this.#sessions.delete(s.hash);
    if (but !== null)
      this.#sessions.set(but.hash, { ...but, mustSetPassword: false, provenAt: this.#ground.now() });
  }

  known(token: string): KnownSession | null {
    const known = this.#sessions.get(tokenHash(token));
    if (known === undefined || this.#hasEnded(known)) return null;
    return this.#people.get(known.account)?.disabledAt === null ? known : null;
  }

  /** @param uses whether it counts as a sign of life of its person */
  session(token: string, uses: boolean): Session | null {
    const known = this.known(token);
    if (known === null) return this.#machine(token);
    if (uses) this.#used(known);
    return this.#asSession(known);
  }

  /** A session whose person has to enrol a second factor and has shown the password just now. */
  mayEnrol(token: string, account: string): boolean {
    const known = this.known(token);
    if (known?.account !== account || !this.isRecent(known.provenAt)) return false;
    return this.#asSession(known).mustEnrol;
  }

  isRecent(at: Millis | null): boolean {
    const age = at === null ? -1 : this.#ground.now() - at;
    return age >= 0 && age < ENROL_WITHIN;
  }

  /** @returns false where there is one of that name */
  async addMachine(token: string, listed: TokenListed): Promise<boolean> {
    const hash = tokenHash(token);
    if (!(await this.#ground.store.addToken({ hash, ...listed }))) return false;
    this.#machines.set(hash, listed);
    return true;
  }

  async removeMachine(name: string): Promise<boolean> {
    const was = await this.#ground.store.removeToken(name);
    for (const [hash, token] of this.#machines) if (token.name === name) this.#machines.delete(hash);
    return was;
  }

  machines(): TokenListed[] {
    return [...this.#machines.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  #machine(token: string): Session | null {
    const machine = this.#machines.get(tokenHash(token));
    if (machine === undefined || (machine.expiresAt !== null && this.#ground.now() >= machine.expiresAt))
      return null;
    return {
      kind: 'machine',
      account: `token:${machine.name}`,
      name: machine.name,
      roles: [machine.role],
      areas: machine.areas,
      unit: null,
      mustSetPassword: false,
      mustEnrol: false,
      expiresAt: machine.expiresAt,
    };
  }

  #asSession(known: KnownSession): Session & { readonly kind: 'person'; readonly expiresAt: Millis } {
    const person = this.#people.get(known.account) as AccountRow;
    const roles = this.#people.inForce(person.roles);
    return {
      kind: 'person',
      account: person.account,
      name: person.name,
      roles,
      areas: person.areas,
      unit: person.unit,
      mustSetPassword: known.mustSetPassword,
      mustEnrol:
        person.totpConfirmedAt === null && roles.some((r) => this.#ground.limits.secondFactorFor.includes(r)),
      expiresAt: known.expiresAt,
    };
  }

  /** Asked at a log-in and not later: nobody is stopped in the middle of a shift. */
  #isTooOld(person: AccountRow): boolean {
    const age = passwordAge(this.#ground.limits.passwords);
    return (
      age !== null && person.passwordSetAt !== null && this.#ground.now() - person.passwordSetAt >= days(age)
    );
  }

  #used(known: KnownSession): void {
    if (this.#ground.limits.idleEndsAfter === null) return;
    const now = this.#ground.now();
    const write = now - known.seenWritten >= SEEN_WRITTEN_EVERY;
    if (write) void this.#writeSeen([{ hash: known.hash, at: now }]);
    this.#sessions.set(known.hash, { ...known, seenAt: now, seenWritten: write ? now : known.seenWritten });
  }

  async #writeSeen(uses: readonly LastUse[]): Promise<void> {
    try {
      await this.#ground.store.seen(uses);
    } catch {
      // A full disk must not log the shift out: unwritten, it costs a login after a restart, and no more.
    }
  }

  #hasEnded(s: KnownSession): boolean {
    const now = this.#ground.now();
    const idle = this.#ground.limits.idleEndsAfter;
    return now >= s.expiresAt || (idle !== null && now - s.seenAt >= idle);
  }

  #ended(): string[] {
    return [...this.#sessions.values()].filter((s) => this.#hasEnded(s)).map((s) => s.hash);
  }
}
