import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { as } from '../../src/domain/ids.ts';
import type { Pack } from '../../src/domain/pack.ts';
import type { RuleChange, Setting } from '../../src/domain/rules/change.ts';
import { hours, minutes, seconds } from '../../src/domain/time.ts';
import { BacktestJobs } from '../../src/flow/backtest/jobs.ts';
import { runBacktest } from '../../src/flow/backtest/run.ts';
import type { BacktestAsked } from '../../src/flow/ports/backtests.ts';
import type { JournaledEvent } from '../../src/flow/ports/journal.ts';
import { above, rule, step } from '../domain/judge/rules.ts';
import { FlowHarness, LI, START } from './flow-harness.ts';

const CH4 = as.rule('gas.ch4.limit');
const set = (limit: number, level: 1 | 3 = 3): RuleChange => ({
  do: 'set',
  scope: { kind: 'lifeline' },
  steps: [{ level, limit: { limit } }],
});
const BY = { account: 'li', name: '李值班' };
const asked = (w: FlowHarness, more: Partial<BacktestAsked> = {}): BacktestAsked => ({
  rule: CH4,
  from: START,
  to: w.clock.now() + 1,
  draft: set(10),
  other: null,
  operators: 'absent',
  by: BY,
  ...more,
});
const jobsOf = (w: FlowHarness, breathe = async () => undefined) =>
  new BacktestJobs({ core: w.core, history: w.history, journal: w.journal, clock: w.clock, breathe });

async function done(w: FlowHarness, a: BacktestAsked) {
  await w.stored('none', 'none');
  const jobs = jobsOf(w);
  const started = jobs.start(a);
  if (started === null || !started.ok) throw new Error(JSON.stringify(started));
  await jobs.ended(started.value.id);
  const job = jobs.get(started.value.id);
  if (job?.result == null) throw new Error(JSON.stringify(job));
  return job.result;
}

/** Each value a minute after the one before it. */
async function live(w: FlowHarness, device: string, values: readonly number[]): Promise<void> {
  for (const v of values) {
    await w.value('gas', device, 'ch4', v);
    await w.pass(minutes(1));
  }
}

const asSeen = (e: JournaledEvent) => ({
  kind: e.event.change.kind,
  point: e.after.pointCode,
  at: e.event.at,
  level: e.after.level,
  worst: e.after.worst,
  recurrences: e.after.recurrences,
  ruleVersion: e.after.ruleVersion,
});

/** Backtests what has just been judged live, by the numbers that were in force, and compares the events. */
async function compare(
  w: FlowHarness,
  rule = CH4,
  settings: readonly Setting[] = [],
): Promise<readonly ReturnType<typeof asSeen>[]> {
  await w.stored('none', 'none');
  const known = w.core.book.packRule(rule);
  if (known === undefined) throw new Error('no rule');
  const events: JournaledEvent[] = [];
  await runBacktest({
    ...known,
    points: w.core.register.points().filter((p) => p.lifeline === known.pack.lifeline),
    planAt: (point) => w.core.points.planNow(point),
    from: START,
    to: w.clock.now() + 1,
    settings: [settings, []],
    attend: false,
    judged: [],
    history: w.history,
    register: w.core.register,
    breathe: async () => undefined,
    progress: () => undefined,
    isCancelled: () => false,
    tick: minutes(1),
    onEvent: (variant, e) => {
      if (variant === 0) events.push(e);
    },
  });
  // A draft has no version of its own.
  const seen = (e: JournaledEvent) =>
    settings.length === 0 ? asSeen(e) : { ...asSeen(e), ruleVersion: known.rule.version };
  const wasLive = w.events.filter((e) => e.after.ruleId === rule).map(seen);
  const order = (a: { point: string; at: number }, b: { point: string; at: number }) =>
    a.point < b.point ? -1 : a.point > b.point ? 1 : a.at - b.at;
  expect(events.map(seen).sort(order)).toEqual(wasLive.sort(order));
  return wasLive;
}

async function same(values: readonly (readonly number[])[]): Promise<number> {
  const w = await FlowHarness.begin();
  const minutesOfAll = Math.max(0, ...values.map((v) => v.length));
  for (let m = 0; m < minutesOfAll; m++) {
    for (const [i, series] of values.entries()) {
      const v = series[m];
      if (v !== undefined) await w.value('gas', `G-${i}`, 'ch4', v);
    }
    await w.pass(minutes(1));
  }
  return (await compare(w)).length;
}

