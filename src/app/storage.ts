import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { keyFault } from '../adapters/audit/index.ts';
import { Installation } from '../adapters/installation/index.ts';
import { closeToOthers, makeDataDir } from '../config/data-dir.ts';
import { type Millis, seconds } from '../domain/time.ts';
import type { WatchedClock } from '../flow/ports/clock.ts';
import type { Log } from '../flow/ports/log.ts';
import { LossBook } from '../flow/storage/loss-book.ts';
import { openAudit } from './audit.ts';
import type { Ground } from './ground.ts';
import { openHistory } from './history.ts';
import { journalOf } from './journal-engine.ts';

export type Storage = Awaited<ReturnType<typeof openStorage>>;

export type JournalFirst = Awaited<ReturnType<typeof openJournal>>;

/** The journal comes first: our clock goes on from what is in it. */
export async function openJournal(ground: Ground) {
  const { config, log, clock, onStop } = ground;
  const dir = config.LIFELINE_DATA_DIR;
  makeDataDir(dir);
  const wereOpen = closeToOthers(dir);
  if (wereOpen > 0)
    log.warn('files in the data directory could be read by others of this machine; they are closed now', {
      files: wereOpen,
    });

  const { pair } = ground.options;
  // Before anything is opened: what does not belong together is looked at, and left as it is. In a database it is one.
  const installation =
    pair === undefined
      ? new Installation({
          dir,
          embedded: config.LIFELINE_INFLUX_URL === undefined,
          auditKey: keyFault(join(dir, 'audit.db'), join(dir, 'audit.key')),
        })
      : null;
  const journal = pair === undefined ? journalOf(dir, config).open() : pair.journal();
  onStop('close the journal', seconds(5), async (bad) => {
    try {
      if (bad.length === 0) await journal.stoppedCleanly(clock.now());
    } finally {
      await journal.close();
    }
  });
  const recovered = await journal.recover();
  const startedAt = beginAfter(clock, recovered.lastAt, (ground.options.clockMoved?.by ?? 0) !== 0, log);
  if (!recovered.cleanStop)
    log.warn('the last run did not stop cleanly: recovering from the journal', {
      lastTurn: recovered.lastTurn,
    });
  return { installation, journal, recovered, startedAt };
}

/** Audit journal, loss ledger, history: what is on disk is there. */
export async function openStorage(ground: Ground, opened: JournalFirst) {
  const { installation, journal, recovered, startedAt } = opened;
  const { log, clock, meters, onStop } = ground;
  const { audit, edgeAudit } = await openAudit(ground);
  const losses = new LossBook({ ledger: journal, clock, log, meters });
  onStop('close the loss ledger', seconds(1), () => losses.close());

  if (recovered.wentBack !== undefined) losses.journalWentBack(recovered.wentBack);
  const { history, embedded, filesSetAside } = await openHistory(ground, { recovered, losses });
  // One that is away is asked when it is there again: charts wait for it, and alarms do not.
  const historyCursor = (await embedded?.cursor().catch(() => null)) ?? null;
  if (historyCursor !== null && installation !== null)
    installation.checkHistory({
      cursor: historyCursor,
      lastTurn: recovered.lastTurn,
      setAside: filesSetAside(),
    });
  else if (historyCursor !== null && historyCursor > recovered.lastTurn)
    throw new Error(
      `the history in ${join(ground.config.LIFELINE_DATA_DIR, 'history')} goes up to turn ${historyCursor}, the database only to ${recovered.lastTurn}: the database is of an earlier time, and what was acknowledged since is missing in it`,
    );

  /** Once every part is open: they carry one identity from here on. */
  const settle = (): void => {
    if (installation === null) return;
    installation.settle(randomUUID(), { turn: recovered.lastTurn, history: historyCursor });
    onStop('close the marks of the installation', seconds(1), () => installation.close());
  };
  /** How far everything has come, so that a part of an earlier time is told from the others at the next start. */
  const mark = async (turn: number): Promise<void> =>
    installation?.mark({ turn, history: (await embedded?.cursor()) ?? null });

  return { journal, recovered, startedAt, audit, edgeAudit, losses, history, embedded, settle, mark };
}

/**
 * Ours goes on where the journal ends, also where the machine's clock has gone back since: what is written does not
 * become the future. Where that clock was adopted on purpose it may. @returns our clock, of the start
 */
function beginAfter(clock: WatchedClock, lastAt: Millis | null, adopted: boolean, log: Log): Millis {
  if (!adopted && lastAt !== null) clock.notBefore(lastAt);
  const apart = clock.apart();
  if (apart < -seconds(1))
    log.error("the machine's clock lies behind what is written in the journal: ours goes on from there", {
      journalEnds: new Date(lastAt ?? 0).toISOString(),
      apartMs: apart,
    });
  return clock.now();
}
