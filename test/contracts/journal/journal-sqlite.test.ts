import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Worker } from 'node:worker_threads';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { encodeTurn } from '../../../src/adapters/journal-rows/encode.ts';
import { alarmList } from '../../../src/adapters/journal-rows/lists.ts';
import { openForWriting } from '../../../src/adapters/journal-sqlite/files.ts';
import { JournalSqlite } from '../../../src/adapters/journal-sqlite/index.ts';
import { OVERLAY } from '../../../src/adapters/journal-sqlite/reader.ts';
import { JournalWriter } from '../../../src/adapters/journal-sqlite/writer.ts';
import { as } from '../../../src/domain/ids.ts';
import { lossesContract } from '../losses.contract.ts';
import { expectListsAsInMemory, filters } from './alarm-lists.ts';
import { journalContract } from './journal.contract.ts';
import { quarantined, raised, reading, T0, turn } from './journal-records.ts';

const newDir = (): string => mkdtempSync(join(tmpdir(), 'journal-'));

journalContract('the journal on SQLite', () => {
  let dir = newDir();
  const all = [dir];
  return {
    open: () => new JournalSqlite({ dir }),
    erase: () => {
      dir = newDir();
      all.push(dir);
    },
    end: () => {
      for (const d of all) rmSync(d, { recursive: true, force: true });
    },
  };
});

lossesContract('the journal on SQLite', () => {
  const dir = newDir();
  return {
    open: () => new JournalSqlite({ dir }),
    end: () => rmSync(dir, { recursive: true, force: true }),
  };
});

