import { describe, expect, it } from 'vitest';
import type { Unit } from '../../../dashboards/console/src/api/answers.ts';
import { clockIs, isOverdue, pressing } from '../../../dashboards/console/src/parts/order/clocks.ts';
import {
  arranged,
  counted,
  NO_FILTER,
  ofStage,
  STAGES,
  selected,
  stageOf,
} from '../../../dashboards/console/src/parts/order/list.ts';
import {
  goBefore,
  liesIn,
  policyFor,
  proposedUnit,
} from '../../../dashboards/console/src/parts/order/policy.ts';
import { as } from '../../../src/domain/ids.ts';
import {
  type ClockPolicy,
  clockPolicyFor,
  DEFAULT_CLOCK_POLICIES,
} from '../../../src/domain/order/clock-policy.ts';
import { clockState, clocksOf } from '../../../src/domain/order/clocks.ts';
import { isOrderOpen, ORDER_STATES } from '../../../src/domain/order/order.ts';
import { minutes } from '../../../src/domain/time.ts';
import { clockPolicyJson } from '../../../src/wire/http/response/orders.ts';
import { type OrderJson, orderToJson } from '../../../src/wire/response/order.ts';
import { create, dispatch, IN_STATE, story, T0 } from '../../domain/order/build.ts';

describe('a clock on the page', () => {
  it.each(ORDER_STATES)('%s: stands as the domain says at any minute, without being told again', (state) => {
    const { is } = story(...IN_STATE[state]);
    // Told once, when it happened; the page goes on by itself.
    const told = orderToJson(is, T0);
    for (let m = 0; m <= 240; m++) {
      const now = T0 + minutes(m);
      const page = told.clocks.map((c) => clockIs(c, told, now));
      expect([m, page]).toEqual([m, clocksOf(is).map((c) => clockState(c, is, now))]);
    }
  });
  it('shows the one that runs out first: amber from 80 %, red from 100 %', () => {
    const order = orderToJson(story(create(), dispatch).is, T0);
    const at = (seconds: number) => pressing(order, T0 + minutes(1) + seconds * 1_000);
    expect(at(239)).toMatchObject({ clock: { name: 'accept' }, is: 'running', leftMs: 61_000 });
    expect(at(240)?.is).toBe('amber');
    expect(at(299)?.is).toBe('amber');
    expect(at(300)?.is).toBe('overdue');
    expect(isOverdue(order, T0 + minutes(6))).toBe(true);
    expect(pressing(orderToJson(story(create()).is, T0), T0)).toBeNull();
  });
});

describe('the list of orders', () => {
  const base = orderToJson(story(create(), dispatch).is, T0);
  const an = (
    id: string,
    level: 1 | 2 | 3 | 4,
    dueMin: number,
    more: Partial<OrderJson> = {},
  ): OrderJson => ({
    ...base,
    id,
    level,
    clocks: [
      {
        ...(base.clocks[0] as OrderJson['clocks'][number]),
        dueAt: new Date(T0 + minutes(dueMin)).toISOString(),
      },
    ],
    ...more,
  });
  const now = T0 + minutes(10);
  const orders = [
    an('late-yellow', 3, 5),
    an('red-soon', 1, 20),
    an('red-later', 1, 60),
    an('late-red', 1, 9),
    an('blue', 4, 11),
    an('new', 2, 0, { clocks: [], state: 'new', unit: null, createdBy: '李四', title: '巡查' }),
  ];
  const ids = (list: readonly OrderJson[]): string[] => list.map((o) => o.id);
  it('begins with what has run out, then the graver, then what runs out sooner', () => {
    expect(ids(arranged(orders, now))).toEqual([
      'late-red',
      'late-yellow',
      'red-soon',
      'red-later',
      'new',
      'blue',
    ]);
  });
  it('is counted by stage, each open order in one', () => {
    expect(counted(orders, now)).toEqual({
      all: 6,
      overdue: 2,
      toDispatch: 1,
      toAccept: 5,
      atWork: 0,
      paused: 0,
      toVerify: 0,
      toArchive: 0,
    });
    for (const state of ORDER_STATES) expect(stageOf({ state }) === null).toBe(!isOrderOpen({ state }));
    expect(Object.values(STAGES).flat()).toHaveLength(8);
  });
  it('is narrowed by stage, unit, person, level, and by words of the order and of its unit', () => {
    const pick = (f: object) =>
      ids(selected(orders, { ...NO_FILTER, ...f }, '李四', (o) => (o.unit ? '燃气抢修队' : '')));
    expect(pick({ mine: '1' })).toEqual(['new']);
    expect(pick({ level: '4' })).toEqual(['blue']);
    expect(pick({ q: '抢修队' })).toHaveLength(5);
    expect(pick({ q: '巡查' })).toEqual(['new']);
    expect(pick({ area: '3417' })).toEqual([]);
    expect(ids(ofStage(orders, 'overdue', now))).toEqual(['late-yellow', 'late-red']);
    expect(ids(ofStage(orders, 'toDispatch', now))).toEqual(['new']);
  });
  it('of 5,000 it is arranged, counted and narrowed within a frame or two', () => {
    const many = Array.from({ length: 5_000 }, (_, i) => an(`o${i}`, ((i % 4) + 1) as 1, i % 300));
    const took = Array.from({ length: 5 }, () => {
      const began = performance.now();
      const all = arranged(many, now);
      counted(
        selected(all, { ...NO_FILTER, q: '甲烷' }, '', () => ''),
        now,
      );
      return performance.now() - began;
    });
    expect(Math.min(...took)).toBeLessThan(100);
  });
});

