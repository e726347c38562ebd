import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Alarm } from '../../../src/domain/alarm/alarm.ts';
import { as } from '../../../src/domain/ids.ts';
import type { PointMemory, RuleMemory } from '../../../src/domain/judge/memory.ts';
import type { Pack } from '../../../src/domain/pack.ts';
import type { Rule, Signal, Step } from '../../../src/domain/rule.ts';
import { hours, minutes, seconds } from '../../../src/domain/time.ts';
import type { Core } from '../../../src/flow/core/core.ts';
import { fromExactJson, toExactJson } from '../../../src/wire/files/exact-json.ts';
import { above, outside, rule, step } from '../../domain/judge/rules.ts';
import { FlowHarness } from '../flow-harness.ts';
import { cityOf, report, type Sample as Said } from './one-point.ts';

const START = Date.UTC(2026, 5, 1);
const X = as.metric('x');
/** What the device says when it measures nothing; mostly with its first words. */
const NOTHING = 9_999;

/** A lifeline of one metric with these rules, and one device that reports it. */
function city(rules: readonly Rule[], arrivesWithin?: number): Core {
  const pack: Pack = {
    lifeline: as.lifeline('test'),
    name: { zh: '试验', en: 'test' },
    metrics: [
      {
        key: X,
        name: { zh: '量', en: 'quantity' },
        unit: '',
        kind: 'number',
        sentinels: [NOTHING],
        expectedInterval: minutes(1),
        ...(arrivesWithin === undefined ? {} : { arrivesWithin }),
      },
    ],
    rules,
    levelNote: { zh: '无', en: 'none' },
  };
  return cityOf(pack);
}

type Sample = Said & { readonly value: number };
type Told = { kinds: string[]; occurrences: number; alarm: Alarm | null; memories: [string, RuleMemory][] };

function arrive(
  rules: readonly Rule[],
  samples: readonly Sample[],
  between: (core: Core) => void = () => undefined,
): Told {
  const core = city(rules);
  const kinds: string[] = [];
  let alarm: Alarm | null = null;
  for (const s of samples) {
    for (const e of report(core, s)) {
      kinds.push(e.event.change.kind);
      alarm = e.after;
    }
    between(core);
  }
  const memory = core.points.of(as.point('D1'))?.memory;
  return {
    kinds,
    occurrences: kinds.filter((k) => k === 'raised').length,
    alarm,
    memories: [...(memory?.rules ?? [])],
  };
}

const named = (id: string, signal: Signal, ...steps: Step[]): Rule => ({
  ...rule(signal, ...steps),
  id: as.rule(`test.x.${id}`),
  metric: X,
});

const said = fc.oneof(
  { weight: 8, arbitrary: fc.integer({ min: 0, max: 70 }) },
  { weight: 1, arbitrary: fc.constant(NOTHING) },
);

/** Readings one a second, each up to 25 s on its way. */
const jittered = fc
  .array(fc.record({ value: said, delay: fc.integer({ min: 0, max: 25_000 }) }), {
    minLength: 2,
    maxLength: 80,
  })
  .map((list) => {
    const inOrder = list.map(({ value }, i): Sample => {
      const at = START + seconds(i);
      return { value, at, receivedAt: at };
    });
    const asTheyCame = list
      .map(({ value, delay }, i): Sample => {
        const at = START + seconds(i);
        return { value, at, receivedAt: at + delay };
      })
      .sort((a, b) => a.receivedAt - b.receivedAt);
    return { inOrder, asTheyCame };
  });

const STEPS = [step(3, above(20), { deadband: 5 }), step(2, above(40), { deadband: 5 }), step(1, above(60))];
const KINDS: readonly Signal[] = [
  { of: 'value' },
  { of: 'state', oneOf: [7, 21, 33] },
  { of: 'rate', window: minutes(1) },
  { of: 'statistic', stat: 'rms', window: seconds(20) },
  { of: 'statistic', stat: 'sum', window: seconds(20) },
  { of: 'count', occurrence: { by: 'limit', limit: above(50), deadband: 2 }, window: seconds(40) },
  {
    of: 'deviation',
    from: { is: 'learned', quantile: 0.5, over: seconds(30), window: 'rolling' },
    as: 'difference',
  },
  { of: 'extreme', side: 'either', learnFor: seconds(10) },
  { of: 'trend', stat: 'max', window: seconds(5), going: 'up', by: 1 },
  { of: 'unchangedFor', within: 30 },
];

