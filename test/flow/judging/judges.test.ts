import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Alarm } from '../../../src/domain/alarm/alarm.ts';
import { as } from '../../../src/domain/ids.ts';
import type { PointMemory, RuleMemory } from '../../../src/domain/judge/memory.ts';
import type { Metric } from '../../../src/domain/metric.ts';
import type { Pack } from '../../../src/domain/pack.ts';
import { GOOD, type Quality, type QualityReason, type Reading } from '../../../src/domain/reading.ts';
import type { Judges, Rule, Signal, Step } from '../../../src/domain/rule.ts';
import type { RuleChange } from '../../../src/domain/rules/change.ts';
import { days, hours, minutes, seconds } from '../../../src/domain/time.ts';
import type { Core } from '../../../src/flow/core/core.ts';
import { judgeReading } from '../../../src/flow/judging/judge-point.ts';
import { type PointState, stateOf } from '../../../src/flow/judging/point-state.ts';
import { warmUp } from '../../../src/flow/judging/warm-up.ts';
import { planFor } from '../../../src/flow/rules/rule-book.ts';
import { checked } from '../../../src/packs/language/schema.ts';
import { fromExactJson, toExactJson } from '../../../src/wire/files/exact-json.ts';
import { above, rule, step } from '../../domain/judge/rules.ts';
import { FlowHarness } from '../flow-harness.ts';
import { cityOf, POINT, report, type Sample } from './one-point.ts';

const START = Date.UTC(2026, 5, 1);
const X = as.metric('x');
const SOURCE = { mark: 'D', ref: 'made up for a test' } as const;

const metricX = (more: Partial<Metric> = {}): Metric => ({
  key: X,
  name: { zh: '量', en: 'quantity' },
  unit: '',
  kind: 'number',
  range: { min: 0, max: 100, source: SOURCE },
  sentinels: [9999],
  expectedInterval: minutes(1),
  ...more,
});
/** Nothing real moves by more than 30 in a minute. */
const LEAPS = { maxChangePerMinute: { value: 30, source: SOURCE } };

const packOf = (rules: readonly Rule[], metric = metricX()): Pack => ({
  lifeline: as.lifeline('test'),
  name: { zh: '试验', en: 'test' },
  metrics: [metric],
  rules,
  levelNote: { zh: '无', en: 'none' },
});

function named(kind: string, judges: Judges | undefined, signal: Signal, ...steps: Step[]): Rule {
  const made = { ...rule(signal, ...steps), id: as.rule(`test.x.${kind}`), metric: X };
  return judges === undefined ? made : { ...made, judges };
}
const limit = (judges?: Judges, ...steps: Step[]): Rule =>
  named(
    `limit-${judges ?? 'default'}`,
    judges,
    { of: 'value' },
    ...(steps.length > 0 ? steps : [step(3, above(20))]),
  );

const sample = (s: number, value: Sample['value'], more: Partial<Sample> = {}): Sample => ({
  value,
  at: START + seconds(s),
  receivedAt: START + seconds(s),
  ...more,
});

type Told = {
  /** `<rule> <event> <level>`, in order. */
  readonly said: readonly string[];
  readonly alarms: ReadonlyMap<string, Alarm>;
  readonly memories: ReadonlyMap<string, RuleMemory>;
};

function arrive(
  pack: Pack,
  samples: readonly Sample[],
  between: (core: Core) => void = () => undefined,
): Told {
  const core = cityOf(pack);
  const said: string[] = [];
  const alarms = new Map<string, Alarm>();
  for (const s of samples) {
    for (const e of report(core, s)) {
      said.push(`${e.after.ruleId.replace('test.x.', '')} ${e.event.change.kind} ${e.after.level}`);
      alarms.set(e.after.ruleId, e.after);
    }
    between(core);
  }
  const memories = core.points.of(as.point('D1'))?.memory.rules ?? new Map();
  return { said, alarms, memories };
}

const why = (grade: 'doubtful' | 'bad', reason: QualityReason): Quality => ({ grade, why: reason });

