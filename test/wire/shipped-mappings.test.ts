import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { PACKS } from '../../src/packs/index.ts';
import { type CaseReader, expectedOf, mappingCases, outcomeOf } from '../../src/wire/mapping/cases.ts';
import { readMapping } from '../../src/wire/mapping/read.ts';
import type { Mapping } from '../../src/wire/mapping/schema.ts';
import { directoryOf } from './mapping-directory.ts';

const FOLDER = join(import.meta.dirname, '../../mappings');
/** How the frames of each standard are read: a further one is a line here. */
const READERS: Partial<Record<Mapping['protocol'], CaseReader>> = {};

const files = readdirSync(FOLDER).filter((f) => f.endsWith('.json') && !f.endsWith('.cases.json'));
const METRICS = new Set<string>(PACKS.flatMap((p) => p.metrics.map((m) => m.key)));

describe.each(files)('%s', (file) => {
  const text = readFileSync(join(FOLDER, file), 'utf8');
  const read = readMapping(text);
  const mapping = read.ok ? read.value : null;
  const beside = join(FOLDER, file.replace(/\.json$/, '.cases.json'));

  test('is a mapping without a fault, named as its file', () => {
    expect(read.ok ? [] : read.error).toEqual([]);
    expect(`${mapping?.name}.json`).toBe(file);
  });

  test('names metrics that a pack has', () => {
    expect(metricsOf(mapping as Mapping).filter((m) => !METRICS.has(m))).toEqual([]);
  });

  test('keeps what its cases promise', () => {
    expect(existsSync(beside)).toBe(true);
    const { cases } = mappingCases.parse(JSON.parse(readFileSync(beside, 'utf8')));
    const parts = { directoryOf, frames: READERS[(mapping as Mapping).protocol] };
    for (const one of cases)
      expect({ case: one.name, ...outcomeOf(mapping as Mapping, one, parts) }).toEqual({
        case: one.name,
        ...expectedOf(one),
      });
  });
});

test('every file of cases is of a mapping', () => {
  const cases = readdirSync(FOLDER).filter((f) => f.endsWith('.cases.json'));
  expect(cases.map((f) => f.replace('.cases.json', '.json')).filter((f) => !files.includes(f))).toEqual([]);
});

function metricsOf(mapping: Mapping): string[] {
  const takes =
    mapping.protocol === 'json'
      ? [mapping.values].flat().flatMap((group) => Object.values(group.take).flat())
      : mapping.take;
  return takes.flatMap((t) => (typeof t === 'string' ? [t] : t?.metric == null ? [] : [t.metric]));
}