describe('readings out of order within the lateness window', () => {
  test.each(KINDS)('leave every rule as if they had come in order: $of', (signal) => {
    const slow = { onDelay: seconds(3), offDelay: seconds(4), deadband: 1 };
    const rules = [named('quick', signal, step(3, above(1))), named('slow', signal, step(2, above(2), slow))];
    fc.assert(
      fc.property(jittered, ({ inOrder, asTheyCame }) => {
        expect(arrive(rules, asTheyCame).memories).toEqual(arrive(rules, inOrder).memories);
      }),
      { numRuns: 60 },
    );
  });

  test('give the same alarms: as many, as grave, in the same phase', () => {
    const rules = [named('limit', { of: 'value' }, ...STEPS)];
    fc.assert(
      fc.property(jittered, ({ inOrder, asTheyCame }) => {
        const expected = arrive(rules, inOrder);
        const found = arrive(rules, asTheyCame);
        expect(found.occurrences).toBe(expected.occurrences);
        expect(found.alarm?.level).toBe(expected.alarm?.level);
        expect(found.alarm?.phase.is).toBe(expected.alarm?.phase.is);
      }),
      { numRuns: 300 },
    );
  });

  test('an alarm that came in order would not have been raised returns, and does not vanish', () => {
    const rules = [named('limit', { of: 'value' }, step(3, above(20), { onDelay: seconds(10) }))];
    const at = (s: number, value: number, receivedAt = s): Sample => ({
      value,
      at: START + seconds(s),
      receivedAt: START + seconds(receivedAt),
    });
    expect(arrive(rules, [at(0, 25), at(10, 25), at(5, 1, 11)]).kinds).toEqual(['raised', 'returned']);
    expect(arrive(rules, [at(0, 25), at(5, 1), at(10, 25)]).kinds).toEqual([]);
  });

  test('never lose an alarm that would have been raised in order, and end in the same state', () => {
    const delays = { onDelay: seconds(4), offDelay: seconds(6), deadband: 3 };
    const rules = [named('limit', { of: 'value' }, step(3, above(20), delays), step(1, above(60), delays))];
    fc.assert(
      fc.property(jittered, ({ inOrder, asTheyCame }) => {
        const expected = arrive(rules, inOrder);
        const found = arrive(rules, asTheyCame);
        expect(found.occurrences).toBeGreaterThanOrEqual(expected.occurrences);
        const active = (t: Told) => t.alarm?.phase.is === 'active-unacked';
        expect(active(found)).toBe(active(expected));
        expect(found.alarm?.level ?? 5).toBeLessThanOrEqual(expected.alarm?.level ?? 5);
      }),
      { numRuns: 300 },
    );
  });

  test('a reading that came behind may end an alarm that it would have ended in order', () => {
    const rules = [named('limit', { of: 'value' }, step(3, above(20), { offDelay: seconds(5) }))];
    const told = arrive(rules, [
      { value: 25, at: START, receivedAt: START },
      { value: 1, at: START + 9_000, receivedAt: START + 9_000 },
      { value: 1, at: START + 2_000, receivedAt: START + 10_000 },
    ]);
    expect(told.kinds).toEqual(['raised', 'returned']);
  });

  test('an in-order reading is judged at once, not when the window is over', () => {
    const told = arrive(
      [named('limit', { of: 'value' }, ...STEPS)],
      [{ value: 65, at: START, receivedAt: START }],
    );
    expect(told.kinds).toEqual(['raised']);
  });

  test('whatever memories go through the journal in between, the outcome is the same', () => {
    const rules = [
      named('limit', { of: 'value' }, ...STEPS),
      named('mean', { of: 'statistic', stat: 'mean', window: seconds(20) }, step(3, above(30))),
    ];
    const restart = (core: Core) => {
      const point = core.points.of(as.point('D1'));
      if (point === undefined) return;
      const kept = fromExactJson(toExactJson(point.memory)) as PointMemory;
      for (const [k, v] of kept.rules) point.memory.rules.set(k, v);
      if (kept.recent !== undefined) point.memory.recent = kept.recent;
    };
    fc.assert(
      fc.property(jittered, ({ asTheyCame }) => {
        expect(arrive(rules, asTheyCame, restart)).toEqual(arrive(rules, asTheyCame));
      }),
      { numRuns: 60 },
    );
  });
});

