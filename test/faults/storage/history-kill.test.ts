import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, watch } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as after } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { HistoryDuckdb } from '../../../src/adapters/history-duckdb/index.ts';
import { MemoryHistory } from '../../memory/history.ts';
import { AX, CH4, POINTS, turnOf } from './history-kill-life.ts';

const dir = mkdtempSync(join(tmpdir(), 'history-kill-'));
const always = { from: 0, to: 8e15, limit: 1_000_000 };

/** When to kill a child; `kept` resolves after so many batches. */
type Moment = (child: { kept(batches: number): Promise<unknown> }) => Promise<unknown>;

const atRandom: Moment = async ({ kept }) => {
  await kept(1 + Math.random() * 40);
  await after(Math.random() * 30);
};

/** While a day is being put in order: it begins by making a file. */
const whilePuttingInOrder: Moment = async ({ kept }) => {
  await kept(1);
  const watcher = watch(dir);
  await new Promise<void>((resolve) => {
    watcher.on('change', (_, name) => {
      if (String(name).endsWith('.settling')) resolve();
    });
  });
  watcher.close();
  await after(Math.random() * 60);
};

/** Runs a child until the moment and kills it; says what it found, and what it last called durable. */
async function live(moment: Moment): Promise<{ found: number; durable: number }> {
  const child = spawn(process.execPath, [new URL('./history-kill-child.ts', import.meta.url).pathname, dir], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const closed = once(child, 'close');
  const kept: number[] = [];
  const troubles: string[] = [];
  let wake = (): void => undefined;
  createInterface({ input: child.stdout }).on('line', (line) => {
    if (line.startsWith('trouble')) troubles.push(line);
    if (line.startsWith('kept')) kept.push(Number(line.slice(5)));
    wake();
  });
  const untilKept = async (batches: number): Promise<void> => {
    while (kept.length < batches + 1) await new Promise<void>((resolve) => (wake = resolve));
  };
  await Promise.race([moment({ kept: untilKept }), closed]);
  child.kill('SIGKILL');
  await closed;
  expect(troubles).toEqual([]);
  return { found: kept[0] ?? -1, durable: kept.at(-1) ?? -1 };
}

const reference = new MemoryHistory();

/** Everything in the store, compared with what its cursor says must be there. */
async function check(durable: number): Promise<void> {
  const history = new HistoryDuckdb({ dir, onTrouble: (msg, fields) => expect.fail(`${msg} ${fields.why}`) });
  await history.start();
  try {
    const cursor = await history.cursor();
    expect(cursor).toBeGreaterThanOrEqual(durable);
    for (let n = (await reference.cursor()) + 1; n <= cursor; n++) await reference.keep([turnOf(n)]);
    for (const point of POINTS) {
      const q = { ...always, point, metric: CH4 };
      expect(await history.raw(q)).toEqual(await reference.raw(q));
    }
    const q = { ...always, point: POINTS[1] as (typeof POINTS)[number], metric: AX };
    expect(await history.frames(q)).toEqual(await reference.frames(q));
    expect(await history.latest()).toHaveLength(POINTS.length);
    expect(readdirSync(dir).filter((n) => /corrupt|settling$|new$/.test(n))).toEqual([]);
  } finally {
    await history.close();
  }
}

test('killed at any moment, the rows agree exactly with the cursor, and nothing durable is lost', async () => {
  const moments = [
    atRandom,
    atRandom,
    atRandom,
    whilePuttingInOrder,
    whilePuttingInOrder,
    whilePuttingInOrder,
    atRandom,
    atRandom,
  ];
  let durable = 0;
  try {
    for (const [round, moment] of moments.entries()) {
      const child = await live(moment);
      expect(child.found).toBeGreaterThanOrEqual(durable);
      durable = child.durable;
      // Every other time the next child opens what the killed one left, not this test.
      if (round % 2 === 1) await check(durable);
    }
    expect(durable).toBeGreaterThan(0);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}, 120_000);
