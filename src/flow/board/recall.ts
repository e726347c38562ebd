import { hours, type Millis } from '../../domain/time.ts';
import type { Journal } from '../ports/journal.ts';
import type { LiveBoard } from './board.ts';

/** A flood that has gone on for longer is told from here on. */
const BACK = hours(6);
const PAGE = 5_000;

/** After a start: which floods are on and which alarms chatter, from the events of the last hours. */
export async function recall(
  board: LiveBoard,
  journal: Pick<Journal, 'briefEvents'>,
  now: Millis,
): Promise<void> {
  const filter = {
    from: now - BACK,
    // Nothing of a time that our clock has not reached: it was set back since.
    to: now + 1,
    kinds: ['raised', 'recurred', 'returned'] as const,
  };
  let after: string | null = null;
  do {
    const page = await journal.briefEvents(filter, PAGE, after);
    for (const e of page.items) board.recall(e);
    after = page.next;
  } while (after !== null);
  board.pass(now);
}
