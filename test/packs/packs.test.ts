import { describe, expect, test } from 'vitest';
import type { MetricKey } from '../../src/domain/ids.ts';
import { evaluate, freshMemory } from '../../src/domain/judge/evaluate.ts';
import { FaultCodes, faultCodesOf } from '../../src/domain/judge/fault-codes.ts';
import { addFrame } from '../../src/domain/judge/features.ts';
import type { RuleMemory, WindowMemory } from '../../src/domain/judge/memory.ts';
import { judgeQuality } from '../../src/domain/judge/quality.ts';
import type { Metric } from '../../src/domain/metric.ts';
import type { Pack } from '../../src/domain/pack.ts';
import type { Baseline, Rule, Signal, Step } from '../../src/domain/rule.ts';
import { minutes } from '../../src/domain/time.ts';
import { metricOf, PACKS, packOf } from '../../src/packs/index.ts';
import { checked } from '../../src/packs/language/schema.ts';
import { parseTopic } from '../../src/wire/mqtt/topics.ts';

const RULES = PACKS.flatMap((p) => p.rules);
const METRICS = PACKS.flatMap((p) => p.metrics.map((metric) => ({ pack: p.lifeline as string, metric })));

describe('the packs', () => {
  test('are found by their keys, the four named first', () => {
    expect(PACKS.slice(0, 4).map((p) => p.lifeline)).toEqual(['gas', 'waterlogging', 'manhole', 'bridge']);
    expect(new Set(PACKS.map((p) => p.lifeline)).size).toBe(PACKS.length);
    for (const pack of PACKS) expect(packOf(pack.lifeline)).toBe(pack);
    expect(packOf('gas')?.name.zh).toBe('燃气');
    expect(packOf('telecom')).toBeUndefined();
    expect(packOf('__proto__')).toBeUndefined();
  });

  test('know their metrics by key', () => {
    const gas = packOf('gas') as Pack;
    expect(metricOf(gas, 'ch4')?.unit).toBe('%LEL');
    expect(metricOf(gas, 'constructor')).toBeUndefined();
  });

  test('watch what the devices of the trade send', () => {
    const keys = (lifeline: string) => packOf(lifeline)?.metrics.map((m) => m.key);
    expect(keys('gas')).toEqual(
      expect.arrayContaining(['ch4', 'o2', 'h2s', 'co', 'temp', 'humidity', 'water', 'fault']),
    );
    expect(keys('waterlogging')).toEqual(
      expect.arrayContaining(['depth', 'rain1h', 'level', 'airHeight', 'flow', 'temp']),
    );
    expect(keys('manhole')).toEqual(
      expect.arrayContaining(['tilt', 'open', 'level', 'overflow', 'ch4', 'h2s', 'water']),
    );
    expect(keys('bridge')).toEqual(
      expect.arrayContaining([
        'strain',
        'deflection',
        'tilt',
        'wind',
        'wind10',
        'temp',
        'load',
        'axle',
        'cableForce',
        'ax',
        'ax.rms',
        'ax.pp',
        'ax.max',
        'ax.min',
        'ax.mean',
        'ax.rms.1m',
        'strainDyn.pp',
      ]),
    );
    for (const pack of PACKS)
      expect(keys(pack.lifeline)).toEqual(expect.arrayContaining(['battery', 'rssi']));
  });

  test('have keys that a device can put into its topic', () => {
    for (const { lifeline } of PACKS) {
      expect(parseTopic(`lifeline/v1/${lifeline}/D-1/telemetry`)).toMatchObject({ ok: true });
    }
  });

  test('have rules whose ids are theirs alone', () => {
    expect(new Set(RULES.map((r) => r.id)).size).toBe(RULES.length);
  });

  test('all know silence, and the milder word for what ails the device itself', () => {
    for (const pack of PACKS) {
      const silence = pack.rules.filter((r) => r.signal.of === 'silentFor');
      expect(silence.filter((r) => r.metric === null)).toHaveLength(1);
      for (const r of silence) expect(r.steps.map((s) => s.level)).toEqual([4]);
    }
  });

  test('every number names its source, and one that was read somewhere names the place', () => {
    const sources = [
      ...RULES.flatMap((r) => r.steps.map((s) => s.source)),
      ...METRICS.flatMap(({ metric: m }) => [
        ...(m.range ? [m.range.source] : []),
        ...(m.maxChangePerMinute ? [m.maxChangePerMinute.source] : []),
        ...(m.conversions ?? []).map((c) => c.source),
      ]),
    ];
    expect(sources.length).toBeGreaterThan(100);
    for (const s of sources.filter(({ mark }) => mark === 'V' || mark === 'V2'))
      expect(s.ref).toMatch(/\[S\d+\]/);
  });

  test('a leak of gas or water is never an impossible jump', () => {
    const dangers = METRICS.filter(({ pack, metric }) =>
      RULES.some((r) => r.lifeline === pack && r.metric === metric.key && r.steps.some((s) => s.level < 4)),
    );
    expect(dangers.length).toBeGreaterThan(15);
    for (const { metric } of dangers) expect(metric.maxChangePerMinute).toBeUndefined();
  });

  test("a device's fault value is bad in every metric that is a number", () => {
    for (const { metric } of METRICS.filter(({ metric: m }) => m.kind === 'number')) {
      const codes = new FaultCodes(metric, RULES);
      for (const fault of [9999, -9999, 65_535]) {
        expect(judgeQuality(metric, codes, fault, undefined, 0)).toEqual({
          value: null,
          quality: { grade: 'bad', why: 'sentinel' },
        });
      }
    }
  });

  test('whatever a step says can be said by a good reading', () => {
    for (const r of RULES.filter((x) => x.signal.of === 'value')) {
      const pack = packOf(r.lifeline) as Pack;
      const metric = metricOf(pack, r.metric as string) as Metric;
      for (const s of r.steps) {
        const worst = s.limit.is === 'outside' ? s.limit.high + 0.001 : s.limit.limit;
        expect(
          judgeQuality(metric, faultCodesOf(metric, pack.rules), worst, undefined, 0).quality.grade,
        ).toBe('good');
        expect(evaluate({ ...r, steps: [{ ...s, onDelay: 0 }] }, freshMemory(r), worst, 0).level).toBe(
          s.level,
        );
      }
    }
  });

  test('a bridge that swings at 0.4 m/s² RMS is yellow after half an hour of ten-minute windows', () => {
    const bridge = packOf('bridge') as Pack;
    const rms = metricOf(bridge, 'ax.rms') as Metric;
    const rule = bridge.rules.find((r) => r.metric === 'ax.rms') as Rule;
    const amplitude = 0.4 * Math.SQRT2;
    const said: (readonly [minute: number, level: number | null])[] = [];
    let window: WindowMemory | undefined;
    let memory: RuleMemory = freshMemory(rule);
    for (let minute = 0; minute <= 50; minute++) {
      const t0 = minutes(minute);
      const samples = Array.from(
        { length: 1200 },
        (_, i) => amplitude * Math.sin((2 * Math.PI * 0.3 * (t0 + i * 50)) / 1000),
      );
      const cut = addFrame(window, { observedAt: t0, dt: 50, samples }, rms.feature?.window as number);
      window = cut.window;
      for (const closed of cut.closed) {
        expect(closed.rms).toBeCloseTo(0.4, 2);
        const judged = evaluate(rule, memory, closed.rms, closed.endsAt);
        memory = judged.memory;
        said.push([closed.endsAt / minutes(1), judged.level]);
      }
    }
    expect(said).toEqual([
      [10, null],
      [20, null],
      [30, null],
      [40, 3],
      [50, 3],
    ]);
  });
});

