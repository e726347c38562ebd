import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { AttachmentsDir } from '../../../src/adapters/attachments-dir/index.ts';
import { AttachmentsPostgres } from '../../../src/adapters/attachments-postgres/index.ts';
import { Database } from '../../../src/adapters/postgres/database.ts';
import { as } from '../../../src/domain/ids.ts';
import { hasPostgres, PostgresServer } from '../../support/postgres-server.ts';

const has = hasPostgres();
if (!has) console.warn('SKIPPED: files beside orders of two machines: PostgreSQL is not installed');

const picture = (n: number) =>
  Buffer.concat([Buffer.from([0x89]), Buffer.from('PNG\r\n\x1a\n'), Buffer.alloc(5_000, n)]);
const log = { info: () => undefined, warn: () => undefined, error: () => undefined };

describe.skipIf(!has)('files beside orders of two machines', () => {
  const root = mkdtempSync(join(tmpdir(), 'attachments-'));
  let postgres: PostgresServer;
  const open: AttachmentsPostgres[] = [];
  const on = async (name: string) => {
    const dir = new AttachmentsDir(join(root, name));
    const files = new AttachmentsPostgres({
      dir,
      connect: () => Database.connect(postgres.url(), { name }),
      log,
    });
    await files.start();
    open.push(files);
    return { dir, files };
  };
  beforeAll(async () => {
    postgres = await PostgresServer.start({ settings: { fsync: 'off' } });
  }, 60_000);
  afterAll(async () => {
    await Promise.all(open.map((files) => files.close()));
    await postgres?.stop();
    rmSync(root, { recursive: true, force: true });
  });

  test('what one has taken the other shows, and has as a file from then on', async () => {
    const [a, b] = [await on('a'), await on('b')];
    const kept = await a.files.keep(picture(1));
    expect(await a.files.keep(picture(1))).toEqual(kept);
    const id = kept?.id ?? as.attachment('');
    expect(await b.files.find(id)).toEqual(kept);
    expect(await b.dir.find(id)).toBeNull();
    expect(Buffer.from((await b.files.read(id)) ?? [])).toEqual(picture(1));
    expect(await b.dir.find(id)).toEqual(kept);
    expect(await a.files.keep(Buffer.from('<html></html>'.padEnd(64)))).toBeNull();
    expect(await a.files.find(as.attachment('f'.repeat(64)))).toBeNull();
    expect(await a.files.read(as.attachment('../../etc/passwd'))).toBeNull();
  });

  test('a start levels both: what lies in a directory alone, and what the other machine took', async () => {
    const [c, d] = [await on('c'), await on('d')];
    const mine = await c.dir.keep(picture(2));
    const theirs = await d.files.keep(picture(3));
    await c.files.level();
    for (const kept of [mine, theirs]) {
      expect(await c.dir.find(kept?.id ?? as.attachment(''))).toEqual(kept);
      expect(await d.files.find(kept?.id ?? as.attachment(''))).toEqual(kept);
    }
  });
});
