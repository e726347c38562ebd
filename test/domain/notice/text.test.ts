import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bytesOf, cut, fitted, type NoticeText } from '../../../src/domain/notice/text.ts';

const text: NoticeText = {
  marks: ['drill'],
  title: '红色报警：甲烷 60 %LEL',
  lines: ['监测点 W-0301', '建议：疏散周边人员，通知燃气公司'],
  link: 'https://watch.city.example/alarms/a1',
};

describe('a text within its bytes', () => {
  test('is whole where there is room', () => {
    expect(fitted(text, 1_000)).toBe(
      '【演练】红色报警：甲烷 60 %LEL\n监测点 W-0301\n建议：疏散周边人员，通知燃气公司\nhttps://watch.city.example/alarms/a1',
    );
  });

  test.each([
    [
      120,
      '【演练】红色报警：甲烷 60 %LEL\n监测点 W-0301\n建议：疏散周边…\nhttps://watch.city.example/alarms/a1',
    ],
    [90, '【演练】红色报警：甲烷 60 %LEL\n监测…\nhttps://watch.city.example/alarms/a1'],
    [80, '【演练】红色报警：甲烷 60 %LEL\nhttps://watch.city.example/alarms/a1'],
    [50, '【演练】红色报警：甲烷 60 %LEL\n监…'],
    [30, '【演练】红色报警：…'],
  ])('of %d: first the last lines go, then the link, whole; the mark stays', (bytes, shown) => {
    expect(fitted(text, bytes)).toBe(shown);
  });

  const aText = fc.record({
    marks: fc.subarray<NoticeText['marks'][number]>(['drill', 'test', 'again']),
    title: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 60 }),
    lines: fc.array(fc.string({ unit: 'grapheme', maxLength: 80 }), { maxLength: 4 }),
    link: fc.option(fc.webUrl()),
  });

  test('never passes them, is never torn within a sign, and never shows half a link', () => {
    fc.assert(
      fc.property(aText, fc.integer({ min: 40, max: 400 }), (t, bytes) => {
        const shown = fitted(t, bytes);
        expect(Buffer.byteLength(shown)).toBeLessThanOrEqual(bytes);
        expect(shown.isWellFormed()).toBe(true);
        const whole = fitted(t, 100_000);
        if (Buffer.byteLength(whole) <= bytes) expect(shown).toBe(whole);
        if (t.link !== null && shown.endsWith(t.link.slice(0, 12)) && t.link.length > 12)
          expect(whole).toBe(shown);
      }),
    );
  });

  test('bytes are those of UTF-8', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (t) => {
        expect(bytesOf(t)).toBe(Buffer.byteLength(t));
      }),
    );
    expect(bytesOf('a€𝄞')).toBe(8);
    expect(cut('红色报警', 2)).toBe('');
  });
});