type Said = { readonly at: string; readonly lifeline: string; readonly values: Record<string, number> };

/** Minute by minute, what each device says. */
async function hour(w: FlowHarness, of: number, says: (minute: number) => readonly Said[]): Promise<void> {
  for (let m = 0; m < of; m++) {
    for (const { at, lifeline, values } of says(m))
      await w.telemetry(lifeline, at, { ts: w.clock.now(), values });
    await w.pass(minutes(1));
  }
}

/** Puts points on the map, or on one asset. */
async function register(
  w: FlowHarness,
  points: readonly { code: string; lifeline: string; east?: number; asset?: string }[],
): Promise<void> {
  for (const { code, lifeline, east, asset } of points)
    await w.change([
      {
        kind: 'point',
        point: {
          code: as.point(code),
          name: code,
          lifeline: as.lifeline(lifeline),
          asset: asset === undefined ? null : as.asset(asset),
          area: as.area('341602'),
          place: east === undefined ? null : { lon: 115.78 + east / 92_400, lat: 33.85, crs: 'CGCS2000' },
          unverified: false,
          outOfService: null,
          attributes: {},
        },
      },
    ]);
}

describe('a backtest judges as the watch did', () => {
  test('an hour that was judged live gives the same events: raise, rise, return, recurrence, with their worst', async () => {
    const hour = (f: (m: number) => number) => Array.from({ length: 60 }, (_, m) => f(m));
    const events = await same([
      hour((m) => (m > 10 && m < 25 ? 30 : 3)),
      hour((m) => (m % 20 < 9 ? 24 + (m % 7) * 6 : 2)),
      hour((m) => (m === 30 ? 95 : 1)),
      hour(() => 2),
    ]);
    expect(events).toBeGreaterThan(8);
  });

  test('whatever the hour was like', async () => {
    const level = fc.constantFrom(1, 5, 17, 19, 21, 26, 47, 51, 80);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(level, { maxLength: 60 }), { maxLength: 3 }), async (values) => {
        await same(values);
      }),
      { numRuns: 25 },
    );
  });
});

describe('a rule that says which readings it judges', () => {
  const judge = (judges: 'strictly-good' | 'measured'): RuleChange => ({
    do: 'set',
    scope: { kind: 'lifeline' },
    steps: [],
    judges,
  });
  /** Good, out of range (above 2,000) and a sentinel, with a clock that is off now and then. */
  async function doubtfulHour(w: FlowHarness): Promise<void> {
    const calm = Array.from({ length: 9 }, () => 3);
    const values = [2_100, ...calm, 60, 9999, 2_500, 30, ...calm, 22, 22, 2_050, ...calm, 70, 3];
    for (const [i, v] of values.entries()) {
      const clockOff = i % 6 === 5 ? hours(30) : 0;
      await w.value('gas', 'G-1', 'ch4', v, w.clock.now() + clockOff);
      await w.pass(minutes(1));
    }
  }

  test.each(['strictly-good', 'measured'] as const)('judges the same over history: %s', async (judges) => {
    const w = await FlowHarness.begin();
    await w.value('gas', 'G-1', 'ch4', 1);
    const done = await w.turn.rule({
      do: 'propose',
      rule: CH4,
      change: judge(judges),
      reason: '量程偏小',
      submit: true,
      by: BY,
      commandId: null,
    });
    expect(done.ok).toBe(true);
    await w.pass(minutes(1));
    await doubtfulHour(w);
    const settings = w.core.book.versions(CH4).at(-1)?.settings ?? [];
    const events = await compare(w, CH4, settings);
    expect(events.filter((e) => e.worst.doubt !== undefined).length > 0).toBe(judges === 'measured');
    expect(events.length).toBeGreaterThan(3);
  });

  test('each point by the word that holds there', async () => {
    const w = await FlowHarness.begin();
    for (const p of ['G-1', 'G-2', 'G-3'])
      for (const v of [1, 2_100]) {
        await w.value('gas', p, 'ch4', v);
        await w.pass(seconds(10));
      }
    const at = { kind: 'point', point: as.point('G-2') } as const;
    const set = (change: RuleChange) =>
      w.turn.rule({
        do: 'propose',
        rule: CH4,
        change,
        reason: '该点探头常坏',
        submit: true,
        by: BY,
        commandId: null,
      });
    await set({ do: 'set', scope: at, steps: [], judges: 'good' });
    const found = await done(w, asked(w, { draft: judge('measured') }));
    expect(found.draft.list.map((a) => a.point)).toEqual(['G-1', 'G-3']);
  });

  test('at the point that the draft is for, also where another lies in reach', async () => {
    const lifeline = as.lifeline('test');
    const spread = rule(
      { of: 'spread', over: { to: 'distance', metres: 100 }, within: hours(1) },
      step(2, above(60)),
    );
    const source = { mark: 'D', ref: 'made up for a test' } as const;
    const pack: Pack = {
      lifeline,
      name: { zh: '试验', en: 'test' },
      metrics: [
        {
          key: as.metric('metric'),
          name: { zh: '量', en: 'quantity' },
          unit: '',
          kind: 'number',
          range: { min: 0, max: 100, source },
          sentinels: [],
          expectedInterval: minutes(1),
        },
      ],
      rules: [spread],
      levelNote: { zh: '无', en: 'none' },
    };
    const w = await FlowHarness.begin({ packs: [pack] });
    await register(w, [
      { code: 'P1', lifeline, east: 0 },
      { code: 'P2', lifeline, east: 10 },
    ]);
    for (const [p, v] of [
      ['P1', 50],
      ['P2', 150],
    ] as const)
      await w.value('test', p, 'metric', v);
    await w.pass(minutes(1));
    const draft: RuleChange = {
      do: 'set',
      scope: { kind: 'point', point: as.point('P2') },
      steps: [],
      judges: 'measured',
    };
    const found = await done(w, asked(w, { rule: spread.id, draft }));
    expect([found.inForce.alarms, found.draft.list.map((a) => a.point)]).toEqual([0, ['P2']]);
  });

  test('a draft of the word alone says what it would have raised', async () => {
    const w = await FlowHarness.begin();
    for (const v of [1, 2_100, 1, 1]) {
      await w.value('gas', 'G-1', 'ch4', v);
      await w.pass(minutes(1));
    }
    const found = await done(w, asked(w, { draft: judge('measured') }));
    expect([found.inForce.alarms, found.draft.alarms]).toEqual([0, 1]);
  });
});

