import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { newCommandId } from '../../dashboards/console/src/api/ids.ts';
import { NO_ANSWER, problemOf, sayProblem, TOO_SLOW } from '../../dashboards/console/src/api/problem.ts';
import { refusalInWords } from '../../dashboards/console/src/console/actions.ts';
import { common } from '../../dashboards/console/src/i18n/common.ts';
import { sayIn } from '../../dashboards/console/src/i18n/translate.ts';
import { keyOf } from '../../dashboards/console/src/state/keys.ts';
import { numberOf, quantityOf } from '../../dashboards/console/src/state/numbers.ts';
import { eventDetail, eventWord, type StoryItem } from '../../dashboards/console/src/state/story.ts';
import { limitInWords, valueInWords } from '../../dashboards/console/src/state/value-words.ts';
import { acked, anAlarm } from './an-alarm.ts';

const inZh = sayIn(() => 'zh-CN', {});
const inEn = sayIn(() => 'en', {});
const NOW = Date.parse('2026-03-01T05:10:00Z');

const SRC = join(import.meta.dirname, '../../dashboards/console/src');
type Table = Readonly<Record<string, readonly [string, string]>>;
/** Every table of words, by its address: `common` and that of each screen and of the log-in. */
const tables: readonly (readonly [address: string, words: Table])[] = await Promise.all(
  (readdirSync(SRC, { recursive: true }) as string[])
    .filter((file) => /(^|\/)(words|acts|common)\.ts$/.test(file) && file !== 'i18n/words.ts')
    .sort()
    .map(async (file) => {
      const exported = Object.values((await import(join(SRC, file))) as Record<string, Table>);
      return [file, Object.assign({}, ...exported)] as const;
    }),
);

describe('the words', () => {
  const places = (s: string): string[] => [...s.matchAll(/\{(\w+)\}/g)].map((m) => m[1] as string).sort();

  it.each(tables)('%s: are there in both languages, unmixed, with the same places', (_, words) => {
    expect(Object.keys(words).length).toBeGreaterThan(0);
    for (const [key, [chinese, english]] of Object.entries(words)) {
      expect([key, chinese.trim() !== '', english.trim() !== '']).toEqual([key, true, true]);
      expect([key, places(english)]).toEqual([key, places(chinese)]);
      // The name of the other language is said in it.
      const hasChinese =
        key === 'app.language' ? /[\u3000-\u9fff]/.test(chinese) : /[\u3000-\u9fff]/.test(english);
      expect([key, hasChinese]).toEqual([key, false]);
    }
  });
  it.each(tables.filter(([address]) => address !== 'i18n/common.ts'))(
    '%s: give no second sentence to a common key',
    (_, words) => expect(Object.keys(words).filter((key) => key in common)).toEqual([]),
  );
  it('fill places and leave nothing unfilled', () => {
    expect(inZh('link.delayed', { n: 14 })).toBe('延迟 14 秒');
    expect(inEn('age.ago', { age: '3 min' })).toBe('3 min ago');
    expect(inEn('age.ago')).toBe('{age} ago');
  });
  it('of a screen are said by the same voice as the common ones, and follow the language', () => {
    let language: 'zh-CN' | 'en' = 'zh-CN';
    const say = sayIn(() => language, { points: ['{n} 个监测点', '{n} points'] });
    expect([say('points', { n: 3 }), say('field.code'), say(['确认', 'Acknowledge'])]).toEqual([
      '3 个监测点',
      '编码',
      '确认',
    ]);
    language = 'en';
    expect([say('points', { n: 3 }), say('field.code'), say(['确认', 'Acknowledge'])]).toEqual([
      '3 points',
      'Code',
      'Acknowledge',
    ]);
  });
});

describe('a refusal', () => {
  const refusal = (code: string, zhWords: string) =>
    problemOf(409, { code, title: zhWords, detail: zhWords });

  it('is said in the words of the server, which knows the language asked for', () => {
    expect(sayProblem(refusal('still-active', '险情仍在，不能复位'), inZh)).toBe('险情仍在，不能复位');
  });
  it('says first which field is wrong, when one is', () => {
    const p = problemOf(400, {
      code: 'invalid',
      title: '请求内容有误',
      detail: 'body.until: 须为时间',
      errors: [{ at: 'body.until', message: '须为时间' }],
    });
    expect(sayProblem(p, inZh)).toBe('须为时间');
  });
  it('names who was first, and when', () => {
    const known = acked(anAlarm('a'), '李四', '2026-03-01T05:00:00Z');
    expect(refusalInWords(refusal('already-acknowledged', '已由他人确认'), known, inZh, NOW)).toBe(
      '已由 李四 确认（13:00:00）',
    );
    expect(refusalInWords(refusal('already-acknowledged', '已由他人确认'), anAlarm('a'), inZh, NOW)).toBe(
      '已由他人确认',
    );
  });
  it('says what no answer and a foreign answer mean', () => {
    expect(sayProblem(NO_ANSWER, inEn)).toBe('The server cannot be reached');
    expect(sayProblem(TOO_SLOW, inZh)).toBe('服务器没有应答');
    expect(sayProblem(problemOf(502, null), inZh)).toBe('服务器出错（502）');
    expect(sayProblem(problemOf(401, 'nginx'), inEn)).toContain('log in again');
  });
});

