import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ofToday } from '../../src/adapters/journal-rows/older-memories.ts';
import { JournalSqlite } from '../../src/adapters/journal-sqlite/index.ts';
import { as } from '../../src/domain/ids.ts';
import { isKnown } from '../../src/domain/judge/arrival.ts';
import { evaluate } from '../../src/domain/judge/evaluate.ts';
import type { PointMemory, RuleMemory, SeriesMemory } from '../../src/domain/judge/memory.ts';
import { Rows } from '../../src/domain/judge/rows.ts';
import type { Signal } from '../../src/domain/rule.ts';
import { fromExactJson, toExactJson } from '../../src/wire/files/exact-json.ts';
import { above, rule, step } from '../domain/judge/rules.ts';
import { turn } from './journal/journal-records.ts';

/** Written by a program of that schema: a memory of 400 readings, and what that program made of those that followed. */
type Kept = {
  readonly signal: Signal;
  readonly kept: RuleMemory;
  readonly next: readonly (readonly [at: number, value: number, signal: number | null])[];
};
const keptBy = (schema: number): readonly Kept[] =>
  fromExactJson(
    readFileSync(new URL(`data/memories-of-schema-${schema}.json`, import.meta.url), 'utf8'),
  ) as Kept[];
const X = as.metric('x');
const NOW_THEN = Date.UTC(2026, 5, 1);
const idOf = (signal: Signal) => as.rule(`test.${signal.of}.${signal.of === 'statistic' ? signal.stat : ''}`);
/** Weighed by time since, and what an older program kept says no more of a stretch than its mean. */
const isNearly = (signal: Signal): boolean =>
  signal.of === 'deviation' || (signal.of === 'statistic' && signal.stat !== 'sum');

describe.each([
  [6, 'before memories shared their rows'],
  [7, 'before windows weighed their readings by time'],
])('a memory that was kept by schema %i, %s', (schema) => {
  const KEPT = keptBy(schema);
  const dir = mkdtempSync(join(tmpdir(), 'journal-'));
  const open: JournalSqlite[] = [];
  let memory: PointMemory;

  /** As the service finds them at its next start. */
  async function again(): Promise<PointMemory> {
    await open.at(-1)?.close();
    const journal = new JournalSqlite({ dir });
    open.push(journal);
    const [found] = (await journal.recover()).memories;
    if (found === undefined) throw new Error('the memory is gone');
    return found.memory;
  }

  beforeAll(async () => {
    const journal = new JournalSqlite({ dir });
    open.push(journal);
    await journal.recover();
    const rules = () => new Map(KEPT.map(({ signal, kept }) => [idOf(signal), kept]));
    const all = KEPT.map(({ kept }) => kept);
    const old: PointMemory = {
      heardAt: 0,
      series: new Map(),
      rules: rules(),
      late: rules(),
      recent: new Map([
        [X, { baseAt: 0, base: all, at: [NOW_THEN], values: [7], split: 0, next: all }],
      ]) as unknown as NonNullable<PointMemory['recent']>,
      windows: new Map(),
      worst: new Map(),
    };
    await journal.commit(turn(1, { memories: [{ point: as.point('P-1'), memory: old }] }));
    await journal.close();
    const db = new DatabaseSync(join(dir, 'journal.sqlite'));
    // As it was then: what came later is not in it.
    db.exec(
      `DROP TABLE listened; DROP TABLE probe; DROP TABLE model; DROP TABLE clock_moves; DROP TABLE told;
       DROP TABLE response_event; DROP TABLE response; DROP TABLE response_alarm; DROP TABLE filed; DROP TABLE exchange; DROP TABLE citizen; DROP TABLE citizen_words; DROP TABLE citizen_key; DROP TABLE device_command;
       DROP TABLE drilled_event; DROP TABLE drilled;
       ALTER TABLE meta DROP COLUMN last_at; PRAGMA user_version = ${schema}`,
    );
    db.close();
    memory = await again();
  });

  afterAll(async () => {
    await open.at(-1)?.close();
    rmSync(dir, { recursive: true, force: true });
  });

  test.each(KEPT)('goes on: $signal.of', ({ signal, next }) => {
    const r = rule(signal, step(2, above(1e6)));
    let one = memory.rules.get(idOf(signal)) as RuleMemory;
    for (const [at, value, expected] of next) {
      const judged = evaluate(r, one, value, at);
      if (expected === null) expect(judged.signal).toBeNull();
      else if (isNearly(signal)) expect(Math.abs((judged.signal ?? Infinity) - expected)).toBeLessThan(0.5);
      else expect(judged.signal).toBeCloseTo(expected, 9);
      one = judged.memory;
    }
  });

  test('goes on in backfill and in checkpoints too', () => {
    const all = [...memory.rules.values()];
    expect([...memory.late.values()]).toEqual(all);
    expect(memory.recent?.get(X)).toMatchObject({ base: all, next: all, samples: [NOW_THEN, 7] });
  });

  test('is of today from then on, and an older program refuses the file', async () => {
    const journal = open.at(-1) as JournalSqlite;
    await journal.commit(turn(2, { memories: [{ point: as.point('P-1'), memory }] }));
    expect(toExactJson(await again())).toBe(toExactJson(memory));
    const db = new DatabaseSync(join(dir, 'journal.sqlite'), { readOnly: true });
    expect(Number(db.prepare('PRAGMA user_version').get()?.user_version)).toBeGreaterThan(schema);
    db.close();
  });
});

