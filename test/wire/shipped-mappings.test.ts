import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { PACKS } from '../../src/packs/index.ts';
import {
  brokenCases,
  type CaseReader,
  expectedOf,
  mappingCases,
  outcomeOf,
} from '../../src/wire/mapping/cases.ts';
import { metricFaults } from '../../src/wire/mapping/metric-faults.ts';
import { metricOf, packDirectory } from '../../src/wire/mapping/pack-directory.ts';
import { readMapping } from '../../src/wire/mapping/read.ts';
import type { Mapping } from '../../src/wire/mapping/schema.ts';
import { caseReaders } from '../../src/wire/protocols/case-reader.ts';

const FOLDER = join(import.meta.dirname, '../../mappings');
/** How the frames of each standard are read; of a bus that we ask a case holds no question. */
const readerOf = ({ protocol }: Mapping, receivedAt: string): CaseReader | undefined =>
  protocol === 'json' || protocol === 'modbus'
    ? undefined
    : caseReaders(Date.parse(receivedAt), 8 * 3_600_000)[protocol];

const files = readdirSync(FOLDER).filter((f) => f.endsWith('.json') && !f.endsWith('.cases.json'));

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
    expect(metricFaults(mapping as Mapping, text, metricOf(PACKS))).toEqual([]);
  });

  test('keeps what its cases promise', () => {
    expect(existsSync(beside)).toBe(true);
    const { cases } = mappingCases.parse(JSON.parse(readFileSync(beside, 'utf8')));
    for (const one of cases) {
      const frames = readerOf(mapping as Mapping, one.receivedAt);
      const parts = { directoryOf: packDirectory(PACKS), frames };
      expect({ case: one.name, ...outcomeOf(mapping as Mapping, one, parts) }).toEqual({
        case: one.name,
        ...expectedOf(one),
      });
      expect(brokenCases(mapping as Mapping, [one], parts)).toEqual([]);
    }
  });
});

test('every file of cases is of a mapping', () => {
  const cases = readdirSync(FOLDER).filter((f) => f.endsWith('.cases.json'));
  expect(cases.map((f) => f.replace('.cases.json', '.json')).filter((f) => !files.includes(f))).toEqual([]);
});
