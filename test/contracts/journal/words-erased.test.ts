import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { JournalSqlite } from '../../../src/adapters/journal-sqlite/index.ts';
import type { CitizenEntry } from '../../../src/domain/citizen/citizen-report.ts';
import { erased } from '../../../src/domain/citizen/decide.ts';
import { as } from '../../../src/domain/ids.ts';
import { fresh } from '../../domain/citizen/build.ts';
import { eventually } from '../../support/eventually.ts';
import { T0, turn } from './journal-records.ts';

let dir: string;
let journal: JournalSqlite;
beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'words-'));
  journal = new JournalSqlite({ dir });
  await journal.recover();
});
afterEach(async () => {
  await journal.close();
  rmSync(dir, { recursive: true, force: true });
});

const REPORTS = 400;
const mark = (i: number, v: number) => `ZHANG-${String(i).padStart(4, '0')}-${v}-`;
/** Of very different lengths, so that rows move between pages and over them. */
const told = (i: number, v: number): CitizenEntry => {
  const { report } = fresh({
    id: as.citizenReport(`S${String(i).padStart(4, '0')}`),
    no: `N${i}`,
    overAt: T0,
  });
  const long = 1 + ((i * 37 + v * 101) % 60);
  const words = { text: mark(i, v).repeat(long), place: mark(i, v), caller: mark(i, v), phone: mark(i, v) };
  return { report, words: { ...words, answer: null, reasons: [] } };
};
const onDisk = (): string =>
  readdirSync(dir)
    .map((name) => readFileSync(join(dir, name)).toString('hex').toUpperCase())
    .join('');
/** Keys of reports' words, in hex. */
const keys = (): ReadonlyMap<string, string> => {
  const db = new DatabaseSync(join(dir, 'journal.sqlite'), { readOnly: true });
  const rows = db
    .prepare('SELECT w.id, hex(k.key) AS key FROM citizen_words w JOIN citizen_key k ON k.slot = w.slot')
    .all() as { id: string; key: string }[];
  db.close();
  return new Map(rows.map(({ id, key }) => [id, key]));
};

test('words that were erased stand nowhere in the data directory, however often their rows had changed and moved; the others are whole', async () => {
  let n = 0;
  let seed = 5;
  const random = (below: number) => {
    seed = (seed * 48_271) % 2_147_483_647;
    return seed % below;
  };
  for (let i = 0; i < REPORTS; i += 20)
    await journal.commit(turn(++n, { citizens: Array.from({ length: 20 }, (_, k) => told(i + k, 0)) }));
  for (let v = 1; v <= 20; v++)
    await journal.commit(turn(++n, { citizens: Array.from({ length: 40 }, () => told(random(REPORTS), v)) }));
  const before = keys();
  expect(new Set(before.values()).size).toBe(REPORTS);
  const standing = (): readonly string[] => {
    const hex = onDisk();
    return [...before].flatMap(([id, key]) => (hex.includes(key) ? [id] : []));
  };
  expect(standing()).toHaveLength(REPORTS);

  const goes = (i: number) => i % 3 !== 0;
  const going = Array.from({ length: REPORTS }, (_, i) => i).filter(goes);
  going.sort((a, b) => ((a * 7919) % REPORTS) - ((b * 7919) % REPORTS));
  for (let at = 0; at < going.length; at += 50)
    await journal.commit(
      turn(++n, { citizens: going.slice(at, at + 50).map((i) => erased(told(i, 0).report, T0)) }),
    );
  const left = Array.from({ length: REPORTS }, (_, i) => i).flatMap((i) =>
    goes(i) ? [] : [told(i, 0).report.id],
  );
  // The log is emptied when the answer has gone out.
  await eventually(async () => standing().length === left.length);
  expect(standing()).toEqual(left);
  // No word of anybody has ever stood in it as it was said.
  expect(Buffer.from(onDisk(), 'hex').includes('ZHANG-')).toBe(false);
  const { items } = await journal.citizens({ overBefore: T0 + 1 }, REPORTS, null);
  expect(items).toHaveLength(REPORTS - going.length);
  expect(items.every((c) => c.words?.phone?.startsWith('ZHANG-'))).toBe(true);
});
