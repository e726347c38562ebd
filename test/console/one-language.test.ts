import { describe, expect, it } from 'vitest';
import { sayIn } from '../../dashboards/console/src/i18n/translate.ts';
import { flawDetail, flawName } from '../../dashboards/console/src/screens/register/flaw-words.ts';
import { words } from '../../dashboards/console/src/screens/register/words.ts';
import { spanOf } from '../../dashboards/console/src/state/age.ts';
import { sourceWords } from '../../dashboards/console/src/state/source-words.ts';
import { lengthInWords } from '../../src/domain/text.ts';
import { PACKS } from '../../src/packs/index.ts';

const zh = sayIn(() => 'zh-CN', words);
const en = sayIn(() => 'en', words);
/** Three small letters in a row are a word of English; the codes of standards have none. */
const ENGLISH = /[a-z]{3}/;

describe('a reader of Chinese', () => {
  const refs = PACKS.flatMap((p) => p.rules.flatMap((r) => r.steps.map((s) => s.source.ref)));

  it('is told where each limit of a pack comes from without a word of English', () => {
    expect(refs.length).toBeGreaterThan(200);
    expect(refs.map((r) => sourceWords(r, 'zh-CN')).filter((r) => ENGLISH.test(r))).toEqual([]);
  });
  it('is told every document that is cited by number', () => {
    expect(
      sourceWords(
        'GB/T 50493-2019 §5.5.2: second alarm at no more than 50 %LEL [S24]; detector [S46]',
        'zh-CN',
      ),
    ).toBe('GB/T 50493-2019 §5.5.2、[S24]、[S46]');
    expect(sourceWords('usual set-points', 'zh-CN')).toBe('');
    expect(sourceWords('usual set-points', 'en')).toBe('usual set-points');
  });
  it('is told what is wrong with a packet, what was given and what would be right', () => {
    const detail = '"pressur" is not a metric of gas; known are ch4, battery.';
    const reader = { language: 'zh-CN', say: zh } as const;
    expect(flawName('unknown-metric', zh)).toBe('该专项没有此指标');
    expect(flawDetail('unknown-metric', detail, reader)).toMatch(/^“pressur”：请改用/);
    expect(flawDetail('more-flaws', '3 more flaws like these in the same packet.', reader)).not.toMatch(
      ENGLISH,
    );
    expect(flawDetail('unknown-metric', detail, { language: 'en', say: en })).toBe(detail);
  });
});

describe('a length of time', () => {
  it.each([
    [86_400_000, '24 小时', '24 h'],
    [172_800_000, '2 天', '2 d'],
    [60_000, '1 分钟', '1 min'],
    [20_000, '20 秒', '20 s'],
  ])('%i ms is %s', (ms, inChinese, inEnglish) => {
    expect([spanOf(ms, zh), spanOf(ms, en)]).toEqual([inChinese, inEnglish]);
    expect(lengthInWords(ms)).toEqual({ zh: inChinese, en: inEnglish });
  });
  it('has two units at most', () => {
    expect(lengthInWords(5_400_000).zh).toBe('1 小时 30 分钟');
    expect(lengthInWords(0).en).toBe('0 s');
  });
});