test('what two stacks made together is not kept beside them any more', () => {
  const open = [0, 0, 0, 0, 5, 5, 60_000, 5, 10_000, 10_000] as const;
  const part = [0, 50_000, 250_000, 0, 5, 5] as const;
  const past = { newer: Rows.of([50_000, ...part]), newerTogether: part, older: Rows.of([]) };
  const kept = {
    of: 'statistic',
    by: 'time',
    index: 2,
    open,
    past: { ...past, together: part, behind: null },
  };
  const memory = {
    heardAt: 0,
    series: new Map(),
    rules: new Map([[as.rule('r'), { signal: kept, watchers: [] }]]),
    late: new Map(),
    windows: new Map(),
    worst: new Map(),
  } as unknown as PointMemory;
  expect(ofToday(memory).rules.get(as.rule('r'))?.signal).toEqual({ ...kept, past });
});

test('a series that knew its instants only takes what is said of them for what it was', () => {
  const at = Date.UTC(2026, 5, 1);
  const kept = { newestAt: at, value: 2, valueAt: at, recent: [at - 1_000, at], gaps: [{ from: 0, to: at }] };
  const old = {
    heardAt: at,
    series: new Map([[X, kept]]),
    rules: new Map(),
    late: new Map(),
    worst: new Map(),
  };
  const memory = ofToday({ ...old, windows: new Map() } as unknown as PointMemory);
  const series = memory.series.get(X) as SeriesMemory;
  expect(series).toMatchObject({ newestAt: at, value: 2, valueAt: at });
  expect('gaps' in series).toBe(false);
  expect(isKnown(series, undefined, at, 60)).toBe(true);
  expect(isKnown(series, undefined, at - 2_000, 60)).toBe(false);
  const again = fromExactJson(toExactJson(memory)) as PointMemory;
  expect(isKnown(again.series.get(X) as SeriesMemory, undefined, at, 60)).toBe(true);
});

test('what a series was told, and what came of it, stood in arrays of their own up to schema 16', () => {
  const at = Date.UTC(2026, 5, 1);
  const kept = { newestAt: at, value: 2, valueAt: at, recent: [at - 1_000, at], contents: [1, Number.NaN] };
  const recent = { baseAt: null, base: [], at: [at - 1_000, at], values: [1, 2], split: 1, next: [] };
  const old = {
    heardAt: at,
    series: new Map([[X, { ...kept, gaps: [1, 2], crowds: [at, at + 1] }]]),
    ...{ rules: new Map(), late: new Map(), worst: new Map(), windows: new Map() },
    recent: new Map([[X, recent]]),
    backlog: { heardAt: at, of: new Map([[X, { ...recent, doubts: new Map() }]]) },
  };
  const memory = ofToday(structuredClone(old) as unknown as PointMemory);
  const series = memory.series.get(X) as SeriesMemory;
  expect(series).toEqual({
    ...{ newestAt: at, value: 2, valueAt: at, gaps: [1, 2], crowds: [at, at + 1] },
    said: [at - 1_000, 1, at, Number.NaN],
  });
  expect([isKnown(series, undefined, at, null), isKnown(series, undefined, at, 2)]).toEqual([true, false]);
  const samples = [at - 1_000, 1, at, 2];
  expect(memory.recent?.get(X)).toEqual({ baseAt: null, base: [], samples, split: 1, next: [] });
  expect(memory.backlog?.of.get(X)).toMatchObject({ samples, doubts: new Map() });
  expect(toExactJson(ofToday(memory))).toBe(toExactJson(memory));
});