describe('a backtest of silence', () => {
  const SILENCE = as.rule('waterlogging.any.silence');
  const wet = (at: string): Said => ({ at, lifeline: 'waterlogging', values: { depth: 3, rain1h: 4 } });
  const dry = (at: string): Said => ({ at, lifeline: 'waterlogging', values: { depth: 0, rain1h: 0 } });

  test('gives the events of the day that was judged live: who fell silent when, and was heard again', async () => {
    const w = await FlowHarness.begin();
    await hour(w, 180, (m) => [
      ...(m % 5 === 0 ? [wet('W-heard')] : []),
      ...(m < 40 || m > 90 ? [wet('W-gone')] : []),
      ...(m < 3 || m % 17 === 0 ? [wet('W-seldom')] : []),
      ...(m === 0 ? [wet('W-once')] : []),
      ...(m < 20 ? [dry('W-dry')] : []),
    ]);
    const events = await compare(w, SILENCE);
    const of = (point: string) => events.filter((e) => e.point === point).map((e) => e.kind);
    expect(of('W-heard')).toEqual([]);
    expect(of('W-gone')).toEqual(['raised', 'returned']);
    expect(of('W-seldom').length).toBeGreaterThan(10);
    expect(of('W-once')).toEqual(['raised']);
    // Dry is not offline.
    expect(of('W-dry')).toEqual([]);
  });

  test('whatever was heard when', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 40 }), { maxLength: 8 }), async (pauses) => {
        const w = await FlowHarness.begin();
        for (const pause of [...pauses, 1]) {
          await w.telemetry('waterlogging', 'W-1', { ts: w.clock.now(), values: { depth: 1, rain1h: 2 } });
          for (let m = 0; m < pause; m++) await w.pass(minutes(1));
        }
        await compare(w, SILENCE);
      }),
      { numRuns: 20 },
    );
  });

  test('of one metric hears that metric alone', async () => {
    const w = await FlowHarness.begin();
    await hour(w, 90, (m) => [
      {
        at: 'S-1',
        lifeline: 'water-supply',
        values: m < 30 || m > 70 ? { pressure: 0.3, flow: 2 } : { flow: 2 },
      },
    ]);
    const events = await compare(w, as.rule('water-supply.pressure.silence'));
    expect(events.map((e) => e.kind)).toEqual(['raised', 'returned']);
  });

  test('says how often another interval would have alarmed', async () => {
    const w = await FlowHarness.begin();
    await hour(w, 240, (m) => (m % 20 === 0 ? [wet('W-1')] : []));
    const found = await done(
      w,
      asked(w, {
        rule: SILENCE,
        draft: { do: 'set', scope: { kind: 'lifeline' }, steps: [{ level: 4, limit: { limit: 25 } }] },
        operators: 'attend',
      }),
    );
    expect([found.inForce.alarms, found.draft.alarms]).toEqual([12, 0]);
  });
});