describe('which readings a rule judges', () => {
  // The table of docs/data-quality.md.
  test.each<[what: string, Quality, value: number | null, judgedBy: readonly Judges[]]>([
    ['good', GOOD, 50, ['strictly-good', 'good', 'measured']],
    ['clock-off', why('doubtful', 'clock-off'), 50, ['good', 'measured']],
    ['stuck', why('doubtful', 'stuck'), 50, ['good', 'measured']],
    ['impossible-jump', why('doubtful', 'impossible-jump'), 50, ['measured']],
    ['out-of-range', why('bad', 'out-of-range'), 150, ['measured']],
    ['device-fault', why('bad', 'device-fault'), 50, []],
    ['sentinel', why('bad', 'sentinel'), null, []],
    ['not-a-number', why('bad', 'not-a-number'), null, []],
  ])('%s', (_, quality, value, judgedBy) => {
    const judged = ([undefined, 'strictly-good', 'good', 'measured'] as const).filter((judges) => {
      const only = limit(judges);
      const point = pointOf([only]);
      const told: string[] = [];
      judgeReading(point, point.plan.metrics.get('x') as never, reading(value, quality), {
        breach: (_at, r) => told.push(r.id),
        normal: () => undefined,
      });
      expect(point.memory.rules.has(only.id)).toBe(told.length > 0);
      return told.length > 0;
    });
    // Without a word, as with "good".
    const expected = judgedBy.includes('good') ? [undefined, ...judgedBy] : judgedBy;
    expect(judged).toEqual(expected);
  });

  const reading = (value: number | null, quality: Quality): Reading => ({
    point: as.point('P1'),
    metric: X,
    value,
    quality,
    observedAt: START,
    receivedAt: START,
    backfill: false,
  });

  test('each rule by its own word, of the very packets that a device sends', () => {
    const rules = [limit(), limit('strictly-good'), limit('measured')];
    const pack = packOf(rules, metricX(LEAPS));
    const raisedBy = (...samples: Sample[]) =>
      [...arrive(pack, samples).alarms.keys()].map((id) => id.replace('test.x.limit-', '')).sort();
    expect(raisedBy(sample(0, 50))).toEqual(['default', 'measured', 'strictly-good']);
    expect(raisedBy(sample(0, 150))).toEqual(['measured']);
    expect(raisedBy(sample(0, 5), sample(10, 90))).toEqual(['measured']);
    expect(raisedBy(sample(0, 50, { at: START + days(2) }))).toEqual(['default', 'measured']);
    for (const none of [9999, null, 'NaN']) expect(raisedBy(sample(0, none))).toEqual([]);
  });

  test('what one rule judges does not change what the next reading is compared with', () => {
    const pack = packOf([limit('measured'), limit()], metricX(LEAPS));
    // 90 is a jump from 5, and 25 is none, for it is compared with 5 and not with 90.
    const { said } = arrive(pack, [sample(0, 5), sample(10, 90), sample(20, 25)]);
    expect(said).toEqual(['limit-measured raised 3', 'limit-default raised 3']);
  });

  test('a jump that the next reading confirms is judged once by each rule, not again', () => {
    const counting = (judges?: Judges) =>
      named(
        `count-${judges ?? 'default'}`,
        judges,
        { of: 'count', occurrence: { by: 'limit', limit: above(20), deadband: 0 }, window: hours(1) },
        step(3, above(2)),
      );
    const pack = packOf([counting(), counting('measured')], metricX(LEAPS));
    const { memories } = arrive(pack, [sample(0, 5), sample(10, 90), sample(20, 91)]);
    const begun = (id: string) => {
      const signal = memories.get(`test.x.count-${id}`)?.signal;
      return signal?.of === 'count' ? [...signal.begun] : null;
    };
    expect(begun('default')).toEqual([START + seconds(20)]);
    expect(begun('measured')).toEqual([START + seconds(10)]);
  });

  test('an unbelievable number stays out of windows and baselines, unless the rule judges it', () => {
    const mean = (judges?: Judges) =>
      named(
        `mean-${judges ?? 'default'}`,
        judges,
        { of: 'statistic', stat: 'mean', window: minutes(2) },
        step(3, above(40)),
      );
    const off = (judges?: Judges) =>
      named(
        `off-${judges ?? 'default'}`,
        judges,
        {
          of: 'deviation',
          from: { is: 'learned', quantile: 0.5, over: minutes(8), window: 'first' },
          as: 'difference',
        },
        step(3, above(1_000)),
      );
    const learnt = (m: RuleMemory | undefined) =>
      m?.signal?.of === 'deviation' ? Math.max(...(m.signal.learned?.learnt.means ?? [])) : null;
    const samples = Array.from({ length: 40 }, (_, i) => sample(10 * i, i % 2 === 0 ? 10 : 150));
    const told = arrive(packOf([mean(), mean('measured'), off(), off('measured')]), samples);
    expect([...told.alarms.keys()]).toEqual(['test.x.mean-measured']);
    const heard = [
      learnt(told.memories.get('test.x.off-default')),
      learnt(told.memories.get('test.x.off-measured')),
    ];
    const alone = arrive(
      packOf([off()]),
      samples.filter((s) => s.value === 10),
    );
    expect(told.memories.get('test.x.off-default')).toEqual(alone.memories.get('test.x.off-default'));
    expect(heard[1]).not.toEqual(heard[0]);
  });

  test('a rule that is new at a point is shown what it would have judged', async () => {
    const mean = (judges?: Judges) =>
      named(
        `mean-${judges ?? 'default'}`,
        judges,
        { of: 'statistic', stat: 'sum', window: hours(1) },
        step(3, above(40)),
      );
    const items = [
      { t: START, value: 10, quality: GOOD, backfill: false },
      { t: START + 1_000, value: 150, quality: why('bad', 'out-of-range'), backfill: false },
      { t: START + 2_000, value: 30, quality: why('doubtful', 'stuck'), backfill: false },
    ];
    const point = pointOf([mean('strictly-good'), mean(), mean('measured')]);
    point.memory.series.set(X, {
      newestAt: START + 2_000,
      value: 30,
      valueAt: START,
      said: [],
    });
    await warmUp([point], { raw: async () => items });
    const sums = point.plan.metrics.get('x')?.rules.map(({ id }) => {
      const signal = point.memory.rules.get(id)?.signal;
      return signal?.of === 'statistic' ? signal.open[2] : null;
    });
    expect(sums).toEqual([10, 40, 190]);
  });
});

