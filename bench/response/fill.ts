import { JournalSqlite } from '../../src/adapters/journal-sqlite/index.ts';
import { as } from '../../src/domain/ids.ts';
import type { JournaledResponse } from '../../src/domain/response/journaled.ts';
import { hours, type Millis, minutes } from '../../src/domain/time.ts';
import { storyOf } from './stories.ts';

/** Orders whose events are committed together. */
const PER_TURN = 250;

/**
 * A journal as years of work leave it: closed cleanly, with so many orders; the last ones are open.
 *
 * @returns how many events it has
 */
export async function fillJournal(
  dir: string,
  { all, open, now }: { readonly all: number; readonly open: number; readonly now: Millis },
): Promise<number> {
  const journal = new JournalSqlite({ dir });
  const { lastTurn, lastSeq } = await journal.recover();
  let [turn, seq] = [Number(lastTurn), Number(lastSeq)];
  for (let from = 0; from < all; from += PER_TURN) {
    const responses: JournaledResponse[] = [];
    for (let n = from; n < Math.min(all, from + PER_TURN); n++) {
      const isOpen = n >= all - open;
      const at = isOpen ? now - minutes(10) - (all - n) * 100 : now - hours(24) - (all - n) * minutes(10);
      for (const what of storyOf(n, at, isOpen).happened) responses.push({ ...what, seq: as.seq(++seq) });
    }
    await journal.commit({
      turn: as.turn(++turn),
      at: now,
      ...{ readings: [], frames: [], quarantined: [], statuses: [], deviceEvents: [], register: [] },
      ...{ rules: [], events: [], answers: [], memories: [] },
      responses,
      memoriesKeptUpTo: as.turn(turn),
    });
  }
  await journal.close();
  return seq;
}
