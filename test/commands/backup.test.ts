import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { lockDirectory } from '../../src/adapters/shared/directory-lock.ts';
import { backupManifest } from '../../src/wire/files/backup.ts';
import { eventually } from '../support/eventually.ts';
import { makeDataDir } from './a-data-dir.ts';
import { canMount, mounted } from './mounts.ts';
import { run, start } from './run.ts';

const made = mkdtempSync(join(tmpdir(), 'backup-made-'));
let place: string;
let dir: string;
let to: string;

beforeAll(() => makeDataDir(join(made, 'data')));
afterAll(() => rmSync(made, { recursive: true, force: true }));

beforeEach(() => {
  place = mkdtempSync(join(tmpdir(), 'backup-'));
  dir = join(place, 'data');
  to = join(place, 'to');
  cpSync(join(made, 'data'), dir, { recursive: true });
});
afterEach(() => rmSync(place, { recursive: true, force: true }));

const backup = (...args: string[]) => run('backup', ['--data-dir', dir, ...args]);
const there = (): string[] => readdirSync(place).sort();

describe('a backup of a stopped service', () => {
  test('has everything, and says what it is', async () => {
    writeFileSync(join(dir, 'drain-note.json'), '{"a":1}');
    const photo = 'ab'.padEnd(64, '0');
    mkdirSync(join(dir, 'attachments', 'ab'), { recursive: true });
    writeFileSync(join(dir, 'attachments', 'ab', photo), 'a photo');
    writeFileSync(join(dir, 'attachments', 'ab', `${photo}.7.part`), 'half of one');
    expect(await backup('--to', to)).toMatchObject({ code: 0, err: '' });
    const manifest = backupManifest.parse(JSON.parse(readFileSync(join(to, 'manifest.json'), 'utf8')));
    expect(manifest.files.map((f) => f.path).sort()).toEqual([
      'accounts.db',
      `attachments/ab/${photo}`,
      'configuration.env',
      'drain-note.json',
      'history/2026-01-02.duckdb',
      'history/2026-01-03.duckdb',
      'history/2026-01-04.duckdb',
      'journal.sqlite',
    ]);
    expect(manifest).toMatchObject({
      running: false,
      journal: { lastTurn: 4, drainCursor: 3 },
      history: { files: 3 },
      leftOut: [],
      secrets: false,
    });
  });

  test('changes nothing of what it copies', async () => {
    const bytes = (): string[] =>
      ['journal.sqlite', 'accounts.db', 'history/2026-01-02.duckdb', 'history/2026-01-04.duckdb'].map(
        (name) =>
          createHash('sha256')
            .update(readFileSync(join(dir, name)))
            .digest('hex'),
      );
    const before = bytes();
    await backup('--to', to);
    expect(bytes()).toEqual(before);
    // And lets go of the directory.
    lockDirectory(dir).letGo();
  });

  test('names what it leaves out', async () => {
    mkdirSync(join(dir, 'something'));
    writeFileSync(join(dir, 'history', '2026-01-01.duckdb.corrupt'), 'x');
    const { code, err } = await backup('--to', to);
    expect(code).toBe(0);
    expect(err).toBe('not in it: something, history/2026-01-01.duckdb.corrupt\n');
  });
});

describe('the configuration in a backup', () => {
  const env = {
    LIFELINE_MQTT_PORT: '11883',
    LIFELINE_ADMIN_PASSWORD: "Pferd 'Hü' #1",
    LIFELINE_DATA_DIR: '/srv/life line # 1',
  };
  const saved = async (...more: string[]): Promise<string> => {
    expect(await run('backup', ['--data-dir', dir, '--to', to, ...more], env)).toMatchObject({ code: 0 });
    return readFileSync(join(to, 'configuration.env'), 'utf8');
  };

  test('has no secrets in it, and says which are to be set anew', async () => {
    const text = await saved();
    expect(text).toContain("LIFELINE_DATA_DIR='/srv/life line # 1'\n");
    expect(text).toContain('LIFELINE_MQTT_PORT=11883\n');
    expect(text).toContain('# LIFELINE_ADMIN_PASSWORD is a secret and was not saved');
    expect(text).not.toContain('Pferd');
  });

  test('has them when that is asked for', async () => {
    expect(parseEnv(await saved('--with-secrets')).LIFELINE_ADMIN_PASSWORD).toBe(env.LIFELINE_ADMIN_PASSWORD);
  });
});