describe('on SQLite', () => {
  let dir: string;
  const open: JournalSqlite[] = [];

  function journalAt(options: Partial<ConstructorParameters<typeof JournalSqlite>[0]> = {}): JournalSqlite {
    const journal = new JournalSqlite({ dir, ...options });
    open.push(journal);
    return journal;
  }

  beforeEach(() => {
    dir = newDir();
  });

  afterEach(async () => {
    for (const journal of open.splice(0)) await journal.close().catch(() => {});
    rmSync(dir, { recursive: true, force: true });
  });

  test('two services cannot have one data directory, and the first is not disturbed', async () => {
    const first = journalAt();
    await first.recover();
    const second = journalAt();
    await expect(second.recover()).rejects.toMatchObject({
      code: 'journal-in-use',
      message: expect.stringContaining(dir),
    });
    await expect(second.commit(turn(1)), 'it never opened').rejects.toMatchObject({ code: 'journal-closed' });
    await first.commit(turn(1));
    await first.close();
    const third = journalAt();
    expect((await third.recover()).lastTurn).toBe(1);
  });

  test('a journal that a newer version wrote is left as it is', async () => {
    const journal = journalAt();
    await journal.recover();
    await journal.close();
    const file = join(dir, 'journal.sqlite');
    const db = new DatabaseSync(file);
    db.exec('PRAGMA user_version = 999; PRAGMA wal_checkpoint(TRUNCATE)');
    db.close();
    const before = readFileSync(file);
    await expect(journalAt().recover()).rejects.toMatchObject({
      code: 'journal-newer',
      message: expect.stringMatching(/newer version.*999/),
    });
    expect(readFileSync(file).equals(before)).toBe(true);
  });

  test("another program's database is left as it is", async () => {
    const file = join(dir, 'journal.sqlite');
    const db = new DatabaseSync(file);
    db.exec('CREATE TABLE theirs (a)');
    db.close();
    const before = readFileSync(file);
    await expect(journalAt().recover()).rejects.toMatchObject({ code: 'journal-foreign' });
    expect(readFileSync(file).equals(before)).toBe(true);
  });

  test('a file that is no database is named, with what would help', async () => {
    writeFileSync(join(dir, 'journal.sqlite'), 'x'.repeat(5_000));
    await expect(journalAt().recover()).rejects.toMatchObject({
      code: 'SQLITE_NOTADB',
      message: expect.stringContaining(join(dir, 'journal.sqlite')),
    });
  });

  test('quarantine keeps the newest packets within its rows and its bytes, and counts what had to go', async () => {
    const journal = journalAt({ quarantineAtMost: { rows: 3, bytes: 5_000 } });
    await journal.recover();
    const packet = (n: number, size = 10) => quarantined(new Uint8Array(size).fill(n));
    const kept = async () => (await journal.quarantine(null, 10, null)).items.map((q) => q.bytes[0]);

    await journal.commit(turn(1, { quarantined: [packet(1), packet(2)] }));
    await journal.commit(turn(2, { quarantined: [packet(3), packet(4), packet(5)] }));
    expect(await kept()).toEqual([5, 4, 3]);
    await journal.commit(turn(3, { quarantined: [packet(6, 4_600)] }));
    expect(await kept(), 'the large one and what fits beside it').toEqual([6, 5]);
    await journal.close();

    const next = journalAt({ quarantineAtMost: { rows: 3, bytes: 5_000 } });
    await next.recover();
    expect(await next.asideState()).toMatchObject({ quarantineRows: 2, quarantineDropped: 4 });
    const thrownAway = (await next.losses({}, 10, null)).items;
    expect(thrownAway.every((l) => l.cause === 'quarantine-full' && l.what === 'packets')).toBe(true);
    expect(thrownAway.reduce((n, l) => n + l.n, 0)).toBe(4);
  });

  test("devices' own events are bounded and counted too", async () => {
    const journal = journalAt({ deviceEventsAtMost: 2 });
    await journal.recover();
    const said = (code: string) => ({
      device: as.device('D-1'),
      point: null,
      code,
      level: null,
      text: null,
      observedAt: T0,
      receivedAt: T0,
    });
    await journal.commit(turn(1, { deviceEvents: [said('a'), said('b'), said('c')] }));
    expect(await journal.asideState()).toMatchObject({ deviceEventRows: 2, deviceEventsDropped: 1 });
    expect((await journal.losses({}, 10, null)).items).toMatchObject([{ cause: 'device-events-full', n: 1 }]);
  });

  test('old spool rows go piece by piece, all of them in the end', async () => {
    const journal = journalAt();
    await journal.recover();
    const wide = Array.from({ length: 10_000 }, (_, i) => reading(`P-${i}`, i));
    for (let n = 1; n <= 30; n++) {
      await journal.commit(turn(n, { readings: wide, memoriesKeptUpTo: as.turn(n) }));
    }
    await journal.drained(as.turn(29)); // about 19 MB: more than goes in two pieces
    let left = [0];
    while (left.length > 1 || left[0] !== 30) {
      left = (await journal.spooled(as.turn(0), 1e9)).map((t) => t.turn);
      expect(left.at(-1)).toBe(30);
    }
  });

  test('every turn is flushed, also after changes that need no flush of their own', () => {
    const db = openForWriting(dir, 'epoch');
    const atMost = { rows: 10, bytes: 1e6 };
    const options = { dir, quarantineAtMost: atMost, deviceEventsAtMost: 10, maxPagesForTests: null };
    const writer = new JournalWriter(db, options);
    const flushes = (): unknown => db.prepare('PRAGMA synchronous').get()?.synchronous;
    writer.begin();
    expect(flushes()).toBe(2);
    writer.commit(encodeTurn(turn(1, { readings: [reading('P', 1)], memoriesKeptUpTo: as.turn(1) })));
    writer.drained(1);
    expect(flushes()).toBe(2);
    expect(() => writer.commit(encodeTurn(turn(1)))).toThrow();
    expect(() => writer.drained(1), 'said before').not.toThrow();
    expect(() => writer.stoppedCleanly(T0)).toThrow();
    expect(flushes()).toBe(2);
    writer.close();
  });

  describe('lists', () => {
    test('are the same as in memory, for any filter and any page size', () =>
      expectListsAsInMemory(journalAt()));

    test('walk an index in their order, whatever is filtered: no sorting, no reading of the whole table', async () => {
      await journalAt().recover();
      const db = new DatabaseSync(join(dir, 'journal.sqlite'), { readOnly: true });
      for (const filter of fc.sample(filters, { numRuns: 300, seed: 1 })) {
        for (const after of [null, `${T0}~a-1`]) {
          const { sql, values } = alarmList(filter, after, OVERLAY);
          const plan = db
            .prepare(`EXPLAIN QUERY PLAN ${sql}`)
            .all(...values, 50)
            .map((row) => String(row.detail));
          const ofOpen = filter.state === 'open' || filter.state === 'unacked';
          const index = filter.point !== undefined ? /alarm_/ : ofOpen ? /alarm_open_newest/ : /alarm_newest/;
          expect(plan, sql).toEqual([expect.stringMatching(/^(SEARCH|SCAN) alarm USING INDEX /)]);
          expect(plan[0], sql).toMatch(index);
        }
      }
      db.close();
    });

    test('do not hold up a commit', async () => {
      const journal = journalAt();
      await journal.recover();
      const many = Array.from({ length: 8_000 }, (_, i) => raised(i + 1, { id: `a-${i}`, raisedAt: T0 + i }));
      await journal.commit(turn(1, { events: many }));
      // A commit may be slow once, for reasons of the disk; behind the list in one queue it would be slower always.
      let first: string | null = null;
      for (let n = 2; n < 8 && first !== 'commit'; n++) {
        const list = journal.alarms({ state: 'all' }, 8_000, null).then((page) => {
          expect(page.items.length).toBe(8_000);
          return 'list';
        });
        first = await Promise.race([list, journal.commit(turn(n)).then(() => 'commit')]);
        await list;
      }
      expect(first).toBe('commit');
    });
  });

  describe('when a thread dies', () => {
    const threads = new Map<string, Worker>();
    const note = (message: unknown): void => {
      const { worker } = message as { worker: Worker };
      threads.set(worker.threadName ?? '', worker);
    };
    beforeEach(() => subscribe('worker_threads', note));
    afterEach(() => {
      unsubscribe('worker_threads', note);
      threads.clear();
    });

    test('the writing one: what waits is refused, and everything after it; a new start goes on', async () => {
      const journal = journalAt();
      await journal.recover();
      await journal.commit(turn(1));
      // Large, so that the thread is still at it when it dies.
      const many = Array.from({ length: 6_000 }, (_, i) => raised(i + 1, { id: `a-${i}` }));
      const waiting = [turn(2, { events: many }), turn(3), turn(4)].map((t) =>
        journal.commit(t).catch((e: unknown) => e),
      );
      await threads.get('journal writer')?.terminate();
      const answers = await Promise.all(waiting);
      expect(answers.at(-1)).toMatchObject({ code: 'journal-thread-gone' });
      await expect(journal.commit(turn(5))).rejects.toMatchObject({ code: 'journal-thread-gone' });
      await expect(journal.spoolState()).rejects.toThrow();
      expect(await journal.alarm(as.alarm('nobody')), 'questions are answered').toBeNull();
      await journal.close();

      const next = journalAt();
      const { lastTurn } = await next.recover();
      expect(lastTurn).toBe(1 + answers.filter((a) => a === undefined).length);
      await next.commit(turn(lastTurn + 1));
    });

    test('the reading one: what waits is refused, commits go on, the next question is answered', async () => {
      const journal = journalAt();
      await journal.recover();
      await journal.commit(turn(1, { events: [raised(1, { id: 'a1' })] }));
      const reader = threads.get('journal reader');
      const ended = reader?.terminate();
      const waiting = journal.alarm(as.alarm('a1')).catch((e: unknown) => e);
      await ended;
      expect(await waiting).toMatchObject({ code: 'journal-thread-gone' });
      await journal.commit(turn(2));
      expect((await journal.alarm(as.alarm('a1')))?.id).toBe('a1');
      expect(threads.get('journal reader')).not.toBe(reader);
    });
  });
});
