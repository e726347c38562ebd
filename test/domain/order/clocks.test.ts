import { describe, expect, test } from 'vitest';
import { as } from '../../../src/domain/ids.ts';
import { clockPolicyFor, DEFAULT_CLOCK_POLICIES } from '../../../src/domain/order/clock-policy.ts';
import { clockState, clocksOf, dueOf, nextLookAt } from '../../../src/domain/order/clocks.ts';
import type { OrderCommand } from '../../../src/domain/order/commands.ts';
import { decideOrder } from '../../../src/domain/order/decide.ts';
import { evolveOrder } from '../../../src/domain/order/evolve.ts';
import type { Order } from '../../../src/domain/order/order.ts';
import { days, hours, minutes } from '../../../src/domain/time.ts';
import {
  accept,
  arrive,
  by,
  create,
  DESK,
  dispatch,
  done,
  extendTo,
  fail,
  feedback,
  pass,
  pauseUntil,
  resume,
  T0,
} from './build.ts';

type Step = readonly [afterMin: number, command: OrderCommand];
const min = (t: number) => (t - T0) / 60_000;

/** Runs commands at their minutes, with a tick of the clock every half minute in between. @returns what the clock told, and when */
function run(until: number, ...steps: Step[]): { order: Order; told: string[] } {
  let order: Order | null = null;
  const told: string[] = [];
  const apply = (command: OrderCommand, at: number) => {
    const decided = decideOrder(order, command, at);
    if (!decided.ok) throw new Error(`${command.do}: ${decided.error.code}`);
    for (const e of decided.value) {
      order = evolveOrder(order, e);
      const c = e.change;
      if (c.kind === 'amber' || c.kind === 'overdue') told.push(`${c.clock} ${c.kind} ${min(at)}`);
    }
  };
  const left = [...steps];
  for (let t = 0; t <= until; t += 0.5) {
    for (let next = left[0]; next !== undefined && next[0] <= t; next = left[0]) {
      apply(next[1], T0 + minutes(next[0]));
      left.shift();
    }
    apply({ do: 'tick' }, T0 + minutes(t));
  }
  return { order: order as unknown as Order, told };
}

const RED: readonly Step[] = [
  [0, create()],
  [0, dispatch],
];