describe('an alarm that came of a doubtful reading says so', () => {
  test('where it was raised, beside the worst, and in the event', () => {
    const pack = packOf([limit('measured', step(3, above(20)), step(1, above(90)))]);
    const { alarms } = arrive(pack, [sample(0, 30), sample(10, 150), sample(20, 95)]);
    expect(alarms.get('test.x.limit-measured')).toMatchObject({
      level: 1,
      trigger: { value: 30 },
      worst: { value: 150, doubt: { grade: 'bad', why: 'out-of-range' } },
    });
    expect(alarms.get('test.x.limit-measured')?.trigger).not.toHaveProperty('doubt');
    // Of a value that raised no level, the end of the condition tells.
    const within = arrive(packOf([limit('measured')]), [sample(0, 30), sample(10, 150), sample(20, 5)]);
    expect(within.said).toEqual(['limit-measured raised 3', 'limit-measured returned 3']);
    expect(within.alarms.get('test.x.limit-measured')?.worst).toMatchObject({
      value: 150,
      doubt: { why: 'out-of-range' },
    });
    const atOnce = arrive(pack, [sample(0, 150)]).alarms.get('test.x.limit-measured');
    expect(atOnce?.trigger).toMatchObject({ value: 150, doubt: { grade: 'bad', why: 'out-of-range' } });
  });

  test('also where it came behind newer ones, and after its memory has been through the journal', () => {
    const slow = step(3, above(20), { onDelay: seconds(15) });
    const pack = packOf([limit('measured', slow)]);
    const late = { receivedAt: START + seconds(31) };
    const samples = [
      sample(0, 25),
      sample(20, 5),
      sample(30, 5),
      sample(10, 150, late),
      sample(18, 150, late),
    ];
    const kept = (core: Core): void => {
      const point = core.points.of(as.point('D1'));
      if (point === undefined) return;
      point.memory.recent = (fromExactJson(toExactJson(point.memory)) as PointMemory).recent ?? new Map();
    };
    for (const between of [() => undefined, kept]) {
      const told = arrive(pack, samples, between);
      expect(told.said[0]).toBe('limit-measured raised 3');
      expect(told.alarms.get('test.x.limit-measured')).toMatchObject({
        observedAt: START + seconds(18),
        trigger: { value: 150, doubt: { why: 'out-of-range' } },
      });
    }
  });
});

