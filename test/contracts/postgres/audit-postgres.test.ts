import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { AuditPostgres, auditKeyFault } from '../../../src/adapters/audit/index.ts';
import { auditKey } from '../../../src/adapters/audit/key.ts';
import { lookAtAuditTables } from '../../../src/adapters/audit/look.ts';
import { Database, type Fence } from '../../../src/adapters/postgres/database.ts';
import { CuttingLine } from '../../support/cutting-line.ts';
import { hasPostgres, PostgresServer } from '../../support/postgres-server.ts';
import { auditContract, entry } from '../audit.contract.ts';

describe.skipIf(!hasPostgres())('with PostgreSQL', () => {
  let server: PostgresServer;
  let name: string;
  const dirs: string[] = [];
  const newDir = (): string => {
    const dir = mkdtempSync(join(tmpdir(), 'audit-'));
    dirs.push(dir);
    return dir;
  };
  beforeAll(async () => {
    server = await PostgresServer.start();
    name = await server.newDatabase();
  });
  afterAll(async () => {
    await server?.stop();
    for (const dir of dirs) rmSync(dir, { recursive: true, force: true });
  });

  const empty = () => server.ask('DROP SCHEMA IF EXISTS lifeline CASCADE', name);
  const said: string[] = [];
  const log = { info: (m: string) => void said.push(m), error: (m: string) => void said.push(m) };
  const open = async (dir: string, more: { url?: string; fence?: Fence } = {}): Promise<AuditPostgres> => {
    const { url = server.url(name), fence } = more;
    const connect = () => Database.connect(url, { name: 'test', ...(fence === undefined ? {} : { fence }) });
    const audit = new AuditPostgres({ connect, keyFile: join(dir, 'audit.key'), now: () => 0, log });
    await audit.start();
    return audit;
  };
  const objects = async (): Promise<string[]> =>
    (await server.ask<{ object: string }>('SELECT object FROM lifeline.audit_entry ORDER BY n', name)).map(
      (r) => r.object,
    );

  auditContract('the audit journal on PostgreSQL', {
    open: async () => {
      await empty();
      return open(newDir());
    },
  });

  describe('a broken line', () => {
    let line: CuttingLine;
    let audit: AuditPostgres;
    beforeEach(async () => {
      await empty();
      said.length = 0;
      line = await CuttingLine.start(server.port);
      audit = await open(newDir(), { url: server.tcpUrl(name, line.port) });
      return async () => {
        await audit.close();
        await line.stop();
      };
    });

    test.each(['message', 'answer'] as const)(
      'cut at every %s: each entry is there once, in its order, and none is said to be there that is not',
      async (at) => {
        const wanted: string[] = [];
        for (let after = 0; after < 30; after++) {
          if (at === 'message') line.cutAfter(after);
          else line.cutAnswerAfter(after);
          const object = `e${after}`;
          wanted.push(object);
          const kept = await audit.record(entry({ object }));
          if (kept) expect(await objects()).toContain(object);
          // As the beat of the service does.
          while (!(await audit.writable()));
        }
        expect(await objects()).toEqual(wanted);
        expect(await audit.entries({ object: 'e7' }, 9, null)).toHaveLength(1);
      },
    );

    test('while it is away entries wait in memory and nothing privileged begins', async () => {
      await server.ask(`ALTER DATABASE ${name} ALLOW_CONNECTIONS false`);
      line.cut();
      expect(await audit.record(entry({ object: 'meanwhile' }))).toBe(false);
      expect(await audit.writable()).toBe(false);
      await server.ask(`ALTER DATABASE ${name} ALLOW_CONNECTIONS true`);
      expect(await audit.writable()).toBe(true);
      expect(await objects()).toEqual(['meanwhile']);
      expect(said).toHaveLength(2);
    });
  });

  describe('the chain in the tables', () => {
    let dir: string;
    beforeEach(async () => {
      await empty();
      dir = newDir();
      const audit = await open(dir);
      for (let i = 1; i <= 6; i++) await audit.record(entry({ at: i, object: `o${i}` }));
      await audit.forgetBefore(2);
      await audit.close();
    });
    const faults = async (tampered: string): Promise<string[]> => {
      if (tampered !== '') await server.ask(tampered, name);
      const look = await lookAtAuditTables(server.url(name));
      const key = () => auditKey(join(dir, 'audit.key'), () => new Uint8Array());
      const verdict = await look?.verify(key, null);
      await look?.close();
      return (verdict?.faults ?? []).map((f) => `${f.is} ${f.n}`);
    };

    test.each([
      ['nothing', '', []],
      [
        'a word of an entry',
        `UPDATE lifeline.audit_entry SET body = replace(body, 'o3', 'o9') WHERE n = 3`,
        ['edited 3'],
      ],
      ['by what an entry is found', `UPDATE lifeline.audit_entry SET who = 'wang' WHERE n = 4`, ['edited 4']],
      ['an entry cut out', 'DELETE FROM lifeline.audit_entry WHERE n = 4', ['cut 5']],
      ['the newest cut off', 'DELETE FROM lifeline.audit_entry WHERE n = 6', ['cut 7']],
      ['the oldest cut off', 'DELETE FROM lifeline.audit_entry WHERE n = 2', ['cut 3']],
    ])('%s changed is told', async (_, tampered, told) => {
      expect(await faults(tampered)).toEqual(told);
    });
  });

  test('a machine that is the writer no more adds nothing; the next goes on with the chain', async () => {
    await empty();
    await server.ask(
      'CREATE SCHEMA lifeline; CREATE TABLE lifeline.who (epoch int); INSERT INTO lifeline.who VALUES (1)',
      name,
    );
    const at = (epoch: number): Fence => ({
      text: 'SELECT 1 FROM who WHERE epoch = $1 FOR SHARE',
      values: [epoch],
    });
    const [mine, other] = [newDir(), newDir()];
    const first = await open(mine, { fence: at(1) });
    await first.record(entry({ object: 'a' }));
    await server.ask('UPDATE lifeline.who SET epoch = 2', name);
    expect(await first.record(entry({ object: 'b' }))).toBe(false);
    expect(await first.writable()).toBe(false);

    copyFileSync(join(mine, 'audit.key'), join(other, 'audit.key'));
    const second = await open(other, { fence: at(2) });
    expect(await second.record(entry({ object: 'c' }))).toBe(true);
    expect((await second.entries({}, 9, null)).map((e) => [e.n, e.object])).toEqual([
      [2, 'c'],
      [1, 'a'],
    ]);
    await first.close();
    await second.close();
  });

  test('a machine without the key, or with another one, says which file to copy, and seals nothing', async () => {
    await empty();
    const mine = newDir();
    const audit = await open(mine);
    await audit.record(entry());
    await audit.close();
    const db = await Database.connect(server.url(name), { name: 'test' });
    try {
      expect(await auditKeyFault(db, join(mine, 'audit.key'))).toBeNull();
      const strange = newDir();
      expect(await auditKeyFault(db, join(strange, 'audit.key'))).toMatch(
        /audit\.key is missing.*copy audit\.key/,
      );
      const without = await open(strange);
      expect(await without.record(entry())).toBe(false);
      await without.close();
      // A key of its own, from another installation.
      const elsewhere = await server.newDatabase();
      const its = await open(strange, { url: server.url(elsewhere) });
      await its.close();
      expect(await auditKeyFault(db, join(strange, 'audit.key'))).toMatch(/is not the key that sealed/);
    } finally {
      await db.close();
    }
    expect(await objects()).toHaveLength(1);
  });
});
