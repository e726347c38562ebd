import { randomBytes, randomInt, randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { setImmediate as nextRound } from 'node:timers/promises';
import { AccountsSqlite } from './adapters/accounts-sqlite/index.ts';
import { AuditSqlite, keyFault } from './adapters/audit-sqlite/index.ts';
import { BrokerAedes, type OpenTls } from './adapters/broker-aedes/index.ts';
import { SteadyClock } from './adapters/clock/index.ts';
import { ConsoleHttp } from './adapters/console-http/index.ts';
import { ConsoleWs } from './adapters/console-ws/index.ts';
import { ControlSocket } from './adapters/control-socket/index.ts';
import { DeviceKeysSqlite } from './adapters/device-keys-sqlite/index.ts';
import { Handshakes } from './adapters/handshakes/index.ts';
import { HistoryDuckdb } from './adapters/history-duckdb/index.ts';
import { HistoryInflux } from './adapters/history-influx/index.ts';
import { systemIds } from './adapters/ids/index.ts';
import { Installation } from './adapters/installation/index.ts';
import { JournalSqlite } from './adapters/journal-sqlite/index.ts';
import { SocketProbeLine } from './adapters/probe-line/index.ts';
import { isLoopbackHost } from './adapters/shared/peer-address.ts';
import { TlsThread } from './adapters/tls-thread/index.ts';
import { closeToOthers, makeDataDir } from './config/data-dir.ts';
import { influxAccess } from './config/influx-access.ts';
import { type Config, shownConfig, tlsOf, type Where } from './config/read.ts';
import { as, type TurnNumber } from './domain/ids.ts';
import type { GivenTls, ListenerTls } from './domain/listener-tls.ts';
import type { Pack } from './domain/pack.ts';
import { type Duration, days, hours, type Millis, minutes, seconds } from './domain/time.ts';
import { AuditThrottle } from './flow/access/audit-throttle.ts';
import { KeyDesk } from './flow/access/key-desk.ts';
import { Offenders } from './flow/access/offenders.ts';
import { BacktestJobs } from './flow/backtest/jobs.ts';
import { ThresholdSuggestions } from './flow/backtest/threshold-suggestions.ts';
import { LiveBoard } from './flow/board/board.ts';
import { recall } from './flow/board/recall.ts';
import { CertificateWatch } from './flow/certificate-watch.ts';
import { ClockWatch } from './flow/clock-watch.ts';
import { Core } from './flow/core/core.ts';
import { rebuild } from './flow/core/rebuild.ts';
import { RegisterDesk } from './flow/core/register-desk.ts';
import { LOGIN_LIMITS, type LoginLimits } from './flow/ports/accounts.ts';
import type { Audit, AuditValue } from './flow/ports/audit.ts';
import type { WatchedClock } from './flow/ports/clock.ts';
import type { Ids } from './flow/ports/ids.ts';
import type { DeviceStatus, TurnRecord } from './flow/ports/journal.ts';
import type { Log } from './flow/ports/log.ts';
import { Meters } from './flow/ports/meters.ts';
import type { RegisterView } from './flow/ports/service.ts';
import { PROBE_DEVICE, PROBE_TOPIC, Probe } from './flow/probe.ts';
import { ProbeAccess } from './flow/probe-access.ts';
import { releaseInto } from './flow/release.ts';
import { SelfWatch } from './flow/self-watch.ts';
import { LifelineService } from './flow/service.ts';
import { AuditWatch } from './flow/storage/audit-watch.ts';
import { Drain } from './flow/storage/drain.ts';
import { LossBook } from './flow/storage/loss-book.ts';
import { SpoolWatch } from './flow/storage/spool-watch.ts';
import { BESIDE_THE_PRESENT, StockDesk } from './flow/storage/stock-desk.ts';
import { Turn } from './flow/turn.ts';
import { runStages, type Stage } from './lifecycle.ts';
import { PACKS } from './packs/index.ts';
import { PLATFORM } from './packs/platform.ts';
import { PROBE } from './packs/probe.ts';
import { statusTopic } from './wire/mqtt/topics.ts';

export type AppOptions = {
  readonly config: Config;
  /** Where each key of the configuration comes from, for people. Left out: from itself. */
  readonly whereIs?: Where;
  readonly log: Log;
  /** Built console, served at `/`; null: a page that says how to build it. */
  readonly consoleDir: string | null;
  readonly version: string;
  /** Goes on over starts of the app anew. Left out: one of its own; tests drive a manual one. */
  readonly clock?: WatchedClock;
  /** The machine's clock was taken for ours while nothing ran: how far (0: that has moved along), and when. */
  readonly clockMoved?: { readonly by: Duration; readonly at: Millis };
  readonly ids?: Ids;
  /** false: no self-check, in tests on a clock that leaps. */
  readonly probe?: boolean;
  /** Left out: every pack that ships. */
  readonly packs?: readonly Pack[];
  /** The journal has failed: stop this app and make a new one, which recovers from the disk. */
  readonly onFailed?: (why: Error) => void;
  /** Lines of the log, and of standard error, that could not be written so far. */
  readonly droppedLogLines?: () => number;
  /** The machine's clock was set and has settled: stop this app, adopt it, and make a new one. */
  readonly onClockSettled?: () => void;
  /** Nobody has an account yet: how the first person gets in, for whoever sits before the terminal. */
  readonly onFirstStart?: (enter: { readonly url: string; readonly oneTimeCode: string }) => void;
};

export type Addresses = { readonly mqtt: string; readonly mqtts?: string; readonly http: string };

export type App = {
  start(): Promise<Addresses>;
  /** Takes certificates that were read again, where they are new and good; what is wrong with others is told. */
  renewCertificates(given: GivenTls): void;
  /** @returns true when every stage ended well and "stopped cleanly" is on disk */
  stop(): Promise<boolean>;
};

/** Desk rules of the house: shelving ends after a shift's two thirds at the latest. */
const DESK = { shelveAtMost: hours(8), shelveLevel1: true };

/** Introduces everybody to everybody, in one straight line. Nothing runs before `start`. */
export function createApp(options: AppOptions): App {
  const { config, log } = options;
  const clock = options.clock ?? new SteadyClock();
  const stops: Stage[] = [];
  let renew: (given: GivenTls) => void = () => undefined;
  let mqttPort: number | null = null;
  let mqttUrl: string | null = null;
  let httpUrl: string | null = null;
  const onStop = (name: string, atMost: number, run: Stage['run']) => stops.unshift({ name, atMost, run });

  async function start(): Promise<Addresses> {
    const dir = config.LIFELINE_DATA_DIR;
    makeDataDir(dir);
    const wereOpen = closeToOthers(dir);
    if (wereOpen > 0)
      log.warn('files in the data directory could be read by others of this machine; they are closed now', {
        files: wereOpen,
      });
    const meters = new Meters();

    // Before anything is opened: what does not belong together is looked at, and left as it is.
    const { LIFELINE_INFLUX_URL: influx } = config;
    const installation = new Installation({
      dir,
      embedded: influx === undefined,
      auditKey: keyFault(join(dir, 'audit.db'), join(dir, 'audit.key')),
    });
    const journal = new JournalSqlite({ dir });
    onStop('close the journal', seconds(5), async (bad) => {
      try {
        if (bad.length === 0) await journal.stoppedCleanly(clock.now());
      } finally {
        await journal.close();
      }
    });
    const recovered = await journal.recover();
    const startedAt = beginAfter(clock, recovered.lastAt, (options.clockMoved?.by ?? 0) !== 0, log);
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

    const throttle = new AuditThrottle(audit, clock);
    throttle.start();
    onStop('tell the last refusals', seconds(2), async () => {
      throttle.stop();
      await audit.record({ ...OURSELVES, at: clock.now(), what: 'service.stop' });
    });
    const edgeAudit = throttled(audit, throttle);
    const losses = new LossBook({ ledger: journal, clock, log, meters });
    onStop('close the loss ledger', seconds(1), () => losses.close());

    let filesSetAside = false;
    let giveUpCopy = (): void => undefined;
    const embedded =
      influx === undefined
        ? new HistoryDuckdb({
            dir: join(dir, 'history'),
            // Beside a new journal a store must be asked first: its turns are numbered on from what the store knows.
            keepTrying: recovered.lastTurn > 0,
            onLost: () => {
              meters.count('history_process_ends_total');
              giveUpCopy();
            },
            onRenewed: () => log.info('the history is there again'),
            onTrouble: (msg, fields) => {
              log.error(msg, fields);
              const { aside, why = '' } = fields;
              // The journal says of itself when it has failed.
              if (typeof aside !== 'string') return;
              filesSetAside = true;
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
    // One that is away is asked when it is there again: charts wait for it, and alarms do not.
    const historyCursor = (await embedded?.cursor().catch(() => null)) ?? null;
    if (historyCursor !== null)
      installation.checkHistory({
        cursor: historyCursor,
        lastTurn: recovered.lastTurn,
        setAside: filesSetAside,
      });

    const accounts = new AccountsSqlite({
      file: join(dir, 'accounts.db'),
      now: () => clock.now(),
      limits: loginLimits(config),
    });
    onStop('close the accounts', seconds(2), () => accounts.close());
    const { oneTimeCode, configuredPasswordIsWeak } = await accounts.start({
      adminPassword: config.LIFELINE_ADMIN_PASSWORD ?? null,
      clockMovedBy: options.clockMoved?.by ?? 0,
    });

    const deviceKeys = new DeviceKeysSqlite({ file: join(dir, 'devices.db'), now: () => clock.now() });
    onStop('close the device keys', seconds(2), () => deviceKeys.close());
    await deviceKeys.start();

    installation.settle(randomUUID(), { turn: recovered.lastTurn, history: historyCursor });
    onStop('close the marks of the installation', seconds(1), () => installation.close());

    const core = new Core({
      packs: [...(options.packs ?? PACKS), PLATFORM, PROBE],
      ids: options.ids ?? systemIds,
      meters,
      limits: {
        ...DESK,
        shelveLevel1: config.LIFELINE_SHELVE_LEVEL_1 !== 'never',
        secondPersonForLevel1: config.LIFELINE_SHELVE_LEVEL_1 === 'two-persons',
      },
      autoRegister: config.LIFELINE_AUTO_REGISTER,
      ruleApproval: config.LIFELINE_RULE_APPROVAL,
    });
    await rebuild({
      core,
      recovered,
      journal,
      history,
      now: clock.now(),
      log,
      clockMovedBy: options.clockMoved?.by ?? 0,
    });

    const board = new LiveBoard({ epoch: recovered.epoch, core });
    await recall(board, journal, clock.now());
    const drain = new Drain({ journal, history, clock, log, meters });
    const release = releaseInto({
      board,
      drain,
      tell: (topic, payload) => broker.tell(topic, payload, 1),
    });
    let durableTurn: TurnNumber = recovered.lastTurn;
    const released = (record: TurnRecord): void => {
      durableTurn = record.turn;
      release(record);
    };
    const maxBytes = config.LIFELINE_SPOOL_MAX_MB * 1e6;
    const spool = new SpoolWatch({ journal, log, meters, maxBytes });
    const turn = new Turn({
      core,
      journal,
      clock,
      log,
      released,
      failed: (why) => options.onFailed?.(why),
      room: () => spool.room(),
      holding: (isHolding) => void spool.holding(isHolding).then(() => self.report(clock.now())),
    });
    const breathe = (): Promise<void> => nextRound();
    const registrar = new RegisterDesk({ turn, register: core.register, lifelines: core.lifelines, breathe });
    const clockWatch = new ClockWatch({
      clock,
      log,
      meters,
      devicesSay: () => core.quality.devicesSay,
      settled: () => options.onClockSettled?.(),
      adoptedAt: options.clockMoved?.at ?? null,
    });
    const probing = new ProbeAccess(randomBytes(32).toString('base64url'));
    const line = new SocketProbeLine({
      broker: () => mqttUrl,
      http: () => httpUrl,
      topic: PROBE_TOPIC,
      device: PROBE_DEVICE,
      secret: probing.secret,
      lifeline: PROBE.lifeline,
    });
    const probe = new Probe({
      line,
      clock,
      log,
      meters,
      firstBeat: randomInt(1, 2 ** 40),
      changed: () => self.report(clock.now()),
    });
    const auditWatch = new AuditWatch(audit, () => performance.now());
    const tls = tlsOf(config, options.whereIs);
    const certificates = new CertificateWatch({ inUse: tls, clock, log, audit, meters });
    const self: SelfWatch = new SelfWatch({
      clock: clockWatch,
      certificates,
      devices: core.quality,
      probe,
      turn,
      registrar,
      drain,
      spool,
      losses,
      meters,
      rssMiB: () => process.memoryUsage.rss() / 2 ** 20,
      audit: auditWatch,
    });
    const service = new LifelineService({
      core,
      turn,
      registrar,
      board,
      journal,
      drain,
      packs: [...(options.packs ?? PACKS), PLATFORM],
      startedAt,
      selfCheck: () => (probe.failing ? 'failing' : 'ok'),
      spool,
      audit: auditWatch,
      certificates: () => certificates.health(clock.now()),
    });

    const offenders = new Offenders({ audit, clock, meters });
    onStop('tell the last offences', seconds(1), async () => offenders.close());
    const broker: BrokerAedes = new BrokerAedes({
      host: config.LIFELINE_MQTT_HOST,
      port: config.LIFELINE_MQTT_PORT,
      intake: probing.intake(turn.intake),
      gate: async (who) => probing.admit(who) ?? keys.admit(who),
      limits: brokerLimits(config),
      ...mqttTls(config, tls.mqtts),
      offended: offenders.hear,
      parentOf: (area) => core.register.area(as.area(area))?.parent ?? null,
      clock,
      meters,
      log,
      retainedStatuses: retainedStatuses(recovered.statuses, core.register),
    });
    const keys = new KeyDesk({
      keys: deviceKeys,
      audit,
      clock,
      log,
      register: core.register,
      anonymous: config.LIFELINE_MQTT_ANONYMOUS,
      cutOff: (whose, code, why) => broker.cutOff(whose, code, why),
      forget: (holder) => broker.forget(holder),
    });
    const backtests = new BacktestJobs({ core, history, journal, clock, breathe });
    const suggestions = new ThresholdSuggestions({ core, history, journal, backtests, breathe });
    const http = new ConsoleHttp({
      host: config.LIFELINE_HTTP_HOST,
      port: config.LIFELINE_HTTP_PORT,
      tls: tls.https,
      pace: (server) => new Handshakes(seconds(10)).pace(server),
      keys,
      service,
      journal,
      history,
      backtests,
      suggestions,
      accounts,
      audit: edgeAudit,
      clock,
      log,
      meters,
      consoleDir: options.consoleDir,
      version: options.version,
      trustOrigins: config.LIFELINE_TRUSTED_ORIGINS,
      trustProxies: config.LIFELINE_TRUSTED_PROXIES,
      tileHosts: config.LIFELINE_MAP_TILE_HOSTS,
      rate: config.LIFELINE_HTTP_RATE,
      closed: {
        metrics: config.LIFELINE_METRICS_ACCESS === 'role',
        docs: config.LIFELINE_DOCS_ACCESS === 'role',
      },
      shelveLevel1: config.LIFELINE_SHELVE_LEVEL_1 !== 'never',
      secondPersonForLevel1: config.LIFELINE_SHELVE_LEVEL_1 === 'two-persons',
      loginBanner: config.LIFELINE_LOGIN_BANNER || null,
      mqttPort: () => mqttPort,
    });
    const live = new ConsoleWs({
      service,
      journal,
      accounts: probing.accounts(accounts),
      probeToken: probing.secret,
      audit: edgeAudit,
      clock,
      log,
      meters,
      trustOrigins: config.LIFELINE_TRUSTED_ORIGINS,
      trustProxies: config.LIFELINE_TRUSTED_PROXIES,
    });

    drain.start(core.lastTurn);
    onStop('drain the spool', seconds(6), () => drain.stop());
    const { url } = await http.start();
    onStop('close HTTP', seconds(2), () => http.stop());
    live.attach(http.server);
    onStop('tell the consoles', seconds(1), () => live.stop());

    const ticking = clock.every(seconds(1), () => {
      if (clockWatch.look()) self.report(clock.now());
      meters.set('probe_age_seconds', probe.age / 1_000);
      void turn.tick().catch(() => undefined);
    });
    const sweeping = clock.every(seconds(10), () => keys.sweep());
    await self.start(core.register);
    // What was moved along with our clock is on disk before anything else: another start would not know that it was set.
    if ((options.clockMoved?.by ?? 0) !== 0) await turn.tick('all');
    const watching = clock.every(seconds(10), () => {
      void auditWatch.look();
      const unsaid = (options.droppedLogLines?.() ?? 0) - meters.counter('log_lines_dropped_total');
      meters.count('log_lines_dropped_total', unsaid);
      void losses.look().catch(() => undefined);
      void spool.look().then(() => self.report(clock.now()));
      void markParts().catch(() => undefined);
    });
    /** How far everything has come, so that a part of an earlier time is told from the others at the next start. */
    const markParts = async () => {
      const turn = durableTurn;
      installation.mark({ turn, history: (await embedded?.cursor()) ?? null });
    };
    const tidying = clock.every(hours(1), () => void forgetOld());
    const forgetsFrom = startedAt + doubtfulFor(startedAt, recovered.lastAt);
    const forgetOld = async () => {
      if (clock.now() < forgetsFrom) return;
      const gone = await history
        .forgetBefore(clock.now() - days(config.LIFELINE_KEEP_DAYS))
        .catch((cause) => {
          log.warn('old readings could not be dropped; the next hour tries again', { cause: String(cause) });
          return 0;
        });
      if (gone > 0) log.info('old readings were dropped', { days: gone });
      const old = clock.now() - days(config.LIFELINE_AUDIT_KEEP_DAYS);
      const entries = await audit.forgetBefore(old).catch(() => 0);
      if (entries > 0) log.info('old entries of the audit journal were dropped', { entries });
    };
    onStop('close the broker', seconds(3), () => broker.stop());
    onStop('finish the turn in hand', seconds(5), async () => {
      await turn.tick('all');
      await turn.settle();
    });
    onStop('stop the clock', seconds(1), () => {
      for (const end of [ticking, sweeping, watching, tidying]) end();
    });

    // Packets are accepted last: everything that they need is there.
    const mqtt = await broker.start();
    mqttPort = mqtt.port;
    mqttUrl = `mqtt://${reachable(mqtt.host)}:${mqtt.port}`;
    httpUrl = urlReachable(url);
    onStop('refuse new packets', seconds(1), () => broker.stopAccepting());

    const addresses: Addresses = {
      mqtt: `${mqtt.host}:${mqtt.port}`,
      ...(mqtt.tls === null ? {} : { mqtts: `${mqtt.tls.host}:${mqtt.tls.port}` }),
      http: url,
    };
    renew = (given) => {
      certificates.renew(given, {
        https: ({ cert, key }) => http.renew({ cert, key }),
        mqtts: (material) => broker.renew(material),
      });
      self.report(clock.now());
    };
    const hello = { ...addresses, pid: process.pid, version: options.version };
    const stock = new StockDesk({
      core,
      turn,
      drain,
      history,
      keepDays: config.LIFELINE_KEEP_DAYS,
      clock,
      pace: BESIDE_THE_PRESENT,
    });
    const control = new ControlSocket({ dir, hello, history: embedded, keys, stock, clock, log });
    giveUpCopy = () => control.giveUpCopy();
    await control.start();
    onStop('close the control socket', seconds(1), () => control.stop());

    if (options.probe !== false) {
      const ends = probe.start(seconds(config.LIFELINE_PROBE_SECONDS));
      onStop('end the self-check', seconds(1), async () => {
        ends();
        line.close();
      });
    }

    await tellConfiguration(audit, config, options.version, clock.now());
    if (!accounts.areAdministratorsApart())
      log.warn(
        'the three administrators are not appointed yet: `admin` has their rights until then (docs/security.md)',
        {},
      );
    if (configuredPasswordIsWeak)
      log.warn('the configured password of `admin` is weak: change it after logging in', {});
    sayHowToEnter(oneTimeCode, url, log);
    if (oneTimeCode !== null) options.onFirstStart?.({ url, oneTimeCode });
    sayHowToAddDevices(config, deviceKeys.list().length, log);
    warnOfOpenDoors(config, log);
    certificates.tellAtStart();
    return addresses;
  }

  async function stop(): Promise<boolean> {
    const bad = await runStages(stops.splice(0), log);
    return bad.length === 0;
  }

  return { start, stop, renewCertificates: (given) => renew(given) };
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

/** Who listens everywhere is reached here. */
const reachable = (host: string): string =>
  host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '[::1]' : host.includes(':') ? `[${host}]` : host;

function urlReachable(url: string): string {
  const { protocol, hostname, port } = new URL(url);
  return `${protocol}//${reachable(hostname.replace(/^\[|\]$/g, ''))}:${port}`;
}

/** A clock that leapt ahead must not have a year of readings forgotten in its first hour. */
function doubtfulFor(startedAt: Millis, lastAt: Millis | null): Duration {
  return lastAt !== null && startedAt - lastAt > days(1) ? days(1) : 0;
}

const OURSELVES = { who: 'system', from: null, object: null, outcome: 'done' } as const;

/** Refusals at the edge are told through the throttle; everything else straight. */
const throttled = (audit: Audit, throttle: AuditThrottle): Audit => ({
  start: () => audit.start(),
  close: () => audit.close(),
  record: (entry) => throttle.record(entry),
  writable: () => audit.writable(),
  entries: (...asked) => audit.entries(...asked),
  anchor: () => audit.anchor(),
  forgetBefore: (then) => audit.forgetBefore(then),
});

/** A start with the values it was given, beside those of the start before: secrets as `***`. */
async function tellConfiguration(audit: Audit, config: Config, version: string, at: number): Promise<void> {
  const after: AuditValue = { version, ...shownConfig(config) };
  const [last] = await audit.entries({ what: 'service.start' }, 1, null).catch(() => []);
  const changed = JSON.stringify(last?.after) !== JSON.stringify(after);
  const before = changed ? last?.after : undefined;
  await audit.record({
    ...OURSELVES,
    at,
    what: 'service.start',
    after,
    ...(before === undefined ? {} : { before }),
  });
}

function loginLimits(config: Config): LoginLimits {
  const idle = config.LIFELINE_SESSION_IDLE_MINUTES;
  return {
    ...LOGIN_LIMITS,
    failures: config.LIFELINE_LOGIN_TRIES,
    failuresAnywhere: config.LIFELINE_LOGIN_TRIES * 10,
    lockedFor: seconds(config.LIFELINE_LOGIN_LOCK_SECONDS),
    sessionEndsAfter: hours(config.LIFELINE_SESSION_HOURS),
    idleEndsAfter: idle === 0 ? null : minutes(idle),
    passwords: config.LIFELINE_PASSWORD_PROFILE,
    secondFactorFor: config.LIFELINE_SECOND_FACTOR_ROLES,
  };
}

/** What devices last said of their link, put back as retained messages: the broker's own memory is gone with it. */
function retainedStatuses(
  statuses: readonly DeviceStatus[],
  register: RegisterView,
): { topic: string; payload: string }[] {
  return statuses.flatMap(({ device, online }) => {
    const lifeline = register.device(device)?.lifeline;
    return lifeline === undefined || online === null
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

/** While no device has a credential: tells the person how one is let in. */
function sayHowToAddDevices(config: Config, keys: number, log: Log): void {
  if (keys > 0 || config.LIFELINE_MQTT_ANONYMOUS) return;
  log.info('no device has a credential yet: npm run device -- add CODE issues one and shows it once', {
    help: 'docs/devices.md',
  });
}

/** What goes over a network without TLS can be read and changed on the way. */
function warnOfOpenDoors(config: Config, log: Log): void {
  const { LIFELINE_MQTT_HOST: mqtt, LIFELINE_HTTP_HOST: http } = config;
  if (!isLoopbackHost(mqtt))
    log.warn('MQTT listens beyond this machine without TLS: secrets of devices can be read on the way', {
      host: mqtt,
      right: 'LIFELINE_MQTTS_PORT=8883 with a certificate, and LIFELINE_MQTT_HOST=127.0.0.1',
    });
  if (!isLoopbackHost(http) && config.LIFELINE_HTTP_TLS_CERT === undefined)
    log.warn('HTTP listens beyond this machine without TLS: passwords can be read on the way', {
      host: http,
      right: 'LIFELINE_HTTP_TLS_CERT_FILE and LIFELINE_HTTP_TLS_KEY_FILE, or a TLS proxy on this machine',
    });
}

function brokerLimits(config: Config) {
  return {
    messagesPerDevice: config.LIFELINE_MQTT_DEVICE_RATE,
    messagesAtOncePerDevice: config.LIFELINE_MQTT_DEVICE_BURST,
    connectionsPerDevice: config.LIFELINE_MQTT_DEVICE_CONNECTIONS,
    messagesPerAddress: config.LIFELINE_MQTT_ADDRESS_RATE,
    connectionsPerAddress: config.LIFELINE_MQTT_ADDRESS_CONNECTIONS,
    // With its topic.
    packetBytes: config.LIFELINE_MQTT_PACKET_MAX_KB * 1024 + 512,
  };
}

function mqttTls(config: Config, tls: ListenerTls | null) {
  const { LIFELINE_MQTTS_HOST: host, LIFELINE_MQTTS_PORT: port } = config;
  if (port === undefined || tls === null) return {};
  const { cert, key, ca } = tls;
  const open: OpenTls = (o) => new TlsThread(o);
  return { tls: { host, port, cert, key, ca, open } };
}