describe('out of order', () => {
  /** One a second, each up to 25 s on its way, but for the first; above 100 out of range. */
  const jittered = fc
    .array(
      fc.record({
        value: fc.oneof(fc.integer({ min: 0, max: 70 }), fc.constantFrom(130, 150, 9999)),
        delay: fc.integer({ min: 0, max: 25_000 }),
      }),
      { minLength: 2, maxLength: 60 },
    )
    .map((list) => {
      const samples = [{ value: 1, delay: 0 }, ...list];
      const inOrder = samples.map(({ value }, i) => sample(i, value));
      const asTheyCame = samples
        .map(({ value, delay }, i) => sample(i, value, { receivedAt: START + seconds(i) + delay }))
        .sort((a, b) => a.receivedAt - b.receivedAt);
      return { inOrder, asTheyCame };
    });
  const STEPS = [
    step(3, above(20), { deadband: 5 }),
    step(2, above(40), { deadband: 5 }),
    step(1, above(60)),
  ];
  const WATCHED: readonly Signal[] = [
    { of: 'value' },
    { of: 'rate', window: minutes(1) },
    { of: 'statistic', stat: 'rms', window: seconds(20) },
    { of: 'count', occurrence: { by: 'limit', limit: above(50), deadband: 2 }, window: seconds(40) },
    {
      of: 'deviation',
      from: { is: 'learned', quantile: 0.5, over: seconds(30), window: 'rolling' },
      as: 'difference',
    },
    { of: 'extreme', side: 'either', learnFor: seconds(10) },
    { of: 'unchangedFor', within: 30 },
  ];

  test.each(WATCHED)(
    'rules of every word beside each other end as if all had come in order: $of',
    (signal) => {
      const rules = (['strictly-good', undefined, 'measured'] as const).map((j) =>
        named(
          `w-${j ?? 'default'}`,
          j,
          signal,
          step(3, above(1), { onDelay: seconds(3), offDelay: seconds(4) }),
        ),
      );
      fc.assert(
        fc.property(jittered, ({ inOrder, asTheyCame }) => {
          expect(arrive(packOf(rules), asTheyCame).memories).toEqual(arrive(packOf(rules), inOrder).memories);
        }),
        { numRuns: 40 },
      );
    },
  );

  test('they give the same alarms: as many, as grave, in the same phase', () => {
    const pack = packOf([limit('measured', ...STEPS), limit(undefined, ...STEPS)]);
    const story = (told: Told) =>
      [...told.alarms]
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([id, a]) => ({
          id,
          occurrences: told.said.filter((s) => s.startsWith(`${id.replace('test.x.', '')} raised`)).length,
          level: a.level,
          phase: a.phase.is,
        }));
    fc.assert(
      fc.property(jittered, ({ inOrder, asTheyCame }) => {
        expect(story(arrive(pack, asTheyCame))).toEqual(story(arrive(pack, inOrder)));
      }),
      { numRuns: 200 },
    );
  });

  test('where readings jump, a rule that judges them all is told the same whatever the order', () => {
    const pack = packOf([limit('measured', ...STEPS), limit(undefined, ...STEPS)], metricX(LEAPS));
    fc.assert(
      fc.property(jittered, ({ inOrder, asTheyCame }) => {
        const of = (samples: readonly Sample[]) =>
          arrive(pack, samples).memories.get('test.x.limit-measured');
        expect(of(asTheyCame)).toEqual(of(inOrder));
      }),
      { numRuns: 200 },
    );
  });

  test('a rule beside one that judges everything is as it is alone', () => {
    const beside = packOf([limit(undefined, ...STEPS), limit('measured', ...STEPS)]);
    const alone = packOf([limit(undefined, ...STEPS)]);
    const of = (told: Told) => ({
      said: told.said.filter((s) => s.startsWith('limit-default')),
      memory: told.memories.get('test.x.limit-default'),
      alarm: { ...told.alarms.get('test.x.limit-default'), id: null },
    });
    fc.assert(
      fc.property(jittered, ({ asTheyCame }) => {
        expect(of(arrive(beside, asTheyCame))).toEqual(of(arrive(alone, asTheyCame)));
      }),
      { numRuns: 200 },
    );
  });
});

