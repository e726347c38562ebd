import { describe, expect, test } from 'vitest';
import { as } from '../../../src/domain/ids.ts';
import { JournalMemory, MemoryDisk } from '../../memory/journal.ts';
import { lossesContract } from '../losses.contract.ts';
import { journalContract } from './journal.contract.ts';
import { reading, turn } from './journal-records.ts';

journalContract('the journal in memory', () => {
  let disk = new MemoryDisk();
  return {
    open: () => new JournalMemory(disk),
    erase: () => {
      disk = new MemoryDisk();
    },
    end: () => {},
  };
});

lossesContract('the journal in memory', () => {
  const disk = new MemoryDisk();
  return { open: () => new JournalMemory(disk), end: () => {} };
});

describe('for tests, the journal in memory', () => {
  test('can crash before a turn is durable, or after it and before the answer', async () => {
    const disk = new MemoryDisk();
    const crash = (): never => {
      throw new Error('crash');
    };
    const before = new JournalMemory(disk, { before: crash });
    await before.recover();
    await expect(before.commit(turn(1, { readings: [reading('P', 1)] }))).rejects.toThrow('crash');

    const after = new JournalMemory(disk, { after: crash });
    expect((await after.recover()).lastTurn).toBe(0);
    await expect(after.commit(turn(1, { readings: [reading('P', 1)] }))).rejects.toThrow('crash');

    const next = new JournalMemory(disk);
    expect((await next.recover()).lastTurn).toBe(1);
    expect((await next.spooled(as.turn(0), 1e6)).length).toBe(1);
  });

  test('left behind by a crash, it can do nothing more to the disk', async () => {
    const disk = new MemoryDisk();
    const left = new JournalMemory(disk);
    await left.recover();
    const next = new JournalMemory(disk);
    await next.recover();
    await expect(left.commit(turn(1))).rejects.toThrow();
    await next.commit(turn(1));
  });
});
