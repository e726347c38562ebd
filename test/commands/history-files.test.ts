import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { HistoryFiles } from '../../src/commands/backup/history-files.ts';

const QUIET_MS = 200;
const NEVER = new AbortController().signal;
const OLD = ['2026-01-01.duckdb', '2026-01-02.duckdb', '2026-01-02.frames.duckdb'];

let place: string;
let from: string;
let to: string;
let copied: number;

beforeEach(async () => {
  place = mkdtempSync(join(tmpdir(), 'history-files-'));
  from = join(place, 'from');
  to = join(place, 'to');
  copied = 0;
  for (const dir of [from, to]) mkdirSync(dir);
  for (const name of OLD) put(name, name);
  // So long, in these tests, must a file have been left alone.
  await after(QUIET_MS + 50);
  put('2026-01-03.duckdb', 'today');
});
afterEach(() => rmSync(place, { recursive: true, force: true }));

const put = (name: string, text: string) => writeFileSync(join(from, name), text);
const files = () =>
  new HistoryFiles({ from, to, quietMs: QUIET_MS, watched: { signal: NEVER, bytes: (n) => (copied += n) } });
const inCopy = () => Object.fromEntries(readdirSync(to).map((n) => [n, readFileSync(join(to, n), 'utf8')]));
const inPlace = () =>
  Object.fromEntries(readdirSync(from).map((n) => [n, readFileSync(join(from, n), 'utf8')]));

test('days that nobody writes are copied before the history has to stand still, and not again', async () => {
  const history = files();
  await history.copyQuietOnes();
  expect(Object.keys(inCopy()).sort()).toEqual(OLD);
  copied = 0;
  const { files: all } = await history.copyTheRest(NEVER);
  expect(copied).toBe('today'.length);
  expect(inCopy()).toEqual(inPlace());
  expect(all.map((f) => f.path).sort()).toEqual([...OLD, '2026-01-03.duckdb'].map((n) => `history/${n}`));
});

test('a day that was changed, replaced or dropped between the two is as it is in the end', async () => {
  const history = files();
  await history.copyQuietOnes();
  const [kept = '', changed = '', replaced = ''] = OLD;
  // Same length, and a time of change that lies back: as late rows and a clock that was set may leave it.
  put(changed, changed.toUpperCase());
  utimesSync(join(from, changed), new Date(0), new Date(0));
  rmSync(join(from, replaced));
  put(replaced, 'in order now');
  rmSync(join(from, kept));
  await history.copyTheRest(NEVER);
  expect(inCopy()).toEqual(inPlace());
  expect(inCopy()[changed]).toBe(changed.toUpperCase());
});

test('a file that changes although all should stand still ends the copy', async () => {
  const history = new HistoryFiles({
    from,
    to,
    watched: { signal: NEVER, bytes: () => put('2026-01-01.duckdb', 'changed in between') },
  });
  await expect(history.copyTheRest(NEVER)).rejects.toThrow(
    '2026-01-01.duckdb was changed while the history should have stood still',
  );
});

test('it ends as soon as the history goes on by itself', async () => {
  const lost = new AbortController();
  lost.abort(new Error('the service has gone'));
  await expect(files().copyTheRest(lost.signal)).rejects.toThrow('the service has gone');
});

test('what is half made is not copied, and what is nobody knows what is named', async () => {
  mkdirSync(join(from, 'spill'));
  put('2026-01-01.duckdb.settling', 'half');
  put('2026-01-04.duckdb.new', 'half');
  put('2026-01-01.duckdb.corrupt', 'kept for people');
  put('cursor', '7\n');
  const { files: all, leftOut } = await files().copyTheRest(NEVER);
  expect(leftOut).toEqual(['2026-01-01.duckdb.corrupt']);
  expect(all.map((f) => f.path)).toContain('history/cursor');
  expect(all).toHaveLength(5);
});
