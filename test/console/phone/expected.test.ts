import { describe, expect, it } from 'vitest';
import type { KeptAct, OrderVerb } from '../../../dashboards/console/src/phone/kept/act.ts';
import { expectedOf, verbsFor } from '../../../dashboards/console/src/phone/orders/expected.ts';
import {
  inOrderOfNeed,
  isForTheCrew,
  nextClock,
} from '../../../dashboards/console/src/phone/orders/next-clock.ts';
import type { OrderCommand } from '../../../src/domain/order/commands.ts';
import { decideOrder } from '../../../src/domain/order/decide.ts';
import { evolveOrder } from '../../../src/domain/order/evolve.ts';
import { ORDER_STATES, type Order } from '../../../src/domain/order/order.ts';
import { hours, minutes } from '../../../src/domain/time.ts';
import { orderToJson } from '../../../src/wire/response/order.ts';
import {
  accept,
  arrive,
  birth,
  by,
  CREW,
  create,
  dispatch,
  done,
  extendTo,
  feedback,
  forward,
  IN_STATE,
  pauseUntil,
  refuse,
  resume,
  story,
  T0,
} from '../../domain/order/build.ts';

const NOW = T0 + minutes(20);
const SAFE = { ...birth().limits, safetyCheck: true };

const waiting = (verb: OrderVerb, n = 1): KeptAct => ({
  n,
  account: 'wang',
  order: { id: 'O1', no: 'GD20260601-0001', title: '井' },
  verb,
  body: {},
  photos: [],
  commandId: `c${n}`,
  seenRevision: 1,
  actedAt: '2026-06-01T00:20:00Z',
  refused: null,
});

/** The act of the service that a touch on the phone becomes, in that state. */
function commandOf(verb: OrderVerb, state: Order['state']): OrderCommand {
  switch (verb) {
    case 'accept':
      return accept;
    case 'arrive':
      return { ...arrive, accepts: state === 'dispatched' } as OrderCommand;
    case 'done':
      return { ...done, remote: state === 'accepted' } as OrderCommand;
    case 'refuse':
      return refuse;
    case 'forward':
      return forward;
    case 'feedback':
      return feedback;
    case 'check-safety':
      return by(CREW, {
        do: 'check-safety',
        readings: [{ what: 'CH4', value: 0, unit: '%LEL' }],
        permit: null,
      });
    case 'pause':
      return pauseUntil(NOW + hours(9));
    case 'resume':
      return resume;
    case 'extend':
      return extendTo(NOW + hours(9));
  }
}

function becomes(order: Order, command: OrderCommand): Order | null {
  const decided = decideOrder(order, command, NOW);
  return decided.ok ? (decided.value.reduce<Order | null>(evolveOrder, order) as Order) : null;
}

const toJson = (o: Order) => orderToJson(o, NOW);

describe('what the phone offers without a network', () => {
  const made = (more: Parameters<typeof birth>[0]) => story(create(more), dispatch).is;

  it.each([
    ['without a safety check', made({})],
    ['with one', made({ limits: SAFE })],
  ])('%s is what the service accepts, however many acts wait, and leads where the phone says', (_, first) => {
    let looked = 0;
    const go = (order: Order, acts: readonly KeptAct[], depth: number): void => {
      const expected = expectedOf(toJson(first), acts);
      expect([acts.map((a) => a.verb), expected.state]).toEqual([acts.map((a) => a.verb), order.state]);
      if (depth === 0) return;
      for (const verb of verbsFor(toJson(first), expected)) {
        // Asked for twice is refused, and said; done is offered and says that the check is missing.
        if (verb === 'extend' && acts.some((a) => a.verb === 'extend')) continue;
        if (verb === 'done' && first.limits.safetyCheck && !expected.safetyDone && order.state === 'on-site')
          continue;
        const next = becomes(order, commandOf(verb, order.state));
        expect([acts.map((a) => a.verb), verb, next !== null]).toEqual([acts.map((a) => a.verb), verb, true]);
        looked++;
        // What has been given away is others'.
        if (verb !== 'refuse' && verb !== 'forward')
          go(next as Order, [...acts, waiting(verb, acts.length + 1)], depth - 1);
      }
    };
    go(first, [], 5);
    expect(looked).toBeGreaterThan(500);
  });

  it.each(ORDER_STATES)('in state %s is refused by nobody', (state) => {
    const { is } = story(...IN_STATE[state]);
    const expected = expectedOf(toJson(is), []);
    for (const verb of verbsFor(toJson(is), expected))
      expect([state, verb, becomes(is, commandOf(verb, state)) !== null]).toEqual([state, verb, true]);
  });

  it('leaves out what everybody can see does not hold any more: what was sent back or forwarded', () => {
    const { is } = story(create(), dispatch);
    for (const verb of ['refuse', 'forward'] as const) {
      const expected = expectedOf(toJson(is), [waiting(verb)]);
      expect([expected.givenAway, isForTheCrew(expected)]).toEqual([true, false]);
      expect(verbsFor(toJson(is), expected)).toEqual(['feedback']);
    }
  });

  it('begins with the safety check where it is asked for and nobody has done it', () => {
    const { is } = story(create({ limits: SAFE }), dispatch, accept, arrive);
    const first = (acts: readonly KeptAct[]) => verbsFor(toJson(is), expectedOf(toJson(is), acts))[0];
    expect([first([]), first([waiting('check-safety')])]).toEqual(['check-safety', 'done']);
  });
});

describe('the clock that a crew is shown', () => {
  const { is } = story(create(), dispatch);
  const shownOf = (o: Order, acts: readonly KeptAct[], now: number) => {
    const expected = expectedOf(toJson(o), acts);
    return {
      order: toJson(o),
      expected,
      clock: nextClock(toJson(o), expected, now),
      open: isForTheCrew(expected),
    };
  };

  it('is the next to run out, amber and overdue by the time of the server', () => {
    // Dispatched in minute 1, to be accepted within 5.
    const at = (m: number) => {
      const clock = nextClock(toJson(is), expectedOf(toJson(is), []), T0 + minutes(m));
      return [clock?.name, clock?.is];
    };
    expect([at(2), at(5), at(6)]).toEqual([
      ['accept', 'running'],
      ['accept', 'amber'],
      ['accept', 'overdue'],
    ]);
  });

  it('is not one that an act which waits will stop', () => {
    const name = (...verbs: OrderVerb[]) =>
      nextClock(
        toJson(is),
        expectedOf(
          toJson(is),
          verbs.map((v, i) => waiting(v, i)),
        ),
        NOW,
      )?.name ?? null;
    expect([name(), name('accept'), name('accept', 'arrive'), name('arrive', 'feedback')]).toEqual([
      'accept',
      'arrive',
      'first-feedback',
      'control',
    ]);
    expect(name('arrive', 'done')).toBe(null);
  });

  it('puts what is overdue first, the longest before all, and what waits for others at the end', () => {
    const late = { ...story(create({ id: 'O2' as never }), dispatch).is };
    const early = { ...story(create({ id: 'O3' as never, level: 4 }), dispatch).is };
    const verified = { ...story(...IN_STATE.done).is, id: 'O4' as never };
    const paused = { ...story(...IN_STATE.paused).is, id: 'O5' as never };
    const list = [verified, paused, { ...late, dispatchedAt: T0 + minutes(9) }, early].map((o) =>
      shownOf(o as Order, [], NOW),
    );
    expect(inOrderOfNeed(list).map((s) => s.order.id)).toEqual(['O3', 'O2', 'O5', 'O4']);
  });
});
