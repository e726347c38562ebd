import { SqliteJournalEngine } from '../adapters/journal-sqlite/engine.ts';
import type { Config } from '../config/read.ts';
import type { JournalEngine } from '../flow/ports/journal-engine.ts';

/** The one place where a journal's engine is chosen, for the service and for every command. There is one so far. */
export const journalOf: (dir: string, config: Config) => JournalEngine = (dir) =>
  new SqliteJournalEngine(dir);

/** A backup holds it as a file, whatever it was copied from. */
export const journalInBackup = (folder: string): JournalEngine => new SqliteJournalEngine(folder);