describe('a backtest of several points', () => {
  test('rain near a street where the water rises, from both sides, as it was judged live', async () => {
    const w = await FlowHarness.begin();
    await register(w, [
      { code: 'W-1', lifeline: 'waterlogging', east: 0 },
      { code: 'W-2', lifeline: 'waterlogging', east: 900 },
      { code: 'R-near', lifeline: 'waterlogging', east: 1_500 },
      { code: 'W-far', lifeline: 'waterlogging', east: 9_000 },
    ]);
    await hour(w, 120, (m) => [
      { at: 'W-1', lifeline: 'waterlogging', values: { depth: m > 30 && m < 60 ? 6 : 1 } },
      { at: 'W-2', lifeline: 'waterlogging', values: { depth: m > 35 ? 7 : 0 } },
      { at: 'W-far', lifeline: 'waterlogging', values: { depth: m > 35 ? 7 : 0 } },
      ...(m % 3 === 0
        ? [{ at: 'R-near', lifeline: 'waterlogging', values: { rain1h: m > 24 && m < 50 ? 20 : 0 } }]
        : []),
    ]);
    const events = await compare(w, as.rule('waterlogging.depth.rain'));
    expect(events.map((e) => `${e.point} ${e.kind}`).sort()).toEqual([
      'W-1 raised',
      'W-1 returned',
      'W-2 raised',
      'W-2 returned',
    ]);
  });

  test('a cover that tilts over gas of another lifeline', async () => {
    const w = await FlowHarness.begin();
    await register(w, [
      { code: 'M-1', lifeline: 'manhole', east: 0 },
      { code: 'G-1', lifeline: 'gas', east: 20 },
      { code: 'G-far', lifeline: 'gas', east: 500 },
    ]);
    await hour(w, 60, (m) => [
      { at: 'M-1', lifeline: 'manhole', values: { tilt: m > 20 && m < 40 ? 30 : 0 } },
      { at: 'G-1', lifeline: 'gas', values: { ch4: m > 15 && m < 30 ? 30 : 1 } },
      { at: 'G-far', lifeline: 'gas', values: { ch4: 30 } },
    ]);
    const events = await compare(w, as.rule('manhole.tilt.pipegas'));
    expect(events.map((e) => e.kind)[0]).toBe('raised');
  });

  test('piers of one bridge that settle apart are one alarm, at the first of them', async () => {
    const w = await FlowHarness.begin();
    await register(
      w,
      ['P-1', 'P-2', 'P-3'].map((code) => ({ code, lifeline: 'bridge', asset: 'B-1' })),
    );
    await hour(w, 60, (m) =>
      ['P-1', 'P-2', 'P-3'].map((at, i) => ({
        at,
        lifeline: 'bridge',
        values: { settlement: i === 2 && m > 30 ? 14 : 1 },
      })),
    );
    const events = await compare(w, as.rule('bridge.settlement.difference'));
    expect(events.map((e) => `${e.point} ${e.kind}`)).toEqual(['P-1 raised']);
  });

  test('whatever each of them said', async () => {
    const ch4 = fc.constantFrom(1, 4, 6, 25);
    const c2h6 = fc.constantFrom(0, 90, 120);
    const minute = fc.record({ ch4, c2h6 }, { requiredKeys: [] });
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(minute, minute), { maxLength: 60 }), async (said) => {
        const w = await FlowHarness.begin();
        await hour(w, said.length, (m) =>
          [0, 1].map((i) => ({ at: `G-${i}`, lifeline: 'gas', values: { temp: 20, ...said[m]?.[i] } })),
        );
        await compare(w, as.rule('gas.ch4.pipegas'));
      }),
      { numRuns: 20 },
    );
  });

  test('tries other numbers: longer until it lets go, fewer alarms', async () => {
    const w = await FlowHarness.begin();
    await hour(w, 240, (m) => [
      { at: 'G-1', lifeline: 'gas', values: { ch4: 6, c2h6: m % 60 === 0 ? 120 : 0 } },
    ]);
    const found = await done(
      w,
      asked(w, {
        rule: as.rule('gas.ch4.pipegas'),
        draft: { do: 'set', scope: { kind: 'lifeline' }, steps: [{ level: 2, offDelay: hours(1) }] },
        operators: 'attend',
      }),
    );
    expect([found.inForce.alarms, found.draft.alarms]).toEqual([4, 1]);
  });
});

