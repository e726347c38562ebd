import { randomBytes } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { unzipSync } from 'fflate';
import { expect, test } from 'vitest';
import { writeSheet } from '../../src/adapters/sheet-xlsx/index.ts';
import type { SheetCell } from '../../src/flow/ports/sheets.ts';

const columns = [
  { head: '编号', width: 10 },
  { head: '说明', width: 40 },
];

async function written(rows: readonly (readonly SheetCell[])[]): Promise<string> {
  const pieces: Uint8Array[] = [];
  async function* given() {
    yield rows;
  }
  for await (const piece of writeSheet({ name: '报警', columns, rows: given() })) pieces.push(piece);
  const files = unzipSync(Buffer.concat(pieces));
  return new TextDecoder().decode(files['xl/worksheets/sheet1.xml']);
}

test.each([
  ['=HYPERLINK("http://x")', '=HYPERLINK("http://x")'],
  ['+1+1', '+1+1'],
  ['-2+3', '-2+3'],
  ['@SUM(A1:A9)', '@SUM(A1:A9)'],
  ['\t=1+1', '\t=1+1'],
  ['a<b>&c', 'a&lt;b&gt;&amp;c'],
  ['a\u0000b\u001fc\td', 'abc\td'],
  ['\ud800', '\ufffd'],
])('text %j stands as text, and as nothing else', async (text, stands) => {
  const sheet = await written([[text]]);
  expect(sheet).toContain(`t="inlineStr"><is><t xml:space="preserve">${stands}</t></is>`);
  expect(sheet).not.toMatch(/<f[ >]/);
});

test('an instant is a date of Beijing; nothing, and what is no number, is an empty cell', async () => {
  const at = Date.parse('2026-11-30T16:00:00Z');
  const sheet = await written([
    [{ at }, Number.NaN],
    [null, 7],
  ]);
  // 2026-12-01 00:00:00
  expect(sheet).toContain('<c r="A2" s="2"><v>46357</v></c></row>');
  expect(sheet).toContain('<row r="3"><c r="B3"><v>7</v></c></row>');
});

test('while nobody takes the file no further row is asked for, however long it will be', async () => {
  const [batches, rows] = [2_000, 50];
  let asked = 0;
  async function* given() {
    for (; asked < batches; asked++)
      // Of no repetition, so that it does not pack to nothing.
      yield Array.from({ length: rows }, () => [randomBytes(200).toString('base64'), '井']);
  }
  const pieces = writeSheet({ name: '报警', columns, rows: given() });
  let most = 0;
  let bytes = 0;
  for (;;) {
    const before = asked;
    const piece = await pieces.next();
    if (piece.done) break;
    most = Math.max(most, asked - before);
    bytes += piece.value.byteLength;
    if (asked % 100 === 0) {
      // Whoever takes it is slow: other things have their turns meanwhile.
      const stands = asked;
      for (let i = 0; i < 20; i++) await setImmediate();
      expect(asked).toBe(stands);
    }
  }
  expect([asked, bytes > batches * rows * 200]).toEqual([batches, true]);
  // What is under way at any time: a hundredth of the file at most.
  expect(most).toBeLessThanOrEqual(20);
}, 60_000);

test('100,000 rows pass through without standing in memory', async () => {
  let most = 0;
  const before = process.memoryUsage();
  async function* given() {
    for (let batch = 0; batch < 200; batch++)
      yield Array.from({ length: 500 }, (_, i) => [
        `${batch}-${i}`,
        ...Array.from({ length: 20 }, (_, c) => `监测点 ${batch}-${i}-${c}`),
      ]);
  }
  let bytes = 0;
  for await (const piece of writeSheet({ name: '报警', columns, rows: given() })) {
    bytes += piece.byteLength;
    const now = process.memoryUsage();
    most = Math.max(most, now.rss - before.rss);
  }
  expect(bytes).toBeGreaterThan(1_000_000);
  expect(most / 1_048_576).toBeLessThan(300);
}, 60_000);
