import { as } from '../../domain/ids.ts';
import type { Duration, Millis } from '../../domain/time.ts';
import { warmUp } from '../judging/warm-up.ts';
import type { History } from '../ports/history.ts';
import type { Journal, Recovered } from '../ports/journal.ts';
import type { Log } from '../ports/log.ts';
import type { Core } from './core.ts';
import { Replay } from './replay.ts';

const CHUNK_BYTES = 4 * 1024 * 1024;

/**
 * Puts the core back as it was at the last durable turn: alarms from their events, memories as kept, then
 * the turns that memories do not know yet, by the very function that judges live. Only after this may a
 * packet be accepted. The history store is asked for the newest values only; without it they are missing
 * until they are reported again, and nothing else is.
 */
export async function rebuild(given: {
  core: Core;
  recovered: Recovered;
  journal: Journal;
  history: History;
  now: Millis;
  log: Log;
  /** How far our clock was set since all this was written, where that is known. */
  clockMovedBy?: Duration;
}): Promise<void> {
  const { core, recovered, journal, history, now, log, clockMovedBy = 0 } = given;
  core.restore(recovered, now);
  const replay = new Replay(core, recovered.memories);
  let replayed = 0;
  let after = as.turn(0);
  for (;;) {
    const turns = await journal.spooled(after, CHUNK_BYTES);
    const last = turns.at(-1);
    if (last === undefined) break;
    for (const turn of turns) replay.turn(turn);
    replayed += turns.length;
    after = last.turn;
  }
  core.replayed();
  try {
    // A new journal beside an older store: its turns must not carry numbers that the store takes for known.
    core.continueAfter(await history.cursor());
    core.points.remind(await history.latest());
    const registered = core.register.points().flatMap((p) => core.points.of(p.code) ?? []);
    const warmed = await warmUp(registered, history);
    if (warmed.rules > 0 || warmed.skipped > 0)
      log.info('rules that are new here were shown what their points had told before', warmed);
  } catch (cause) {
    log.warn('the history store could not be asked for the newest values', { cause: String(cause) });
  }
  core.onTodaysClock(clockMovedBy);
  log.info('rebuilt from the journal', {
    points: core.register.points().length,
    openAlarms: core.desk.open.size,
    turnsReplayed: replayed,
    lastTurn: recovered.lastTurn,
  });
}
