import type { Order } from '../../api/answers.ts';
import type { ExpectedOrder } from './expected.ts';

export type NextClock = {
  readonly name: Order['clocks'][number]['name'];
  readonly dueAt: number;
  readonly is: 'running' | 'amber' | 'overdue';
};

/** Which of the crew's clocks runs out first; `null`: none runs. Verifying is the desk's. @param now the server's clock */
export function nextClock(order: Order, expected: ExpectedOrder, now: number): NextClock | null {
  if (expected.givenAway || !isAtWork(expected)) return null;
  const running = order.clocks
    .filter((c) => c.metAt === undefined && c.name !== 'verify' && !expected.met.has(c.name))
    .sort((a, b) => (a.dueAt < b.dueAt ? -1 : 1));
  const first = running[0];
  if (first === undefined) return null;
  const dueAt = Date.parse(first.dueAt);
  const is = dueAt <= now ? 'overdue' : Date.parse(first.amberAt) <= now ? 'amber' : 'running';
  return { name: first.name, dueAt, is };
}

const isAtWork = ({ state }: ExpectedOrder): boolean =>
  state === 'dispatched' || state === 'accepted' || state === 'on-site';

export type Shown = {
  readonly order: Order;
  readonly expected: ExpectedOrder;
  readonly clock: NextClock | null;
  /** Something is to be done by the crew. */
  readonly open: boolean;
};

/** Overdue first, the longest before all, then what is due next; then what is paused; what waits for others at the end. */
export function inOrderOfNeed(shown: readonly Shown[]): readonly Shown[] {
  const rank = (s: Shown): number => (s.clock !== null ? 0 : s.open ? 1 : 2);
  return [...shown].sort(
    (a, b) =>
      rank(a) - rank(b) ||
      (a.clock?.dueAt ?? 0) - (b.clock?.dueAt ?? 0) ||
      a.order.level - b.order.level ||
      (a.order.id < b.order.id ? 1 : -1),
  );
}

/** @param expected as it will be when what waits was sent */
export const isForTheCrew = (expected: ExpectedOrder): boolean =>
  !expected.givenAway && (isAtWork(expected) || expected.state === 'paused');