describe('rules that look at rules', () => {
  const MEASURED = limit('measured');

  test('a count hears what the rule that it counts judges', () => {
    const often = named(
      'often',
      undefined,
      { of: 'count', occurrence: { by: 'rule', rule: MEASURED.id, level: 3 }, window: hours(1) },
      step(2, above(2)),
    );
    const { said } = arrive(packOf([often, MEASURED]), [sample(0, 150), sample(10, 5), sample(20, 150)]);
    expect(said).toContain('often raised 2');
  });

  test('a combination hears of a rule what that rule judges, and of a limit what it judges itself', () => {
    const both = (judges: Judges | undefined, holds: 'limit' | 'rule'): Rule => ({
      ...named(
        `both-${holds}-${judges ?? 'default'}`,
        judges,
        {
          of: 'together',
          members: [
            {
              at: 'here',
              metric: X,
              holds:
                holds === 'limit'
                  ? { by: 'limit', limit: above(20) }
                  : { by: 'rule', rule: MEASURED.id, level: 3 },
            },
          ],
          over: { to: 'point' },
          within: minutes(5),
          counting: 'members',
        },
        step(2, above(1)),
      ),
    });
    const pack = packOf([
      MEASURED,
      both(undefined, 'limit'),
      both('measured', 'limit'),
      both(undefined, 'rule'),
    ]);
    const { alarms } = arrive(pack, [sample(0, 150)]);
    expect([...alarms.keys()].filter((id) => id.includes('both')).sort()).toEqual([
      'test.x.both-limit-measured',
      'test.x.both-rule-default',
    ]);
    expect(alarms.get('test.x.both-limit-measured')?.trigger.doubt?.why).toBe('out-of-range');
  });

  test('a combination is the same where what it judges came behind a doubtful reading', () => {
    const within = (judges: Judges | undefined): Rule =>
      named(
        `low-${judges ?? 'default'}`,
        judges,
        {
          of: 'together',
          members: [{ at: 'here', metric: X, holds: { by: 'limit', limit: above(20) } }],
          over: { to: 'point' },
          within: 0,
          counting: 'members',
        },
        step(2, above(1)),
      );
    const pack = packOf([within('strictly-good'), within(undefined), within('measured')]);
    const holds = sample(10, 50);
    // Below the range, and of a clock that is off by days: placed where it is received.
    for (const newer of [sample(20, -5), sample(20, 5, { at: START - days(30) })]) {
      const late = { ...holds, receivedAt: START + seconds(21) };
      const active = (told: Told) =>
        [...told.alarms.values()].filter((a) => a.phase.is === 'active-unacked').map((a) => a.ruleId);
      const expected = active(arrive(pack, [sample(0, 1), holds, newer]));
      expect(expected.length).toBeLessThan(3);
      expect(active(arrive(pack, [sample(0, 1), newer, late])).sort()).toEqual(expected.sort());
    }
  });

  test('a spread over points takes in what the rule judges', async () => {
    const spread = (judges?: Judges) =>
      named(
        `spread-${judges ?? 'default'}`,
        judges,
        { of: 'spread', over: { to: 'asset' }, within: hours(1) },
        step(2, above(60)),
      );
    const w = await FlowHarness.begin({ packs: [packOf([spread(), spread('measured')])] });
    for (const p of ['P1', 'P2']) await w.value('test', p, 'x', 50);
    for (const p of ['P1', 'P2']) {
      const point = w.core.register.point(as.point(p));
      if (point) await w.change([{ kind: 'point', point: { ...point, asset: as.asset('A') } }]);
    }
    w.clock.forward(seconds(10));
    for (const [p, v] of [
      ['P1', 50],
      ['P2', 150],
    ] as const)
      await w.value('test', p, 'x', v);
    expect(w.open().map((a) => a.ruleId)).toEqual(['test.x.spread-measured']);
  });
});