describe('values', () => {
  it('have no more digits than say something', () => {
    expect(
      [60, 12.5, 0.12345, 1234.56, 123.456, 0, -3.2189, 0.000001, Number.NaN].map((v) => numberOf(v)),
    ).toEqual(['60', '12.5', '0.1235', '1235', '123.5', '0', '-3.22', '1.00e-6', '—']);
    expect([quantityOf(60, '%LEL'), quantityOf(88, '%'), quantityOf(1, '')]).toEqual(['60 %LEL', '88%', '1']);
  });
  it('stand against their limit', () => {
    expect(limitInWords(anAlarm('a'), null, null, inZh)).toBe('≥ 50 %LEL');
    const low = anAlarm('a', { trigger: { value: 17, unit: '%VOL', limit: 19.5, side: 'below' } });
    expect(limitInWords(low, null, null, inZh)).toBe('≤ 19.5 %VOL');
    const silent = anAlarm('a', {
      metric: null,
      trigger: { value: null, unit: 'min', limit: 30, side: 'above' },
    });
    expect(limitInWords(silent, null, null, inZh)).toBe('≥ 30 min');
  });
  it('of a flag are yes and no, without a limit', () => {
    const flag = {
      key: 'open',
      name: { zh: '开启', en: 'Open' },
      unit: '',
      kind: 'flag',
      expectedIntervalMs: 60_000,
    } as const;
    const cover = anAlarm('a', { trigger: { value: 1, unit: '', limit: 1, side: 'above' } });
    expect(limitInWords(cover, null, flag, inZh)).toBe('');
    expect(valueInWords(1, '', flag, inZh)).toBe('是');
  });
});

describe('the story of an alarm', () => {
  const item = (over: Partial<StoryItem>): StoryItem => ({
    seq: 1,
    alarmId: 'a',
    revision: 1,
    event: 'raised',
    at: '2026-03-01T05:00:00Z',
    by: '张三',
    account: 'zhang',
    ...over,
  });
  it('tells the value, the verdict, the reason and the words of a person', () => {
    expect(eventDetail(item({ value: 60, unit: '%LEL', level: 1 }), inZh, NOW)).toBe('1 红 · 60 %LEL');
    // Each step with what it was compared with then, by the version that was in force.
    const step = { value: 25.6, unit: 'cm', level: 3, limit: 24, side: 'above', ruleVersion: 2 } as const;
    expect(eventDetail(item(step), inZh, NOW)).toBe('3 黄 · 25.6 cm · 限值 ≥ 24 cm · 第 2 版');
    const cover = { kind: 'flag' } as Parameters<typeof eventDetail>[3];
    expect(eventDetail(item({ value: 1, level: 2 }), inZh, NOW, cover)).toBe('2 橙 · 是');
    expect(eventDetail(item({ event: 'assessed', verdict: 'biogas', note: '化粪池' }), inZh, NOW)).toBe(
      '沼气 · 化粪池',
    );
    expect(
      eventDetail(item({ event: 'shelved', until: '2026-03-01T06:00:00Z', reason: '检修' }), inZh, NOW),
    ).toBe('搁置至 14:00 · 检修');
  });
  it('says of a shelf whether a person or the clock ended it', () => {
    expect(eventWord(item({ event: 'unshelved', reason: 'expired' }), inZh)).toBe('搁置到期');
    expect(eventWord(item({ event: 'unshelved', reason: 'operator' }), inZh)).toBe('取消搁置');
  });
});

describe('keys', () => {
  const press = (over: Partial<Parameters<typeof keyOf>[0]>) =>
    keyOf({ key: '', code: '', repeat: false, modified: false, typing: false, dialog: false, ...over });

  it('work with a Chinese input method switched on', () => {
    expect(press({ key: 'Process', code: 'KeyA' })).toBe('acknowledge');
    expect(press({ key: '？', code: 'Slash' })).toBe('help');
    expect(press({ key: '、', code: 'Slash' })).toBe('search');
  });
  it('acknowledge once, however long they are held', () => {
    expect(press({ key: 'a', code: 'KeyA', repeat: true })).toBeNull();
    expect(press({ key: 'ArrowDown', code: 'ArrowDown', repeat: true })).toBe('down');
  });
  it('are letters while somebody types, and nothing while a dialog is open', () => {
    expect(press({ key: 'a', code: 'KeyA', typing: true })).toBeNull();
    expect(press({ key: 'Escape', typing: true })).toBe('escape');
    expect(press({ key: 'a', code: 'KeyA', dialog: true })).toBeNull();
    expect(press({ key: 'a', code: 'KeyA', modified: true })).toBeNull();
  });
});

describe('a command id', () => {
  const bytes = (b: Uint8Array<ArrayBuffer>) => b.fill(0xff);
  it('is a UUID also where the browser has none to give', () => {
    expect(newCommandId({ getRandomValues: bytes })).toBe('ffffffff-ffff-4fff-bfff-ffffffffffff');
    expect(newCommandId({ getRandomValues: bytes, randomUUID: () => 'own' })).toBe('own');
  });
});
