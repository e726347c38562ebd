import { as } from '../../../src/domain/ids.ts';
import type { Rule, Signal, Step } from '../../../src/domain/rule.ts';
import { type Duration, days, hours, minutes, seconds } from '../../../src/domain/time.ts';
import { above, below, outside, rule, step } from './rules.ts';

/**
 * The over-limit table that is applied on real bridges (fact sheet §5.1), each row written as a rule of its own, and
 * what it must say. 一级 → 3 yellow, 二级 → 2 orange, 三级 → 1 red.
 */
export type Row = {
  readonly row: string;
  readonly rule: Rule;
  readonly every: Duration;
  /** Series and the last level in force, in pairs. */
  readonly ends: readonly (readonly [series: string, level: 1 | 2 | 3 | null])[];
  readonly stored?: number;
  /** Latest temperature beside it. */
  readonly temp?: number;
};

const on = (metric: string, unit: string, signal: Signal, ...steps: Step[]): Rule => ({
  ...rule(signal, ...steps),
  lifeline: as.lifeline('bridge'),
  metric: as.metric(metric),
  id: as.rule(`bridge.${metric}.row`),
  unit,
});
const value: Signal = { of: 'value' };
const mean10: Signal = { of: 'statistic', stat: 'mean', window: minutes(10) };
const rms10: Signal = { of: 'statistic', stat: 'rms', window: minutes(10) };
const stored: Signal = { of: 'deviation', from: { is: 'stored' }, as: 'percent' };

export const DEFLECTION = on(
  'deflection',
  'mm',
  value,
  step(2, outside(-48, 38.4), { deadband: 2 }),
  step(1, outside(-60, 48), { deadband: 2 }),
);