describe('a backup is refused', () => {
  test.each([
    ['no place', () => [], '--to is missing'],
    ['a place where something is', () => ['--to', place], 'is there already'],
    [
      'a place in the data directory itself',
      () => ['--to', join(dir, 'b')],
      'lies within the data directory',
    ],
    ['a place that is nowhere', () => ['--to', join(place, 'no', 'b')], 'make it first'],
    ['an option that there is not', () => ['--to', to, '--force'], 'Unknown option --force'],
    ['a directory of something else', () => ['--to', to, '--data-dir', tmpdir()], 'has no journal.sqlite'],
  ])('for %s', async (_, args, why) => {
    const { code, err } = await backup(...args());
    expect(code).toBe(2);
    expect(err).toContain(why);
    expect(there()).toEqual(['data']);
  });

  test('while another one is being made at the same place', async () => {
    mkdirSync(`${to}.partial`);
    const { code, err } = await backup('--to', to);
    expect([code, err.includes('another backup is being made')]).toEqual([2, true]);
    expect(there()).toEqual(['data', 'to.partial']);
  });

  test('for a configuration that the service would refuse as well', async () => {
    const { code, err } = await run('backup', ['--to', to], { LIFELINE_MQTT_PROT: '1' });
    expect([code, err.includes('did you mean LIFELINE_MQTT_PORT?')]).toEqual([2, true]);
  });

  test('with --help it only says how it is used', async () => {
    const { code, out } = await backup('--help');
    expect([code, out.includes('--to PLACE')]).toEqual([0, true]);
    expect(there()).toEqual(['data']);
  });
});

describe('a backup that cannot be finished leaves nothing behind', () => {
  test('of a service that does not answer', async () => {
    const lock = lockDirectory(dir);
    const { code, err } = await backup('--to', to);
    lock.letGo();
    expect(code).toBe(1);
    expect(err).toContain('does not answer at its control socket');
    expect(there()).toEqual(['data']);
  });

  test('of a journal that is damaged', async () => {
    const file = join(dir, 'journal.sqlite');
    const bytes = readFileSync(file);
    // All of one page in the middle; which table it belongs to does not matter.
    bytes.fill(0xa5, 5 * 4096, 6 * 4096);
    writeFileSync(file, bytes);
    const { code, err } = await backup('--to', to);
    expect(code).toBe(1);
    expect(err).toContain('journal.sqlite is damaged');
    expect(there()).toEqual(['data']);
  });

  test('when it is stopped', async () => {
    truncateSync(join(dir, 'history', '2026-01-03.duckdb'), 20e9);
    const child = start('backup', ['--data-dir', dir, '--to', to]);
    const half = join(`${to}.partial`, 'history', '2026-01-03.duckdb');
    await eventually(async () => existsSync(half), 15_000, 5);
    expect(there()).toEqual(['data', 'to.partial']);
    child.kill('SIGTERM');
    const { code, err } = await child.ended;
    expect([code, err.includes('stopped by SIGTERM; nothing was left behind')]).toEqual([1, true]);
    expect(there()).toEqual(['data']);
  });

  test('where there is no room, before it begins', async ({ skip }) => {
    if (!canMount) skip('only root may mount a file system of a few pages');
    await mounted('tmpfs', 'size=64k', async (small) => {
      const { code, err } = await backup('--to', join(small, 'b'));
      expect([code, /it may need \d+\.\d MB, and .* has 0\.1 MB free/.test(err)]).toEqual([1, true]);
      expect(readdirSync(small)).toEqual([]);
    });
  });

  test('where the room ends in the middle', async ({ skip }) => {
    if (!canMount) skip('only root may mount a file system of a few inodes');
    await mounted('tmpfs', 'size=64m,nr_inodes=5', async (small) => {
      const { code, err } = await backup('--to', join(small, 'b'));
      expect([code, err]).toEqual([1, `there is no room left at ${small}; nothing was left behind\n`]);
      expect(readdirSync(small)).toEqual([]);
    });
  });

  test('where the room ends while it is packed', async ({ skip }) => {
    if (!canMount) skip('only root may mount a file system of a few inodes');
    // Room for the folder it is made from, and for no other file.
    await mounted('tmpfs', 'size=64m,nr_inodes=11', async (small) => {
      const { code, err } = await backup('--to', join(small, 'b.tar.gz'));
      expect([code, err]).toEqual([1, `there is no room left at ${small}; nothing was left behind\n`]);
      expect(readdirSync(small)).toEqual([]);
    });
  });

  test('where the program tar is not there', async () => {
    const { code, err } = await run('backup', ['--data-dir', dir, '--to', `${to}.tar.gz`], {
      PATH: '/nowhere',
    });
    expect([code, err.includes('the program tar is not there')]).toEqual([1, true]);
    expect(there()).toEqual(['data']);
  });
});

test('an archive is one folder that tar itself can read', async () => {
  expect(await backup('--to', `${to}.tar.gz`)).toMatchObject({ code: 0 });
  const names = String(execFileSync('tar', ['-tzf', `${to}.tar.gz`]))
    .trim()
    .split('\n');
  expect(names[0]).toBe('lifeline-backup/manifest.json');
  expect(names).toContain('lifeline-backup/history/2026-01-04.duckdb');
  expect(existsSync(`${to}.tar.gz.partial`)).toBe(false);
});
