import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { JournalPostgres } from '../../../src/adapters/journal-postgres/index.ts';
import { PostgresJournalWriter } from '../../../src/adapters/journal-postgres/writer.ts';
import { encodeTurn } from '../../../src/adapters/journal-rows/encode.ts';
import { as } from '../../../src/domain/ids.ts';
import type { Recovered } from '../../../src/flow/ports/journal.ts';
import { CuttingLine } from '../../support/cutting-line.ts';
import { hasPostgres, PostgresServer } from '../../support/postgres-server.ts';
import { expectListsAsInMemory } from './alarm-lists.ts';
import { memory, quarantined, raised, reading, T0, turn } from './journal-records.ts';

describe.skipIf(!hasPostgres())('the journal on PostgreSQL', () => {
  let server: PostgresServer;
  let database: string;
  const open: JournalPostgres[] = [];

  function journalAt(
    options: Partial<ConstructorParameters<typeof JournalPostgres>[0]> = {},
  ): JournalPostgres {
    const journal = new JournalPostgres({ url: server.url(database), ...options });
    open.push(journal);
    return journal;
  }
  async function seenBy(journal = journalAt()): Promise<Recovered> {
    const recovered = await journal.recover();
    await journal.close();
    return recovered;
  }
  const ask = <R>(sql: string) => server.ask<R>(`SET search_path = lifeline; ${sql}`, database);

  beforeAll(async () => {
    server = await PostgresServer.start();
  });
  afterAll(() => server?.stop());
  beforeEach(async () => {
    database = await server.newDatabase();
  });
  afterEach(async () => {
    for (const journal of open.splice(0)) await journal.close().catch(() => {});
  });

  const second = () =>
    turn(2, {
      readings: [reading('P', 1)],
      events: [raised(1, { id: 'a1' })],
      memories: [{ point: as.point('P'), memory: memory(T0) }],
      quarantined: [quarantined(new Uint8Array([1, 2]))],
    });

  test('a line that is cut anywhere in a turn: no answer says that it is kept, and a start finds it whole or not at all', async () => {
    const line = await CuttingLine.start(server.port);
    const bounds = { quarantineAtMost: { rows: 10, bytes: 1e6 }, deviceEventsAtMost: 10 };
    const through = {
      ...bounds,
      url: server.tcpUrl(database, line.port),
      fence: null,
      seenIn: null,
      pieceBytesForTests: null,
    };
    const ends = new Set<string>();
    for (const at of ['message', 'answer'] as const) {
      for (let n = 0, kept = false; !kept; n += 5) {
        database = await server.newDatabase();
        const { writer } = await PostgresJournalWriter.open({
          ...through,
          url: server.tcpUrl(database, line.port),
        });
        await writer.commit(encodeTurn(turn(1)));
        if (at === 'message') line.cutAfter(n);
        else line.cutAnswerAfter(n);
        const answer = await writer.commit(encodeTurn(second())).then(
          () => 'kept',
          (e: { code: string }) => e.code,
        );
        kept = answer === 'kept';
        line.cut();
        if (!kept) await expect(writer.commit(encodeTurn(turn(3)))).rejects.toMatchObject({ code: answer });
        await writer.close();

        const { writer: next, opened } = await PostgresJournalWriter.open({
          ...through,
          url: server.url(database),
        });
        const there = opened.lastTurn - 1;
        expect([0, 1]).toContain(there);
        if (kept) expect(there).toBe(1);
        expect(opened.memories).toHaveLength(there);
        expect(opened.openAlarmEvents).toHaveLength(there);
        expect(next.asideState()).toMatchObject({ quarantineRows: there });
        expect(await next.spoolState()).toMatchObject({ turns: there });
        const [rows] = await ask(
          'SELECT (SELECT count(*) FROM spool) + (SELECT count(*) FROM quarantine) AS n',
        );
        expect(rows).toEqual({ n: String(2 * there) });
        // The next one goes on after what is there.
        await next.commit(encodeTurn(turn(opened.lastTurn + 1)));
        await next.close();
        ends.add(`${answer} ${there}`);
      }
    }
    await line.stop();
    expect(ends).toEqual(new Set(['unknown 0', 'unknown 1', 'kept 1']));
  }, 60_000);

  test('texts that PostgreSQL cannot hold come back as they were', async () => {
    const point = as.point('P\\ \0 \ud800 水');
    const journal = journalAt();
    await journal.recover();
    const said = quarantined(new Uint8Array(), 'D\0');
    await journal.commit(turn(1, { memories: [{ point, memory: memory(T0) }], quarantined: [said] }));
    expect((await journal.quarantinedDevices(9)).map((d) => d.device)).toEqual(['D\0']);
    expect((await journal.quarantine(as.device('D\0'), 9, null)).items).toHaveLength(1);
    await journal.close();
    expect((await seenBy()).memories.map((m) => m.point)).toEqual([point]);
  });

  test('two services cannot have one database, and the first is not disturbed', async () => {
    const first = journalAt();
    await first.recover();
    await expect(journalAt().recover()).rejects.toMatchObject({ code: 'journal-in-use' });
    await first.commit(turn(1));
    await first.close();
    expect((await seenBy()).lastTurn).toBe(1);
  });

  test('nor one that a machine of a pair writes; and whoever lost the lease writes nothing more', async () => {
    await seenBy();
    await ask(`CREATE TABLE writer (epoch bigint, holder text, until timestamptz, released bool);
      INSERT INTO writer VALUES (7, 'a', now() + interval '1 hour', false)`);
    await expect(journalAt().recover()).rejects.toMatchObject({ code: 'journal-in-use' });
    const fence = { text: 'SELECT 1 FROM writer WHERE epoch = $1 FOR KEY SHARE', values: [7] };
    const active = journalAt({ fence });
    await active.recover();
    await active.commit(turn(1));
    await ask('UPDATE writer SET epoch = 8');
    await expect(active.commit(turn(2))).rejects.toMatchObject({ code: 'fenced' });
    await expect(active.commit(turn(3))).rejects.toMatchObject({ code: 'fenced' });
    const next = journalAt({ fence: { ...fence, values: [8] } });
    expect((await next.recover()).lastTurn).toBe(1);
    await next.commit(turn(2));
  });

  test('another writer that has come between is seen, and nothing is written over it', async () => {
    const journal = journalAt();
    await journal.recover();
    await journal.commit(turn(1));
    await ask('UPDATE journal_meta SET last_turn = 5');
    await expect(journal.commit(turn(2))).rejects.toMatchObject({ code: 'journal-moved' });
    expect(await ask('SELECT last_turn FROM journal_meta')).toEqual([{ last_turn: '5' }]);
  });

  test('a database that came back without the last turns is noticed: another epoch, other numbers, and it stands in the ledger', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'seen-'));
    const seenIn = join(dir, 'journal-seen');
    const journal = journalAt({ seenIn });
    const { epoch } = await journal.recover();
    for (const n of [1, 2]) await journal.commit(turn(n, { readings: [reading('P', n)] }));
    await journal.close();
    const older = await server.newDatabase(database);
    const goesOn = journalAt({ seenIn });
    expect(await goesOn.recover(), 'nothing is missing').not.toHaveProperty('wentBack');
    await goesOn.commit(turn(3));
    await goesOn.close();

    const url = server.url(older);
    const elsewhere = journalAt({ url });
    expect(await seenBy(elsewhere), 'a machine that has seen nothing of it').not.toHaveProperty('wentBack');
    const back = journalAt({ url, seenIn });
    const recovered = await back.recover();
    expect(recovered).toMatchObject({ wentBack: { from: 2, to: 3 }, lastTurn: 3 });
    expect(recovered.epoch).not.toBe(epoch);
    expect((await back.losses({}, 9, null)).items).toMatchObject([
      { cause: 'journal-went-back', at: T0 + 2_000, n: 0, why: expect.stringMatching(/turn 2.* up to 3/) },
    ]);
    expect(await back.spooled(as.turn(0), 1e6), 'what is there still goes to the history').toHaveLength(2);
    await back.commit(turn(4));
    await back.close();
    const next = journalAt({ url, seenIn });
    const again = await next.recover();
    expect(again).toMatchObject({ lastTurn: 4, epoch: recovered.epoch });
    expect(again, 'it is said once').not.toHaveProperty('wentBack');
    rmSync(dir, { recursive: true });
  });

  test('a journal that a newer version wrote is left as it is', async () => {
    await seenBy();
    await ask("UPDATE migrations SET version = 99 WHERE name = 'journal'");
    await expect(journalAt().recover()).rejects.toMatchObject({ code: 'journal-newer' });
  });

  test('a server that would lose turns is refused, with what would be right', async () => {
    await ask('SELECT 1');
    await server.ask(`ALTER DATABASE ${database} SET synchronous_commit = off`);
    await expect(journalAt().recover()).rejects.toMatchObject({
      code: 'not-durable',
      message: expect.stringContaining('synchronous_commit = on'),
    });
  });

  test('what is set aside keeps the newest within its bounds, and counts what had to go', async () => {
    const bounds = { quarantineAtMost: { rows: 3, bytes: 5_000 }, deviceEventsAtMost: 2 };
    const journal = journalAt(bounds);
    await journal.recover();
    const packet = (n: number, size = 10) => quarantined(new Uint8Array(size).fill(n));
    const kept = async () => (await journal.quarantine(null, 10, null)).items.map((q) => q.bytes[0]);
    const said = (code: string) => ({
      device: as.device('D-1'),
      point: null,
      code,
      level: null,
      text: null,
      observedAt: T0,
      receivedAt: T0,
    });
    await journal.commit(turn(1, { quarantined: [packet(1), packet(2)] }));
    await journal.commit(turn(2, { quarantined: [packet(3), packet(4), packet(5)] }));
    expect(await kept()).toEqual([5, 4, 3]);
    await journal.commit(turn(3, { quarantined: [packet(6, 4_600)] }));
    expect(await kept(), 'the large one and what fits beside it').toEqual([6, 5]);
    await journal.commit(turn(4, { deviceEvents: [said('a'), said('b'), said('c')] }));
    await journal.close();

    const next = journalAt(bounds);
    await next.recover();
    await next.commit(turn(5, { quarantined: [packet(7)], deviceEvents: [said('d')] }));
    expect(await next.asideState()).toEqual({
      quarantineRows: 2,
      quarantineBytes: expect.any(Number),
      quarantineDropped: 5,
      deviceEventRows: 2,
      deviceEventsDropped: 2,
    });
    const [rows] = await ask<{ bytes: string }>(
      'SELECT sum(octet_length(json) + octet_length(bytes)) AS bytes FROM quarantine',
    );
    expect((await next.asideState()).quarantineBytes).toBe(Number(rows?.bytes));
    const losses = (await next.losses({}, 10, null)).items;
    const lost = (cause: string) => losses.filter((l) => l.cause === cause).reduce((n, l) => n + l.n, 0);
    expect([lost('quarantine-full'), lost('device-events-full')]).toEqual([5, 2]);
  });

  test('the spool goes in whole pieces; one that somebody holds is let go of later, and no turn waits for it', async () => {
    const journal = journalAt({ pieceBytesForTests: 1_000 });
    await journal.recover();
    const pieces = async () =>
      (await ask<{ relname: string }>("SELECT relname FROM pg_class WHERE relname ~ '^spool_[0-9]+$'"))
        .length;
    const wide = Array.from({ length: 30 }, (_, i) => reading(`P-${i}`, i));
    let n = 0;
    const goesOn = async () => {
      n += 1;
      await journal.commit(turn(n, { readings: wide, memoriesKeptUpTo: as.turn(n) }));
    };
    while ((await pieces()) < 3) await goesOn();
    const held = await server.hold('LOCK TABLE lifeline.spool_1 IN ACCESS SHARE MODE', database);
    while (n < 80) {
      await goesOn();
      await journal.drained(as.turn(n));
    }
    expect(await ask("SELECT to_regclass('spool_1') IS NULL AS gone")).toEqual([{ gone: false }]);
    expect(await journal.spooled(as.turn(0), 1e9), 'gone for whoever asks').toEqual([]);
    await held.letGo();
    while ((await pieces()) > 2) {
      await goesOn();
      await journal.drained(as.turn(n));
    }
  });

  test('a list that waits for somebody holds up no turn', async () => {
    const journal = journalAt();
    await journal.recover();
    const held = await server.hold('LOCK TABLE lifeline.alarm IN ACCESS EXCLUSIVE MODE', database);
    const list = journal.alarms({ state: 'all' }, 10, null);
    await journal.commit(turn(1, { readings: [reading('P', 1)] }));
    expect(await journal.spooled(as.turn(0), 1e6), 'nor does the drain').toHaveLength(1);
    await held.letGo();
    expect((await list).items).toEqual([]);
  });

  test('questions are answered again after the server was away; commits are not, and a new start goes on', async () => {
    const journal = journalAt();
    await journal.recover();
    await journal.commit(turn(1, { events: [raised(1, { id: 'a1' })] }));
    await server.kill();
    await expect(journal.commit(turn(2))).rejects.toMatchObject({
      code: expect.stringMatching(/unknown|connection-lost/),
    });
    await server.again();
    expect((await journal.alarm(as.alarm('a1')))?.id).toBe('a1');
    await expect(journal.commit(turn(3))).rejects.toThrow();
    await journal.close();
    const next = journalAt();
    const { lastTurn } = await next.recover();
    await next.commit(turn(lastTurn + 1));
  });

  test('lists are the same as in memory, for any filter and any page size', () =>
    expectListsAsInMemory(journalAt()));
});
