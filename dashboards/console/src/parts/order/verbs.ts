import type { Me, Order, OrderEvent, Right } from '../../api/answers.ts';

type State = Order['state'];
const OPEN: readonly State[] = [
  'new',
  'dispatched',
  'returned',
  'accepted',
  'on-site',
  'paused',
  'done',
  'verified',
];
const AT_WORK: readonly State[] = ['accepted', 'on-site'];

/** What may be done with an order in which state, and whose right it is; `verbs.test.ts` holds it against `decideOrder`. */
export const VERBS = {
  dispatch: { right: 'order.dispatch', in: ['new', 'dispatched', 'returned'] },
  accept: { right: 'order.act', in: ['dispatched'] },
  refuse: { right: 'order.act', in: ['dispatched', ...AT_WORK.slice(0, 1)] },
  forward: { right: 'order.act', in: ['dispatched', ...AT_WORK] },
  arrive: { right: 'order.act', in: ['dispatched', 'accepted'] },
  'check-safety': { right: 'order.act', in: AT_WORK },
  feedback: { right: 'order.act', in: OPEN },
  done: { right: 'order.act', in: AT_WORK },
  pause: { right: 'order.act', in: AT_WORK },
  resume: { right: 'order.act', in: ['paused'] },
  extend: { right: 'order.act', in: AT_WORK },
  'answer-extension': { right: 'order.dispatch', in: OPEN },
  verify: { right: 'order.verify', in: ['done'] },
  archive: { right: 'order.dispatch', in: ['verified'] },
  urge: { right: 'order.dispatch', in: OPEN.filter((s) => s !== 'new' && s !== 'verified') },
  link: { right: 'order.dispatch', in: OPEN },
  rebase: { right: 'order.dispatch', in: OPEN },
  void: { right: 'order.dispatch', in: ['new', 'dispatched', 'returned', ...AT_WORK] },
} as const satisfies Readonly<Record<string, { readonly right: Right; readonly in: readonly State[] }>>;
export type OrderVerb = keyof typeof VERBS;
const NAMES = Object.keys(VERBS) as readonly OrderVerb[];

/** The natural next step of each state, drawn strong. */
const NEXT: { readonly [S in State]?: readonly OrderVerb[] } = {
  new: ['dispatch'],
  returned: ['dispatch'],
  dispatched: ['accept'],
  accepted: ['arrive'],
  'on-site': ['done'],
  paused: ['resume'],
  done: ['verify'],
  verified: ['archive'],
};
export const isNext = (order: Order, verb: OrderVerb): boolean =>
  (NEXT[order.state] ?? []).includes(verb) || (verb === 'answer-extension' && order.extension !== undefined);

/** What its state allows, in the order of a life. */
export function verbsOf(order: Order): readonly OrderVerb[] {
  return NAMES.filter((verb) => {
    if (!(VERBS[verb].in as readonly State[]).includes(order.state)) return false;
    if (verb === 'answer-extension') return order.extension !== undefined;
    return verb !== 'extend' || order.extension === undefined;
  });
}

/** What its state and this person's rights allow: nothing else is offered. */
export const offeredTo = (order: Order, me: Pick<Me, 'permissions'>): readonly OrderVerb[] =>
  verbsOf(order).filter((verb) => (me.permissions as readonly Right[]).includes(VERBS[verb].right));

/** Whose hand is in it: none of them verifies. */
const HANDS: ReadonlySet<OrderEvent['event']> = new Set([
  'dispatched',
  'forwarded',
  'accepted',
  'arrived',
  'safety-checked',
  'done',
]);
/** May find a unit for what was sent back twice. */
const COORDINATES: readonly string[] = ['shift-leader', 'founder'];

/** Why a step that is theirs by right is not theirs with this order; `null`: it is. */
export type Barred = 'ownWork' | 'ownRequest' | 'coordinator';

export function barred(
  order: Order,
  verb: OrderVerb,
  me: Pick<Me, 'account' | 'roles'>,
  story: readonly OrderEvent[],
): Barred | null {
  if (verb === 'verify' && story.some((e) => e.account === me.account && HANDS.has(e.event)))
    return 'ownWork';
  if (verb === 'dispatch' && order.withCoordinator && !me.roles.some((r) => COORDINATES.includes(r)))
    return 'coordinator';
  if (verb === 'answer-extension') {
    const asked = [...story].reverse().find((e) => e.event === 'extension-asked');
    if (asked?.account === me.account) return 'ownRequest';
  }
  return null;
}
