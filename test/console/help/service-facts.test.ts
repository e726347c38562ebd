import { expect, test } from 'vitest';
import { serviceFacts } from '../../../dashboards/console/src/frame/help/service-facts.ts';
import { words } from '../../../dashboards/console/src/frame/help/words.ts';
import { type Language, sayIn } from '../../../dashboards/console/src/i18n/translate.ts';
import type { Readiness } from '../../../src/wire/http/health.ts';

const NOW = Date.parse('2026-12-01T09:00:00Z');
const ready: Readiness = {
  status: 'ready',
  role: 'active',
  epoch: null,
  pair: null,
  journal: 'ok',
  selfCheck: 'ok',
  history: 'ok',
  audit: 'ok',
  intake: 'kept',
  troubles: [],
  startedAt: '2026-12-01T08:00:00Z',
  lastTurnAt: null,
  spool: { bytes: 0, turns: 0, oldest: null },
  certificates: [],
};
const pair = {
  name: 'watch-a:8080',
  standbys: [{ name: 'watch-b:8080', version: '1.0.0', seenAt: '2026-12-01T08:59:58Z' }],
  lastSwitch: { at: '2026-12-01T07:00:00Z', from: 'watch-b:8080', why: 'run-out' as const },
};
const facts = (is: Partial<Readiness>, language: Language) =>
  serviceFacts(
    { ...ready, ...is },
    { say: sayIn(() => language, words), at: (iso) => iso.slice(11, 16), now: NOW },
  ).map((f) => `${f.isBad ? '! ' : ''}${f.name}: ${f.text}`);

test('of two machines the help says which one this is, who would take over, and when that last was', () => {
  expect(facts({ epoch: 7, pair }, 'zh-CN')).toEqual([
    '主用机: watch-a:8080，第 7 任',
    '备用机: watch-b:8080，2 秒前有应答',
    '上次切换: 07:00，watch-b:8080 失联后接管',
    '运行自: 08:00',
  ]);
  expect(facts({ epoch: 7, pair }, 'en')).toEqual([
    'Active: watch-a:8080, epoch 7',
    'Standby: watch-b:8080, heard 2 s ago',
    'Last switch: 07:00, watch-b:8080 was not heard of any more',
    'Running since: 08:00',
  ]);
});

test('that nobody would take over stands out, and so does what stands badly', () => {
  expect(
    facts({ epoch: 1, pair: { ...pair, standbys: [], lastSwitch: null }, troubles: ['磁盘'] }, 'zh-CN'),
  ).toEqual([
    '主用机: watch-a:8080，第 1 任',
    '! 备用机: 没有备用机在待命：主用机停机将无人接管',
    '上次切换: 从未切换',
    '运行自: 08:00',
    '! 异常: 磁盘',
  ]);
});

test('one machine alone is said to be so', () => {
  expect(facts({}, 'en')).toEqual(['Machine: One, and none stands by', 'Running since: 08:00']);
});
