import { expect, test } from 'vitest';
import { sayIn } from '../../../dashboards/console/src/i18n/translate.ts';
import { assessBodyOf, emptyDraft } from '../../../dashboards/console/src/parts/alarm/assess/form.ts';
import { words } from '../../../dashboards/console/src/parts/alarm/assess/words.ts';
import type { Verdict } from '../../../src/domain/alarm/assessment.ts';
import { assessBody } from '../../../src/wire/http/alarms.ts';

const NOW = Date.UTC(2026, 5, 1, 8);
const say = sayIn(() => 'zh-CN', words);
const sent = (verdict: Verdict, typed: object) =>
  assessBodyOf({ ...emptyDraft('%LEL'), ...typed }, verdict, { revision: 3, now: NOW }, say);

test('what was left empty is not sent', () => {
  expect(sent('works', {})).toEqual({});
  expect(sent('real', { cause: 'leak', confidence: 'certain' })).toEqual({
    cause: 'leak',
    confidence: 'certain',
  });
  // A cause is one of what is real.
  expect(sent('biogas', { cause: 'leak' })).toEqual({});
});

test('what was filled in is sent as the interface takes it', () => {
  const body = sent('real', {
    ...{
      confidence: 'certain',
      cause: 'leak',
      onSite: '45',
      depth: '1,5',
      ethane: '１２０',
      instrument: 'GC-7',
    },
    ...{ ventBefore: '45', ventAfter: '44', weather: '晴', worksNear: '东侧开挖', pipesNear: 'DN300 中压' },
    ...{ owner: '燃气公司调度', next: 'watch', watchFor: '30' },
  });
  expect(body).toEqual({
    confidence: 'certain',
    cause: 'leak',
    form: {
      seenRevision: 3,
      onSite: { value: 45, unit: '%LEL', depthM: 1.5 },
      ethane: { value: 120, unit: 'ppm', instrument: 'GC-7', at: '2026-06-01T08:00:00.000Z' },
      ventilated: { before: 45, after: 44, unit: '%LEL' },
      ...{ weather: '晴', worksNear: '东侧开挖', pipesNear: 'DN300 中压' },
      ownerCalled: { name: '燃气公司调度', at: '2026-06-01T08:00:00.000Z' },
      ...{ nextStep: 'watch', watchUntil: '2026-06-01T08:30:00.000Z' },
    },
  });
  expect(() => assessBody.parse({ verdict: 'real', commandId: 'c', ...(body as object) })).not.toThrow();
});

test.each<[object, Verdict, RegExp]>([
  [{ onSite: '很多' }, 'real', /现场读数.*数字/],
  [{ ethane: '5', ethaneUnit: ' ' }, 'real', /乙烷.*单位/],
  [{ ventBefore: '45' }, 'real', /通风前后/],
  [{}, 'duplicate', /重复/],
])('%o with %s is not sent, and says what is wrong', (typed, verdict, words) => {
  expect(sent(verdict, typed)).toMatch(words);
});
