import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { as, type LifelineKey } from '../../../src/domain/ids.ts';
import { evaluateTogether, freshMemory, levelIn } from '../../../src/domain/judge/evaluate.ts';
import type { Metric } from '../../../src/domain/metric.ts';
import type { Pack } from '../../../src/domain/pack.ts';
import { decided } from '../../../src/domain/register/decide.ts';
import type { Asset, Point } from '../../../src/domain/register/register.ts';
import type { Member, Rule, Signal, Step } from '../../../src/domain/rule.ts';
import { type Duration, days, hours, minutes, seconds } from '../../../src/domain/time.ts';
import { Core } from '../../../src/flow/core/core.ts';
import { Meters } from '../../../src/flow/ports/meters.ts';
import { above, below, rule, step } from '../../domain/judge/rules.ts';
import { FlowHarness } from '../flow-harness.ts';

const START = Date.UTC(2026, 5, 1);
const [GAS, COVER, RAIN] = ['gasx', 'coverx', 'rainx'].map(as.lifeline) as [
  LifelineKey,
  LifelineKey,
  LifelineKey,
];

function pack(lifeline: LifelineKey, metrics: readonly string[], rules: readonly Rule[]): Pack {
  const metric = (key: string): Metric => ({
    key: as.metric(key),
    name: { zh: '量', en: 'quantity' },
    unit: '',
    kind: 'number',
    sentinels: [],
    expectedInterval: minutes(5),
  });
  return {
    lifeline,
    name: { zh: '试验', en: 'test' },
    metrics: metrics.map(metric),
    rules,
    levelNote: { zh: '无', en: 'none' },
  };
}

const ruleOf = (
  lifeline: LifelineKey,
  metric: string | null,
  kind: string,
  signal: Signal,
  ...steps: Step[]
): Rule => ({
  ...rule(signal, ...steps),
  lifeline,
  metric: metric === null ? null : as.metric(metric),
  id: as.rule(`${lifeline}.${metric ?? 'any'}.${kind}`),
});

const near = (metric: string, limit: number, lifeline?: LifelineKey, at: Member['at'] = 'near'): Member => ({
  at,
  metric: as.metric(metric),
  ...(lifeline === undefined ? {} : { lifeline }),
  holds: { by: 'limit', limit: above(limit) },
});

/** Gas here, and a cover of the same well that tilts. */
const tiltAndGas = (within: Duration, taken: Step): Rule =>
  ruleOf(
    GAS,
    'ch4',
    'together',
    {
      of: 'together',
      members: [near('ch4', 5, undefined, 'here'), near('tilt', 10, COVER)],
      over: { to: 'asset' },
      within,
      counting: 'members',
    },
    taken,
  );

/** The flow without a clock or a disk: what it says to each packet, as `<point> <kind>`. */
class Town {
  readonly core: Core;
  #n = 0;

  constructor(packs: readonly Pack[], points: readonly Partial<Point>[]) {
    this.core = new Core({
      packs,
      ids: { alarm: () => as.alarm(`A${++this.#n}`) },
      meters: new Meters(),
      limits: { shelveAtMost: hours(8), shelveLevel1: true },
      autoRegister: true,
    });
    const draft = this.core.begin(START);
    for (const p of points) {
      const point: Point = {
        code: as.point('?'),
        name: '点',
        lifeline: GAS,
        asset: null,
        area: as.area('341602'),
        place: null,
        unverified: false,
        outOfService: null,
        attributes: {},
        ...p,
      };
      const device = {
        code: as.device(point.code),
        lifeline: point.lifeline,
        point: point.code,
        vendor: null,
        serial: null,
        installedAt: null,
        unverified: false,
      };
      const asset: Asset = {
        code: point.asset ?? as.asset('none'),
        name: '设施',
        lifeline: point.lifeline,
        area: point.area,
        owner: null,
        place: null,
      };
      this.core.change(
        decided([
          { kind: 'asset', asset },
          { kind: 'point', point },
          { kind: 'device', device },
        ]),
        draft,
      );
    }
    this.core.finish(draft, 'none');
  }

  says(minute: number, lifeline: LifelineKey, device: string, values: Record<string, number>): string[] {
    const at = START + minutes(minute);
    return this.hears(at, at, lifeline, device, values);
  }

