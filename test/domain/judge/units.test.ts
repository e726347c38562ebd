import { expect, test } from 'vitest';
import { as } from '../../../src/domain/ids.ts';
import { toMetricUnit } from '../../../src/domain/judge/units.ts';
import type { Metric } from '../../../src/domain/metric.ts';

const source = { mark: 'V', ref: 'made up for a test' } as const;
const temp: Metric = {
  key: as.metric('temp'),
  name: { zh: '温度', en: 'temperature' },
  unit: '℃',
  kind: 'number',
  sentinels: [],
  expectedInterval: 1,
  conversions: [
    { from: 'K', factor: 1, offset: -273.15, source },
    { from: '0.1℃', factor: 0.1, source },
  ],
};

test('a value is turned into our unit by factor and offset', () => {
  expect(toMetricUnit(temp, 300, 'K')).toBeCloseTo(26.85, 9);
  expect(toMetricUnit(temp, 215, '0.1℃')).toBeCloseTo(21.5, 9);
  expect(toMetricUnit(temp, 21.5, '℃')).toBe(21.5);
});

test('an unknown unit is no guess', () => {
  expect(toMetricUnit(temp, 70, '℉')).toBeUndefined();
});
