import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { JournalSqlite } from '../../../src/adapters/journal-sqlite/index.ts';
import { as } from '../../../src/domain/ids.ts';
import { memory, raised, reading, T0, turn } from './journal-records.ts';

/** Prints what a commit costs here; asserts only that everything is there, for machines differ. */
test('commits and lists are measured, and nothing is lost at speed', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'journal-speed-'));
  const journal = new JournalSqlite({ dir });
  await journal.recover();
  const table: Record<string, Record<string, number>> = {};
  const ms = (n: number): number => Math.round(n * 100) / 100;
  let n = 0;
  try {
    for (const [readings, memories, turns] of [
      [1, 0, 200],
      [100, 10, 100],
      [1_000, 50, 60],
      [10_000, 200, 15],
    ] as const) {
      const took: number[] = [];
      const onMain: number[] = [];
      for (let i = 0; i < turns; i++) {
        n += 1;
        const record = turn(n, {
          readings: Array.from({ length: readings }, (_, k) =>
            reading(
              `GAS-3416-${String(k).padStart(5, '0')}`,
              Math.round(Math.sin(k + n) * 10_000) / 100,
              T0 + k,
            ),
          ),
          memories: Array.from({ length: memories }, (_, k) => ({
            point: as.point(`GAS-3416-${String((n * memories + k) % 5_000).padStart(5, '0')}`),
            memory: memory(T0 + n),
          })),
          memoriesKeptUpTo: as.turn(n - 1),
        });
        const start = performance.now();
        const done = journal.commit(record);
        onMain.push(performance.now() - start);
        await done;
        took.push(performance.now() - start);
      }
      took.sort((a, b) => a - b);
      onMain.sort((a, b) => a - b);
      const { bytes, turns: waiting } = await journal.spoolState();
      expect(waiting).toBe(turns);
      table[`${readings} readings, ${memories} memories`] = {
        'p50 ms': ms(took[turns >> 1] ?? 0),
        'p95 ms': ms(took[Math.floor(turns * 0.95)] ?? 0),
        'of it on the main thread': ms(onMain[turns >> 1] ?? 0),
        'spool bytes a reading': ms(bytes / turns / readings),
      };
      await journal.drained(as.turn(n));
    }
    const events = Array.from({ length: 10_000 }, (_, i) =>
      raised(i + 1, { id: `a-${i}`, raisedAt: T0 + i }),
    );
    const start = performance.now();
    await journal.commit(turn(n + 1, { events }));
    table['a turn of 10,000 new alarms'] = { 'p50 ms': ms(performance.now() - start) };
    for (const limit of [50, 500, 10_000]) {
      const from = performance.now();
      expect((await journal.alarms({ state: 'open' }, limit, null)).items.length).toBe(limit);
      table[`a page of ${limit} alarms`] = { 'p50 ms': ms(performance.now() - from) };
    }
    console.table(table);
  } finally {
    await journal.close();
    rmSync(dir, { recursive: true, force: true });
  }
});
