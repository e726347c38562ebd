import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';

/**
 * A restored journal is another journal: events that came after the backup have numbers that will be given
 * again. The new epoch tells consoles to begin anew instead of going on from a number they know.
 */
export function renewEpoch(journal: string): void {
  change(journal, (db) => db.prepare('UPDATE meta SET epoch = ?').run(randomUUID()));
}

/**
 * A journal that lies behind its history goes on after it: the history has those turns already, and would take others
 * of the same numbers for repetitions.
 */
export function goOnAfter(journal: string, turn: number): void {
  change(journal, (db) =>
    db
      .prepare(
        'UPDATE meta SET epoch = ?, last_turn = ?, drain_cursor = ?, waiting_turns = 0, waiting_bytes = 0',
      )
      .run(randomUUID(), turn, turn),
  );
}

/** A session that was ended after the backup must not come alive again. */
export function endSessions(accounts: string): void {
  if (!existsSync(accounts)) return;
  change(accounts, (db) => db.exec('DELETE FROM sessions'));
}

function change(path: string, make: (db: DatabaseSync) => unknown): void {
  const db = new DatabaseSync(path);
  try {
    db.exec('PRAGMA synchronous = FULL');
    make(db);
  } finally {
    db.close();
  }
}
