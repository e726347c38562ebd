import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as nextRound } from 'node:timers/promises';
import { AccountsSqlite } from './adapters/accounts-sqlite/index.ts';
import { AuditSqlite } from './adapters/audit-sqlite/index.ts';
import { BrokerAedes } from './adapters/broker-aedes/index.ts';
import { systemClock } from './adapters/clock/index.ts';
import { ConsoleHttp } from './adapters/console-http/index.ts';
import { ConsoleWs } from './adapters/console-ws/index.ts';
import { ControlSocket } from './adapters/control-socket/index.ts';
import { HistoryDuckdb } from './adapters/history-duckdb/index.ts';
import { HistoryInflux } from './adapters/history-influx/index.ts';
import { systemIds } from './adapters/ids/index.ts';
import { JournalSqlite } from './adapters/journal-sqlite/index.ts';
import type { Config } from './config/read.ts';
import { days, hours, seconds } from './domain/time.ts';
import { BacktestJobs } from './flow/backtest/jobs.ts';
import { LiveBoard } from './flow/board.ts';
import { Core } from './flow/core.ts';
import { Drain } from './flow/drain.ts';
import { LifelineService } from './flow/lifeline-service.ts';
import { LossBook } from './flow/loss-book.ts';
import { Meters } from './flow/meters.ts';
import type { Clock } from './flow/ports/clock.ts';
import type { Ids } from './flow/ports/ids.ts';
import type { DeviceStatus, TurnRecord } from './flow/ports/journal.ts';
import type { Log } from './flow/ports/log.ts';
import type { RegisterView } from './flow/ports/service.ts';
import { rebuild } from './flow/rebuild.ts';
import { SelfWatch } from './flow/self-watch.ts';
import { SpoolWatch } from './flow/spool-watch.ts';
import { StockDesk } from './flow/stock-desk.ts';
import { tellAlarms } from './flow/tell-alarms.ts';
import { Turn } from './flow/turn.ts';
import { PACKS } from './packs/index.ts';
import { PLATFORM } from './packs/platform.ts';
import { runStages, type Stage } from './stages.ts';
import { statusTopic } from './wire/topics.ts';

export type AppOptions = {
  readonly config: Config;
  readonly log: Log;
  /** Built console, served at `/`; null: a page that says how to build it. */
  readonly consoleDir: string | null;
  readonly version: string;
  /** Tests drive a manual clock. */
  readonly clock?: Clock;
  readonly ids?: Ids;
  /** The journal has failed: stop this app and make a new one, which recovers from the disk. */
  readonly onFailed?: (why: Error) => void;
};

export type Addresses = { readonly mqtt: string; readonly http: string };

export type App = {
  start(): Promise<Addresses>;
  /** @returns true when every stage ended well and "stopped cleanly" is on disk */
  stop(): Promise<boolean>;
};

/** Desk rules of the house: shelving ends after a shift's two thirds at the latest. */
const DESK = { shelveAtMost: hours(8), shelveLevel1: true };

