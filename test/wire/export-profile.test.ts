import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { caseDocument, exportedRow, readExportProfile } from '../../src/wire/exports/export-profile.ts';
import { ORDER_SOURCES } from '../../src/wire/response/order.ts';
import { create, dispatch, story } from '../domain/order/build.ts';

const shipped = readFileSync(new URL('../../mappings/exports/urban-case.json', import.meta.url), 'utf8');
const profileOf = (text: string) => {
  const read = readExportProfile(text);
  if (!read.ok) throw new Error(JSON.stringify(read.error));
  return read.value;
};
const { is: order } = story(create(), dispatch);
const document = caseDocument(order, [], { now: order.createdAt, foundAt: order.createdAt });

test('the docs name every gap of the shipped profile, and it fills every other column of an order or leaves it empty', () => {
  const profile = profileOf(shipped);
  const docs = readFileSync(new URL('../../docs/citizens.md', import.meta.url), 'utf8');
  const rows = Object.entries(profile.gaps).map(([column, { en }]) => `| ${column} | ${en} |`);
  expect(docs.split('<!-- gaps: urban-case -->\n')[1]?.split('\n<!-- end -->')[0]).toBe(
    ['| column that is not here | why |', '|---|---|', ...rows].join('\n'),
  );
  const { cells, unsaid } = exportedRow(profile, document);
  expect(unsaid).toEqual([]);
  expect(Object.keys(cells)).toEqual(profile.columns);
  expect(cells).toMatchObject({ caseNo: order.no, kind: 'event', unit: order.unit, classCode: null });
  expect(cells.filedAt).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/);
  const { words } = profile.fields.source as { words: Record<string, string> };
  expect(Object.keys(words).sort()).toEqual([...ORDER_SOURCES].sort());
});

test('a house gives its own codes; a word that it has not is left empty and named', () => {
  const own = JSON.parse(shipped);
  delete own.gaps.classCode;
  own.fields.classCode = { at: 'order/lifeline', words: { [order.lifeline]: '0102' } };
  own.fields.level = { at: 'order/level', words: { 9: '特急' } };
  const { cells, unsaid } = exportedRow(profileOf(JSON.stringify(own)), document);
  expect(cells).toMatchObject({ classCode: '0102', level: null });
  expect(unsaid).toHaveLength(1);
  expect(unsaid[0]).toContain('level');
});

test('a column with neither a field nor a gap, or with both, or one that is no column, is a fault with its line', () => {
  const own = JSON.parse(shipped);
  delete own.gaps.gridCode;
  own.gaps.caseNo = { zh: '无', en: 'none' };
  own.fields.other = 'order/no';
  const read = readExportProfile(JSON.stringify(own, null, 1));
  expect(!read.ok && read.error.map((f) => f.path).sort()).toEqual([
    'columns.caseNo',
    'columns.gridCode',
    'other',
  ]);
  expect(!read.ok && read.error.every((f) => f.line > 1)).toBe(true);
  expect(readExportProfile('{').ok).toBe(false);
});