describe('a backtest says', () => {
  test('how many alarms, when, where, for how long, beside the rule in force and a second draft', async () => {
    const w = await FlowHarness.begin();
    const t0 = w.clock.now();
    await live(w, 'G-1', [1, 1, 12, 12, 12, 12, 12, 1, 1, 1, 1, 1, 1, 1, 1]);
    await live(w, 'G-2', [1, 60, 60, 1]);
    const found = await done(w, asked(w, { other: set(30), operators: 'attend' }));
    expect(found).toMatchObject({ points: 2, readings: 19 });
    expect(found.inForce).toMatchObject({ alarms: 1, byLevel: { 1: 1, 3: 0 } });
    expect(found.draft).toMatchObject({ alarms: 2, byLevel: { 1: 1, 3: 1 }, points: 2 });
    expect(found.other).toMatchObject({ alarms: 1 });
    const mild = found.draft.list.find((a) => a.level === 3);
    expect(mild).toMatchObject({ point: 'G-1', worst: 12, recurrences: 0 });
    expect(mild?.raisedAt).toBeGreaterThan(t0 + minutes(2) - 1);
    expect(mild?.active).toBe((mild?.until ?? 0) - (mild?.raisedAt ?? 0));
    expect(found.draft.worstPoints.map((p) => p.alarms)).toEqual([1, 1]);
  });

  test('which of the alarms that people judged it would have raised too', async () => {
    const w = await FlowHarness.begin();
    await live(w, 'G-1', [1, 60, 60, 1, 1, 1, 1]);
    await live(w, 'G-2', [1, 25, 25, 25, 25, 1, 1, 1, 1]);
    for (const [point, verdict] of [
      ['G-1', 'real'],
      ['G-2', 'false'],
    ] as const) {
      const alarm = w.open(point).find((a) => a.ruleId === CH4);
      if (alarm === undefined) throw new Error(point);
      const commandId = as.command(`judge-${point}`);
      await w.turn.act(alarm.id, { do: 'assess', by: LI, verdict, note: null, commandId }, null);
    }
    const found = await done(w, asked(w, { draft: set(40) }));
    expect(found.inForce.judged).toEqual({ real: { of: 1, raised: 1 }, false: { of: 1, raised: 1 } });
    expect(found.draft.judged).toEqual({ real: { of: 1, raised: 1 }, false: { of: 1, raised: 0 } });
    expect(found.inForce).toMatchObject({ missed: [], later: [] });
    expect(found.draft).toMatchObject({ missed: [{ point: 'G-2', verdict: 'false' }], later: [] });
  });

  test('which of them it would have raised later, and by how much', async () => {
    const w = await FlowHarness.begin();
    await live(w, 'G-1', [1, 60, 60, 60, 60, 60, 1]);
    const [alarm] = w.open('G-1');
    if (alarm === undefined) throw new Error('no alarm');
    const commandId = as.command('judge');
    await w.turn.act(alarm.id, { do: 'assess', by: LI, verdict: 'real', note: null, commandId }, null);
    const steps = ([1, 3] as const).map((level) => ({ level, onDelay: minutes(2) }));
    const found = await done(w, asked(w, { draft: { do: 'set', scope: { kind: 'lifeline' }, steps } }));
    expect(found.draft.judged).toEqual({ real: { of: 1, raised: 1 } });
    expect(found.draft.later).toEqual([
      { alarm: alarm.id, point: 'G-1', verdict: 'real', raisedAt: alarm.raisedAt, by: minutes(2) },
    ]);
  });

  test('what was there already when the range began, apart from what began within it', async () => {
    const w = await FlowHarness.begin();
    await live(w, 'G-1', [60, 60, 60, 60, 60]);
    const found = await done(w, asked(w, { from: START + minutes(2) }));
    expect(found.inForce).toMatchObject({ alarms: 0, openAtStart: 1 });
  });

  test('each excursion is an alarm where operators attend, and a recurrence where nobody comes', async () => {
    const w = await FlowHarness.begin();
    const calm = Array<number>(8).fill(1);
    await live(w, 'G-1', [60, ...calm, 60, ...calm, 60, ...calm]);
    const attended = await done(w, asked(w, { operators: 'attend' }));
    const absent = await done(w, asked(w, { operators: 'absent' }));
    expect([attended.inForce.alarms, absent.inForce.alarms]).toEqual([3, 1]);
    expect(absent.inForce.list[0]?.recurrences).toBe(2);
    expect(attended.inForce.active).toBe(absent.inForce.active);
  });

  test('only the points that the draft is about are read', async () => {
    const w = await FlowHarness.begin();
    await live(w, 'G-1', [12, 12, 12, 12]);
    await live(w, 'G-2', [12, 12, 12, 12]);
    const found = await done(
      w,
      asked(w, {
        draft: {
          do: 'set',
          scope: { kind: 'point', point: as.point('G-2') },
          steps: [{ level: 3, limit: { limit: 10 } }],
        },
      }),
    );
    expect(found.points).toBe(1);
    expect(found.draft.list.every((a) => a.point === 'G-2')).toBe(true);
  });
});