describe('a senseless pack does not start', () => {
  const gas = packOf('gas') as Pack;
  const ch4 = gas.rules[0] as Rule;
  const [yellow, red] = ch4.steps as readonly [Step, Step];
  const withRule = (over: Partial<Rule>): Pack => ({
    ...gas,
    rules: [{ ...ch4, ...over }, ...gas.rules.slice(1)],
  });
  const withStep = (over: Partial<Step>): Pack => withRule({ steps: [{ ...yellow, ...over }, red] });
  const withMetric = (over: object): Pack => ({
    ...gas,
    metrics: [{ ...(gas.metrics[0] as Metric), ...over }, ...gas.metrics.slice(1)],
  });

  test('while a sound one does', () => {
    expect(checked(gas)).toBe(gas);
  });

  test.each<[string, Pack, RegExp]>([
    ['a number without a source', withStep({ source: { mark: 'V', ref: '' } }), /names a document/],
    ['advice that nobody can read', withStep({ advice: { zh: 'call', en: 'call' } }), /no Chinese/],
    [
      'a limit outside the range',
      withStep({ limit: { is: 'above', limit: 5000 } }),
      /outside the metric's range/,
    ],
    ['a deadband without a way back', withStep({ deadband: 20 }), /no way back/],
    [
      'a graver step nearer than the milder',
      withRule({ steps: [{ ...yellow, limit: { is: 'above', limit: 60 } }, red] }),
      /no farther out/,
    ],
    ['steps from the gravest to the mildest', withRule({ steps: [red, yellow] }), /mildest to the gravest/],
    [
      'a rule about nothing',
      withRule({ metric: 'so2' as Rule['metric'] & string }),
      /no metric of this pack/,
    ],
    ['a rule under a foreign id', withRule({ id: 'bridge.ch4.limit' as Rule['id'] }), /an id is/],
    ['readings of no metric', withRule({ metric: null }), /only silence is of the whole point/],
    ['a rule in another unit than its metric', withRule({ unit: 'ppm' }), /its metric in/],
    [
      'a forecast of limits that no rule has',
      {
        ...gas,
        forecast: { metric: ch4.metric as MetricKey, rule: 'gas.none' as Rule['id'], wet: 1, counts: 3 },
      },
      /forecast: no rule/,
    ],
    ['the same rule twice', { ...gas, rules: [ch4, ...gas.rules] }, /twice/],
    ['the same metric twice', { ...gas, metrics: [...gas.metrics, ...gas.metrics] }, /twice/],
    ['a quantity without a range', withMetric({ range: undefined }), /without a range/],
    [
      'a range that is empty',
      withMetric({ range: { min: 1, max: 1, source: { mark: 'D', ref: 'none' } } }),
      /empty/,
    ],
    [
      'a feature of no waveform',
      withMetric({ feature: { of: 'temp', stat: 'rms', window: 60_000 } }),
      /no waveform/,
    ],
    ['no signal at all', withRule({ signal: undefined as unknown as Signal }), /no signal/],
    [
      'a signal that there is not',
      withRule({ signal: { of: 'gradient' } as unknown as Signal }),
      /rules\[0\]\.signal/,
    ],
    [
      'a word in a signal that the schema does not know',
      withRule({ signal: { of: 'value', magnitude: true, squared: true } as Signal }),
      /squared/,
    ],
    [
      'a word that the schema does not know, deep in a signal',
      withRule({
        signal: {
          of: 'deviation',
          as: 'percent',
          from: { is: 'fixed', value: 1, over: 1 } as unknown as Baseline,
        },
      }),
      /over/,
    ],
    [
      'a length of time as it is called on the wire',
      withRule({ signal: { of: 'rate', windowMs: 60_000 } as unknown as Signal }),
      /no unit in its name/,
    ],
    ['a length of time that is none', withRule({ signal: { of: 'rate', window: 0 } }), /signal\.windowMs/],
    ['a word that the schema does not know', withStep({ limits: [] } as unknown as Partial<Step>), /limits/],
  ])('%s', (_, pack, problem) => {
    expect(() => checked(pack)).toThrow(problem);
  });
});
