import { describe, expect, test } from 'vitest';
import { as } from '../../../src/domain/ids.ts';
import { evaluateSpread, freshMemory } from '../../../src/domain/judge/evaluate.ts';
import { ALONE, type OwnPoint } from '../../../src/domain/judge/own-point.ts';
import type { Metric } from '../../../src/domain/metric.ts';
import type { Pack } from '../../../src/domain/pack.ts';
import type { Rule } from '../../../src/domain/rule.ts';
import { minutes } from '../../../src/domain/time.ts';
import { checked } from '../../../src/packs/language/schema.ts';
import { signalJson, signalOf, signalWire } from '../../../src/wire/signal.ts';
import { APART, TABLE } from './over-limit-table.ts';
import { levelsOf } from './series.ts';

const CASES = TABLE.flatMap(({ ends, ...row }) => ends.map(([series, level]) => ({ ...row, series, level })));

describe('the over-limit table of JT/T 1037-2022, as applied on real bridges', () => {
  test.each(CASES)('$row: $series → $level', ({ rule, every, stored, temp, series, level }) => {
    const beside: OwnPoint = { ...ALONE, stored: () => stored ?? null, latest: () => temp ?? null };
    expect(levelsOf(rule, series, every, beside).at(-1)).toBe(level);
  });

  test('neighbouring piers that differ by 10 mm 三级', () => {
    const [a, b] = [as.point('P1'), as.point('P2')];
    const reach = new Set([a, b]);
    const first = evaluateSpread(APART, freshMemory(APART), { point: a, value: 1, at: 0 }, reach);
    const judge = (value: number) =>
      evaluateSpread(APART, first.memory, { point: b, value, at: minutes(5) }, reach).level;
    expect([judge(10.9), judge(11), judge(-9)]).toEqual([null, 1, 1]);
  });

  test.each([...TABLE, { row: 'neighbouring piers', rule: APART }])(
    '$row: is data, in a pack and as JSON',
    ({ rule }) => {
      expect(signalOf(signalWire.parse(JSON.parse(JSON.stringify(signalJson(rule.signal)))))).toEqual(
        rule.signal,
      );
      expect(() => checked(packWith(rule))).not.toThrow();
    },
  );
});

/** The smallest pack that this rule is at home in. */
function packWith(rule: Rule): Pack {
  const source = { mark: 'D', ref: 'made up for a test' } as const;
  const metric = (key: string, unit: string): Metric => ({
    key: as.metric(key),
    name: { zh: '量', en: 'quantity' },
    unit,
    kind: 'number',
    range: { min: -1e6, max: 1e6, source },
    sentinels: [],
    expectedInterval: minutes(10),
  });
  const unit = rule.unit === '%' || rule.unit === 'mm/d' ? 'kN' : rule.unit;
  const own = metric(rule.metric as string, unit);
  return {
    lifeline: rule.lifeline,
    name: { zh: '桥', en: 'bridge' },
    metrics: own.key === 'temp' ? [own] : [own, metric('temp', '℃')],
    rules: [rule],
    levelNote: { zh: '无', en: 'none' },
  };
}
