import { describe, expect, it } from 'vitest';
import { problemOf } from '../../../dashboards/console/src/api/problem.ts';
import { sayIn } from '../../../dashboards/console/src/i18n/translate.ts';
import type { OrderVerb } from '../../../dashboards/console/src/phone/kept/act.ts';
import { emptyForm, filled } from '../../../dashboards/console/src/phone/orders/act-form.ts';
import { ageInWords } from '../../../dashboards/console/src/phone/orders/age-words.ts';
import { numberIn } from '../../../dashboards/console/src/phone/orders/number-in.ts';
import { refusalInWords } from '../../../dashboards/console/src/phone/orders/refusal-words.ts';
import { WORDS } from '../../../dashboards/console/src/phone/words.ts';
import { REFUSALS } from '../../../src/domain/refusals.ts';
import {
  arriveBody,
  doneBody,
  extendBody,
  feedbackBody,
  forwardBody,
  pauseBody,
  plainActBody,
  refuseBody,
  safetyBody,
} from '../../../src/wire/http/response/orders.ts';

const NOW = Date.parse('2026-06-01T00:00:00Z');
const BODIES = {
  accept: plainActBody,
  resume: plainActBody,
  refuse: refuseBody,
  forward: forwardBody,
  arrive: arriveBody,
  feedback: feedbackBody,
  'check-safety': safetyBody,
  pause: pauseBody,
  extend: extendBody,
  done: doneBody,
} as const;
const FULL = {
  ...emptyForm(),
  text: ' 阀门已关 ',
  cause: '密封老化',
  kind: 'other',
  unit: 'water-crew',
  permit: 'ZY-2026-12',
  gases: ['0,5', '２０.9', '', ''],
  place: { lon: 115.78, lat: 33.84, accuracyM: 9 },
};

describe('a form on the phone', () => {
  it.each(Object.keys(BODIES) as OrderVerb[])('%s, filled in, is a body that the service takes', (verb) => {
    for (const state of ['dispatched', 'accepted', 'on-site']) {
      const said = filled(verb, FULL, state, NOW);
      const body = 'body' in said ? said.body : null;
      expect(BODIES[verb].safeParse({ ...body, commandId: 'c', actedAt: '2026-06-01T00:00:00Z' }).error).toBe(
        undefined,
      );
    }
  });

  it('that lacks something says what, and becomes no act', () => {
    const empty = emptyForm();
    const missing = (verb: OrderVerb, more = {}) => filled(verb, { ...empty, ...more }, 'on-site', NOW);
    expect(missing('refuse')).toEqual({ missing: 'kind' });
    expect(missing('refuse', { kind: 'other', text: '  ' })).toEqual({ missing: 'text' });
    expect(missing('forward', { text: '理由' })).toEqual({ missing: 'unit' });
    expect(missing('pause', { text: '理由' })).toEqual({ missing: 'kind' });
    expect(missing('done')).toEqual({ missing: 'text' });
    expect(missing('arrive')).toEqual({ missing: 'place' });
    expect(missing('check-safety', { permit: 'ZY' })).toEqual({ missing: 'reading' });
    expect(missing('check-safety', { gases: ['无', '20.9', '', ''] })).toEqual({ missing: 'number' });
  });

  it('arrives with a place that was measured, or with one in words, and accepts where nobody has', () => {
    const arrive = (more: object, state: string) => filled('arrive', { ...emptyForm(), ...more }, state, NOW);
    expect(arrive({ place: FULL.place }, 'accepted')).toEqual({ body: FULL.place });
    expect(arrive({ placeText: ' 路口 ' }, 'dispatched')).toEqual({
      body: { accept: true, placeText: '路口' },
    });
  });

  it('is done from afar where nobody has arrived', () => {
    expect(filled('done', { ...emptyForm(), text: '已远程关阀' }, 'accepted', NOW)).toEqual({
      body: { result: '已远程关阀', remote: true },
    });
  });

  it('reads numbers as a thumb types them', () => {
    expect(['0', '20.9', '0,5', '１２', '-1', '1。5', '', '1.2.3', 'O2', '1e3'].map(numberIn)).toEqual([
      0,
      20.9,
      0.5,
      12,
      -1,
      1.5,
      null,
      null,
      null,
      null,
    ]);
  });
});

describe('the words of the phone', () => {
  const zh = sayIn(() => 'zh-CN', WORDS);

  it('say how long, coarser as it is longer', () => {
    const m = 60_000;
    expect(
      [5_000, m, 59 * m, 61 * m, 47 * 60 * m, 50 * 60 * m, -3 * m].map((ms) => ageInWords(ms, zh)),
    ).toEqual(['5 秒', '1 分', '59 分', '1 小时 1 分', '47 小时 0 分', '2 天 2 小时', '3 分']);
  });

  it('explain what can have happened meanwhile, and leave the rest to the service', () => {
    const refusal = (code: string) => refusalInWords(problemOf(409, { code, title: '服务的话' }), zh);
    expect(refusal('other-unit')).toBe('这张工单已转给其他单位，您的操作没有生效。');
    expect(refusal('order-state')).toBe('服务的话');
  });

  it('explain codes that there are', () => {
    const explained = Object.keys(WORDS).flatMap((key) => (key.startsWith('why.') ? key.slice(4) : []));
    expect(explained.filter((code) => !(code in REFUSALS))).toEqual([]);
  });
});