describe('the clocks that an order will have', () => {
  const areas = [
    { code: '34', parent: null },
    { code: '3416', parent: '34' },
    { code: '341602', parent: '3416' },
    { code: '3417', parent: '34' },
  ];
  const lies = liesIn(areas);
  const p = (id: string, match: object): ClockPolicy => ({
    ...(DEFAULT_CLOCK_POLICIES[0] as ClockPolicy),
    id,
    match: { levels: [], lifelines: [], areas: [], ...match } as ClockPolicy['match'],
  });
  const policies = [
    ...DEFAULT_CLOCK_POLICIES,
    p('gas', { lifelines: ['gas'] }),
    p('city', { areas: ['34'] }),
    p('town', { areas: ['3416'] }),
    p('town-b', { areas: ['3416'] }),
  ];
  it('are those that the domain would give it', () => {
    for (const of of [policies, policies.slice(0, 5), DEFAULT_CLOCK_POLICIES])
      for (const lifeline of ['gas', 'bridge'])
        for (const level of [1, 2, 3, 4] as const)
          for (const area of ['34', '341602', '3417', '99']) {
            const about = { lifeline: as.lifeline(lifeline), level, area: as.area(area) };
            expect(policyFor(of.map(clockPolicyJson), about, lies)?.id).toBe(
              clockPolicyFor(of, about, lies).id,
            );
          }
  });
  it('a policy that others go before wherever it holds is never used, and which those are is said', () => {
    const shipped = DEFAULT_CLOCK_POLICIES.map(clockPolicyJson);
    const one = (levels: number[], lifelines: string[], areas: string[]) => ({
      id: 'policy-1',
      match: { levels, lifelines, areas },
    });
    const goingBefore = (
      of: ReturnType<typeof one>,
      others: readonly { id: string; match: typeof of.match }[],
    ) => {
      const { first, idle } = goBefore(of, others, ['gas', 'bridge'], lies);
      return [idle, first.map((p) => p.id)];
    };
    expect(goingBefore(one([1], [], []), shipped)).toEqual([true, ['default-1']]);
    expect(goingBefore(one([], [], []), shipped)).toEqual([
      true,
      ['default-1', 'default-2', 'default-3', 'default-4'],
    ]);
    expect(goingBefore(one([1], ['gas'], []), shipped)).toEqual([false, []]);
    expect(goingBefore(one([], ['gas'], []), shipped)).toEqual([false, []]);
    const gas = { id: 'policy-0', match: { levels: [], lifelines: ['gas'], areas: [] } };
    expect(goingBefore(one([], ['gas', 'bridge'], []), [...shipped, gas])).toEqual([false, ['policy-0']]);
    const town = { id: 'policy-0', match: { levels: [], lifelines: [], areas: ['341602'] } };
    expect(goingBefore(one([], [], ['3416']), [...shipped, town])).toEqual([false, []]);
    expect(goingBefore(one([], [], ['341602']), [...shipped, town])).toEqual([true, ['policy-0']]);
  });
  it('a crew of whoever owns the place is proposed, then whoever owns it, then the nearest crew of the line', () => {
    const unit = (code: string, more: Partial<Unit>): Unit => ({
      code,
      name: code,
      kind: 'crew',
      parent: null,
      areas: [],
      lifelines: [],
      phone: null,
      inService: true,
      revision: 1,
      ...more,
    });
    const owner = unit('gas-co', { kind: 'owner' });
    const own = unit('gas-co-crew', { parent: 'gas-co', areas: ['3416'] });
    const city = unit('city-crew', { areas: ['34'] });
    const town = unit('town-crew', { areas: ['3416'] });
    const water = unit('water', { areas: ['341602'], lifelines: ['water'] });
    const about = { lifeline: 'gas', area: '341602' };
    expect(proposedUnit([owner, city, own], 'gas-co', about, lies)).toEqual({
      unit: 'gas-co-crew',
      why: 'owner',
    });
    expect(proposedUnit([owner, city], 'gas-co', about, lies)).toEqual({ unit: 'gas-co', why: 'owner' });
    expect(proposedUnit([city, water, town], null, about, lies)).toEqual({ unit: 'town-crew', why: 'crew' });
    expect(proposedUnit([city, { ...town, inService: false }], null, about, lies)?.unit).toBe('city-crew');
    expect(proposedUnit([water], null, about, lies)).toBeNull();
  });
});
