import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { DeviceKeysPostgres } from '../../../src/adapters/device-keys/index.ts';
import { Database, type Fence } from '../../../src/adapters/postgres/database.ts';
import { hours } from '../../../src/domain/time.ts';
import { CuttingLine } from '../../support/cutting-line.ts';
import { hasPostgres, PostgresServer } from '../../support/postgres-server.ts';
import { deviceKeysContract } from '../device-keys.contract.ts';

describe.skipIf(!hasPostgres())('with PostgreSQL', () => {
  let server: PostgresServer;
  let name: string;
  const opened: DeviceKeysPostgres[] = [];
  beforeAll(async () => {
    server = await PostgresServer.start();
    name = await server.newDatabase();
  });
  afterAll(async () => {
    for (const keys of opened) await keys.close();
    await server?.stop();
  });

  const empty = async (): Promise<void> => {
    for (const keys of opened.splice(0)) await keys.close();
    await server.ask('DROP SCHEMA IF EXISTS lifeline CASCADE', name);
  };
  const open = (now: () => number, url = server.url(name), fence?: Fence): DeviceKeysPostgres => {
    const connect = () => Database.connect(url, { name: 'test', ...(fence === undefined ? {} : { fence }) });
    const keys = new DeviceKeysPostgres({ connect, now });
    opened.push(keys);
    return keys;
  };

  deviceKeysContract('the device keys on PostgreSQL', () => ({
    open: (now) => open(now),
    erase: empty,
    end: () => undefined,
  }));

  describe('a broken line', () => {
    let line: CuttingLine;
    let keys: DeviceKeysPostgres;
    beforeEach(async () => {
      await empty();
      line = await CuttingLine.start(server.port);
      keys = open(() => 1_000, server.tcpUrl(name, line.port));
      await keys.start();
      return async () => {
        await keys.close();
        await line.stop();
      };
    });
    const inTables = async () =>
      (
        await server.ask<{ id: string; holder: string }>(
          'SELECT id, holder FROM lifeline.device_key ORDER BY holder, id',
          name,
        )
      ).map((r) => [Number(r.id), r.holder]);
    const inMemory = () => keys.list().map((k) => [k.id, k.holder]);

    test.each(['message', 'answer'] as const)(
      'cut at every %s of an issue: what was not answered is a failure, and memory has what the tables have',
      async (at) => {
        const seen = new Set<string>();
        const ids: number[] = [];
        for (let after = 0; after < 40; after++) {
          if (at === 'message') line.cutAfter(after);
          else line.cutAnswerAfter(after);
          const holder = `D-${after}`;
          const issued = await keys.issue([holder], hours(0)).catch(() => null);
          expect(await inTables(), `after ${after}`).toEqual(inMemory());
          seen.add(`${issued === null ? 'failed' : 'issued'} ${keys.has(holder) ? 'there' : 'not there'}`);
          for (const { id, secret } of issued ?? []) {
            ids.push(id);
            expect(keys.check(holder, Buffer.from(secret))?.id).toBe(id);
          }
        }
        expect(seen).not.toContain('issued not there');
        expect(seen).toContain('issued there');
        expect(seen).toContain(at === 'message' ? 'failed not there' : 'failed there');
        expect(new Set(ids).size).toBe(ids.length);
      },
    );

    test('revoking that fails leaves whom it was for as they are in the tables, and comes true the next time', async () => {
      await keys.issue(['DEV-A'], hours(0));
      line.cutAfter(0);
      await expect(keys.revoke('DEV-A')).rejects.toThrow();
      expect([keys.has('DEV-A'), keys.isBarred('DEV-A')]).toEqual([true, false]);
      expect(await keys.revoke('DEV-A')).toBe(true);
      expect([keys.has('DEV-A'), keys.isBarred('DEV-A')]).toEqual([false, true]);
    });

    test('a line that is away takes no device out, and a look at keys waits for nothing', async () => {
      const [issued] = await keys.issue(['DEV-A'], hours(0));
      line.cut();
      expect(keys.check('DEV-A', Buffer.from(issued?.secret ?? ''))).not.toBeNull();
    });
  });

  test('another machine has the same keys, and the first issues and takes back none any more', async () => {
    await empty();
    await server.ask(
      'CREATE SCHEMA lifeline; CREATE TABLE lifeline.who (epoch int); INSERT INTO lifeline.who VALUES (1)',
      name,
    );
    const at = (epoch: number): Fence => ({
      text: 'SELECT 1 FROM who WHERE epoch = $1 FOR SHARE',
      values: [epoch],
    });
    const first = open(() => 0, server.url(name), at(1));
    await first.start();
    const [issued] = await first.issue(['DEV-A'], hours(0));
    await server.ask('UPDATE lifeline.who SET epoch = 2', name);
    const second = open(() => 0, server.url(name), at(2));
    await second.start();
    expect(second.check('DEV-A', Buffer.from(issued?.secret ?? ''))).toEqual(first.list()[0]);
    await expect(first.issue(['DEV-B'], hours(0))).rejects.toMatchObject({ code: 'fenced' });
    await expect(first.revoke('DEV-A')).rejects.toMatchObject({ code: 'fenced' });
    expect(await second.revoke('DEV-A')).toBe(true);
    const [next] = await second.issue(['DEV-B'], hours(0));
    expect(next?.id).toBeGreaterThan(Number(issued?.id));
  });

  test('no secret lies in the tables', async () => {
    await empty();
    const keys = open(() => 0);
    await keys.start();
    const issued = await keys.issue(['DEV-A', 'system:gis'], hours(1), ['3416']);
    const kept = JSON.stringify(await server.ask('SELECT *, seal::text FROM lifeline.device_key', name));
    for (const { secret } of issued) {
      expect(kept).not.toContain(secret);
      expect(kept).not.toContain(Buffer.from(secret).toString('hex'));
    }
  });
});
