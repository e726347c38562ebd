import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import {
  faultsOf,
  historyFaults,
  isMarked,
  type Marked,
  type PartName,
  type Seen,
  sentenceOf,
} from './faults.ts';
import {
  DATABASES,
  databaseSeen,
  historySeen,
  JOURNAL,
  type JournalMark,
  journalSeen,
  MarkWriter,
  writeHistoryMark,
} from './marks.ts';

export { faultsOf, historyFaults } from './faults.ts';

/** What lies in the data directory, without changing anything. @param auditKey see `Seen` */
export function lookAtParts(dir: string, auditKey: string | null, embedded: boolean): Seen {
  const parts = new Map(DATABASES.map((name) => [name as PartName, databaseSeen(dir, name)]));
  if (embedded) parts.set('history', historySeen(dir));
  return { journal: journalSeen(dir), parts, auditKey };
}

/** Takes the directory as it is: the next start gives what lies there a new mark. Nobody may have it meanwhile. */
export function forgetMarks(dir: string): void {
  for (const name of [...DATABASES, JOURNAL]) {
    if (!existsSync(join(dir, name))) continue;
    const mark = new MarkWriter(join(dir, name));
    mark.clear();
    mark.close();
  }
  rmSync(join(dir, 'history', 'installation'), { force: true });
}

/**
 * Holds the parts of the data directory together: journal, accounts, device keys, audit journal and history are of one
 * installation and of one time. What is not refuses the start, before anything is opened or made.
 */
export class Installation {
  readonly #dir: string;
  readonly #embedded: boolean;
  readonly #seen: Seen;
  readonly #writers: MarkWriter[] = [];
  #id = '';
  #beat = 0;

  /** @throws with one sentence and the ways out, where the parts do not belong together */
  constructor(given: { readonly dir: string; readonly embedded: boolean; readonly auditKey: string | null }) {
    this.#dir = given.dir;
    this.#embedded = given.embedded;
    this.#seen = lookAtParts(given.dir, given.auditKey, given.embedded);
    this.#refuse(faultsOf(this.#seen));
  }

  /** @throws as the constructor; see `historyFaults` */
  checkHistory(given: {
    readonly cursor: number;
    readonly lastTurn: number;
    readonly setAside: boolean;
  }): void {
    this.#refuse(historyFaults(this.#seen, given));
  }

  #refuse(faults: readonly string[]): void {
    if (faults.length > 0) throw new Error(sentenceOf(this.#dir, faults));
  }

  /**
   * All parts have been opened: they are of this installation from now on. The journal has the mark first and says last that
   * all have it, so that an end in between is no fault of theirs.
   *
   * @param fresh the id of an installation that has none yet
   */
  settle(fresh: string, now: { readonly turn: number; readonly history: number | null }): void {
    const { journal, parts: seen } = this.#seen;
    const known = isMarked(journal) ? journal : null;
    this.#id = known?.id ?? fresh;
    const beats = [...seen.values()].map((m) => (isMarked(m) ? m.beat : 0));
    this.#beat = Math.max(known?.beat ?? 0, ...beats) + 1;
    const mark = { id: this.#id, beat: this.#beat, ...now };
    const before = known?.parts ?? [];
    const ofJournal = new MarkWriter(join(this.#dir, JOURNAL));
    try {
      if (known?.complete !== true) ofJournal.write({ ...mark, complete: false, parts: before });
      const given = new Set<PartName>(before);
      for (const name of DATABASES) {
        if (this.#give(name, { ...mark, complete: true, parts: [] })) given.add(name);
        else given.delete(name);
      }
      if (this.#embedded && this.#giveHistory(mark)) given.add('history');
      ofJournal.write({ ...mark, complete: true, parts: [...given] });
    } finally {
      ofJournal.close();
    }
  }

  /**
   * An audit journal that cannot take its mark tells so itself. It keeps no connection of ours: its thread may open it anew at
   * any time, and then writes its log over.
   */
  #give(name: (typeof DATABASES)[number], mark: JournalMark): boolean {
    const file = join(this.#dir, name);
    if (!existsSync(file)) return false;
    try {
      const writer = new MarkWriter(file);
      if (name === 'audit.db') {
        try {
          writer.write(mark);
        } finally {
          writer.close();
        }
        return true;
      }
      this.#writers.push(writer);
      writer.write(mark);
      writer.hurry();
      return true;
    } catch (cause) {
      if (name === 'audit.db') return false;
      throw cause;
    }
  }

  /** One that cannot be written now keeps the mark that it has; the store says itself that its disk is broken. */
  #giveHistory(mark: Marked): boolean {
    try {
      writeHistoryMark(this.#dir, mark);
      return true;
    } catch {
      return false;
    }
  }

  /** How far everything has come. One that cannot be written now leaves all where they are. */
  mark(now: { readonly turn: number; readonly history: number | null }): void {
    const mark = { id: this.#id, beat: this.#beat + 1, ...now, complete: true, parts: [] };
    try {
      for (const writer of this.#writers) writer.write(mark);
      this.#beat = mark.beat;
    } catch {
      // The disk is full, or the file is held: whoever needs it says so, and the next mark is as good.
    }
  }

  close(): void {
    for (const writer of this.#writers.splice(0)) writer.close();
  }
}
