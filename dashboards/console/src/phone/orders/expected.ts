import type { Order } from '../../api/answers.ts';
import type { KeptAct, OrderVerb } from '../kept/act.ts';

/** An order as it will be when everything that waits on this phone has been sent, as far as the phone can know. */
export type ExpectedOrder = {
  readonly state: Order['state'];
  readonly safetyDone: boolean;
  /** Sent back or forwarded: others will have it. */
  readonly givenAway: boolean;
  /** Clocks that what waits will stop. */
  readonly met: ReadonlySet<Order['clocks'][number]['name']>;
};

/** @param waiting acts on this order, oldest first */
export function expectedOf(order: Order, waiting: readonly KeptAct[]): ExpectedOrder {
  let { state } = order;
  let before: Order['state'] = order.arrival === undefined ? 'accepted' : 'on-site';
  let safetyDone = order.safety !== undefined;
  let givenAway = false;
  const met = new Set<Order['clocks'][number]['name']>();
  for (const { verb } of waiting)
    switch (verb) {
      case 'accept':
        state = 'accepted';
        met.add('accept');
        break;
      case 'arrive':
        state = 'on-site';
        met.add('accept').add('arrive');
        break;
      case 'feedback':
        met.add('first-feedback');
        break;
      case 'check-safety':
        safetyDone = true;
        break;
      case 'pause':
        if (state === 'accepted' || state === 'on-site') before = state;
        state = 'paused';
        break;
      case 'resume':
        state = before;
        break;
      case 'done':
        state = 'done';
        met.add('arrive').add('first-feedback').add('feedback').add('control');
        break;
      case 'refuse':
        givenAway = state === 'dispatched';
        break;
      case 'forward':
        givenAway = state === 'dispatched' || state === 'accepted';
        break;
      case 'extend':
        break;
    }
  return { state, safetyDone, givenAway, met };
}

/** What can be done next. The first is the one that usually follows. */
export function verbsFor(order: Order, expected: ExpectedOrder): readonly OrderVerb[] {
  if (expected.givenAway) return ['feedback'];
  switch (expected.state) {
    case 'dispatched':
      return ['accept', 'arrive', 'feedback', 'refuse', 'forward'];
    case 'accepted':
      return ['arrive', 'feedback', 'check-safety', 'done', 'pause', 'extend', 'refuse', 'forward'];
    case 'on-site': {
      const mustCheck = order.safetyNeeded && !expected.safetyDone;
      const first: readonly OrderVerb[] = mustCheck ? ['check-safety', 'done'] : ['done', 'check-safety'];
      return [...first, 'feedback', 'pause', 'extend', 'forward'];
    }
    case 'paused':
      return ['resume', 'feedback'];
    case 'returned':
    case 'done':
    case 'verified':
      return ['feedback'];
    case 'new':
    case 'archived':
    case 'voided':
      return [];
  }
}
