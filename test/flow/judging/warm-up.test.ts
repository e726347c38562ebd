import { expect, test } from 'vitest';
import { as } from '../../../src/domain/ids.ts';
import { lookBackOf } from '../../../src/domain/judge/look-back.ts';
import type { Metric } from '../../../src/domain/metric.ts';
import type { Pack } from '../../../src/domain/pack.ts';
import { GOOD } from '../../../src/domain/reading.ts';
import type { Rule, Signal, Step } from '../../../src/domain/rule.ts';
import { days, hours, minutes } from '../../../src/domain/time.ts';
import { type PointState, stateOf } from '../../../src/flow/judging/point-state.ts';
import { warmUp } from '../../../src/flow/judging/warm-up.ts';
import type { History } from '../../../src/flow/ports/history.ts';
import { planFor } from '../../../src/flow/rules/rule-book.ts';
import { above, rule, step } from '../../domain/judge/rules.ts';
import { POINT } from './one-point.ts';

const NOW = Date.UTC(2026, 5, 1);
const X = as.metric('x');
const named = (kind: string, signal: Signal, ...steps: Step[]): Rule => ({
  ...rule(signal, ...steps),
  metric: X,
  id: as.rule(`test.x.${kind}`),
});
const LIMIT = named('limit', { of: 'value' }, step(2, above(10)));
const MONTH = named(
  'often',
  { of: 'count', occurrence: { by: 'rule', rule: LIMIT.id, level: 2 }, window: days(30) },
  step(1, above(10)),
);
const MEAN = named('mean', { of: 'statistic', stat: 'mean', window: hours(2) }, step(3, above(5)));

/** A point that has told one value every ten minutes for 40 days: over the limit once every four days. */
function told(): Pick<History, 'raw'> & { queries: number } {
  const asked = {
    queries: 0,
    raw: async (q: Parameters<History['raw']>[0]) => {
      asked.queries++;
      const items = [];
      for (let t = NOW - days(40); t <= NOW; t += minutes(10)) {
        if (t < q.from || t >= q.to) continue;
        if (items.length >= q.limit) break;
        items.push({ t, value: (NOW - t) % days(3) === 0 ? 12 : 6, quality: GOOD, backfill: false });
      }
      return items;
    },
  };
  return asked;
}

function stateWith(rules: readonly Rule[]): PointState {
  const metric: Metric = {
    key: X,
    name: { zh: '量', en: 'x' },
    unit: '',
    kind: 'number',
    sentinels: [],
    expectedInterval: minutes(10),
  };
  const pack: Pack = {
    lifeline: as.lifeline('test'),
    name: { zh: '试验', en: 'test' },
    metrics: [metric],
    rules,
    levelNote: { zh: '无', en: 'none' },
  };
  const point = stateOf(POINT, planFor(pack, rules));
  point.memory.series.set(X, { newestAt: NOW, value: 6, valueAt: NOW, said: [NOW, 6] });
  return point;
}

test('a rule that is new at a point begins with what the point told before', async () => {
  const anew = stateWith([LIMIT, MONTH, MEAN]);
  expect(await warmUp([anew], told())).toEqual({ rules: 2, skipped: 0 });
  const often = anew.memory.rules.get(MONTH.id)?.signal;
  expect(often?.of === 'count' && [...often.begun].filter((t) => t > NOW - days(30)).length).toBe(10);
  expect(anew.memory.rules.get(MEAN.id)?.signal).toMatchObject({ of: 'statistic' });
  expect(anew.memory.rules.get(MEAN.id)?.watchers[0]?.on).toBe(true);
});

test('a rule whose memory was kept is left alone, and the store is not asked', async () => {
  const anew = stateWith([MEAN]);
  const kept = { signal: null, watchers: [] };
  anew.memory.rules.set(MEAN.id, kept);
  const history = told();
  expect(await warmUp([anew], history)).toEqual({ rules: 0, skipped: 0 });
  expect(history.queries).toBe(0);
  expect(anew.memory.rules.get(MEAN.id)).toBe(kept);
});

test('each kind knows how far it must look back', () => {
  expect(lookBackOf(LIMIT)).toBe(0);
  expect(lookBackOf(MONTH)).toBe(days(30));
  expect(lookBackOf(named('stuck', { of: 'unchangedFor', within: 0 }, step(4, above(60))))).toBe(hours(1));
  const baseline = { is: 'learned', quantile: 0.5, over: days(2), window: 'rolling' } as const;
  const slow = step(3, above(1), { onDelay: hours(1) });
  expect(lookBackOf(named('d', { of: 'deviation', from: baseline, as: 'percent' }, slow))).toBe(
    days(2) + hours(1),
  );
});
