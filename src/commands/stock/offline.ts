import { join } from 'node:path';
import { SteadyClock, wallNow } from '../../adapters/clock/index.ts';
import { HistoryDuckdb } from '../../adapters/history-duckdb/index.ts';
import { HistoryInflux } from '../../adapters/history-influx/index.ts';
import { systemIds } from '../../adapters/ids/index.ts';
import { journalOf } from '../../app/journal-engine.ts';
import { influxAccess } from '../../config/influx-access.ts';
import type { Config } from '../../config/read.ts';
import { faultValuesAt, plainFaultValues } from '../../domain/register/fault-values.ts';
import { hours } from '../../domain/time.ts';
import { Core } from '../../flow/core/core.ts';
import { rebuild } from '../../flow/core/rebuild.ts';
import { RegisterMap } from '../../flow/core/register-map.ts';
import type { History } from '../../flow/ports/history.ts';
import { isInUse, type JournalEngine } from '../../flow/ports/journal-engine.ts';
import type { Log } from '../../flow/ports/log.ts';
import { Meters } from '../../flow/ports/meters.ts';
import type { Stock } from '../../flow/ports/stock.ts';
import { Drain } from '../../flow/storage/drain.ts';
import { LossBook } from '../../flow/storage/loss-book.ts';
import { StockDesk } from '../../flow/storage/stock-desk.ts';
import { Turn } from '../../flow/turn.ts';
import { PACKS } from '../../packs/index.ts';
import { PLATFORM } from '../../packs/platform.ts';
import { NotDone } from '../command.ts';

const packs = [...PACKS, PLATFORM];

/**
 * The door for stock data of a service that is not running: its journal, turn and drain, and nothing else of it. No
 * packet comes in, and the clock does not tick, so that nothing is judged.
 */
export async function openStopped(
  dir: string,
  config: Config,
  log: Log,
): Promise<Stock & { close(): Promise<void> }> {
  const journal = journalOf(dir, config).open();
  const clock = new SteadyClock();
  let history: History | null = null;
  try {
    const recovered = await journal.recover();
    clock.notBefore(recovered.lastAt ?? 0);
    const meters = new Meters();
    const core = new Core({
      packs,
      ids: systemIds,
      meters,
      limits: { shelveAtMost: hours(8), shelveLevel1: true },
      autoRegister: false,
    });
    const losses = new LossBook({ ledger: journal, clock, log, meters });
    history = historyOf(
      dir,
      config,
      { log, losses },
      {
        lifelineOf: (point) => core.register.point(point)?.lifeline ?? null,
        source: recovered.epoch,
        lastTurn: recovered.lastTurn,
      },
    );
    await history.start();
    const store = history;
    await rebuild({ core, recovered, journal, history, now: clock.now(), log });
    const drain = new Drain({ journal, history, clock, log, meters });
    const failed = (why: Error) => log.error('the journal has failed', { cause: String(why) });
    const turn = new Turn({
      core,
      journal,
      clock,
      log,
      failed,
      released: ({ turn: t }) => drain.kick(t),
    });
    drain.start(core.lastTurn);
    const desk = new StockDesk({
      core,
      turn,
      drain,
      history,
      keepDays: config.LIFELINE_KEEP_DAYS,
      clock,
      pace: null,
    });
    return {
      about: () => desk.about(),
      keep: (readings) => desk.keep(readings),
      settled: () => desk.settled(),
      raw: (q) => desk.raw(q),
      close: async () => {
        await turn.settle();
        await drain.stop();
        await store.close();
        if (recovered.cleanStop) await journal.stoppedCleanly(clock.now());
        await journal.close();
      },
    };
  } catch (cause) {
    await history?.close().catch(() => undefined);
    await journal.close().catch(() => undefined);
    if (isInUse(cause))
      throw new NotDone(
        `${dir} is in use by a service whose control socket does not answer: it is starting or stopping, or an older version; try again, or stop it first`,
        cause,
      );
    throw cause;
  }
}

function historyOf(
  dir: string,
  config: Config,
  { log, losses }: { readonly log: Log; readonly losses: LossBook },
  given: Pick<ConstructorParameters<typeof HistoryInflux>[0], 'lifelineOf' | 'source' | 'lastTurn'>,
): History {
  if (config.LIFELINE_INFLUX_URL === undefined)
    return new HistoryDuckdb({
      dir: join(dir, 'history'),
      onTrouble: (msg, fields) => {
        log.error(msg, fields);
        const { aside, why = '' } = fields;
        if (typeof aside === 'string') void losses.fileSetAside(aside, String(why)).catch(() => undefined);
      },
    });
  return new HistoryInflux({
    ...given,
    ...influxAccess(config),
    lifelines: packs.map((p) => p.lifeline),
    keepDays: config.LIFELINE_KEEP_DAYS,
    now: wallNow,
    onTrouble: (msg, fields) => log.error(msg, fields),
    // What is given up here stands in the same ledger as what the service gives up.
    onRejected: (rejected) => losses.storeRefused(rejected),
  });
}

type Points = Awaited<ReturnType<Stock['about']>>['points'];

/** The points of a stopped service, read without writing anything: for a dry run. */
export async function readPoints(journal: JournalEngine): Promise<Points> {
  const register = new RegisterMap();
  for (const change of await journal.points()) register.apply(change);
  return register.points().map((point) => ({
    ...point,
    ...plainFaultValues(faultValuesAt(point, register.devicesAt(point.code), register.model)),
  }));
}
