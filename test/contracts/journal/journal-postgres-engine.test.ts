import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { PostgresJournalEngine } from '../../../src/adapters/journal-postgres/engine.ts';
import { SqliteJournalEngine } from '../../../src/adapters/journal-sqlite/engine.ts';
import { as } from '../../../src/domain/ids.ts';
import { fresh as freshCitizen } from '../../domain/citizen/build.ts';
import { hasPostgres, PostgresServer } from '../../support/postgres-server.ts';
import {
  acknowledged,
  draft,
  memory,
  quarantined,
  raised,
  reading,
  T0,
  turn,
  version,
} from './journal-records.ts';

describe.skipIf(!hasPostgres())('a journal in PostgreSQL, for commands', () => {
  let server: PostgresServer;
  let url: string;
  beforeAll(async () => {
    server = await PostgresServer.start();
  });
  afterAll(() => server?.stop());
  beforeEach(async () => {
    url = server.url(await server.newDatabase());
  });

  const area = { kind: 'area', area: { code: as.area('341602'), name: '谯城区', parent: null } } as const;
  const model = {
    kind: 'model',
    model: { code: as.model('M-1'), name: 'M', vendor: null, codes: [] },
  } as never;
  const citizen = (n: number) => freshCitizen({ id: as.citizenReport(`S${n}`), no: `N${n}` });
  const whole = (n: number) =>
    turn(n, {
      readings: [reading('P', n)],
      events: [raised(2 * n - 1, { id: `a${n}` }), acknowledged(2 * n, { id: `a${n}` })],
      memories: [{ point: as.point('P\0水'), memory: memory(T0 + n) }],
      quarantined: [quarantined(new Uint8Array([0, n]))],
      register: [area, model],
      rules: [
        { kind: 'draft', draft: draft(`D${n}`, 'draft') },
        { kind: 'version', version: version(n) },
      ],
      listened: [{ from: T0, until: T0 + n }],
    });

  test('says that there is none yet, and leaves nothing behind', async () => {
    const engine = new PostgresJournalEngine(url);
    expect(await engine.isThere()).toBe(false);
    expect(await engine.form()).toBe(0);
    expect(await engine.look()).toEqual({ is: 'missing' });
    expect(await engine.lastTurn()).toBe(0);
    expect([await engine.points(), await engine.linesOut()]).toEqual([[], []]);
    await expect(engine.pin()).rejects.toThrow(/no journal/);
    expect(await engine.isThere()).toBe(false);
  });

  test('one that cannot be reached is unreadable, in words without its password', async () => {
    const engine = new PostgresJournalEngine('postgres://me:secret@127.0.0.1:1/x');
    const seen = await engine.look();
    expect(seen).toMatchObject({ is: 'unreadable', damaged: false });
    expect(JSON.stringify([seen, engine.where])).not.toContain('secret');
    expect(await engine.lastTurn()).toBe(0);
  });

  test('is looked at while it is written, and mended while it is not', async () => {
    const engine = new PostgresJournalEngine(url);
    const journal = engine.open();
    const { epoch } = await journal.recover();
    for (const n of [1, 2]) await journal.commit(whole(n));
    expect(await engine.look()).toMatchObject({
      is: 'whole',
      schema: engine.schema,
      lastTurn: 2,
      lastAt: T0 + 2_000,
      stoppedCleanly: false,
      waitingBytes: journal.spoolBytes,
      waitingSince: T0 + 1_000,
    });
    expect(await engine.points()).toEqual([model]);
    await journal.stoppedCleanly(T0 + 9_000);
    await journal.close();
    expect(await engine.look()).toMatchObject({ stoppedCleanly: true, lastAt: T0 + 9_000 });

    await engine.goOnAfter(17);
    const again = engine.open();
    const recovered = await again.recover();
    expect(recovered).toMatchObject({ lastTurn: 17, lastSeq: 4 });
    expect(recovered.epoch).not.toBe(epoch);
    await again.commit(turn(18));
    await again.close();
    await engine.renewEpoch();
    expect(await engine.lastTurn()).toBe(18);
  });

  test('a backup is a file of one moment with which a service on SQLite goes on', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'journal-'));
    const engine = new PostgresJournalEngine(url);
    const journal = engine.open();
    await journal.recover();
    for (const n of [1, 2]) await journal.commit({ ...whole(n), citizens: [citizen(n)] });
    const pinned = await engine.pin();
    await journal.commit(whole(3));
    let bytes = 0;
    const count = (n: number) => {
      bytes += n;
    };
    const watched = { signal: new AbortController().signal, bytes: count };
    await pinned.copyTo(join(dir, engine.fileInBackup), watched);
    await pinned.close();
    await journal.close();
    expect(bytes).toBeGreaterThan(1_000);

    const inFile = new SqliteJournalEngine(dir);
    expect(pinned.facts).toMatchObject({ schema: inFile.schema, lastTurn: 2, lastSeq: 4 });
    expect(await inFile.look()).toMatchObject({ is: 'whole', lastTurn: 2 });
    const copy = inFile.open();
    const fromFile = await copy.recover();
    const spool = await copy.spooled(as.turn(0), 1e9);
    const packets = await copy.quarantine(null, 9, null);
    const people = await copy.citizens({}, 9, null);
    await copy.commit(whole(3));
    const next = engine.open();
    const fromDatabase = await next.recover();
    expect((await copy.alarms({ state: 'all' }, 9, null)).items).toEqual(
      (await next.alarms({ state: 'all' }, 9, null)).items,
    );
    expect(spool).toEqual((await next.spooled(as.turn(0), 1e9)).slice(0, 2));
    expect(people.items).toEqual([citizen(2), citizen(1)]);
    expect(packets.items).toEqual((await next.quarantine(null, 9, null)).items.slice(1));
    await copy.close();
    const third = inFile.open();
    expect(await third.recover()).toEqual({ ...fromDatabase, epoch: fromFile.epoch });
    expect(fromFile.epoch).toBe(fromDatabase.epoch);
    await Promise.all([third.close(), next.close()]);
    rmSync(dir, { recursive: true });
  });
});
