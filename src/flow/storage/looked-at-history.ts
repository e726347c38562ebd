import type { History } from '../ports/history.ts';
import type { Drain } from './drain.ts';

/**
 * The history as those see it who look at it: whatever is durable is in it, since what has gathered for the store goes
 * there before the question does.
 */
export function lookedAt(history: History, drain: Pick<Drain, 'upToDate'>): History {
  const fresh =
    <Q extends readonly unknown[], A>(ask: (...q: Q) => Promise<A>) =>
    async (...q: Q): Promise<A> => {
      await drain.upToDate();
      return ask(...q);
    };
  return {
    start: () => history.start(),
    cursor: () => history.cursor(),
    keep: (turns) => history.keep(turns),
    raw: fresh((q) => history.raw(q)),
    buckets: fresh((q) => history.buckets(q)),
    latest: fresh(() => history.latest()),
    frames: fresh((q) => history.frames(q)),
    forgetBefore: (before) => history.forgetBefore(before),
    close: () => history.close(),
  };
}