describe('over a restart', () => {
  test('the same is said, and the same remembered, whenever the service dies', async () => {
    const mean: Signal = { of: 'statistic', stat: 'mean', window: seconds(20) };
    const twice: Signal = {
      of: 'together',
      members: [{ at: 'here', metric: X, holds: { by: 'limit', limit: above(120) } }],
      over: { to: 'point' },
      within: seconds(9),
      counting: 'members',
    };
    const pack = packOf([
      limit(),
      limit('measured'),
      named('mean', 'measured', mean, step(2, above(60))),
      named('twice', 'measured', twice, step(2, above(1))),
    ]);
    const values = [5, 30, 150, 150, 5, 6, 9999, 150, 31, 130, 4, 3];
    async function lived(deaths: readonly number[]) {
      let w = await FlowHarness.begin({ packs: [pack] });
      const said: string[] = [];
      const leave = () =>
        said.push(
          ...w.events.map(
            (e) => `${e.after.ruleId} ${e.event.change.kind} ${e.after.worst.doubt?.why ?? ''}`,
          ),
        );
      for (const [i, v] of values.entries()) {
        if (deaths.includes(i)) {
          leave();
          w = await FlowHarness.begin({ clock: w.clock, disk: w.disk, history: w.history, packs: [pack] });
        }
        // Every third comes behind the one after it.
        const behind = i % 3 === 2 ? 3_000 : 0;
        await w.value('test', 'D1', 'x', v, w.clock.now() - behind);
        await w.pass(seconds(2));
      }
      leave();
      return { said, memories: [...(w.core.points.of(as.point('D1'))?.memory.rules ?? [])] };
    }
    const expected = await lived([]);
    expect(expected.said.some((s) => s.includes('raised out-of-range'))).toBe(true);
    for (let i = 0; i < values.length; i++) expect(await lived([i])).toEqual(expected);
  });
});

