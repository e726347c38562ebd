import { PostgresJournalEngine } from '../adapters/journal-postgres/engine.ts';
import { SqliteJournalEngine } from '../adapters/journal-sqlite/engine.ts';
import type { Config } from '../config/read.ts';
import type { JournalEngine } from '../flow/ports/journal-engine.ts';

/** The one place where a journal's engine is chosen, for every command and for a service that stands alone. */
export const journalOf = (dir: string, config: Config): JournalEngine =>
  config.LIFELINE_DATABASE_URL === undefined
    ? new SqliteJournalEngine(dir)
    : new PostgresJournalEngine(config.LIFELINE_DATABASE_URL);

/** A backup holds it as a file, whatever it was copied from. */
export const journalInBackup = (folder: string): JournalEngine => new SqliteJournalEngine(folder);
