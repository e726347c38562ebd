import { execFileSync, spawnSync } from 'node:child_process';
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { HistoryDuckdb } from '../../src/adapters/history-duckdb/index.ts';
import { JournalSqlite } from '../../src/adapters/journal-sqlite/index.ts';
import { as } from '../../src/domain/ids.ts';
import type { BackupManifest } from '../../src/wire/files/backup.ts';
import { eventually } from '../support/eventually.ts';
import { CH4, DAYS, MIDNIGHT, makeDataDir, POINT } from './a-data-dir.ts';
import { run, start } from './run.ts';

const made = mkdtempSync(join(tmpdir(), 'restore-made-'));
const ARCHIVE = join(made, 'b.tar.gz');
let place: string;
let from: string;
let to: string;

beforeAll(async () => {
  const dir = join(made, 'data');
  await makeDataDir(dir);
  for (const target of [join(made, 'b'), ARCHIVE])
    expect(await run('backup', ['--data-dir', dir, '--to', target])).toMatchObject({ code: 0 });
});
afterAll(() => rmSync(made, { recursive: true, force: true }));

beforeEach(() => {
  place = mkdtempSync(join(tmpdir(), 'restore-'));
  from = join(place, 'b');
  to = join(place, 'to');
  cpSync(join(made, 'b'), from, { recursive: true });
});
afterEach(() => rmSync(place, { recursive: true, force: true }));

const restore = (source = from, ...more: string[]) =>
  run('restore', ['--from', source, '--data-dir', to, ...more]);

/** Turns of the spool, the cursor of the history and its readings: what the next start finds. */
async function found(): Promise<object> {
  const journal = new JournalSqlite({ dir: to });
  const { lastTurn } = await journal.recover();
  const history = new HistoryDuckdb({ dir: join(to, 'history'), onTrouble: (msg) => expect.fail(msg) });
  await history.start();
  try {
    const cursor = await history.cursor();
    const waiting = await journal.spooled(cursor, 1e6);
    const items = await history.raw({ point: POINT, metric: CH4, from: 0, to: MIDNIGHT * 2, limit: 100 });
    return { lastTurn, cursor, waiting: waiting.map((t) => t.turn), values: items.map((i) => i.value) };
  } finally {
    await history.close();
    await journal.close();
  }
}

describe('a restored directory', () => {
  test.each(['folder', 'archive', 'directory that is there and empty'])(
    'from a %s has it all',
    async (what) => {
      if (what.startsWith('directory')) mkdirSync(join(to, 'lost+found'), { recursive: true });
      expect(await restore(what === 'archive' ? ARCHIVE : from)).toMatchObject({ code: 0, err: '' });
      expect(await found()).toEqual({
        lastTurn: DAYS + 1,
        cursor: DAYS,
        waiting: [as.turn(DAYS + 1)],
        values: [0, 1, 2],
      });
      expect(existsSync(join(to, '.restoring'))).toBe(false);
    },
  );

  test('is backed up like any other, and restored again', async () => {
    expect(await restore()).toMatchObject({ code: 0 });
    const again = join(place, 'again');
    expect(await run('backup', ['--data-dir', to, '--to', again])).toMatchObject({ code: 0 });
    rmSync(to, { recursive: true });
    expect(await restore(again)).toMatchObject({ code: 0, err: '' });
  });

  test('has what a service killed with -9 had not yet brought home', async () => {
    const dir = join(place, 'killed');
    cpSync(join(made, 'data'), dir, { recursive: true });
    const child = fileURLToPath(new URL('./keep-and-die.ts', import.meta.url));
    expect(spawnSync(process.execPath, [child, dir])).toMatchObject({ signal: 'SIGKILL' });
    expect(readdirSync(join(dir, 'history')).filter((n) => n.endsWith('.wal'))).not.toEqual([]);

    const source = join(place, 'of-killed');
    expect(await run('backup', ['--data-dir', dir, '--to', source])).toMatchObject({ code: 0 });
    expect(await restore(source)).toMatchObject({ code: 0 });
    expect(await found()).toMatchObject({
      lastTurn: DAYS + 2,
      cursor: DAYS + 1,
      waiting: [as.turn(DAYS + 2)],
    });
  });
});

describe('a restore is refused, and touches nothing', () => {
  test.each([
    ['without a backup', () => ['--data-dir', to], '--from is missing'],
    ['from nowhere', () => ['--from', join(place, 'none'), '--data-dir', to], 'is not there'],
    ['without a place', () => ['--from', from], '--data-dir is missing'],
  ])('%s', async (_, args, why) => {
    const { code, err } = await run('restore', args(), { LIFELINE_DATA_DIR: to });
    expect([code, err.includes(why)]).toEqual([2, true]);
    expect(existsSync(to)).toBe(false);
  });

  test('over data', async () => {
    mkdirSync(to);
    writeFileSync(join(to, 'journal.sqlite'), 'dear');
    const { code, err } = await restore();
    expect([code, err.includes('a restore never writes over data')]).toEqual([2, true]);
    expect(readFileSync(join(to, 'journal.sqlite'), 'utf8')).toBe('dear');
  });

  test('over a restore that did not end', async () => {
    mkdirSync(join(to, '.restoring'), { recursive: true });
    const { code, err } = await restore();
    expect([code, err.includes('a restore in it that did not end')]).toEqual([2, true]);
  });
});