describe('a word of the house', () => {
  const CH4 = as.rule('gas.ch4.limit');
  const judge = (judges: Judges | null, point?: string): RuleChange => ({
    do: 'set',
    scope: point === undefined ? { kind: 'lifeline' } : { kind: 'point', point: as.point(point) },
    steps: [],
    judges,
  });
  const propose = (w: FlowHarness, change: RuleChange, id = CH4) =>
    w.turn.rule({
      do: 'propose',
      rule: id,
      change,
      reason: '量程偏小',
      submit: true,
      by: { account: 'li', name: '李值班' },
      commandId: null,
    });
  const inForce = (w: FlowHarness, point: string) =>
    w.core.points.of(as.point(point))?.plan.rules.get(CH4)?.judges;

  test('nearest wins; what is given back is the wider one’s; the default is written as no word at all', async () => {
    const w = await FlowHarness.begin();
    for (const p of ['G-1', 'G-2']) await w.value('gas', p, 'ch4', 1);
    const plain = w.core.points.of(as.point('G-1'))?.plan.rules.get(CH4);
    expect(await propose(w, judge('measured'))).toMatchObject({ ok: true, value: { version: 2 } });
    expect(await propose(w, judge('good', 'G-2'))).toMatchObject({ ok: true });
    expect([inForce(w, 'G-1'), inForce(w, 'G-2')]).toEqual(['measured', undefined]);
    expect(w.core.points.of(as.point('G-2'))?.plan.rules.get(CH4)).not.toHaveProperty('judges');
    expect(await propose(w, judge(null, 'G-2'))).toMatchObject({ ok: true });
    expect(inForce(w, 'G-2')).toBe('measured');
    expect(await propose(w, judge('measured'))).toMatchObject({
      ok: false,
      error: { code: 'rule-unchanged' },
    });
    expect(await propose(w, { do: 'revert', version: 1 })).toMatchObject({ ok: true });
    const back = w.core.points.of(as.point('G-1'))?.plan.rules.get(CH4);
    expect(JSON.stringify({ ...back, version: 1 })).toBe(JSON.stringify(plain));
  });

  test('the house may take back what a pack says', async () => {
    const w = await FlowHarness.begin({ packs: [packOf([limit('measured')])] });
    await w.value('test', 'D1', 'x', 1);
    const id = as.rule('test.x.limit-measured');
    expect(await propose(w, judge('good'), id)).toMatchObject({ ok: true });
    expect(w.core.points.of(as.point('D1'))?.plan.rules.get(id)).not.toHaveProperty('judges');
    w.clock.forward(seconds(1));
    await w.value('test', 'D1', 'x', 150);
    expect(w.open('D1')).toEqual([]);
  });

  test('holds after a restart, and an alarm by it says how far its reading may be believed', async () => {
    const w = await FlowHarness.begin();
    await w.value('gas', 'G-1', 'ch4', 1);
    await propose(w, judge('measured', 'G-1'));
    await w.pass(seconds(1));
    const again = await w.restart();
    await again.value('gas', 'G-1', 'ch4', 2_100);
    expect(again.open('G-1')).toMatchObject([
      { level: 1, trigger: { value: 2_100, doubt: { why: 'out-of-range' } } },
    ]);
    await again.value('gas', 'G-2', 'ch4', 2_100);
    expect(again.open('G-2')).toEqual([]);
  });

  test('a number changed at the same place keeps the word', async () => {
    const w = await FlowHarness.begin();
    await w.value('gas', 'G-1', 'ch4', 1);
    await propose(w, judge('measured', 'G-1'));
    await propose(w, {
      do: 'set',
      scope: { kind: 'point', point: as.point('G-1') },
      steps: [{ level: 3, limit: { limit: 15 } }],
    });
    expect(inForce(w, 'G-1')).toBe('measured');
  });

  test.each([
    ['gas.any.silence', 'measured', 'silence'],
    ['bridge.deflection.count', 'measured', 'other rules'],
    ['bridge.ax.rms.limit', 'measured', 'waveform'],
  ] as const)('%s cannot be told %s, and why', async (id, judges, because) => {
    const w = await FlowHarness.begin();
    const known = w.core.book.packRule(as.rule(id));
    expect(known).toBeDefined();
    const done = await propose(w, judge(judges), as.rule(id));
    expect(done).toMatchObject({ ok: false, error: { code: 'rule-change-unsound' } });
    if (!done.ok) expect(done.error.detail?.en).toContain(because);
  });

  test('a pack may say it too, and no nonsense', () => {
    const sound = (r: Rule): Pack => packOf([{ ...r, id: as.rule('test.x.limit') }]);
    expect(() => checked(sound(limit('measured')))).not.toThrow();
    expect(() => checked(sound(limit('everything' as never)))).toThrow(/strictly-good.*good.*measured/);
    const stuck = named('limit', 'strictly-good', { of: 'unchangedFor', within: 1 }, step(4, above(60)));
    expect(() => checked(sound(stuck))).toThrow(/stands still/);
  });
});

function pointOf(rules: readonly Rule[]): PointState {
  return stateOf(POINT, planFor(packOf(rules), rules));
}
