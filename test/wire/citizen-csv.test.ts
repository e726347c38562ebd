import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { CITIZEN_COLUMNS, readCitizenHeader, readCitizenRow } from '../../src/wire/files/citizen-csv.ts';

const LIFELINES = new Map([['燃气', 'gas']]);
const header = (...cells: string[]) => {
  const read = readCitizenHeader(cells);
  if ('error' in read) throw new Error(read.error.code);
  return read.header;
};

describe('a file of citizens’ reports', () => {
  test('the docs list its columns and what else they are called', () => {
    const docs = readFileSync(new URL('../../docs/citizens.md', import.meta.url), 'utf8');
    const rows = CITIZEN_COLUMNS.map(
      ({ key, zh, also, needed }) => `| ${key}${needed ? ' *' : ''} | ${zh} | ${also.join(', ')} |`,
    );
    expect(docs.split('<!-- columns: citizen -->\n')[1]?.split('\n<!-- end -->')[0]).toBe(
      ['| column | head | also |', '|---|---|---|', ...rows].join('\n'),
    );
  });

  test('heads are known in Chinese, in English and as hotlines say them; a needed one that is missing, or one that is there twice, is named', () => {
    expect(header('工单编号', 'receivedAt', '问题描述', '备注')).toEqual([
      'externalNo',
      'receivedAt',
      'text',
      null,
    ]);
    expect(readCitizenHeader(['编号', '内容'])).toMatchObject({
      error: { column: 'receivedAt', code: 'no-such-column' },
    });
    expect(readCitizenHeader(['编号', '工单编号', '受理时间', '内容'])).toMatchObject({
      error: { column: 'externalNo', code: 'column-twice' },
    });
  });

  test('a row is read as a body is: local times are Beijing’s, lifelines go by name, kinds by their words', () => {
    const h = header('诉求编号', '受理时间', '诉求类型', '诉求内容', '经度', '纬度', '专项', '联系电话');
    const read = readCitizenRow(
      h,
      ['N1', '2026/12/1 8:15', '举报', '煤气味', '115.78', '33.85', '燃气', "'+8613800000000"],
      LIFELINES,
    );
    expect(read.errors).toEqual([]);
    expect(read.draft).toMatchObject({
      externalNo: 'N1',
      receivedAt: Date.UTC(2026, 11, 1, 0, 15),
      kind: 'complaint',
      lifeline: 'gas',
      lon: 115.78,
      phone: '+8613800000000',
      source: '12345',
    });
  });

  test('every fault of a row is named, each once, by its column', () => {
    const h = header('诉求编号', '受理时间', '诉求类型', '诉求内容', '经度', '联系电话', '专项');
    const { draft, errors } = readCitizenRow(
      h,
      ['', '昨天', '吐槽', '', '东经115', '张三', '燃气？'],
      LIFELINES,
    );
    expect(draft).toBe(null);
    expect(errors.map((e) => e.column).sort()).toEqual(
      ['externalNo', 'kind', 'lifeline', 'lon', 'phone', 'receivedAt', 'text'].sort(),
    );
    for (const { say } of errors) expect(say.zh.length * say.en.length).toBeGreaterThan(0);
    // One coordinate alone is half a place.
    const half = readCitizenRow(
      header('编号', '受理时间', '内容', '经度'),
      ['N', '2026-12-01 08:00', 'x', '115'],
      LIFELINES,
    );
    expect(half.errors.map((e) => e.column)).toEqual(['lat']);
  });
});