describe('a backup that is not what it was is found out, and the place stays empty', () => {
  const change = (make: (m: BackupManifest) => object) => {
    const manifest = JSON.parse(readFileSync(join(from, 'manifest.json'), 'utf8')) as BackupManifest;
    writeFileSync(join(from, 'manifest.json'), JSON.stringify(make(manifest)));
  };
  const day = () => join(from, 'history', '2026-01-03.duckdb');
  const manifest = () => join(from, 'manifest.json');

  test.each<[string, () => void, string]>([
    ['one bit', () => flip(day()), '2026-01-03.duckdb is not what was backed up'],
    ['a file cut short', () => truncateSync(day(), 4096), 'is not what was backed up: 4096 bytes of'],
    ['a longer file', () => appendFileSync(day(), 'x'), 'is not what was backed up'],
    [
      'a file that would fill the disk',
      () => truncateSync(day(), 8e12),
      'is not what was backed up: 8000000000000 bytes of',
    ],
    [
      'a pipe in place of a file',
      () => {
        rmSync(day());
        execFileSync('mkfifo', [day()]);
      },
      'in the backup is not a plain file',
    ],
    ['a file that is gone', () => rmSync(day()), '2026-01-03.duckdb is missing in the backup'],
    ['no manifest', () => rmSync(manifest()), 'is not a backup: it has no manifest.json'],
    [
      'a manifest of something else',
      () => writeFileSync(manifest(), '{"format":"x"}'),
      'is not the manifest',
    ],
    ['half a manifest', () => truncateSync(manifest(), 200), 'is not the manifest'],
    [
      'a newer format',
      () => change((m) => ({ ...m, version: 2 })),
      'has format 2, this version knows up to 1',
    ],
    [
      'a newer journal',
      () => change((m) => ({ ...m, journal: { ...m.journal, schema: 99 } })),
      'whose journal has schema 99',
    ],
    [
      'a path that leads out',
      () => change((m) => ({ ...m, files: m.files.map((f) => ({ ...f, path: '../../etc/x' })) })),
      'is damaged',
    ],
    [
      'another cursor of the history',
      () => change((m) => ({ ...m, history: { ...m.history, cursor: 77 } })),
      'the history goes up to turn 3, and to 77 when it was copied',
    ],
  ])('%s', async (_, spoil, why) => {
    spoil();
    const { code, err } = await restore();
    expect(err).toContain(why);
    expect(code).toBe(1);
    expect(readdirSync(to)).toEqual([]);
  });

  test('an archive that was cut short', async () => {
    const cut = join(place, 'cut.tar.gz');
    cpSync(ARCHIVE, cut);
    truncateSync(cut, 8_000);
    const { code, err } = await restore(cut);
    expect([code, err]).toEqual([1, 'the archive is damaged or was cut short\n']);
    expect(readdirSync(to)).toEqual([]);
  });

  test('an archive with more in it than it says', async () => {
    const folder = join(place, 'lifeline-backup');
    cpSync(from, folder, { recursive: true });
    symlinkSync('/etc/passwd', join(folder, 'history', 'link'));
    const files = ['lifeline-backup/manifest.json', 'lifeline-backup/history'];
    execFileSync('tar', ['-czf', join(place, 'more.tar.gz'), '-C', place, ...files]);
    const { code, err } = await restore(join(place, 'more.tar.gz'));
    expect([code, err]).toEqual([1, 'history/link is in the archive, but not in its manifest\n']);
    expect(readdirSync(to)).toEqual([]);
  });

  test('something that is no archive', async () => {
    const { code, err } = await restore(join(from, 'journal.sqlite'));
    expect([code, err]).toEqual([1, 'the archive is damaged or was cut short\n']);
  });

  test('--check says so as well, without a place', async () => {
    expect(await run('restore', ['--from', from, '--check'])).toMatchObject({ code: 0 });
    expect(await run('restore', ['--from', ARCHIVE, '--check'])).toMatchObject({ code: 0 });
    flip(day());
    const { code, err } = await run('restore', ['--from', from, '--check']);
    expect([code, err.includes('is not what was backed up')]).toEqual([1, true]);
  });
});

test('a restore that is stopped leaves the place empty', async () => {
  // Long enough to be met on the way.
  const long = 4e9;
  const path = 'history/2026-01-03.duckdb';
  truncateSync(join(from, path), long);
  const manifest = JSON.parse(readFileSync(join(from, 'manifest.json'), 'utf8')) as BackupManifest;
  const files = manifest.files.map((f) => (f.path === path ? { ...f, bytes: long } : f));
  writeFileSync(join(from, 'manifest.json'), JSON.stringify({ ...manifest, files }));
  const child = start('restore', ['--from', from, '--data-dir', to]);
  const half = join(to, '.restoring', 'history', '2026-01-03.duckdb');
  await eventually(async () => existsSync(half), 15_000, 5);
  child.kill('SIGINT');
  const { code, err } = await child.ended;
  expect([code, err]).toEqual([1, 'stopped by SIGINT; nothing was restored\n']);
  expect(readdirSync(to)).toEqual([]);
});

function flip(path: string): void {
  const bytes = readFileSync(path);
  bytes[9_000] = (bytes[9_000] ?? 0) ^ 1;
  writeFileSync(path, bytes);
}