  hears(
    observedAt: number,
    receivedAt: number,
    lifeline: LifelineKey,
    device: string,
    values: Record<string, number>,
  ): string[] {
    const draft = this.core.begin(receivedAt);
    const payload = new TextEncoder().encode(JSON.stringify({ ts: observedAt, values }));
    const topic = `lifeline/v1/${lifeline}/${device}/telemetry`;
    this.core.take({ topic, payload, qos: 1, retain: false, receivedAt }, draft);
    this.core.finish(draft, 'none');
    return draft.events.map((e) => `${e.after.pointCode} ${e.event.change.kind}`);
  }

  tick(minute: number): string[] {
    const draft = this.core.begin(START + minutes(minute));
    this.core.tick(draft);
    this.core.finish(draft, 'none');
    return draft.events.map((e) => `${e.after.pointCode} ${e.event.change.kind}`);
  }
}

const asset = as.asset('W1');

describe('a cover that tilts while gas rises', () => {
  const both = tiltAndGas(minutes(30), step(1, above(2)));
  const packs = [pack(GAS, ['ch4'], [both]), pack(COVER, ['tilt'], [])];
  const points = [
    { code: as.point('G1'), lifeline: GAS, asset },
    { code: as.point('C1'), lifeline: COVER, asset },
    { code: as.point('G2'), lifeline: GAS, asset: as.asset('W2') },
  ];

  test('is one alarm at the gas point of that well, whichever came first', () => {
    const town = new Town(packs, points);
    expect(town.says(0, GAS, 'G1', { ch4: 6 })).toEqual([]);
    expect(town.says(1, GAS, 'G2', { ch4: 6 })).toEqual([]);
    expect(town.says(2, COVER, 'C1', { tilt: 12 })).toEqual(['G1 raised']);
    const other = new Town(packs, points);
    expect(other.says(0, COVER, 'C1', { tilt: 12 })).toEqual([]);
    expect(other.says(2, GAS, 'G1', { ch4: 6 })).toEqual(['G1 raised']);
  });

  test('returns when one of them is over for longer than the time that counts as together', () => {
    const town = new Town(packs, points);
    town.says(0, COVER, 'C1', { tilt: 12 });
    expect(town.says(1, GAS, 'G1', { ch4: 6 })).toEqual(['G1 raised']);
    expect(town.says(5, COVER, 'C1', { tilt: 0 })).toEqual([]);
    expect(town.says(40, GAS, 'G1', { ch4: 6 })).toEqual(['G1 returned']);
  });

  test('a cover that is moved to another well counts there', () => {
    const town = new Town(packs, points);
    town.says(0, COVER, 'C1', { tilt: 12 });
    const draft = town.core.begin(START);
    const moved = { ...(town.core.register.point(as.point('C1')) as Point), asset: as.asset('W2') };
    town.core.change(decided([{ kind: 'point', point: moved }]), draft);
    town.core.finish(draft, 'none');
    expect(town.says(2, GAS, 'G1', { ch4: 6 })).toEqual([]);
    town.says(3, COVER, 'C1', { tilt: 12 });
    expect(town.says(4, GAS, 'G2', { ch4: 6 })).toEqual(['G2 raised']);
  });
});