describe('a device that uploads in batches', () => {
  const quarter = (i: number, value: number): Sample => ({
    value,
    at: START + minutes(15 * i),
    receivedAt: START + hours(1),
  });
  const rules = [named('limit', { of: 'value' }, step(2, outside(-10, 20)))];

  test('raises late alarms from an old batch, marked so, and clears nothing', () => {
    const told = arrive(rules, [quarter(0, 5), quarter(1, 30), quarter(2, 5)]);
    expect(told.kinds).toEqual(['raised']);
    expect(told.alarm).toMatchObject({ late: true, phase: { is: 'active-unacked' } });
  });

  test('is judged as live where its metric says how long it may take', () => {
    const core = city(rules, hours(1));
    const kinds: string[] = [];
    for (const s of [quarter(2, 5), quarter(0, 5), quarter(1, 30)]) {
      const draft = core.begin(s.receivedAt);
      const payload = new TextEncoder().encode(JSON.stringify({ ts: s.at, values: { x: s.value } }));
      const packet = { topic: 'lifeline/v1/test/D1/telemetry', payload, qos: 1, retain: false } as const;
      core.take({ ...packet, receivedAt: s.receivedAt }, draft);
      kinds.push(...draft.events.map((e) => e.event.change.kind));
      core.finish(draft, 'none');
    }
    expect(kinds).toEqual(['raised', 'returned']);
  });
});

describe('over a restart', () => {
  const rules = [
    named('limit', { of: 'value' }, ...STEPS),
    named('mean', { of: 'statistic', stat: 'mean', window: seconds(20) }, step(3, above(30))),
  ];
  const packs = city(rules).book.planOf(as.lifeline('test'))?.pack;

  /** Each sample at its time, with the service killed and begun again before some of them. */
  async function lived(samples: readonly Sample[], deaths: ReadonlySet<number>): Promise<unknown> {
    let w = await FlowHarness.begin({ packs: packs === undefined ? [] : [packs] });
    const began = w.clock.now();
    const kinds: string[] = [];
    const leave = () =>
      kinds.push(...w.events.filter((e) => e.after.lifeline === 'test').map((e) => e.event.change.kind));
    for (const [i, s] of samples.entries()) {
      if (deaths.has(i)) {
        leave();
        w = await FlowHarness.begin({
          clock: w.clock,
          disk: w.disk,
          history: w.history,
          packs: packs === undefined ? [] : [packs],
        });
      }
      w.clock.forward(s.receivedAt - START - (w.clock.now() - began));
      await w.value('test', 'D1', 'x', s.value, began + s.at - START);
      if (i % 7 === 6) await w.turn.tick();
    }
    leave();
    return { kinds, memories: [...(w.core.points.of(as.point('D1'))?.memory.rules ?? [])] };
  }

  test('the same is said, and the same remembered, whenever the service dies', async () => {
    await fc.assert(
      fc.asyncProperty(
        jittered,
        fc.uniqueArray(fc.nat(79), { maxLength: 4 }),
        async ({ asTheyCame }, deaths) => {
          expect(await lived(asTheyCame, new Set(deaths))).toEqual(await lived(asTheyCame, new Set()));
        },
      ),
      { numRuns: 25 },
    );
  }, 60_000);
});