export const TABLE: readonly Row[] = [
  {
    row: 'air temperature reaches 1.0 × design (40 / 0 ℃) 一级, 1.2 × (46 / −2 ℃) 二级',
    rule: on('temp', '℃', value, step(3, outside(0, 40)), step(2, outside(-2, 46))),
    every: minutes(10),
    ends: [
      ['20 40', null],
      ['20 41', 3],
      ['20 46.1', 2],
      ['20 -0.5', 3],
      ['20 -3', 2],
    ],
  },
  {
    row: 'humidity in closed members ≥ 50 % 一级',
    rule: on('humidity', '%RH', value, step(3, above(50), { deadband: 2 })),
    every: minutes(10),
    ends: [
      ['49.9', null],
      ['50', 3],
      ['50 48', 3],
      ['50 47.9', null],
    ],
  },
  {
    row: 'ice appears 一级',
    rule: on('ice', '', value, step(3, above(1))),
    every: minutes(10),
    ends: [
      ['0', null],
      ['0 1', 3],
      ['0 1 0', null],
    ],
  },
  {
    row: 'vehicle weight 1.5 × design (82.5 t) 一级, 2.0 × (110 t) 二级',
    rule: on('load', 't', value, step(3, above(82.5)), step(2, above(110))),
    every: seconds(10),
    ends: [
      ['60 82.4', null],
      ['82.5', 3],
      ['110', 2],
    ],
  },
  {
    row: 'axle weight 42 t 一级, 56 t 二级',
    rule: on('axle', 't', value, step(3, above(42)), step(2, above(56))),
    every: seconds(10),
    ends: [
      ['41', null],
      ['42', 3],
      ['56', 2],
    ],
  },
  {
    row: 'deck wind, 10-min mean: 25 m/s 一级, 27 二级, 34 三级; a gust is not the mean',
    rule: on('wind', 'm/s', mean10, step(3, above(25)), step(2, above(27)), step(1, above(34))),
    every: minutes(1),
    ends: [
      ['20×10 60 20×2', null],
      ['25×10', 3],
      ['28×10', 2],
      ['36×10', 1],
      ['36×4', null],
    ],
  },
  {
    row: 'member temperature at its design value (54 / −7 ℃) 一级',
    rule: on('memberTemp', '℃', value, step(3, outside(-7, 54))),
    every: minutes(10),
    ends: [
      ['54', null],
      ['54.1', 3],
      ['-7.1', 3],
    ],
  },
  {
    row: 'deck paving > 60 or < −20 ℃ 一级',
    rule: on('pavingTemp', '℃', value, step(3, outside(-20, 60))),
    every: minutes(10),
    ends: [
      ['60', null],
      ['60.1', 3],
      ['-20.1', 3],
    ],
  },
  {
    row: 'earthquake peak acceleration: E1 (0.15 g) 二级, E2 (0.255 g) 三级, either way',
    rule: on('quake', 'g', { of: 'value', magnitude: true }, step(2, above(0.15)), step(1, above(0.255))),
    every: seconds(1),
    ends: [
      ['0.149', null],
      ['-0.15', 2],
      ['0.255', 1],
      ['-0.3', 1],
    ],
  },
  {
    row: 'girder displacement 0.8 × design 二级, design 三级 (up ≠ down)',
    rule: DEFLECTION,
    every: minutes(10),
    ends: [
      ['38.4', null],
      ['38.5', 2],
      ['-48.1', 2],
      ['48.1', 1],
      ['-60.1', 1],
      ['-49 -46.5', 2],
      ['-49 -45', null],
    ],
  },
  {
    row: 'the same, ten or more level-2 events within a month 三级',
    rule: on(
      'deflection',
      '',
      { of: 'count', occurrence: { by: 'limit', limit: outside(-48, 38.4), deadband: 2 }, window: days(30) },
      step(1, above(10)),
    ),
    every: hours(12),
    ends: [
      [`${'-50 0 '.repeat(9)}`, null],
      [`${'-50 0 '.repeat(10)}`, 1],
      [`${'-50 0 0 0 0 0 0 0 '.repeat(12)}`, null],
    ],
  },
  {
    row: 'tower tilt 0.038° 二级, 0.057° 三级',
    rule: on('tilt', '°', value, step(2, outside(-0.038, 0.038)), step(1, outside(-0.057, 0.057))),
    every: minutes(10),
    ends: [
      ['0.03', null],
      ['-0.04', 2],
      ['0.06', 1],
    ],
  },
  {
    row: 'bearing displacement |x| ≥ 0.8 × design (80 mm) 二级, ≥ design (100 mm) 三级',
    rule: on('bearing', 'mm', { of: 'value', magnitude: true }, step(2, above(80)), step(1, above(100))),
    every: minutes(10),
    ends: [
      ['79.9', null],
      ['-80', 2],
      ['80', 2],
      ['-100', 1],
    ],
  },
  {
    row: 'static strain beyond its own historical maximum 一级',
    rule: on('strain', 'µε', { of: 'extreme', side: 'either', learnFor: days(7) }, step(3, above(0.1))),
    every: hours(1),
    ends: [
      ['0 90 -40 0×170 89', null],
      ['0 90 -40 0×170 91', 3],
      ['0 90 -40 0×170 -41', 3],
      ['0 90 500', null],
    ],
  },
  {
    row: 'static strain beyond the worst load case (+217 / −214 µε) 二级',
    rule: on('strain', 'µε', value, step(2, outside(-214, 217))),
    every: hours(1),
    ends: [
      ['217', null],
      ['217.1', 2],
      ['-214.1', 2],
    ],
  },
  {
    row: 'girder vibration, 10-min RMS ≥ 0.315 m/s² for more than 30 min 一级, ≥ 0.5 二级',
    rule: on('ax', 'm/s²', rms10, step(3, above(0.315), { onDelay: minutes(30) }), step(2, above(0.5))),
    every: minutes(1),
    ends: [
      ['0.4×25', null],
      ['0.4×40', 3],
      ['-0.4×40', 3],
      ['0.4×25 0.1×30', null],
      ['0.6×10', 2],
    ],
  },
  {
    row: 'girder vibration whose amplitude keeps growing 三级',
    rule: on(
      'ax',
      '',
      { of: 'trend', stat: 'peakToPeak', window: minutes(10), going: 'up', by: 0.02 },
      step(1, above(4)),
    ),
    every: minutes(5),
    ends: [
      ['-1 1 -1.1 1.1 -1.2 1.2 -1.3 1.3 -1.4 1.4 0', 1],
      ['-1 1 -1.1 1.1 -1.2 1.2 -1.1 1.1 -1.4 1.4 0', null],
    ],
  },
  {
    row: 'cable vibration, 10-min RMS ≥ 1.0 m/s² 一级',
    rule: on('cableAcc', 'm/s²', rms10, step(3, above(1))),
    every: minutes(1),
    ends: [
      ['0.9×12', null],
      ['1×12', 3],
    ],
  },
  {
    row: 'cable vibration ≥ 3.0 m/s² and frequent (three times within a day) 二级',
    rule: on(
      'cableAcc.rms',
      '',
      { of: 'count', occurrence: { by: 'limit', limit: above(3), deadband: 0.2 }, window: days(1) },
      step(2, above(3)),
    ),
    every: minutes(10),
    ends: [
      ['3 1 3 1', null],
      ['3 1 3 1 3', 2],
      ['3 2.9 3 2.9 3', null],
    ],
  },
  {
    row: 'arch foot 0.8 × limit 二级, 1.0 × 三级',
    rule: on('archFoot', 'mm', value, step(2, outside(-21, 21)), step(1, outside(-26.3, 26.3))),
    every: hours(1),
    ends: [
      ['20', null],
      ['22', 2],
      ['-27', 1],
    ],
  },
  {
    row: 'a structural crack appears 一级, is wider than the code allows 二级',
    rule: on('crack', 'mm', value, step(3, above(0.01)), step(2, above(0.2))),
    every: hours(1),
    ends: [
      ['0', null],
      ['0 0.02', 3],
      ['0 0.2', 2],
    ],
  },
  {
    row: 'a crack that grows faster than 0.01 mm a day 二级',
    rule: on('crack', 'mm/d', { of: 'rate', window: days(10), per: days(1) }, step(2, above(0.01))),
    every: days(1),
    ends: [
      ['0.1 0.105 0.11 0.115 0.12 0.125 0.13', null],
      ['0.1 0.12 0.14 0.16 0.18 0.2 0.22', 2],
    ],
  },
  {
    row: 'a permanent offset of tower, cable or arch appears 三级',
    rule: on(
      'offset',
      'mm',
      { of: 'deviation', from: { is: 'stored' }, as: 'difference', smoothedBy: days(7) },
      step(1, outside(-5, 5)),
    ),
    every: hours(6),
    stored: 100,
    ends: [
      ['100×40 130 100×10', null],
      ['106×40', 1],
    ],
  },
  {
    row: 'continuing sag 三级',
    rule: on(
      'sag',
      '',
      { of: 'trend', stat: 'mean', window: days(1), going: 'down', by: 0.2 },
      step(1, above(5)),
    ),
    every: hours(12),
    ends: [
      ['0 0 -1 -1 -2 -2 -3 -3 -4 -4 -5 -5 -6', 1],
      ['0 0 -1 -1 0 0 -3 -3 -4 -4 -5 -5 -6', null],
    ],
  },
  {
    row: 'pier settlement, uniform ≥ 20 mm 三级',
    rule: on(
      'settlement',
      'mm',
      { of: 'deviation', from: { is: 'stored' }, as: 'difference' },
      step(1, below(-20)),
    ),
    every: days(1),
    stored: 3,
    ends: [
      ['-16.9', null],
      ['-17', 1],
    ],
  },
  {
    row: 'cable force against as-built: change > 10 % 二级, > 15 % 三级',
    rule: on('cableForce', '%', stored, step(2, outside(-10, 10)), step(1, outside(-15, 15))),
    every: hours(1),
    stored: 2000,
    ends: [
      ['2200', null],
      ['2201', 2],
      ['1799', 2],
      ['2301', 1],
      ['1699', 1],
    ],
  },
  {
    row: 'main frequency, environment removed: change > 3 % 二级, > 5 % 三级',
    rule: on(
      'frequency',
      '%',
      {
        of: 'deviation',
        from: { is: 'stored' },
        as: 'percent',
        compensate: { metric: as.metric('temp'), perUnit: -0.001, reference: 20 },
      },
      step(2, outside(-3, 3)),
      step(1, outside(-5, 5)),
    ),
    every: hours(1),
    stored: 1,
    temp: -10,
    ends: [
      ['1.03', null],
      ['1.001', null],
      ['0.999', 2],
      ['0.97', 1],
    ],
  },
];

/** The one row that several points make together. */
export const APART = on(
  'settlement',
  'mm',
  { of: 'spread', over: { to: 'asset' }, within: days(2) },
  step(1, above(10)),
);
