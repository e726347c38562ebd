import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { JournalSqlite } from '../../../src/adapters/journal-sqlite/index.ts';
import { killTurn, tornOrMissing } from './journal-kill-turns.ts';

const CHILD = fileURLToPath(new URL('./journal-kill-child.ts', import.meta.url));

describe('what the journal has acknowledged is there after', () => {
  let dir: string;
  let child: ChildProcess | null = null;

  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'journal-kill-'));
  });

  afterEach(async () => {
    if (child !== null && child.exitCode === null && child.signalCode === null) {
      child.kill('SIGKILL');
      await once(child, 'close');
    }
    rmSync(dir, { recursive: true, force: true });
  });

  /** Everything the child says, line by line; `first` when it has acknowledged its first turn. */
  function listen(to: ChildProcess): { lines: string[]; first: Promise<void>; ended: Promise<void> } {
    const lines: string[] = [];
    let rest = '';
    let heard: () => void;
    const first = new Promise<void>((resolve) => {
      heard = resolve;
    });
    to.stdout?.on('data', (data: Buffer) => {
      const parts = (rest + data.toString()).split('\n');
      rest = parts.pop() ?? '';
      lines.push(...parts);
      if (lines.length > 0) heard();
    });
    return { lines, first, ended: once(to, 'close').then(() => {}) };
  }

  /** Starts anew on what is left, and looks at all of it. */
  async function checkAfter(said: number[]): Promise<number> {
    const journal = new JournalSqlite({ dir });
    try {
      const recovered = await journal.recover();
      expect(recovered.cleanStop).toBe(false);
      expect(recovered.lastTurn, 'every turn that was acknowledged').toBeGreaterThanOrEqual(said.at(-1) ?? 0);
      expect(await tornOrMissing(journal, recovered)).toEqual([]);
      return recovered.lastTurn;
    } finally {
      await journal.close();
      const db = new DatabaseSync(join(dir, 'journal.sqlite'), { readOnly: true });
      expect(db.prepare('PRAGMA quick_check').all()).toEqual([{ quick_check: 'ok' }]);
      db.close();
    }
  }

  test('kill -9 at any moment, ten times on the same journal', async () => {
    let acknowledged = 0;
    let unsaid = 0;
    for (let round = 1; round <= 10; round++) {
      child = spawn(process.execPath, [CHILD, dir], { stdio: ['ignore', 'pipe', 'inherit'] });
      const { lines, first, ended } = listen(child);
      await first;
      await pause(Math.random() * 150);
      child.kill('SIGKILL');
      await ended;
      const said = lines.map(Number);
      acknowledged += said.length;
      const lastTurn = await checkAfter(said);
      // Two were on their way: at most those may be durable without having been acknowledged.
      const more = lastTurn - (said.at(-1) ?? 0);
      expect(more).toBeLessThanOrEqual(2);
      unsaid += more;
    }
    console.info(`kill -9, 10 rounds: ${acknowledged} turns acknowledged, all there; ${unsaid} more durable`);
  }, 90_000);

  test('a disk that refuses to write at the n-th byte: nothing is acknowledged after it', async () => {
    const turns: number[] = [];
    // It can be opened, and is refused later: without a turn it has some size already.
    const empty = new JournalSqlite({ dir });
    await empty.recover();
    await empty.close();
    const open = Math.ceil(statSync(join(dir, 'journal.sqlite')).size / 512);
    for (const blocks of [200, 703, 2_401, 4_603].map((more) => open + more)) {
      // `ulimit -f` (blocks of 512 bytes): the kernel refuses to let any file grow beyond it (EFBIG).
      child = spawn('sh', ['-c', `ulimit -f ${blocks}; exec "$0" "$@"`, process.execPath, CHILD, dir], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      const { lines, ended } = listen(child);
      await ended;
      const refusal = lines.pop() ?? '';
      const said = lines.map(Number);
      const { code, message, again } = JSON.parse(refusal);
      expect(code).toMatch(/^SQLITE_(IOERR|FULL)$/);
      expect(message).toContain(join(dir, 'journal.sqlite'));
      expect(again, 'the next commit is refused for the same reason').toBe(true);
      turns.push(await checkAfter(said));
    }
    console.info(`refused writes: turns on disk after each round ${turns.join(', ')}`);
    expect(new Set(turns).size, 'every round went on from where the last one stopped').toBe(turns.length);
  }, 90_000);
});

describe('a full disk', () => {
  test('stops the journal at the first turn that finds no room; with room again it goes on from there', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'journal-full-'));
    const full = new JournalSqlite({ dir, maxPagesForTests: 200 });
    await full.recover();
    let kept = 0;
    const why = await (async () => {
      for (let n = 1; ; n++) {
        await full.commit(killTurn(n));
        kept = n;
      }
    })().catch((e: unknown) => e);
    expect(why).toMatchObject({
      code: 'SQLITE_FULL',
      message: expect.stringMatching(/turn \d+ is not on disk.*full.*free space/),
    });
    expect(kept).toBeGreaterThan(5);
    await expect(full.commit(killTurn(kept + 1))).rejects.toBe(why);
    await expect(full.stoppedCleanly(0)).rejects.toBe(why);
    expect((await full.alarms({ state: 'all' }, 1, null)).items[0]?.id, 'questions are answered').toBe(
      `a-${kept}`,
    );
    await full.close();

    const still = new JournalSqlite({ dir, maxPagesForTests: 1 });
    const recovered = await still.recover();
    expect(recovered.lastTurn).toBe(kept);
    await still.close();

    const roomy = new JournalSqlite({ dir });
    const again = await roomy.recover();
    expect({ lastTurn: again.lastTurn, cleanStop: again.cleanStop }).toEqual({
      lastTurn: kept,
      cleanStop: false,
    });
    for (let n = kept + 1; n <= kept + 20; n++) await roomy.commit(killTurn(n));
    await roomy.close();

    const last = new JournalSqlite({ dir });
    expect(await tornOrMissing(last, await last.recover())).toEqual([]);
    await last.close();
    rmSync(dir, { recursive: true, force: true });
  });
});
