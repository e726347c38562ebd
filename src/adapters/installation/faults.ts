import { asCalled } from '../shared/as-called.ts';
/** What a part of the data directory says of itself and of the others. */
export type Marked = {
  /** Which installation it is of: chosen at the first start, kept by backup and restore. */
  readonly id: string;
  /** Counts up, in all parts together, while the service runs. */
  readonly beat: number;
  /** A turn of the journal that was durable then. */
  readonly turn: number;
  /** How far the embedded history had come then; `null`: readings were kept elsewhere. */
  readonly history: number | null;
};

export type PartName = 'accounts.db' | 'devices.db' | 'audit.db' | 'history';
/** `unmarked`: there, of no installation (made by an earlier version, emptied, or made anew). */
export type PartSeen = Marked | 'missing' | 'unmarked' | { readonly unreadable: string };

export type JournalPartSeen =
  | 'missing'
  | 'unmarked'
  | { readonly unreadable: string }
  | (Marked & {
      /** Parts that were given the mark; whatever else lies there has not been there yet. */
      readonly parts: readonly PartName[];
      /** `false`: a first start was giving out marks, and was ended before it was done. */
      readonly complete: boolean;
      readonly lastTurn: number;
    });

export type Seen = {
  readonly journal: JournalPartSeen;
  readonly parts: ReadonlyMap<PartName, PartSeen>;
  /** What is wrong with `audit.key`; `null`: nothing, or it is still to be made. */
  readonly auditKey: string | null;
};

/**
 * Marks are written without a flush of their own, so that a power cut may take some of one part and not of another. At
 * ten seconds a beat these are ten minutes; no system keeps what was written back for longer than one.
 */
const BEATS_MAY_DIFFER = 60;

/** What a failing disk or a lack of descriptors says, and not a file of somebody else's. */
const FAILING_DISK = /^(EIO|ESTALE|EMFILE|ENFILE|ENOSPC)\b/;

export const isMarked = <T extends PartSeen | JournalPartSeen>(seen: T): seen is Extract<T, Marked> =>
  typeof seen === 'object' && 'id' in seen;

/** What does not belong together, each as half a sentence. A part that is damaged and says nothing tells so itself. */
export function faultsOf({ journal, parts, auditKey }: Seen): readonly string[] {
  const faults = auditKey === null ? [] : [auditKey];
  const marked = [...parts].flatMap(([name, seen]) => (isMarked(seen) ? [{ name, ...seen }] : []));
  if (typeof journal === 'object' && 'unreadable' in journal)
    return [...faults, `journal.sqlite cannot be read (${journal.unreadable})`];
  if (!isMarked(journal)) {
    const [first] = marked;
    if (first === undefined) return faults;
    const is = journal === 'missing' ? 'is missing' : 'is empty, or of an earlier time';
    return [...faults, `journal.sqlite ${is}: alarms, register and rules of this installation are not here`];
  }
  for (const [name, seen] of parts) {
    const fault = faultOf(name, seen, journal);
    if (fault !== null) faults.push(fault);
  }
  if (!journal.complete) return faults;
  const ours = marked.filter((m) => m.id === journal.id);
  const beat = Math.max(journal.beat, ...ours.map((m) => m.beat));
  for (const { name, beat: its } of ours) {
    // The history's mark is of its first start; how far it has come says its own cursor. The audit journal's is of
    // each start, flushed before the journal's.
    if (name === 'history' || !journal.parts.includes(name)) continue;
    if (its < (name === 'audit.db' ? journal.beat : beat - BEATS_MAY_DIFFER))
      faults.push(`${name} is a copy of an earlier time`);
  }
  const turn = Math.max(0, ...ours.map((m) => m.turn));
  if (journal.lastTurn < turn)
    faults.push(
      `journal.sqlite goes up to turn ${journal.lastTurn}, and had gone to ${turn} or further: it is of an earlier time, or its -wal file was cut or lost, and what was acknowledged since is missing`,
    );
  return faults;
}

function faultOf(
  name: PartName,
  seen: PartSeen,
  journal: { readonly id: string; readonly complete: boolean; readonly parts: readonly PartName[] },
): string | null {
  if (isMarked(seen))
    return seen.id === journal.id ? null : `${name} is of another installation than journal.sqlite`;
  if (!journal.complete || !journal.parts.includes(name)) return null;
  if (seen === 'missing') return `${name} is missing`;
  if (seen === 'unmarked') return `${name} is empty, made anew, or of an earlier time`;
  // With an audit journal that is damaged the watch goes on, and nothing privileged is done; with a disk that fails under
  // the history it goes on, and readings wait in the spool: an alarm matters more than a chart. Each tells so itself.
  if (name === 'audit.db' || (name === 'history' && FAILING_DISK.test(seen.unreadable))) return null;
  return `${name} cannot be read (${seen.unreadable})`;
}

/**
 * @param cursor of the embedded history, up to which turn it has everything
 * @param setAside whether files of it were, just now: then it has gone back in order, and says so itself
 */
export function historyFaults(
  seen: Seen,
  given: { readonly cursor: number; readonly lastTurn: number; readonly setAside: boolean },
): readonly string[] {
  const { cursor, lastTurn, setAside } = given;
  if (cursor > lastTurn)
    return [
      `the history goes up to turn ${cursor}, journal.sqlite only to ${lastTurn}: the journal is of an earlier time, or its -wal file was cut or lost, and what was acknowledged since is missing in it`,
    ];
  const { journal } = seen;
  if (setAside || !isMarked(journal) || !journal.complete || !journal.parts.includes('history')) return [];
  const newest = [...seen.parts.values(), journal]
    .flatMap((m) => (isMarked(m) ? [m] : []))
    .reduce((a, b) => (b.beat > a.beat ? b : a));
  if (newest.history === null || cursor >= newest.history) return [];
  return [
    `the history goes up to turn ${cursor}, and had gone to ${newest.history}: it is of an earlier time`,
  ];
}

/** One sentence, and the ways out. */
export const sentenceOf = (dir: string, faults: readonly string[]): string =>
  asCalled(
    `the data directory ${dir} does not belong together: ${faults.join('; ')}. Put back the files that belong to it, or restore the last backup into another directory (lifeline restore); to go on with what is there: lifeline parts --accept --data-dir ${dir}`,
  );
