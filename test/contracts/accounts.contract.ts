import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { stepAt, totp } from '../../src/adapters/accounts/totp.ts';
import { days, hours, minutes, seconds } from '../../src/domain/time.ts';
import {
  type Accounts,
  type Grants,
  LOGIN_LIMITS,
  type LoggedIn,
  type LoginLimits,
} from '../../src/flow/ports/accounts.ts';

/** One adapter under the contract. */
export type AccountsUnderTest = {
  /** Accounts over what is kept; a second call is a restart. */
  open(given: { now: () => number; limits: LoginLimits }): Accounts;
  /** Forgets everything kept. */
  erase(): void | Promise<void>;
  end(): void;
};

const GOOD = 'Shouye-2025';
const BETTER = 'Wanshang-2026';
const HERE = '10.0.0.7';
const THERE = '10.0.0.8';

/** What every adapter of the accounts promises. */
export function accountsContract(name: string, make: () => AccountsUnderTest): void {
  describe(name, () => {
    const under = make();
    let now = 1_764_547_200_000;
    let accounts: Accounts;

    const open = async (adminPassword: string | null = null, limits: Partial<LoginLimits> = {}) => {
      accounts = under.open({ now: () => now, limits: { ...LOGIN_LIMITS, ...limits } });
      return accounts.start({ adminPassword });
    };
    const restart = async (adminPassword: string | null = null, limits: Partial<LoginLimits> = {}) => {
      await accounts.close();
      return open(adminPassword, limits);
    };
    const logIn = async (account = 'admin', password = GOOD, from = HERE): Promise<LoggedIn> => {
      const answer = await accounts.login(account, password, from);
      if (!answer.ok) throw new Error(`login refused: ${answer.error.code}`);
      return answer.value;
    };
    const refusal = async (account: string, password: string, from = HERE) => {
      const answer = await accounts.login(account, password, from);
      return answer.ok ? null : answer.error;
    };

    beforeEach(async () => {
      await accounts?.close();
      await under.erase();
    });
    afterAll(async () => {
      await accounts?.close();
      under.end();
    });

    describe('the first way in', () => {
      test('a configured password lets admin in, and no code is made', async () => {
        expect(await open(GOOD)).toEqual({ oneTimeCode: null, configuredPasswordIsWeak: false });
        expect(await logIn()).toMatchObject({
          account: 'admin',
          name: '系统管理员',
          mustSetPassword: false,
          expiresAt: now + hours(12.5),
        });
      });

      test('a weak configured password is taken, and called weak', async () => {
        expect(await open('admin')).toEqual({ oneTimeCode: null, configuredPasswordIsWeak: true });
        await logIn('admin', 'admin');
      });

      test('a configured password is for the first start only: a set one stays', async () => {
        await open(GOOD);
        expect(await restart(BETTER)).toMatchObject({ oneTimeCode: null });
        await logIn('admin', GOOD);
        expect(await refusal('admin', BETTER)).toMatchObject({ code: 'wrong-credentials' });
      });

      test('without one, every start makes another code until a password is set', async () => {
        const first = await open();
        const second = await restart();
        expect(first.oneTimeCode).toMatch(/^[A-Z0-9-]{6,}$/);
        expect(second.oneTimeCode).not.toBe(first.oneTimeCode);
        expect(await refusal('admin', first.oneTimeCode as string)).toMatchObject({
          code: 'wrong-credentials',
        });
        const { token } = await logIn('admin', second.oneTimeCode as string);
        expect((await accounts.setPassword('admin', { session: token }, GOOD)).ok).toBe(true);
        expect(await restart()).toMatchObject({ oneTimeCode: null });
        await logIn();
      });

      test('an empty configured password is none', async () => {
        expect((await open('')).oneTimeCode).not.toBeNull();
        expect(await refusal('admin', '')).toMatchObject({ code: 'wrong-credentials' });
      });

      test('a code works once, in any case, and its session must set a password', async () => {
        const { oneTimeCode } = await open();
        const code = oneTimeCode as string;
        const { token, mustSetPassword } = await logIn('admin', code.toLowerCase());
        expect(mustSetPassword).toBe(true);
        expect(accounts.session(token)).toMatchObject({ account: 'admin', mustSetPassword: true });
        expect(await refusal('admin', code)).toMatchObject({ code: 'wrong-credentials' });
        await accounts.setPassword('admin', { session: token }, GOOD);
        expect(accounts.session(token)).toMatchObject({ mustSetPassword: false });
        await restart();
        expect(accounts.session(token)).toMatchObject({ mustSetPassword: false });
      });

      test('a code given twice at once lets one in', async () => {
        const { oneTimeCode } = await open();
        const both = await Promise.all(
          [1, 2].map(() => accounts.login('admin', oneTimeCode as string, HERE)),
        );
        expect(both.filter((b) => b.ok)).toHaveLength(1);
      });
    });

    describe('logging in', () => {
      beforeEach(async () => {
        await open(GOOD);
      });

      test('an account that does not exist and a wrong password are refused alike', async () => {
        const wrong = await refusal('admin', 'Falsch-123');
        expect(wrong).toEqual({ code: 'wrong-credentials', detail: null, retryAfter: null });
        expect(await refusal('niemand', 'Falsch-123')).toEqual(wrong);
        expect(await refusal('', '')).toEqual(wrong);
        expect(await refusal('__proto__', 'x')).toEqual(wrong);
      });

      test('an account is known however it is typed', async () => {
        expect((await logIn(' Admin ')).account).toBe('admin');
      });

      test('every login is a session of its own', async () => {
        const [a, b] = [await logIn(), await logIn()];
        expect(a.token).not.toBe(b.token);
        await accounts.logout(a.token);
        expect(accounts.session(a.token)).toBeNull();
        expect(accounts.session(b.token)).toMatchObject({ kind: 'person', account: 'admin' });
        await accounts.logout(a.token);
        await accounts.logout('nonsense');
      });

      test('a token that nobody was given is nobody', () => {
        for (const token of ['', 'x', '__proto__', 'a'.repeat(100_000)])
          expect(accounts.session(token)).toBeNull();
      });
    });

    describe('guessing', () => {
      beforeEach(async () => {
        await open(GOOD);
      });

      test('after five failures the address waits 300 s, the right password notwithstanding', async () => {
        for (let i = 0; i < 5; i++)
          expect((await refusal('admin', `Falsch-${i}`))?.code).toBe('wrong-credentials');
        expect(await refusal('admin', GOOD)).toMatchObject({
          code: 'too-many-attempts',
          retryAfter: seconds(300),
        });
        now += seconds(299);
        expect(await refusal('admin', GOOD)).toMatchObject({
          code: 'too-many-attempts',
          retryAfter: seconds(1),
        });
        now += seconds(1);
        await logIn();
      });

      test('an account that does not exist locks in the same way', async () => {
        for (let i = 0; i < 5; i++) await refusal('niemand', `Falsch-${i}`);
        expect(await refusal('niemand', 'x')).toMatchObject({ code: 'too-many-attempts' });
      });

      test('a stranger does not lock the shift out', async () => {
        for (let i = 0; i < 6; i++) await refusal('admin', 'Falsch-1', THERE);
        await logIn('admin', GOOD, HERE);
      });

      test('from everywhere together there is a limit too, for strangers', async () => {
        for (let i = 0; i < 100; i++) await refusal('admin', 'Falsch-1', `10.1.0.${i}`);
        expect(await refusal('admin', GOOD, HERE)).toMatchObject({ code: 'too-many-attempts' });
        expect(accounts.list()[0]?.lockedUntil).toBe(now + seconds(300));
        expect(accounts.unlock('admin')).toBe(true);
        await logIn();
      });

      test('a dozen addresses with fifty wrong passwords keep nobody out but themselves', async () => {
        const dozen = Array.from({ length: 12 }, (_, i) => `10.1.0.${i}`);
        for (let round = 0; round < 5; round++)
          for (const from of dozen) await refusal('admin', 'Falsch-1', from);
        for (const from of dozen)
          expect(await refusal('admin', GOOD, from)).toMatchObject({ code: 'too-many-attempts' });
        await logIn('admin', GOOD, HERE);
      });

      test('where somebody has logged in before they come in, however many strangers guess, after a restart too', async () => {
        await logIn('admin', GOOD, HERE);
        const flood = async () => {
          for (let i = 0; i < 150; i++) await refusal('admin', 'Falsch-1', `10.${i}.0.1`);
        };
        await flood();
        expect(await refusal('admin', GOOD, THERE)).toMatchObject({ code: 'too-many-attempts' });
        await logIn('admin', GOOD, HERE);
        await restart();
        await flood();
        expect(await refusal('admin', GOOD, THERE)).toMatchObject({ code: 'too-many-attempts' });
        await logIn('admin', GOOD, HERE);
      });

      test('an address that was not used for ninety days is a stranger’s', async () => {
        await logIn('admin', GOOD, HERE);
        now += days(90);
        for (let i = 0; i < 100; i++) await refusal('admin', 'Falsch-1', `10.${i}.0.1`);
        expect(await refusal('admin', GOOD, HERE)).toMatchObject({ code: 'too-many-attempts' });
      });

      test('one address that tries name after name is stopped, and others are not', async () => {
        const codes: (string | undefined)[] = [];
        for (let i = 0; i < 25; i++) codes.push((await refusal(`name-${i}`, 'Falsch-1', THERE))?.code);
        expect(codes.slice(0, 20)).toEqual(Array(20).fill('wrong-credentials'));
        expect(codes.slice(20)).toEqual(Array(5).fill('too-many-attempts'));
        await logIn('admin', GOOD, HERE);
        now += seconds(5);
        await logIn('admin', GOOD, THERE);
      });

      test('whoever has a network of IPv6 addresses is one stranger', async () => {
        for (let i = 0; i < 5; i++) await refusal('admin', 'Falsch-1', `2001:db8::${i}`);
        expect(await refusal('admin', GOOD, '2001:db8::99')).toMatchObject({ code: 'too-many-attempts' });
        await logIn('admin', GOOD, '2001:db8:0:1::1');
      });

      test('success forgets the failures before it', async () => {
        for (let i = 0; i < 4; i++) await refusal('admin', 'Falsch-1');
        await logIn();
        for (let i = 0; i < 4; i++) await refusal('admin', 'Falsch-1');
        await logIn();
      });

      test('guesses made all at once are not free', async () => {
        const answers = await Promise.all([...'0123456789'].map((n) => refusal('admin', `Falsch-${n}`)));
        expect(answers.map((a) => a?.code).sort()).toEqual([
          ...Array(5).fill('too-many-attempts'),
          ...Array(5).fill('wrong-credentials'),
        ]);
      });

      test('the old password cannot be guessed by way of changing it', async () => {
        for (let i = 0; i < 5; i++) await accounts.setPassword('admin', { old: `Falsch-${i}` }, BETTER);
        expect(await accounts.setPassword('admin', { old: GOOD }, BETTER)).toMatchObject({
          ok: false,
          error: { code: 'too-many-attempts' },
        });
        await logIn();
      });
    });

    describe('a session', () => {
      test('outlives a restart', async () => {
        await open(GOOD);
        const { token } = await logIn();
        await restart();
        expect(accounts.session(token)).toMatchObject({
          kind: 'person',
          account: 'admin',
          name: '系统管理员',
        });
        await accounts.logout(token);
        await restart();
        expect(accounts.session(token)).toBeNull();
      });

      test('ends 12.5 h after the login, however busy', async () => {
        await open(GOOD);
        const { token, expiresAt } = await logIn();
        now = expiresAt - 1;
        expect(accounts.session(token)).toMatchObject({ expiresAt });
        now = expiresAt;
        expect(accounts.session(token)).toBeNull();
        await restart();
        expect(accounts.session(token)).toBeNull();
      });

      test('does not end from watching without touching, unless the house wants so', async () => {
        await open(GOOD);
        const { token } = await logIn();
        now += hours(12);
        expect(accounts.session(token)).not.toBeNull();
      });

      test('where idleness ends it, use keeps it and looking does not', async () => {
        await open(GOOD, { idleEndsAfter: minutes(10) });
        const { token } = await logIn();
        now += minutes(9);
        expect(accounts.session(token)).not.toBeNull();
        now += minutes(9);
        expect(accounts.peek(token)).not.toBeNull();
        now += minutes(1);
        expect(accounts.peek(token)).toBeNull();
        expect(accounts.session(token)).toBeNull();
      });

      test('remembers its last use over a restart', async () => {
        await open(GOOD, { idleEndsAfter: minutes(10) });
        const { token } = await logIn();
        now += minutes(9);
        accounts.session(token);
        now += seconds(30);
        accounts.session(token);
        now += minutes(9) + seconds(45);
        await restart(null, { idleEndsAfter: minutes(10) });
        expect(accounts.session(token)).not.toBeNull();
      });
    });

    describe('setting a password', () => {
      beforeEach(async () => {
        await open(GOOD);
      });

      test('the old one is the proof, and every session ends', async () => {
        const { token } = await logIn();
        expect(await accounts.setPassword('admin', { old: GOOD }, BETTER)).toEqual({ ok: true, value: null });
        expect(accounts.session(token)).toBeNull();
        expect(await refusal('admin', GOOD)).toMatchObject({ code: 'wrong-credentials' });
        await logIn('admin', BETTER);
        await restart();
        expect(accounts.session(token)).toBeNull();
        await logIn('admin', BETTER);
      });

      test('the session that asks goes on, and only if it is the account’s own', async () => {
        await accounts.add('wang', '王工', GOOD);
        const [asking, other, wang] = [await logIn(), await logIn(), await logIn('wang')];
        await accounts.setPassword('admin', { old: GOOD, session: asking.token }, BETTER);
        expect(accounts.session(asking.token)).toMatchObject({ account: 'admin' });
        expect(accounts.session(other.token)).toBeNull();
        await accounts.setPassword('admin', { old: BETTER, session: wang.token }, GOOD);
        expect(accounts.session(asking.token)).toBeNull();
        expect(accounts.session(wang.token)).toMatchObject({ account: 'wang' });
      });

      test('an unlocked screen is no proof: an ordinary session cannot set one', async () => {
        const { token } = await logIn();
        expect(await accounts.setPassword('admin', { session: token }, BETTER)).toMatchObject({
          ok: false,
          error: { code: 'no-session' },
        });
        await logIn('admin', GOOD);
      });

      test('a wrong old one, a nobody’s session, another’s account: refused', async () => {
        const refused = async (...given: Parameters<Accounts['setPassword']>) => {
          const answer = await accounts.setPassword(...given);
          return answer.ok ? null : answer.error.code;
        };
        expect(await refused('admin', { old: 'Falsch-123' }, BETTER)).toBe('wrong-credentials');
        expect(await refused('niemand', { old: GOOD }, BETTER)).toBe('wrong-credentials');
        expect(await refused('admin', { session: 'x' }, BETTER)).toBe('no-session');
      });

      test('a session that must set one sets its own account’s only, and ends the others', async () => {
        await under.erase();
        const { oneTimeCode } = await open();
        await accounts.add('wang', '王工', GOOD);
        const { token } = await logIn('admin', oneTimeCode as string);
        expect(await accounts.setPassword('wang', { session: token }, BETTER)).toMatchObject({ ok: false });
        await logIn('wang', GOOD);
        expect((await accounts.setPassword('admin', { session: token }, BETTER)).ok).toBe(true);
        expect(accounts.session(token)).toMatchObject({ mustSetPassword: false });
      });

      test.each([
        ['short', 'Aa1-xyz'],
        ['of two classes', 'shouye2025'],
        ['of one class', '密码密码密码密码密码'],
        ['without end', `Aa1-${'x'.repeat(300)}`],
        ['the old one', GOOD],
      ])('one that is %s is refused, with what is wrong', async (_, next) => {
        const answer = await accounts.setPassword('admin', { old: GOOD }, next);
        expect(answer).toMatchObject({ ok: false, error: { code: 'weak-password' } });
        await logIn('admin', GOOD);
      });

      test.each([['Abcdefg1'], ['abc-def-1'], ['密码Abc123'], [' Aa spaces 1']])(
        '%s will do',
        async (next) => {
          expect((await accounts.setPassword('admin', { old: GOOD }, next)).ok).toBe(true);
          await logIn('admin', next);
        },
      );
    });

    describe('more accounts', () => {
      beforeEach(async () => {
        await open(GOOD);
      });

      test('an added one logs in under its name, also after a restart', async () => {
        expect(await accounts.add('Demo', '演示', BETTER)).toEqual({
          ok: true,
          value: { oneTimeCode: null },
        });
        await restart();
        expect(await logIn('demo', BETTER)).toMatchObject({
          account: 'demo',
          name: '演示',
          mustSetPassword: false,
        });
      });

      test('one is not added twice, under a strange name, or with a weak password', async () => {
        const refused = async (...given: Parameters<Accounts['add']>) => {
          const answer = await accounts.add(...given);
          return answer.ok ? null : answer.error.code;
        };
        expect(await refused('wang', '王工', GOOD)).toBeNull();
        expect(await refused('WANG', '别人', BETTER)).toBe('account-exists');
        expect(await refused('admin', 'x', BETTER)).toBe('account-exists');
        expect(await refused('li', '李工', 'weak')).toBe('weak-password');
        for (const strange of ['', 'a b', '-a', 'token:x', '王工', 'a'.repeat(33)]) {
          expect(await refused(strange, 'x', BETTER), strange).toBe('account-invalid');
        }
        await logIn('wang', GOOD);
      });

      test('added twice at once, it is added once', async () => {
        const both = await Promise.all([
          accounts.add('wang', '王工', GOOD),
          accounts.add('wang', '别人', BETTER),
        ]);
        expect(both.filter((b) => b.ok)).toHaveLength(1);
      });
    });

    describe('machines', () => {
      beforeEach(async () => {
        await open(GOOD);
      });

      const token = async (name: string) => {
        const made = await accounts.addToken(name);
        if (!made.ok) throw new Error(made.error.code);
        return made.value.token;
      };

      test('a token opens the door until it is removed, restart or not', async () => {
        const t = await token('省平台');
        await restart();
        expect(accounts.session(t)).toEqual({
          kind: 'machine',
          account: 'token:省平台',
          roles: ['platform'],
          areas: null,
          unit: null,
          mustEnrol: false,
          name: '省平台',
          mustSetPassword: false,
          expiresAt: null,
        });
        now += hours(24 * 365);
        expect(accounts.peek(t)).not.toBeNull();
        expect(await accounts.removeToken('省平台')).toBe(true);
        expect(accounts.session(t)).toBeNull();
        expect(await accounts.removeToken('省平台')).toBe(false);
        await restart();
        expect(accounts.session(t)).toBeNull();
      });

      test('the list names them and when they were made, not the tokens', async () => {
        await token('b');
        now += 5;
        await token('a');
        expect(await accounts.tokens()).toEqual([
          { name: 'a', role: 'platform', areas: null, createdAt: now, expiresAt: null },
          { name: 'b', role: 'platform', areas: null, createdAt: now - 5, expiresAt: null },
        ]);
      });

      test('two do not share a name, and none is without', async () => {
        await token('a');
        expect(await accounts.addToken(' a ')).toMatchObject({ ok: false, error: { code: 'token-exists' } });
        for (const bad of ['', '  ', 'x'.repeat(65)]) {
          expect(await accounts.addToken(bad)).toMatchObject({ ok: false, error: { code: 'token-invalid' } });
        }
      });

      test('logging out does not end a machine', async () => {
        const t = await token('a');
        await accounts.logout(t);
        expect(accounts.session(t)).not.toBeNull();
      });
    });

    describe('roles and areas', () => {
      beforeEach(async () => {
        await open(GOOD);
      });
      const appoint = async () => {
        for (const role of ['system-admin', 'security-admin', 'auditor'] as const)
          await accounts.add(role, role, GOOD, { roles: [role], areas: null });
      };

      test('the first account has its own role until the three administrators are appointed, and then none', async () => {
        const { token } = await logIn();
        expect(accounts.session(token)?.roles).toEqual(['founder']);
        await accounts.add('sys', '系统', GOOD, { roles: ['system-admin'], areas: null });
        await accounts.add('sec', '安全', GOOD, { roles: ['security-admin'], areas: null });
        await accounts.add('aud', '审计', null, { roles: ['auditor'], areas: null });
        // Appointed, but has not been there yet: nobody shall be locked out by a name in a list.
        expect(accounts.session(token)?.roles).toEqual(['founder']);
        const reset = await accounts.resetPassword('aud', 'sys');
        const aud = await logIn('aud', reset.ok ? reset.value.oneTimeCode : '');
        await accounts.setPassword('aud', { session: aud.token }, GOOD);
        expect(accounts.areAdministratorsApart()).toBe(true);
        expect(accounts.session(token)?.roles).toEqual([]);
        await restart();
        expect(accounts.session(token)?.roles).toEqual([]);
      });

      test('no account is two of the three administrators', async () => {
        const both = { roles: ['system-admin', 'auditor'] as const, areas: null };
        expect(await accounts.add('x', 'x', GOOD, both)).toMatchObject({
          error: { code: 'roles-not-apart' },
        });
        await accounts.add('x', 'x', GOOD, { roles: ['auditor'], areas: null });
        expect(await accounts.change('x', 'admin', both)).toMatchObject({
          error: { code: 'roles-not-apart' },
        });
      });

      test('a unit is granted as areas are: it lasts over restarts, and nobody grants it to themselves', async () => {
        await accounts.add('li', '李', GOOD, { roles: ['crew'], areas: null, unit: 'gas-crew' });
        await restart();
        const unit = async () => (await logIn('li')).unit;
        expect(await unit()).toBe('gas-crew');
        expect((await accounts.change('li', 'admin', { unit: 'water-crew' })).ok).toBe(true);
        await restart();
        expect(await unit()).toBe('water-crew');
        expect((await accounts.change('li', 'admin', { name: '李四' })).ok).toBe(true);
        expect(await unit()).toBe('water-crew');
        expect(await accounts.change('li', 'li', { unit: null })).toMatchObject({
          ok: false,
          error: { code: 'own-account' },
        });
      });

      test('new rights hold at once, over a restart, and nobody gives them to themselves', async () => {
        await accounts.add('li', '李', GOOD, { roles: ['operator'], areas: ['341602'] });
        const { token, roles } = await logIn('li');
        expect(roles).toEqual(['operator']);
        const more = { roles: ['operator', 'analyst'], areas: ['341602', '341621'] } as const;
        await accounts.change('li', 'admin', more);
        expect(accounts.session(token)).toMatchObject(more);
        expect(await accounts.change('li', 'li', { areas: null })).toMatchObject({
          error: { code: 'own-account' },
        });
        await restart();
        expect(accounts.session(token)).toMatchObject(more);
      });

      test.each<[string, Partial<Grants>]>([
        ['a role', { roles: ['analyst'] }],
        ['an area', { areas: ['341621'] }],
        ['the whole city', { roles: ['operator'], areas: ['341602'] }],
      ])('who loses %s is logged out, over a restart too', async (what, less) => {
        const areas = what === 'the whole city' ? null : ['341602', '341621'];
        await accounts.add('li', '李', GOOD, { roles: ['operator'], areas });
        const { token } = await logIn('li');
        expect((await accounts.change('li', 'admin', less)).ok).toBe(true);
        expect(accounts.session(token)).toBeNull();
        await restart();
        expect(accounts.session(token)).toBeNull();
        await logIn('li');
      });

      test('a disabled account is out at once and does not come back in until it is enabled', async () => {
        await accounts.add('li', '李', GOOD);
        const { token } = await logIn('li');
        await accounts.change('li', 'admin', { disabled: true });
        expect(accounts.session(token)).toBeNull();
        expect(await refusal('li', GOOD)).toMatchObject({ code: 'wrong-credentials' });
        await restart();
        expect(accounts.session(token)).toBeNull();
        await accounts.change('li', 'admin', { disabled: false });
        expect(accounts.session(token)).toBeNull();
        await logIn('li');
      });

      test('the last of the three administrators cannot be taken away', async () => {
        await appoint();
        expect(await accounts.change('auditor', 'system-admin', { disabled: true })).toMatchObject({
          error: { code: 'last-administrator' },
        });
        await accounts.add('second', '第二', GOOD, { roles: ['auditor'], areas: null });
        expect((await accounts.change('auditor', 'system-admin', { disabled: true })).ok).toBe(true);
      });

      test('a reset ends the password, the sessions and the second factor, and a code opens once', async () => {
        await accounts.add('li', '李', GOOD);
        const { token } = await logIn('li');
        const reset = await accounts.resetPassword('li', 'admin');
        expect(accounts.session(token)).toBeNull();
        expect(await refusal('li', GOOD)).toMatchObject({ code: 'wrong-credentials' });
        await restart();
        const code = reset.ok ? reset.value.oneTimeCode : '';
        expect((await logIn('li', code)).mustSetPassword).toBe(true);
        expect(await refusal('li', code)).toMatchObject({ code: 'wrong-credentials' });
      });

      test('an unlocked account may try again', async () => {
        await accounts.add('li', '李', GOOD);
        for (let i = 0; i < 5; i++) await refusal('li', 'Falsch-123');
        expect(await refusal('li', GOOD)).toMatchObject({ code: 'too-many-attempts' });
        expect(accounts.unlock('li')).toBe(true);
        await logIn('li');
        expect(accounts.unlock('niemand')).toBe(false);
      });

      test('a password that has become too old is not answered with itself', async () => {
        await accounts.add('li', '李', GOOD);
        now += days(91);
        const { token, mustSetPassword } = await logIn('li');
        expect(mustSetPassword).toBe(true);
        expect(await accounts.setPassword('li', { session: token }, GOOD)).toMatchObject({
          error: { code: 'weak-password' },
        });
        expect((await accounts.setPassword('li', { session: token }, BETTER)).ok).toBe(true);
      });

      test('a password of the dengbao profile is changed after 90 days, asked for at a log-in and not before', async () => {
        const { token } = await logIn();
        now += hours(12);
        expect(accounts.session(token)?.mustSetPassword).toBe(false);
        now += hours(24 * 90);
        expect((await logIn()).mustSetPassword).toBe(true);
      });

      test('the asvs profile wants length and no classes, and refuses the commonest', async () => {
        await restart(null, { passwords: 'asvs' });
        expect(await accounts.add('a', 'a', 'Short-1!')).toMatchObject({ error: { code: 'weak-password' } });
        expect(await accounts.add('a', 'a', 'password1234')).toMatchObject({
          error: { code: 'weak-password' },
        });
        expect((await accounts.add('a', 'a', 'vier langsame kröten')).ok).toBe(true);
      });

      test('a token has its role and areas, and expires', async () => {
        const expiresAt = now + hours(1);
        const made = await accounts.addToken('大屏', { role: 'wall', areas: ['341602'], expiresAt });
        const token = made.ok ? made.value.token : '';
        await restart();
        expect(accounts.session(token)).toMatchObject({ roles: ['wall'], areas: ['341602'], expiresAt });
        now = expiresAt;
        expect(accounts.session(token)).toBeNull();
      });
    });

    describe('a second factor', () => {
      let secret: string;
      let recovery: readonly string[];
      const digits = (late = 0) => totp(secret, stepAt(now) - late);
      const enter = (otp?: string) => accounts.login('admin', GOOD, HERE, otp);

      beforeEach(async () => {
        await open(GOOD);
        const begun = await accounts.beginSecondFactor('admin', { password: GOOD });
        secret = begun.ok ? begun.value.secret : '';
        expect((await enter()).ok).toBe(true);
        const wrong = await accounts.confirmSecondFactor('admin', '000000');
        expect(wrong).toMatchObject({ error: { code: 'second-factor-wrong' } });
        const confirmed = await accounts.confirmSecondFactor('admin', digits());
        recovery = confirmed.ok ? confirmed.value.recoveryCodes : [];
        now += seconds(60);
      });

      test('is asked for once confirmed, and without it the right password does not open', async () => {
        expect(await enter()).toMatchObject({ error: { code: 'second-factor-needed' } });
        expect(await enter('123456')).toMatchObject({ error: { code: 'wrong-credentials' } });
        await restart();
        expect((await enter(digits())).ok).toBe(true);
      });

      test('stands for a signature, once; so does the password alone; no session comes of either', async () => {
        const proves = async (...given: Parameters<Accounts['prove']>) => {
          const proved = await accounts.prove(...given);
          return proved.ok ? proved.value : proved.error.code;
        };
        expect(await proves('admin', { password: GOOD })).toBe('password');
        expect(await proves('admin', { password: 'Falsch-123' })).toBe('wrong-credentials');
        expect(await proves('admin', { otp: '123456' })).toBe('wrong-credentials');
        expect(await proves('admin', { otp: digits() })).toBe('totp');
        expect(await proves('admin', { otp: digits() })).toBe('wrong-credentials');
        expect(await proves('niemand', { otp: '123456' })).toBe('wrong-credentials');
        for (let i = 0; i < 5; i++) await proves('admin', { password: `Falsch-${i}` });
        expect(await proves('admin', { password: GOOD })).toBe('too-many-attempts');
      });

      test('the same digits do not open twice, old ones not at all, those of the last half minute once', async () => {
        expect((await enter(digits())).ok).toBe(true);
        expect((await enter(digits())).ok).toBe(false);
        now += seconds(30);
        expect((await enter(digits(3))).ok).toBe(false);
        now += seconds(30);
        expect((await enter(digits(1))).ok).toBe(true);
      });

      describe('guessed between acts that are no whole log-in', () => {
        const session = async () => {
          const entered = await enter(recovery[0]);
          now += seconds(60);
          return entered.ok ? entered.value.token : '';
        };
        const acts: Record<string, (token: string) => Promise<unknown>> = {
          'a log-in without the code': () => enter(),
          'a log-in with an empty code': () => enter('  '),
          'setting the password': async () => accounts.setPassword('admin', { old: GOOD }, GOOD),
          'changing the password and back': async (token) => {
            await accounts.setPassword('admin', { old: GOOD, session: token }, BETTER);
            await accounts.setPassword('admin', { old: BETTER, session: token }, GOOD);
          },
          'beginning to enrol': () => accounts.beginSecondFactor('admin', { password: GOOD }),
          'confirming an enrolment': () => accounts.confirmSecondFactor('admin', digits()),
          'using a session': async (token) => accounts.session(token),
          'another person’s log-in from there': async () => accounts.login('li', GOOD, HERE),
          'a log-in from elsewhere': async () => {
            now += 1;
            return accounts.login('admin', GOOD, THERE, recovery[1]);
          },
          'logging out': (token) => accounts.logout(token),
        };

        test.each(Object.keys(acts))('%s: five wrong codes lock, as without', async (act) => {
          await accounts.add('li', '李', GOOD);
          const token = await session();
          const refusals: string[] = [];
          for (let i = 0; i < 48; i++) {
            const guess = await enter(`00000${i % 10}`);
            if (!guess.ok) refusals.push(guess.error.code);
            await acts[act]?.(token);
          }
          expect(refusals.slice(0, 5)).toEqual(Array(5).fill('wrong-credentials'));
          expect(refusals.slice(5)).toEqual(Array(43).fill('too-many-attempts'));
          expect(await enter(digits())).toMatchObject({ error: { code: 'too-many-attempts' } });
        });

        test('a whole log-in ends the count', async () => {
          for (let round = 0; round < 3; round++) {
            for (let i = 0; i < 4; i++) await enter(`00000${i}`);
            expect(await enter()).toMatchObject({ error: { code: 'second-factor-needed' } });
            expect((await enter(recovery[round])).ok).toBe(true);
          }
        });
      });

      test('whoever has the password guesses ten codes, from however many addresses; a known desk comes in', async () => {
        expect((await enter(recovery[0])).ok).toBe(true);
        const guess = (i: number, otp = '000000') => accounts.login('admin', GOOD, `10.${i}.0.1`, otp);
        const codes: string[] = [];
        for (let i = 0; i < 20; i++) {
          const answer = await guess(i);
          if (!answer.ok) codes.push(answer.error.code);
        }
        expect(codes).toEqual([
          ...Array(10).fill('wrong-credentials'),
          ...Array(10).fill('too-many-attempts'),
        ]);
        expect((await guess(30, recovery[1])).ok).toBe(false);
        expect((await enter(recovery[1])).ok).toBe(true);
      });

      test('an enrolment that is confirmed wrongly five times is begun again', async () => {
        await accounts.removeSecondFactor('admin', GOOD);
        const begun = await accounts.beginSecondFactor('admin', { password: GOOD });
        secret = begun.ok ? begun.value.secret : '';
        for (let i = 0; i < 5; i++)
          expect(await accounts.confirmSecondFactor('admin', `00000${i}`)).toMatchObject({
            error: { code: 'second-factor-wrong' },
          });
        expect(await accounts.confirmSecondFactor('admin', digits())).toMatchObject({
          error: { code: 'second-factor-not-begun' },
        });
      });

      test('guessing the digits is stopped like guessing the password', async () => {
        for (let i = 0; i < 5; i++) await enter(`00000${i}`);
        expect(await enter(digits())).toMatchObject({ error: { code: 'too-many-attempts' } });
      });

      test('a recovery code opens once', async () => {
        expect(recovery).toHaveLength(8);
        expect((await enter(recovery[0]?.toLowerCase())).ok).toBe(true);
        expect((await enter(recovery[0])).ok).toBe(false);
        await restart();
        expect((await enter(recovery[1])).ok).toBe(true);
      });

      test('goes with the password of its owner', async () => {
        expect((await accounts.removeSecondFactor('admin', 'Falsch-123')).ok).toBe(false);
        expect((await accounts.removeSecondFactor('admin', GOOD)).ok).toBe(true);
        expect((await enter()).ok).toBe(true);
      });

      test('where a role must have one, a session without may do nothing but enrol', async () => {
        await accounts.add('li', '李', GOOD);
        await restart(null, { secondFactorFor: ['operator'] });
        const { token, mustEnrol } = await logIn('li');
        expect(mustEnrol).toBe(true);
        const begun = await accounts.beginSecondFactor('li', { session: token });
        secret = begun.ok ? begun.value.secret : '';
        await accounts.confirmSecondFactor('li', digits());
        expect(accounts.session(token)?.mustEnrol).toBe(false);
      });
    });

    describe('enrolling a second factor', () => {
      const begin = async (...given: Parameters<Accounts['beginSecondFactor']>) => {
        const begun = await accounts.beginSecondFactor(...given);
        return begun.ok ? 'begun' : begun.error.code;
      };

      test('wants the password: an unlocked screen must not bind a stranger’s phone', async () => {
        await open(GOOD);
        const { token } = await logIn();
        expect(await begin('admin', { session: token })).toBe('password-needed');
        expect(await begin('admin', { password: 'Falsch-123' })).toBe('wrong-credentials');
        expect(await begin('niemand', { password: GOOD })).toBe('wrong-credentials');
        expect(await begin('admin', { password: GOOD })).toBe('begun');
      });

      test('is no way to guess the password', async () => {
        await open(GOOD);
        for (let i = 0; i < 5; i++) await begin('admin', { password: `Falsch-${i}` });
        expect(await begin('admin', { password: GOOD })).toBe('too-many-attempts');
        expect((await accounts.setPassword('admin', { old: GOOD }, BETTER)).ok).toBe(false);
        await logIn();
      });

      test('of one who must, a log-in is proof for ten minutes; not a later moment, nor another’s, nor before a restart', async () => {
        const must = { secondFactorFor: ['operator', 'founder'] } as const;
        await open(GOOD, must);
        await accounts.add('li', '李', GOOD);
        const { token } = await logIn('li');
        const admins = await logIn();
        expect(await begin('li', { session: admins.token })).toBe('password-needed');
        now += minutes(10) - 1;
        expect(await begin('li', { session: token })).toBe('begun');
        now += 1;
        expect(await begin('li', { session: token })).toBe('password-needed');
        const again = await logIn('li');
        await restart(null, must);
        expect(await begin('li', { session: again.token })).toBe('password-needed');
        expect(await begin('li', { password: GOOD })).toBe('begun');
      });

      test('who is given such a role in the middle of a shift shows the password', async () => {
        await open(GOOD, { secondFactorFor: ['analyst'] });
        await accounts.add('li', '李', GOOD);
        const { token } = await logIn('li');
        now += hours(3);
        await accounts.change('li', 'admin', { roles: ['operator', 'analyst'] });
        expect(accounts.session(token)?.mustEnrol).toBe(true);
        expect(await begin('li', { session: token })).toBe('password-needed');
        // Setting a password is showing it.
        expect((await accounts.setPassword('li', { old: GOOD, session: token }, BETTER)).ok).toBe(true);
        expect(await begin('li', { session: token })).toBe('begun');
      });

      test('a key that was begun and left is good for ten minutes', async () => {
        await open(GOOD);
        const begun = await accounts.beginSecondFactor('admin', { password: GOOD });
        const secret = begun.ok ? begun.value.secret : '';
        now += minutes(10);
        expect(await accounts.confirmSecondFactor('admin', totp(secret, stepAt(now)))).toMatchObject({
          error: { code: 'second-factor-not-begun' },
        });
        await logIn();
      });
    });
  });
}
