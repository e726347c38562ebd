import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { HistoryDuckdb } from '../../../src/adapters/history-duckdb/index.ts';
import { MemoryHistory } from '../../memory/history.ts';
import { engineOf } from '../../support/engine.ts';
import { CH4, POINTS, turnOf } from './history-kill-life.ts';

let dir: string;
let child: ChildProcess | null = null;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'history-full-'));
});

afterEach(async () => {
  if (child?.exitCode === null && child.signalCode === null) {
    child.kill('SIGKILL');
    await once(child, 'close');
  }
  rmSync(dir, { recursive: true, force: true });
});

/** A file may not grow beyond this: to the writer it is the same as a full disk, at every write in turn. */
function keepWithFilesOf(
  kib: number,
  standStillAfter = -1,
): { next(what: string): Promise<string>; tell(line: string): void } {
  const script = new URL('./history-full-disk-child.ts', import.meta.url).pathname;
  child = spawn(
    'sh',
    [
      '-c',
      `ulimit -S -f ${kib * 2}; exec "$0" "$1" "$2" "$3"`,
      process.execPath,
      script,
      dir,
      String(standStillAfter),
    ],
    {
      stdio: ['pipe', 'pipe', 'inherit'],
    },
  );
  const lines: string[] = [];
  let wake = (): void => undefined;
  let over = false;
  child.on('close', () => {
    over = true;
    wake();
  });
  createInterface({ input: child.stdout as NonNullable<ChildProcess['stdout']> }).on('line', (line) => {
    lines.push(line);
    wake();
  });
  return {
    async next(what) {
      for (;;) {
        const line = lines.shift();
        if (line?.startsWith(what)) return line;
        if (line === undefined && over) throw new Error(`the child ended without a word of "${what}"`);
        if (line === undefined) await new Promise<void>((resolve) => (wake = resolve));
      }
    },
    tell: (line) => void child?.stdin?.write(`${line}\n`),
  };
}

const numberIn = (line: string): number => Number(line.split(' ')[1]);

async function whatTurnsSay(upTo: number): Promise<MemoryHistory> {
  const reference = new MemoryHistory();
  for (let n = 1; n <= upTo; n++) await reference.keep([turnOf(n)]);
  return reference;
}

async function rowsOfFirstPoint(upTo: number): Promise<number> {
  const q = { point: POINTS[0] as (typeof POINTS)[number], metric: CH4, from: 0, to: 8e15, limit: 1e6 };
  return (await (await whatTurnsSay(upTo)).raw(q)).length;
}

/** The rows of every point are those of the turns up to the cursor. */
async function check(durable: number): Promise<void> {
  const history = new HistoryDuckdb({ dir, onTrouble: (msg, fields) => expect.fail(`${msg} ${fields.why}`) });
  await history.start();
  try {
    const cursor = await history.cursor();
    expect(cursor).toBeGreaterThanOrEqual(durable);
    const reference = await whatTurnsSay(cursor);
    for (const point of POINTS) {
      const q = { point, metric: CH4, from: 0, to: 8e15, limit: 1_000_000 };
      expect(await history.raw(q)).toEqual(await reference.raw(q));
    }
    expect(readdirSync(dir).filter((n) => n.includes('corrupt'))).toEqual([]);
  } finally {
    await history.close();
  }
}

const PRLIMIT = 'prlimit';
const hasPrlimit = spawnSync(PRLIMIT, ['--version']).status === 0;

// With the first the making of a file fails, with the second a commit in the middle of a day.
test.skipIf(!hasPrlimit).each([200, 300])(
  'with files of at most %i KiB a batch is refused, nothing kept is lost, and it goes on when there is room',
  async (kib) => {
    const keeper = keepWithFilesOf(kib);
    const refused = await keeper.next('refused');
    expect(refused).toMatch(/No space left|File too large|Could not write|Checkpoint failed/);
    const durable = numberIn(refused);
    expect(refused).toContain(`while ${await rowsOfFirstPoint(durable)} answer`);
    keeper.tell('again');
    expect(numberIn(await keeper.next('refused'))).toBe(durable);

    execFileSync(PRLIMIT, ['--pid', String(engineOf(child?.pid as number)), '--fsize=unlimited']);
    keeper.tell('again');
    const kept = numberIn(await keeper.next('kept'));
    expect(kept).toBeGreaterThan(durable);
    const later = numberIn(await keeper.next('kept'));
    child?.kill('SIGKILL');
    await once(child as ChildProcess, 'close');
    await check(later);
  },
);

test('a day for whose copy in order there is no room stays as it is, and keeping goes on', async () => {
  const keeper = keepWithFilesOf(600);
  expect(await keeper.next('trouble')).toMatch(/could not be put in order.*File too large/);
  await keeper.next('kept');
  const later = numberIn(await keeper.next('kept'));
  child?.kill('SIGKILL');
  await once(child as ChildProcess, 'close');
  await check(later);
});

test('a file that cannot be written back, in order to stand still, is asked and written as before', async () => {
  const keeper = keepWithFilesOf(300, 2);
  expect(await keeper.next('cannot stand still')).toMatch(/File too large/);
  const answer = await keeper.next('answers');
  const cursor = Number(answer.split(' ').at(-1));
  expect(answer).toBe(`answers ${await rowsOfFirstPoint(cursor)} up to ${cursor}`);
  const later = numberIn(await keeper.next('kept'));
  expect(later).toBeGreaterThan(cursor);
  child?.kill('SIGKILL');
  await once(child as ChildProcess, 'close');
  await check(later);
});