/** Introduces everybody to everybody, in one straight line. Nothing runs before `start`. */
export function createApp(options: AppOptions): App {
  const { config, log } = options;
  const clock = options.clock ?? systemClock;
  const stops: Stage[] = [];
  const onStop = (name: string, atMost: number, run: Stage['run']) => stops.unshift({ name, atMost, run });

  async function start(): Promise<Addresses> {
    const dir = config.LIFELINE_DATA_DIR;
    mkdirSync(dir, { recursive: true });
    const meters = new Meters();

    const journal = new JournalSqlite({ dir });
    onStop('close the journal', seconds(5), async (bad) => {
      try {
        if (bad.length === 0) await journal.stoppedCleanly(clock.now());
      } finally {
        await journal.close();
      }
    });
    const recovered = await journal.recover();
    if (!recovered.cleanStop)
      log.warn('the last run did not stop cleanly: recovering from the journal', {
        lastTurn: recovered.lastTurn,
      });

    const audit = new AuditSqlite({
      file: join(dir, 'audit.db'),
      keyFile: join(dir, 'audit.key'),
      now: () => clock.now(),
      log,
    });
    onStop('close the audit journal', seconds(5), () => audit.close());
    await audit.start();

    const losses = new LossBook({ ledger: journal, clock, log, meters });
    onStop('close the loss ledger', seconds(1), () => losses.close());

    const { LIFELINE_INFLUX_URL: influx } = config;
    const embedded =
      influx === undefined
        ? new HistoryDuckdb({
            dir: join(dir, 'history'),
            onTrouble: (msg, fields) => {
              log.error(msg, fields);
              const { aside, why = '' } = fields;
              // The journal says of itself when it has failed.
              if (typeof aside === 'string')
                void losses.fileSetAside(aside, String(why)).catch(() => undefined);
            },
          })
        : null;
    const history =
      embedded ??
      new HistoryInflux({
        ...influxAccess(config),
        lifelines: [...PACKS, PLATFORM].map((p) => p.lifeline),
        lifelineOf: (point) => core.register.point(point)?.lifeline ?? null,
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
    onStop('close the history store', seconds(5), () => history.close());
    await history.start();

    const accounts = new AccountsSqlite({ file: join(dir, 'accounts.db'), now: () => clock.now() });
    onStop('close the accounts', seconds(2), () => accounts.close());
    const { oneTimeCode, configuredPasswordIsWeak } = await accounts.start({
      adminPassword: config.LIFELINE_ADMIN_PASSWORD ?? null,
    });

    const core = new Core({
      packs: [...PACKS, PLATFORM],
      ids: options.ids ?? systemIds,
      meters,
      limits: DESK,
      autoRegister: config.LIFELINE_AUTO_REGISTER,
      ruleApproval: config.LIFELINE_RULE_APPROVAL,
    });
    await rebuild({ core, recovered, journal, history, now: clock.now(), log });

    const board = new LiveBoard({ epoch: recovered.epoch, core });
    const drain = new Drain({ journal, history, clock, log, meters });
    const released = (record: TurnRecord) => {
      board.release(record);
      tellAlarms(record.events, board, (topic, payload) => broker.tell(topic, payload, 1));
      if (record.readings.length > 0 || record.frames.length > 0 || record.stock !== undefined)
        drain.kick(record.turn);
    };
    const turn = new Turn({ core, journal, clock, log, released, failed: (why) => options.onFailed?.(why) });
    const spool = new SpoolWatch({
      journal,
      turn,
      log,
      meters,
      maxBytes: config.LIFELINE_SPOOL_MAX_MB * 1e6,
    });
    const self = new SelfWatch({
      turn,
      drain,
      spool,
      losses,
      meters,
      rssMiB: () => process.memoryUsage.rss() / 2 ** 20,
    });
    const service = new LifelineService({
      core,
      turn,
      board,
      journal,
      drain,
      packs: [...PACKS, PLATFORM],
      startedAt: clock.now(),
      spool: () => spool.state,
    });

    const broker = new BrokerAedes({
      host: config.LIFELINE_MQTT_HOST,
      port: config.LIFELINE_MQTT_PORT,
      intake: turn.intake,
      gate: async ({ clientId }) =>
        config.LIFELINE_MQTT_ANONYMOUS
          ? { as: 'anonymous' }
          : {
              as: 'refused',
              why: `client ${clientId}: device credentials are not issued yet; start with LIFELINE_MQTT_ANONYMOUS=true on loopback`,
            },
      clock,
      meters,
      log,
      retainedStatuses: retainedStatuses(recovered.statuses, core.register),
    });
    const backtests = new BacktestJobs({ core, history, journal, clock, breathe: () => nextRound() });
    const http = new ConsoleHttp({
      host: config.LIFELINE_HTTP_HOST,
      port: config.LIFELINE_HTTP_PORT,
      service,
      journal,
      history,
      backtests,
      accounts,
      audit,
      clock,
      log,
      meters,
      consoleDir: options.consoleDir,
      version: options.version,
    });
    const live = new ConsoleWs({ service, journal, accounts, clock, log, meters });

    drain.start(core.lastTurn);
    onStop('drain the spool', seconds(6), () => drain.stop());
    const { url } = await http.start();
    onStop('close HTTP', seconds(2), () => http.stop());
    live.attach(http.server);
    onStop('tell the consoles', seconds(1), () => live.stop());

    const ticking = clock.every(seconds(1), () => void turn.tick().catch(() => undefined));
    await self.start(core.register);
    const watching = clock.every(seconds(10), () => {
      void losses.look().catch(() => undefined);
      void spool.look().then(() => self.report(clock.now()));
    });
    const tidying = clock.every(hours(1), () => void forgetOld());
    const forgetOld = async () => {
      const gone = await history.forgetBefore(clock.now() - days(config.LIFELINE_KEEP_DAYS));
      if (gone > 0) log.info('old readings were dropped', { days: gone });
    };
    onStop('close the broker', seconds(3), () => broker.stop());
    onStop('finish the turn in hand', seconds(5), async () => {
      await turn.tick('all');
      await turn.settle();
    });
    onStop('stop the clock', seconds(1), () => {
      for (const end of [ticking, watching, tidying]) end();
    });

    // Packets are accepted last: everything that they need is there.
    const mqtt = await broker.start();
    onStop('refuse new packets', seconds(1), () => broker.stopAccepting());

    const addresses = { mqtt: `${mqtt.host}:${mqtt.port}`, http: url };
    const hello = { ...addresses, pid: process.pid, version: options.version };
    const stock = new StockDesk({ core, turn, drain, history, keepDays: config.LIFELINE_KEEP_DAYS });
    const control = new ControlSocket({ dir, hello, history: embedded, stock, clock, log });
    await control.start();
    onStop('close the control socket', seconds(1), () => control.stop());

    if (configuredPasswordIsWeak)
      log.warn('the configured password of `admin` is weak: change it after logging in', {});
    sayHowToEnter(oneTimeCode, url, log);
    return addresses;
  }

  async function stop(): Promise<boolean> {
    const bad = await runStages(stops.splice(0), log);
    return bad.length === 0;
  }

  return { start, stop };
}

/** The keys of InfluxDB, checked when they were read. */
function influxAccess(config: Config) {
  return {
    url: config.LIFELINE_INFLUX_URL ?? '',
    version: config.LIFELINE_INFLUX_VERSION,
    token: config.LIFELINE_INFLUX_TOKEN ?? null,
    org: config.LIFELINE_INFLUX_ORG ?? null,
    bucket: config.LIFELINE_INFLUX_BUCKET ?? '',
  };
}

/** What devices last said of their link, put back as retained messages: the broker's own memory is gone with it. */
function retainedStatuses(
  statuses: readonly DeviceStatus[],
  register: RegisterView,
): { topic: string; payload: string }[] {
  return statuses.flatMap(({ device, online }) => {
    const lifeline = register.device(device)?.lifeline;
    return lifeline === undefined
      ? []
      : [{ topic: statusTopic(lifeline, device), payload: JSON.stringify({ online }) }];
  });
}

/** First start: tells the person exactly what to do to log in. */
function sayHowToEnter(code: string | null, url: string, log: Log): void {
  if (code === null) return;
  log.info(`first start: open ${url}, log in as "admin" with this one-time code, and choose a password`, {
    account: 'admin',
    oneTimeCode: code,
  });
}
