import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { AccountsPostgres } from '../../../src/adapters/accounts/index.ts';
import { Database, type Fence } from '../../../src/adapters/postgres/database.ts';
import { LOGIN_LIMITS } from '../../../src/flow/ports/accounts.ts';
import { CuttingLine } from '../../support/cutting-line.ts';
import { hasPostgres, PostgresServer } from '../../support/postgres-server.ts';
import { accountsContract } from '../accounts.contract.ts';

/** Cheap enough for hundreds of logins in a test. */
const CHEAP = { N: 16, r: 1, p: 1 };
const GOOD = 'Shouye-2025';

describe.skipIf(!hasPostgres())('with PostgreSQL', () => {
  let server: PostgresServer;
  let name: string;
  beforeAll(async () => {
    // Hundreds of databases come and go: what a power cut leaves is not looked at here.
    server = await PostgresServer.start({ settings: { fsync: 'off' } });
    name = await server.newDatabase();
  });
  afterAll(() => server?.stop());

  const empty = async (): Promise<void> => {
    await server.ask('DROP SCHEMA IF EXISTS lifeline CASCADE', name);
  };
  const open = (given: { url?: string; fence?: Fence; now?: () => number } = {}): AccountsPostgres => {
    const { url = server.url(name), fence, now = () => 0 } = given;
    const connect = () => Database.connect(url, { name: 'test', ...(fence === undefined ? {} : { fence }) });
    return new AccountsPostgres({ connect, cost: CHEAP, limits: LOGIN_LIMITS, now });
  };

  accountsContract('the accounts on PostgreSQL', () => ({
    open: (given) =>
      new AccountsPostgres({
        connect: () => Database.connect(server.url(name), { name: 'test' }),
        cost: CHEAP,
        ...given,
      }),
    erase: empty,
    end: () => undefined,
  }));

  describe('a broken line', () => {
    let line: CuttingLine;
    let accounts: AccountsPostgres;
    beforeEach(async () => {
      await empty();
      line = await CuttingLine.start(server.port);
      accounts = open({ url: server.tcpUrl(name, line.port) });
      await accounts.start({ adminPassword: GOOD });
      return async () => {
        await accounts.close();
        await line.stop();
      };
    });
    const said = async (act: () => Promise<unknown>): Promise<'kept' | 'failed'> =>
      act().then(
        () => 'kept',
        () => 'failed',
      );
    const names = async () =>
      (await server.ask<{ account: string }>('SELECT account FROM lifeline.account ORDER BY 1', name)).map(
        (r) => r.account,
      );

    test('at any message of a change: nothing is said to be kept that is not, and memory has what the tables have', async () => {
      let cut = 0;
      let last: string;
      do {
        line.cutAfter(cut);
        last = await said(() => accounts.add(`cut-${cut}`, '某', GOOD));
        const listed = accounts.list().map((a) => a.account);
        expect(await names(), `cut after ${cut} messages`).toEqual(listed);
        if (last === 'kept') expect(listed).toContain(`cut-${cut}`);
        cut += 1;
      } while (last === 'failed' && cut < 60);
      expect(cut).toBeGreaterThan(4);
      expect(cut).toBeLessThan(60);
    });

    test('where only the answer is lost it is a failure, and the change is in memory as it is in the tables', async () => {
      const seen = new Set<string>();
      for (let after = 0; after < 24; after++) {
        line.cutAnswerAfter(after);
        const what = await said(() => accounts.add(`unheard-${after}`, '某', GOOD));
        const listed = accounts.list().map((a) => a.account);
        expect(await names(), `after ${after} messages`).toEqual(listed);
        seen.add(`${what} ${listed.includes(`unheard-${after}`) ? 'there' : 'not there'}`);
      }
      expect(seen).toContain('failed there');
      expect(seen).toContain('kept there');
      expect(seen).not.toContain('kept not there');
    });

    test('while it is away whoever is in stays in, nobody new comes in, and afterwards all goes on', async () => {
      const first = await accounts.login('admin', GOOD, 'here');
      if (!first.ok) throw new Error(first.error.code);
      await server.ask(`ALTER DATABASE ${name} ALLOW_CONNECTIONS false`);
      line.cut();
      await expect(accounts.login('admin', GOOD, 'here')).rejects.toThrow();
      expect(accounts.session(first.value.token)).toMatchObject({ account: 'admin' });
      await expect(accounts.logout(first.value.token)).rejects.toThrow();
      await server.ask(`ALTER DATABASE ${name} ALLOW_CONNECTIONS true`);
      expect(await accounts.login('admin', GOOD, 'here')).toMatchObject({ ok: true });
      await accounts.logout(first.value.token);
      expect(accounts.session(first.value.token)).toBeNull();
    });
  });

  test('another machine finds who is logged in, and the first changes nothing any more', async () => {
    await empty();
    await server.ask(
      'CREATE SCHEMA lifeline; CREATE TABLE lifeline.who (epoch int); INSERT INTO lifeline.who VALUES (1)',
      name,
    );
    const at = (epoch: number): Fence => ({
      text: 'SELECT 1 FROM who WHERE epoch = $1 FOR SHARE',
      values: [epoch],
    });
    const first = open({ fence: at(1) });
    await first.start({ adminPassword: GOOD });
    const entered = await first.login('admin', GOOD, 'here');
    if (!entered.ok) throw new Error(entered.error.code);
    const machine = await first.addToken('省平台');
    if (!machine.ok) throw new Error(machine.error.code);

    await server.ask('UPDATE lifeline.who SET epoch = 2', name);
    const second = open({ fence: at(2) });
    await second.start({ adminPassword: null });
    expect(second.session(entered.value.token)).toMatchObject({ account: 'admin' });
    expect(second.session(machine.value.token)).toMatchObject({ kind: 'machine' });

    await expect(first.login('admin', GOOD, 'here')).rejects.toMatchObject({ code: 'fenced' });
    await expect(first.add('li', '李', GOOD)).rejects.toMatchObject({ code: 'fenced' });
    await expect(first.logout(entered.value.token)).rejects.toMatchObject({ code: 'fenced' });
    expect(second.session(entered.value.token)).toMatchObject({ account: 'admin' });
    await first.close();
    await second.close();
  });

  test('no password, code or token lies in the tables', async () => {
    await empty();
    const accounts = open();
    const { oneTimeCode } = await accounts.start({ adminPassword: null });
    const first = await accounts.login('admin', oneTimeCode as string, 'here');
    if (!first.ok) throw new Error(first.error.code);
    await accounts.setPassword('admin', { session: first.value.token }, GOOD);
    const second = await accounts.login('admin', GOOD, 'here');
    const machine = await accounts.addToken('省平台');
    if (!second.ok || !machine.ok) throw new Error('refused');
    await accounts.close();
    const tables = ['account', 'account_session', 'account_token', 'account_desk'];
    const kept = JSON.stringify(
      await Promise.all(tables.map((t) => server.ask(`SELECT * FROM lifeline.${t}`, name))),
    );
    expect(kept).toContain('省平台');
    const secrets = [oneTimeCode as string, GOOD, first.value.token, second.value.token, machine.value.token];
    for (const secret of secrets) expect(kept.includes(secret), secret).toBe(false);
  });
});
