import { writeSync } from 'node:fs';
import { JournalSqlite } from '../../../src/adapters/journal-sqlite/index.ts';
import { as } from '../../../src/domain/ids.ts';
import { killTurn } from './journal-kill-turns.ts';

/**
 * Commits turns until it is killed, two on their way at a time, and says each number once the journal has
 * acknowledged it. Written synchronously: what was said is out, whenever the kill comes.
 * On a refusal it says why, tries once more, and leaves.
 */
const journal = new JournalSqlite({ dir: String(process.argv[2]) });
const { lastTurn } = await journal.recover();
let stored = Promise.resolve();

async function say(n: number): Promise<void> {
  await journal.commit(killTurn(n));
  writeSync(1, `${n}\n`);
  if (n % 5 === 0) stored = stored.then(() => journal.drained(as.turn(n - 2)));
}

let before = Promise.resolve();
try {
  for (let n = lastTurn + 1; ; n++) {
    const now = say(n);
    now.catch(() => {});
    await before;
    before = now;
  }
} catch (e) {
  const again = await journal.commit(killTurn(1e6)).catch((second: unknown) => second);
  const { code, message } = e as { code: string; message: string };
  writeSync(1, `${JSON.stringify({ code, message, again: again === e })}\n`);
  await stored.catch(() => {});
  await journal.close().catch(() => {});
}