describe('a long backtest', () => {
  test('lets others have the thread, says how far it is and how long it will take, and can be stopped', async () => {
    const w = await FlowHarness.begin();
    for (let i = 0; i < 6; i++) await w.value('gas', `G-${i}`, 'ch4', 1);
    await w.stored('none', 'none');
    let go: (() => void)[] = [];
    const jobs = jobsOf(w, () => new Promise((resolve) => go.push(() => resolve(undefined))));
    const step = async () => {
      for (let i = 0; i < 50 && go.length === 0; i++) await Promise.resolve();
      w.clock.forward(seconds(10));
      for (const g of go.splice(0)) g();
      for (let i = 0; i < 50; i++) await Promise.resolve();
    };
    const started = jobs.start(asked(w));
    const id = started?.ok === true ? started.value.id : '';
    await step();
    await step();
    const halfway = jobs.get(id);
    expect(halfway).toMatchObject({ state: 'running', progress: { points: { of: 6 } } });
    expect(halfway?.progress.points.done).toBeGreaterThan(0);
    expect(halfway?.progress.remaining).toBeGreaterThan(0);
    const second = jobs.start(asked(w));
    expect(jobs.cancel(id)).toMatchObject({ state: 'cancelled' });
    for (let i = 0; i < 20; i++) await step();
    await jobs.ended(id);
    expect(jobs.get(id)).toMatchObject({ state: 'cancelled', result: null });
    expect(jobs.get(second?.ok === true ? second.value.id : '')).toMatchObject({ state: 'done' });
    go = [];
  });

  test('a store that fails is told, and the next one runs', async () => {
    const w = await FlowHarness.begin();
    await w.value('gas', 'G-1', 'ch4', 1);
    let broken = true;
    const history = {
      raw: (q: Parameters<typeof w.history.raw>[0]) =>
        broken ? Promise.reject(new Error('the disk is gone')) : w.history.raw(q),
    };
    const jobs = new BacktestJobs({
      core: w.core,
      history,
      journal: w.journal,
      clock: w.clock,
      breathe: async () => undefined,
    });
    const one = jobs.start(asked(w));
    await jobs.ended(one?.ok ? one.value.id : '');
    expect(jobs.list()[0]).toMatchObject({ state: 'failed', says: 'the disk is gone' });
    broken = false;
    const two = jobs.start(asked(w));
    await jobs.ended(two?.ok ? two.value.id : '');
    expect(jobs.list()[0]).toMatchObject({ state: 'done' });
  });

  test('what cannot be is refused', async () => {
    const w = await FlowHarness.begin();
    const jobs = jobsOf(w);
    expect(jobs.start(asked(w, { to: START }))).toMatchObject({ error: { code: 'backtest-range' } });
    expect(jobs.start(asked(w, { rule: as.rule('no.such') }))).toMatchObject({
      error: { code: 'rule-unknown' },
    });
    expect(jobs.start(asked(w, { draft: set(-1) }))).toMatchObject({
      error: { code: 'rule-change-unsound' },
    });
    expect(w.clock.now() - START).toBeLessThan(hours(1));
  });
});