describe('red: 5 min to accept, 30 to arrive and for a first word, then every 30, 120 to control', () => {
  test.each<[string, number, readonly Step[], readonly string[]]>([
    ['nobody accepts', 10, RED, ['accept amber 4', 'accept overdue 5']],
    ['accepted in time', 10, [...RED, [3, accept]], []],
    [
      'accepted, and nobody comes',
      31,
      [...RED, [3, accept]],
      ['arrive amber 24', 'first-feedback amber 24', 'arrive overdue 30', 'first-feedback overdue 30'],
    ],
    [
      'there, with a word, and then silence',
      62,
      [...RED, [3, accept], [20, arrive], [21, feedback]],
      ['feedback amber 45', 'feedback overdue 51'],
    ],
    [
      'each word begins the next clock anew',
      80,
      [...RED, [3, accept], [20, arrive], [21, feedback], [44, feedback], [67, feedback]],
      [],
    ],
    [
      'an order that waits an hour for its permit has that hour more',
      125,
      [...RED, [3, accept], [10, pauseUntil(T0 + minutes(70))]],
      ['arrive amber 84', 'first-feedback amber 84', 'arrive overdue 90', 'first-feedback overdue 90'],
    ],
    [
      'a pause that is ended early has its real length',
      60,
      [...RED, [3, accept], [10, pauseUntil(T0 + minutes(70))], [20, resume]],
      ['arrive amber 34', 'first-feedback amber 34', 'arrive overdue 40', 'first-feedback overdue 40'],
    ],
    [
      'done: the clock of verifying runs, and no other',
      100,
      [...RED, [3, accept], [20, arrive], [21, feedback], [30, done]],
      ['verify amber 78', 'verify overdue 90'],
    ],
    [
      'verified in time',
      200,
      [...RED, [3, accept], [20, arrive], [21, feedback], [30, done], [40, pass]],
      [],
    ],
  ])('%s', (_, until, steps, expected) => {
    expect(run(until, ...steps).told).toEqual(expected);
  });

  test('what fails in verification has its time to control from there', () => {
    const { order } = run(50, ...RED, [3, accept], [20, arrive], [21, feedback], [30, done], [40, fail]);
    const control = clocksOf(order).find((c) => c.name === 'control');
    expect([min(control?.dueAt ?? 0), control?.metAt, order.reworks]).toEqual([160, null, 1]);
  });

  test('what was met by being done from afar stays so when it fails in verification', () => {
    const fromAfar = by(DESK, { do: 'done', result: '远程关阀', cause: null, remote: true, attachments: [] });
    const { told, order } = run(100, ...RED, [3, accept], [20, fromAfar], [24, fail]);
    expect(told.filter((t) => t.startsWith('arrive') || t.startsWith('first-feedback'))).toEqual([]);
    const met = (name: string) => min(clocksOf(order).find((c) => c.name === name)?.metAt ?? 0);
    expect([met('arrive'), met('first-feedback')]).toEqual([20, 20]);
  });

  test('a granted extension moves the end of control, and tells it anew', () => {
    const asked: Step[] = [
      [3, accept],
      [10, arrive],
      [11, feedback],
      [12, extendTo(T0 + minutes(200))],
      [100, by(DESK, { do: 'answer-extension', granted: true, reason: '同意' })],
    ];
    const { told, order } = run(210, ...RED, ...asked);
    expect(told.filter((t) => t.startsWith('control'))).toEqual([
      'control amber 96',
      'control amber 180',
      'control overdue 200',
    ]);
    expect(clocksOf(order).find((c) => c.name === 'control')?.dueAt).toBe(T0 + minutes(200));
  });

  test('a pause over midnight, and one that ends by itself, are told at the moment after it', () => {
    const { told, order } = run(60 * 20, ...RED, [3, accept], [10, pauseUntil(T0 + hours(18))]);
    expect(order.state).toBe('accepted');
    expect(told[0]).toBe(`arrive amber ${18 * 60 + 14}`);
  });

  test('what another unit gets begins anew, but for the time to control, which is the city’s', () => {
    const other = by(DESK, { do: 'forward', unit: as.unit('water-crew'), reason: '改派' });
    const { order } = run(20, ...RED, [3, accept], [20, other]);
    expect(clocksOf(order).map((c) => [c.name, min(c.dueAt)])).toEqual([
      ['accept', 25],
      ['arrive', 50],
      ['first-feedback', 50],
      ['control', 120],
    ]);
  });

  test('an hour of standstill tells everything that fell into it, once, in order', () => {
    let { order } = run(2, ...RED);
    const at = T0 + minutes(62);
    const decided = decideOrder(order, { do: 'tick' }, at);
    const kinds = decided.ok ? decided.value.map((e) => e.change) : [];
    expect(kinds.map((c) => ('clock' in c ? `${c.clock} ${c.kind}` : c.kind))).toEqual([
      'accept amber',
      'accept overdue',
      'arrive amber',
      'first-feedback amber',
      'arrive overdue',
      'first-feedback overdue',
    ]);
    if (decided.ok) order = decided.value.reduce(evolveOrder, order);
    expect(decideOrder(order, { do: 'tick' }, at + 1_000)).toEqual({ ok: true, value: [] });
  });

  test.each([hours(1), -hours(1), days(1), -days(1)])(
    'a server’s clock that was set by %i ms while nothing ran changes nothing of what is left',
    (moved) => {
      const { order } = run(2, ...RED);
      const decided = decideOrder(order, { do: 'move-clock', by: moved }, T0 + minutes(2) + moved);
      const after = decided.ok ? decided.value.reduce(evolveOrder, order) : order;
      expect(nextLookAt(after)).toBe((nextLookAt(order) ?? 0) + moved);
      expect(dueOf(after, T0 + minutes(3.9) + moved)).toEqual([]);
      expect(dueOf(after, T0 + minutes(4) + moved)).toMatchObject([{ clock: 'accept', is: 'amber' }]);
    },
  );

  test('a pause moves no clock that was met before it', () => {
    const { order } = run(20, ...RED, [3, accept], [4, pauseUntil(T0 + hours(2))]);
    const [first] = clocksOf(order);
    expect([first?.name, min(first?.dueAt ?? 0)]).toEqual(['accept', 5]);
  });

  test('a clock that was met late is missed, and one that stands is paused', () => {
    const { order } = run(20, ...RED, [8, accept], [10, pauseUntil(T0 + hours(2))]);
    const states = clocksOf(order).map((c) => [c.name, clockState(c, order, T0 + minutes(20))]);
    expect(states).toEqual([
      ['accept', 'missed'],
      ['arrive', 'paused'],
      ['first-feedback', 'paused'],
      ['control', 'paused'],
    ]);
  });
});

describe('which clock policy holds', () => {
  const like = { lifeline: as.lifeline('gas'), level: 2 as const, area: as.area('341602') };
  const liesIn = (area: string, among: readonly string[]) => among.some((a) => area.startsWith(a));
  const own = (id: string, match: object) => ({
    ...(DEFAULT_CLOCK_POLICIES[1] as (typeof DEFAULT_CLOCK_POLICIES)[number]),
    id,
    match: { levels: [], lifelines: [], areas: [], ...match },
  });
  test.each<[string, object[], string]>([
    ['the shipped one of its level', [], 'default-2'],
    ['its line says more than its level', [own('line', { lifelines: ['gas'] })], 'line'],
    [
      'its area says more than its line',
      [own('line', { lifelines: ['gas'] }), own('area', { areas: ['3416'] })],
      'area',
    ],
    [
      'the narrower area',
      [own('city', { areas: ['3416'] }), own('district', { areas: ['341602'] })],
      'district',
    ],
    ['another line’s is not its own', [own('water', { lifelines: ['water-supply'] })], 'default-2'],
  ])('%s', (_, more, expected) => {
    const policies = [...DEFAULT_CLOCK_POLICIES, ...(more as typeof DEFAULT_CLOCK_POLICIES)];
    expect(clockPolicyFor(policies, like, liesIn).id).toBe(expected);
  });
});