describe('a combination of which nothing holds', () => {
  const both = tiltAndGas(seconds(4), step(1, above(2), { onDelay: seconds(2), offDelay: seconds(3) }));
  const [G1, C1] = [as.point('G1'), as.point('C1')];
  const memoryAtG1 = (town: Town) => town.core.points.of(G1)?.memory.rules.get(both.id);

  test('remembers nothing, and nothing again once all is over', () => {
    const packs = [pack(GAS, ['ch4'], [both]), pack(COVER, ['tilt'], [])];
    const town = new Town(packs, [
      { code: G1, lifeline: GAS, asset },
      { code: C1, lifeline: COVER, asset },
    ]);
    town.says(0, GAS, 'G1', { ch4: 1 });
    town.says(1, COVER, 'C1', { tilt: 1 });
    expect(memoryAtG1(town)).toBeUndefined();
    town.says(2, GAS, 'G1', { ch4: 6 });
    expect(memoryAtG1(town)?.signal).not.toBeNull();
    town.says(3, GAS, 'G1', { ch4: 1 });
    town.says(4, COVER, 'C1', { tilt: 1 });
    expect(memoryAtG1(town)).toEqual(freshMemory(both));
  });

  /** What the domain says of every piece of news, whether or not there is anything in it. */
  function levelsInFull(news: readonly { tilt: boolean; holds: boolean; at: number }[]) {
    let memory = freshMemory(both);
    return news.map(({ tilt, holds, at }) => {
      const said = { member: tilt ? 1 : 0, point: tilt ? C1 : G1, holds, at };
      const judged = evaluateTogether(both, memory, said, new Set([G1, C1]));
      memory = judged.memory;
      return judged.level;
    });
  }

  test('whatever is said in whatever order, the level is as if all of it had been noted', () => {
    const packs = [pack(GAS, ['ch4'], [both]), pack(COVER, ['tilt'], [])];
    const news = fc.uniqueArray(
      fc.record({ tilt: fc.boolean(), holds: fc.boolean(), second: fc.integer({ min: 0, max: 25 }) }),
      { selector: (n) => `${n.tilt} ${n.second}`, minLength: 1, maxLength: 30 },
    );
    fc.assert(
      fc.property(news, (said) => {
        const town = new Town(packs, [
          { code: G1, lifeline: GAS, asset },
          { code: C1, lifeline: COVER, asset },
        ]);
        const all = said.map(({ tilt, holds, second }) => ({ tilt, holds, at: START + seconds(second) }));
        const levels = all.map(({ tilt, holds, at }) => {
          if (tilt) town.hears(at, START + seconds(26), COVER, 'C1', { tilt: holds ? 12 : 1 });
          else town.hears(at, START + seconds(26), GAS, 'G1', { ch4: holds ? 6 : 1 });
          const memory = memoryAtG1(town);
          return memory === undefined ? null : levelIn(both, memory);
        });
        expect(levels).toEqual(levelsInFull(all));
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('over a restart', () => {
  const both = tiltAndGas(minutes(30), step(1, above(2)));
  const packs = [pack(GAS, ['ch4'], [both]), pack(COVER, ['tilt'], [])];

  test.each(['before', 'after'])('a cover that tilted %s its memory was kept still counts', async (when) => {
    let w = await FlowHarness.begin({ packs });
    await w.value(GAS, 'G1', 'ch4', 1);
    await w.value(COVER, 'C1', 'tilt', 0);
    const points = w.core.register.points().filter((p) => p.lifeline === GAS || p.lifeline === COVER);
    await w.change([
      {
        kind: 'asset',
        asset: { code: asset, name: '井', lifeline: GAS, area: as.area('000000'), owner: null, place: null },
      },
      ...points.map((p) => ({ kind: 'point' as const, point: { ...p, asset } })),
    ]);
    // Everything changed so far is kept; what the cover says next is in the turns alone, or kept as well.
    if (when === 'after') await w.turn.tick('all');
    await w.pass(minutes(1));
    await w.value(COVER, 'C1', 'tilt', 12);
    if (when === 'before') await w.turn.tick('all');
    w = await FlowHarness.begin({ clock: w.clock, disk: w.disk, history: w.history, packs });
    await w.value(GAS, 'G1', 'ch4', 6);
    expect(w.kinds('G1')).toEqual(['raised']);
  });
});

describe('rain and depth together, within a distance', () => {
  const wet = ruleOf(
    GAS,
    'depth',
    'rainAndDepth',
    {
      of: 'together',
      members: [near('depth', 10, undefined, 'here'), near('rain', 16, RAIN)],
      over: { to: 'distance', metres: 2_000 },
      within: hours(1),
      counting: 'members',
    },
    step(2, above(2)),
  );
  const at = (lon: number, lat: number) => ({ lon, lat, crs: 'CGCS2000' as const });

  test('a gauge 1 km away counts, one 5 km away does not', () => {
    const packs = [pack(GAS, ['depth'], [wet]), pack(RAIN, ['rain'], [])];
    const town = new Town(packs, [
      { code: as.point('D1'), lifeline: GAS, place: at(115.78, 33.85) },
      { code: as.point('R-far'), lifeline: RAIN, place: at(115.834, 33.85) },
      { code: as.point('R-near'), lifeline: RAIN, place: at(115.78, 33.859) },
      { code: as.point('R-nowhere'), lifeline: RAIN },
    ]);
    town.says(0, GAS, 'D1', { depth: 12 });
    expect(town.says(1, RAIN, 'R-far', { rain: 40 })).toEqual([]);
    expect(town.says(1, RAIN, 'R-nowhere', { rain: 40 })).toEqual([]);
    expect(town.says(2, RAIN, 'R-near', { rain: 20 })).toEqual(['D1 raised']);
  });
});

describe('combinations at one point', () => {
  test('a detector under water that reads no gas is a blind point', () => {
    const blind = ruleOf(
      GAS,
      'ch4',
      'blind',
      {
        of: 'together',
        members: [
          near('water', 1, undefined, 'here'),
          { at: 'here', metric: as.metric('ch4'), holds: { by: 'limit', limit: below(0) } },
        ],
        over: { to: 'point' },
        within: 0,
        counting: 'members',
      },
      step(3, above(2)),
    );
    const town = new Town([pack(GAS, ['ch4', 'water'], [blind])], [{ code: as.point('G1') }]);
    expect(town.says(0, GAS, 'G1', { ch4: 0, water: 0 })).toEqual([]);
    expect(town.says(1, GAS, 'G1', { ch4: 3, water: 1 })).toEqual([]);
    expect(town.says(2, GAS, 'G1', { ch4: 0, water: 1 })).toEqual(['G1 raised']);
    expect(town.says(3, GAS, 'G1', { water: 0 })).toEqual(['G1 returned']);
  });

  test('a rule of the point may be a member', () => {
    const gas = ruleOf(GAS, 'ch4', 'limit', { of: 'value' }, step(3, above(20)), step(1, above(50)));
    const confirmed = ruleOf(
      GAS,
      'ch4',
      'confirmed',
      {
        of: 'together',
        members: [
          { at: 'here', metric: as.metric('ch4'), holds: { by: 'rule', rule: gas.id, level: 3 } },
          near('flag', 1, undefined, 'here'),
        ],
        over: { to: 'point' },
        within: minutes(5),
        counting: 'members',
      },
      step(1, above(2)),
    );
    const town = new Town([pack(GAS, ['ch4', 'flag'], [gas, confirmed])], [{ code: as.point('G1') }]);
    expect(town.says(0, GAS, 'G1', { ch4: 25 })).toEqual(['G1 raised']);
    expect(town.says(1, GAS, 'G1', { flag: 1 })).toEqual(['G1 raised']);
    expect(town.core.points.of(as.point('G1'))?.alarms.size).toBe(2);
  });
});

describe('a member that is a rule', () => {
  test('follows what a reading that came behind makes of the rule', () => {
    const gas = ruleOf(GAS, 'ch4', 'limit', { of: 'value' }, step(3, above(20), { offDelay: minutes(0.1) }));
    const both = ruleOf(
      GAS,
      'ch4',
      'both',
      {
        of: 'together',
        members: [
          { at: 'here', metric: as.metric('ch4'), holds: { by: 'rule', rule: gas.id, level: 3 } },
          near('flag', 1, undefined, 'here'),
        ],
        over: { to: 'point' },
        within: 0,
        counting: 'members',
      },
      step(1, above(2)),
    );
    const town = new Town([pack(GAS, ['ch4', 'flag'], [gas, both])], [{ code: as.point('G1') }]);
    town.says(0, GAS, 'G1', { ch4: 25 });
    expect(town.says(0.2, GAS, 'G1', { ch4: 1 })).toEqual([]);
    // Twelve seconds ago it was already gone: the rule's off-delay is over.
    expect(town.says(0.1, GAS, 'G1', { ch4: 1 })).toEqual(['G1 returned']);
    expect(town.says(1, GAS, 'G1', { flag: 1 })).toEqual([]);
  });
});

describe('over the points of one asset', () => {
  const points = ['P1', 'P2', 'P3'].map((code) => ({ code: as.point(code), lifeline: GAS, asset }));

  test('two of three is one alarm, at the first of them by code', () => {
    const some = ruleOf(
      GAS,
      'ch4',
      'several',
      {
        of: 'together',
        members: [near('ch4', 5)],
        over: { to: 'asset' },
        within: minutes(10),
        counting: 'points',
      },
      step(2, above(2)),
    );
    const town = new Town([pack(GAS, ['ch4'], [some])], points);
    expect(town.says(0, GAS, 'P3', { ch4: 6 })).toEqual([]);
    expect(town.says(1, GAS, 'P2', { ch4: 6 })).toEqual(['P1 raised']);
    expect(town.says(2, GAS, 'P1', { ch4: 6 })).toEqual([]);
  });

  test('neighbouring piers that settle apart', () => {
    const apart = ruleOf(
      GAS,
      'settled',
      'spread',
      { of: 'spread', over: { to: 'asset' }, within: days(2) },
      step(1, above(10)),
    );
    const town = new Town([pack(GAS, ['settled'], [apart])], points);
    expect(town.says(0, GAS, 'P1', { settled: 2 })).toEqual([]);
    expect(town.says(1, GAS, 'P2', { settled: 11 })).toEqual([]);
    expect(town.says(2, GAS, 'P3', { settled: 12.5 })).toEqual(['P1 raised']);
  });
});

describe('silence', () => {
  test('of one metric is told while the point is heard, and only where that metric ever came', () => {
    const missed = ruleOf(GAS, 'ch4', 'silence', { of: 'silentFor', per: minutes(5) }, step(4, above(3)));
    const town = new Town(
      [pack(GAS, ['ch4', 'temp'], [missed])],
      [{ code: as.point('G1') }, { code: as.point('G2') }],
    );
    town.says(0, GAS, 'G1', { ch4: 1, temp: 20 });
    town.says(14, GAS, 'G1', { temp: 20 });
    town.says(14, GAS, 'G2', { temp: 20 });
    expect(town.tick(14)).toEqual([]);
    expect(town.tick(15)).toEqual(['G1 raised']);
    expect(town.says(16, GAS, 'G1', { temp: 20 })).toEqual([]);
    expect(town.says(17, GAS, 'G1', { ch4: 1 })).toEqual(['G1 returned']);
  });

  test('dry is not offline: a gauge may rest while it last said 0, and not while it rained', () => {
    const gauge = ruleOf(
      RAIN,
      null,
      'silence',
      { of: 'silentFor', restsWhile: { metric: as.metric('rain'), limit: below(0), upTo: days(1) } },
      step(4, above(15)),
    );
    const town = new Town(
      [pack(RAIN, ['rain'], [gauge])],
      [
        { code: as.point('R1'), lifeline: RAIN },
        { code: as.point('R2'), lifeline: RAIN },
      ],
    );
    town.says(0, RAIN, 'R1', { rain: 0 });
    town.says(0, RAIN, 'R2', { rain: 3 });
    expect(town.tick(20)).toEqual(['R2 raised']);
    expect(town.tick(24 * 60 + 14)).toEqual([]);
    expect(town.tick(24 * 60 + 15)).toEqual(['R1 raised']);
  });
});

describe('a baseline that the register keeps', () => {
  const tilt = ruleOf(
    COVER,
    'tilt',
    'deviation',
    { of: 'deviation', from: { is: 'stored' }, as: 'difference' },
    step(2, above(10)),
  );
  const packs = [pack(COVER, ['tilt'], [tilt])];

  test('is the installed angle of the point, and follows the register', () => {
    const town = new Town(packs, [
      { code: as.point('C1'), lifeline: COVER, attributes: { 'baseline.tilt': '3.5' } },
    ]);
    expect(town.says(0, COVER, 'C1', { tilt: 13 })).toEqual([]);
    const draft = town.core.begin(START);
    const point = {
      ...(town.core.register.point(as.point('C1')) as Point),
      attributes: { 'baseline.tilt': '1' },
    };
    town.core.change(decided([{ kind: 'point', point }]), draft);
    town.core.finish(draft, 'none');
    expect(town.says(1, COVER, 'C1', { tilt: 13 })).toEqual(['C1 raised']);
  });

  test('that is no number is none', () => {
    const town = new Town(packs, [
      { code: as.point('C1'), lifeline: COVER, attributes: { 'baseline.tilt': ' ' } },
    ]);
    expect(town.says(0, COVER, 'C1', { tilt: 90 })).toEqual([]);
  });
});
