import { unreachable } from '../../../domain/result.ts';
import type { JournalEngine } from '../../../flow/ports/journal-engine.ts';
import { megabytes } from '../../progress.ts';
import { bad, type Finding, ok, warn } from '../finding.ts';

export type JournalSeen = {
  /** `null`: not known. */
  readonly lastTurn: number | null;
  readonly lastTurnAt: number | null;
  readonly findings: readonly Finding[];
};

const NOT_THERE: JournalSeen = {
  lastTurn: 0,
  lastTurnAt: null,
  findings: [ok('journal', 'not there yet: the first start makes it')],
};
const RESTORE = 'keep it as it is, and restore the last backup into another directory';
const WAL_IS_LARGE = 1e9;

export type JournalGiven = {
  readonly journal: JournalEngine;
  readonly serving: boolean;
  readonly spoolMaxMb: number;
  readonly now: number;
};

/** Opens the journal for reading only: whether it is ours, whole, and how much waits in it. */
export async function checkJournal(given: JournalGiven): Promise<JournalSeen> {
  const { journal, serving, spoolMaxMb, now } = given;
  const seen = await journal.look();
  switch (seen.is) {
    case 'missing':
      return NOT_THERE;
    case 'unreadable':
      return broken(seen.damaged ? `${seen.why}; ${RESTORE}` : seen.why);
    case 'foreign':
      return broken(
        `${journal.where} is a database of another program: give the service a data directory of its own`,
      );
    case 'newer':
      return broken(
        `${journal.where} was written by a newer version (schema ${seen.schema}, this one knows up to ${journal.schema}): run that version`,
      );
    case 'whole':
      return {
        lastTurn: seen.lastTurn,
        lastTurnAt: seen.lastAt,
        findings: [
          ok(
            'journal',
            `whole, schema ${seen.schema}, up to turn ${seen.lastTurn}, ${megabytes(seen.bytes)}`,
          ),
          stopped(serving, seen.stoppedCleanly),
          wal(seen.logBytes),
          spool(seen.waitingBytes, seen.waitingSince === null ? null : now - seen.waitingSince, spoolMaxMb),
        ],
      };
    default:
      return unreachable(seen);
  }
}

const broken = (says: string): JournalSeen => ({
  lastTurn: null,
  lastTurnAt: null,
  findings: [bad('journal', says)],
});

function stopped(serving: boolean, clean: boolean): Finding {
  if (serving) return ok('last stop', 'the service is running');
  if (clean) return ok('last stop', 'clean');
  return warn(
    'last stop',
    'the last run did not stop cleanly (a kill, a power cut, or a copy of a running service): the next start recovers by itself',
  );
}

function wal(bytes: number): Finding {
  if (bytes < WAL_IS_LARGE) return ok('journal WAL', megabytes(bytes));
  return warn(
    'journal WAL',
    `${megabytes(bytes)}: some program keeps the journal open for reading and does not end; find it and stop it`,
  );
}

function spool(bytes: number, age: number | null, maxMb: number): Finding {
  const share = bytes / (maxMb * 1e6);
  const waits = `${megabytes(bytes)} wait for the history store`;
  const says = age === null ? waits : `${waits}, the oldest for ${(age / 60_000).toFixed(0)} min`;
  if (share >= 0.9)
    return bad(
      'spool',
      `${says}: ${(share * 100).toFixed(0)} % of what it may hold; at 100 % acknowledging stops. See to the store now`,
    );
  if (share >= 0.7)
    return warn('spool', `${says}: ${(share * 100).toFixed(0)} % of what it may hold. See to the store`);
  return ok('spool', says);
}
