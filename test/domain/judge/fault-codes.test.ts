import { describe, expect, test } from 'vitest';
import { as } from '../../../src/domain/ids.ts';
import { FaultCodes, faultCodesOf } from '../../../src/domain/judge/fault-codes.ts';
import type { Metric } from '../../../src/domain/metric.ts';
import type { Limit } from '../../../src/domain/rule.ts';
import { minutes } from '../../../src/domain/time.ts';
import { PACKS } from '../../../src/packs/index.ts';
import { FAULT_VALUES } from '../../../src/packs/language/common.ts';
import { above, below, outside, rule, step } from './rules.ts';

const SOURCE = { mark: 'D', ref: 'made up for a test' } as const;
const quantity = (min: number, max: number): Metric => ({
  key: as.metric('metric'),
  name: { zh: '量', en: 'quantity' },
  unit: '',
  kind: 'number',
  range: { min, max, source: SOURCE },
  sentinels: FAULT_VALUES,
  expectedInterval: minutes(1),
});
const codes = (min: number, max: number, ...limits: Limit[]) =>
  new FaultCodes(
    quantity(min, max),
    limits.map((l) => rule({ of: 'value' }, step(3, l))),
  );

const FULL_SCALE = [65_535, 65_534, 32_767, -32_768, 9_999, -9_999] as const;
const SCALED = FULL_SCALE.flatMap((code) =>
  [10, 100, 1_000].map((scale) => [`${code} / ${scale}`, code / scale] as const),
);

describe('full-scale codes in every scale a channel can have', () => {
  test.each(SCALED)('%s is a fault where the quantity does not stand', (_name, x) => {
    expect(codes(0, 3).of(x)).toBe('fault');
    expect(codes(-1_000_000, 1_000_000, outside(-2, 2)).of(x)).toBe('fault');
    expect(codes(-1_000_000, 1_000_000, outside(-2, 2)).of(Math.fround(x))).toBe('fault');
  });

  test.each(SCALED)('%s may be a value where the quantity has such in service', (_name, x) => {
    expect(codes(-10_000, 10_000).of(x)).toBe('perhaps');
    expect(codes(-10_000, 10_000, outside(-8_000, 8_000)).of(x)).toBe('perhaps');
  });

  test.each(FULL_SCALE)('%d, as the pack names it, is a fault wherever it stands', (x) => {
    expect(codes(-100_000, 100_000).of(x)).toBe('fault');
  });

  test.each([655_350, 3_276_700, -327_680, 99_990])('%d: a gateway multiplied it', (x) => {
    expect(codes(-1_000, 1_000).of(x)).toBe('fault');
  });

  test('neighbours of a code are values', () => {
    const of = codes(0, 2_000, above(50));
    for (const x of [655.33, 655.36, 655.351, 327.66, 999.8, 32.768, 65.5, 0, 1, -1])
      expect(of.of(x)).toBeNull();
  });

  test('a limit below which something is wrong says nothing of how high a value may rightly stand', () => {
    expect(codes(0, 1_000, below(0.2)).of(655.35)).toBe('perhaps');
  });

  test('a code is known by what was sent, and its place by what it comes to', () => {
    const ch4 = codes(0, 2_000, above(50));
    expect(ch4.of(9_999, 19.998)).toBe('fault');
    expect(ch4.of(999.9, 1.9998)).toBe('perhaps');
    expect(ch4.of(655.35, 13_107)).toBe('fault');
  });

  test.each([
    ['waterlogging', 'depth', [655.35, 327.67, 6553.5, 3276.7, 999.9]],
    ['gas', 'ch4', [655.35, 327.67, 1638.3, 999.9]],
    ['gas', 'h2s', [655.35, 327.67, 65.535, 99.99]],
  ] as const)('%s %s', (lifeline, key, faults) => {
    const pack = PACKS.find((p) => p.lifeline === lifeline);
    const metric = pack?.metrics.find((m) => m.key === key);
    if (pack === undefined || metric === undefined) throw new Error('no such metric');
    const of = new FaultCodes(metric, pack.rules);
    for (const x of faults) expect(of.of(x)).toBe('fault');
  });

  test('what may be a temperature, or a level just over its limit, is not thrown away', () => {
    for (const pack of PACKS) {
      for (const metric of pack.metrics.filter((m) => m.key === 'temp'))
        expect(new FaultCodes(metric, pack.rules).of(32.767)).not.toBe('fault');
    }
  });

  test('a flag has the codes that its pack names, and no others', () => {
    const flag: Metric = { ...quantity(0, 1), kind: 'flag', sentinels: [255] };
    expect([255, 25.5, 1, 0].map((x) => new FaultCodes(flag, []).of(x))).toEqual(['fault', null, null, null]);
  });
});

test('the same quantity under other rules is judged by those, whichever were asked for first', () => {
  const ch4 = PACKS.flatMap((p) => p.metrics).find((m) => m.key === 'ch4') as Metric;
  const of = (limit: number) => [{ ...rule({ of: 'value' }, step(1, above(limit))), metric: ch4.key }];
  const [low, high] = [of(10), of(50)];
  expect(faultCodesOf(ch4, low).of(65.535)).toBe('fault');
  expect(faultCodesOf(ch4, high).of(65.535)).toBe('perhaps');
  expect(faultCodesOf(ch4, low)).toBe(faultCodesOf(ch4, low));
});
