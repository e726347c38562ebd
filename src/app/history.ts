import { join } from 'node:path';
import { HistoryDuckdb } from '../adapters/history-duckdb/index.ts';
import type { HistoryInflux } from '../adapters/history-influx/index.ts';
import { influxAccess } from '../config/influx-access.ts';
import { seconds } from '../domain/time.ts';
import type { History } from '../flow/ports/history.ts';
import type { Recovered } from '../flow/ports/journal.ts';
import type { LossBook } from '../flow/storage/loss-book.ts';
import { PACKS } from '../packs/index.ts';
import { PLATFORM } from '../packs/platform.ts';
import type { Ground } from './ground.ts';

type Known = { readonly recovered: Recovered; readonly losses: LossBook };

/** The readings' store: day files in the data directory, or InfluxDB where one is configured. */
export async function openHistory(ground: Ground, known: Known) {
  let filesSetAside = false;
  const setAside = (): void => {
    filesSetAside = true;
  };
  const embedded = ground.config.LIFELINE_INFLUX_URL === undefined ? duckdb(ground, known, setAside) : null;
  const history: History = embedded ?? (await influx(ground, known));
  ground.onStop('close the history store', seconds(5), () => history.close());
  await history.start();
  return { history, embedded, filesSetAside: () => filesSetAside };
}

function duckdb(
  { config, log, meters, ahead }: Ground,
  { recovered, losses }: Known,
  setAside: () => void,
): HistoryDuckdb {
  return new HistoryDuckdb({
    dir: join(config.LIFELINE_DATA_DIR, 'history'),
    // Beside a new journal a store must be asked first: its turns are numbered on from what the store knows.
    keepTrying: recovered.lastTurn > 0,
    onLost: () => {
      meters.count('history_process_ends_total');
      ahead.giveUpCopy();
    },
    onRenewed: () => log.info('the history is there again'),
    onTrouble: (msg, fields) => {
      log.error(msg, fields);
      const { aside, why = '' } = fields;
      // The journal says of itself when it has failed.
      if (typeof aside !== 'string') return;
      setAside();
      void losses.fileSetAside(aside, String(why)).catch(() => undefined);
    },
  });
}

async function influx(
  { config, log, meters, clock, ahead }: Ground,
  { recovered, losses }: Known,
): Promise<HistoryInflux> {
  // Only where there is one: its client costs memory.
  const { HistoryInflux } = await import('../adapters/history-influx/index.ts');
  return new HistoryInflux({
    ...influxAccess(config),
    lifelines: [...PACKS, PLATFORM].map((p) => p.lifeline),
    lifelineOf: (point) => ahead.lifelineOf(point),
    source: recovered.epoch,
    lastTurn: recovered.lastTurn,
    keepDays: config.LIFELINE_KEEP_DAYS,
    now: () => clock.now(),
    onTrouble: (msg, fields) => log.error(msg, fields),
    onRejected: async (rejected) => {
      meters.count('history_rejected_lines_total', rejected.length);
      await losses.storeRefused(rejected);
    },
  });
}
