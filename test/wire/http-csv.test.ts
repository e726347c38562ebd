import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { beijing, csvLine, csvRows, guard, unguard } from '../../src/wire/files/csv.ts';

const rows = (text: string) => [...csvRows(text)];

describe('CSV', () => {
  test('what is written is read back cell by cell, whatever it holds', () => {
    const cell = fc.oneof(
      fc.string(),
      fc.string({ unit: fc.constantFrom('"', ',', '\n', '\r', "'", '=', '+', ' ', '井', 'a') }),
    );
    fc.assert(
      fc.property(fc.array(fc.array(cell, { minLength: 2, maxLength: 5 }), { maxLength: 5 }), (table) => {
        const read = rows(table.map((cells) => csvLine(cells)).join(''));
        expect(read.map((r) => r.cells.map(unguard))).toEqual(table);
        expect(read.some((r) => r.flaw !== null)).toBe(false);
      }),
      { numRuns: 500 },
    );
  });

  test.each(['=1+1', '+86 10 1234', '-cmd', '@SUM(A1)', '\t=1', '\r=1', "'=1", "''=1"])(
    'a cell that a spreadsheet would run is disarmed: %j',
    (evil) => {
      expect(guard(evil)).toMatch(/^'/);
      expect(unguard(guard(evil))).toBe(evil);
    },
  );

  test('numbers stay numbers, also below zero', () => {
    expect(csvLine([-3.5, null, 'x'])).toBe('-3.5,,x\r\n');
  });

  test('a row knows its line also after cells with line breaks and blank lines', () => {
    expect(rows('a,b\r\n"x\ny",1\n\n,2\n').map((r) => [r.line, r.cells])).toEqual([
      [1, ['a', 'b']],
      [2, ['x\ny', '1']],
      [5, ['', '2']],
    ]);
  });

  test.each([
    ['is nowhere ended', 'a,b\n1,"2\n3,4\n'],
    ['ends in the next one that begins', 'a,b\n1,"2\n"3",4\n'],
  ])('a quote that %s costs its own line, and no other', (_what, text) => {
    expect(rows(text).map((r) => [r.line, r.cells, r.flaw])).toEqual([
      [1, ['a', 'b'], null],
      [2, ['1'], 'quote-unended'],
      [3, ['3', '4'], null],
    ]);
  });

  test('a row of a million cells is passed over, and those behind it are read', () => {
    const read = rows(`a,b\n${','.repeat(1_000_000)}\n3,4\n`);
    expect(read.map((r) => [r.line, r.flaw])).toEqual([
      [1, null],
      [2, 'too-wide'],
      [3, null],
    ]);
    expect(read[1]?.cells.length).toBeLessThan(1_000);
  });

  test('a byte-order mark is no part of the first cell, and the last line needs no end', () => {
    expect(rows('\ufeffkind,code')[0]?.cells).toEqual(['kind', 'code']);
  });

  test('Beijing time is eight hours ahead, all year', () => {
    expect(beijing(Date.UTC(2026, 6, 31, 20, 0, 0, 5))).toBe('2026-08-01 04:00:00.005');
  });
});
