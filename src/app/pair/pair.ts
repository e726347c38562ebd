import { join } from 'node:path';
import { auditKeyFault } from '../../adapters/audit/index.ts';
import type { ControlSocket } from '../../adapters/control-socket/index.ts';
import { JournalPostgres } from '../../adapters/journal-postgres/index.ts';
import { LeaseBesideThread } from '../../adapters/lease-postgres/beside.ts';
import { fenceOf, LeasePostgres } from '../../adapters/lease-postgres/index.ts';
import { Database } from '../../adapters/postgres/database.ts';
import { PostgresFailure } from '../../adapters/postgres/failure.ts';
import { lockDirectory } from '../../adapters/shared/directory-lock.ts';
import { StandbyPage } from '../../adapters/standby-page/index.ts';
import { makeDataDir } from '../../config/data-dir.ts';
import { type Config, tlsOf, type Where } from '../../config/read.ts';
import { seconds } from '../../domain/time.ts';
import { GivingWay } from '../../flow/pair/giving-way.ts';
import type { Lease } from '../../flow/pair/lease.ts';
import { Standby } from '../../flow/pair/standby.ts';
import type { WatchedClock } from '../../flow/ports/clock.ts';
import type { Journal } from '../../flow/ports/journal.ts';
import type { Log } from '../../flow/ports/log.ts';
import type { LossLedger } from '../../flow/ports/losses.ts';
import type { Machine, WriterRow } from '../../flow/ports/pair/pair.ts';
import type { PairHealth } from '../../flow/ports/service.ts';
import { BrokerSight } from './broker-sight.ts';
import { historyElsewhere, makeHistoryHome } from './history-home.ts';
import { machineOf } from './machine.ts';
import { SharedSession } from './shared-session.ts';
import { standbySocket } from './standby-socket.ts';

/** Of a machine that writes: its lease, and what it shares with the other. */
export type Paired = {
  readonly lease: Lease;
  readonly session: SharedSession;
  /** Resolves, with to whom, when the other machine should write instead of this one. */
  readonly givesWay: Promise<string>;
  health(): PairHealth;
  /** In the database, under this lease: once for each life of the service. */
  journal(): Journal & LossLedger;
  /** Another connection for what is kept beside the journal, under this lease. @param what of it, for people */
  connect(what: string): Promise<Database>;
};

type PairOptions = {
  readonly url: string;
  readonly config: Config;
  readonly whereIs: Where;
  readonly log: Log;
  readonly clock: WatchedClock;
  readonly version: string;
};

/** In the data directory: what this machine has acknowledged, whatever becomes of the database. */
const ACKNOWLEDGED = 'acknowledged-turn';

/** A standby that was seen this long ago is told of as one. */
const SEEN_LATELY = seconds(30);

/** Settings and credentials that somebody has to mend: told at the first question, and not waited for. */
const HOPELESS = new Set([
  '28P01',
  '28000',
  '3D000',
  '42501',
  'newer-schema',
  'too-old',
  'not-utf8',
  'not-durable',
]);

/** This process as one of two machines: stands by, becomes active, and leaves. */
export class Pair {
  readonly #o: PairOptions;
  readonly #me: Machine;
  readonly #row: WriterRow;
  readonly #renewal: LeaseBesideThread;
  readonly #unlock: () => void;
  readonly #standby: Standby;
  readonly #sight: BrokerSight;
  #givingWay: GivingWay | null = null;
  readonly #page: StandbyPage;
  #socket: ControlSocket | null = null;
  #lease: Lease | null = null;
  /** Rejects where the page has no port. */
  readonly #cannotStand = Promise.withResolvers<never>();
  #standing: Promise<void> = Promise.resolve();

  /** @throws where another process has the data directory */
  constructor(options: PairOptions) {
    this.#o = options;
    const { config, whereIs, clock, log, version, url } = options;
    makeDataDir(config.LIFELINE_DATA_DIR);
    this.#unlock = lockDirectory(config.LIFELINE_DATA_DIR).letGo;
    this.#me = machineOf(config, version);
    this.#row = new LeasePostgres(url);
    this.#renewal = new LeaseBesideThread(url, log);
    this.#sight = new BrokerSight(config.LIFELINE_MQTT_URL, clock);
    this.#standby = new Standby({
      row: this.#row,
      me: this.#me,
      renewal: this.#renewal,
      reachesBroker: this.#sight.reaches,
      clock,
      log,
      standing: () => {
        this.#standing = this.#stand().catch(this.#cannotStand.reject);
      },
      unfit: () => this.#unfit(),
      isHopeless: (cause) => cause instanceof PostgresFailure && HOPELESS.has(cause.code),
    });
    this.#cannotStand.promise.catch(() => undefined);
    this.#page = new StandbyPage({
      host: config.LIFELINE_HTTP_HOST,
      port: config.LIFELINE_HTTP_PORT,
      tls: tlsOf(config, whereIs).https,
      name: this.#me.name,
      version,
      state: () => this.#standby.state,
    });
  }

  /**
   * Stands by until this machine may write.
   *
   * @returns `null`: it was told to stop before
   * @throws where it never could, with one sentence
   */
  async becomesActive(): Promise<Paired | null> {
    const { config, log } = this.#o;
    // One that could not take over is told so at its start, and not when it is needed. The database may be away.
    const unfit = await this.#unfit().catch(() => null);
    if (unfit !== null) throw new Error(unfit);
    const lease = await Promise.race([this.#standby.becomesActive(), this.#cannotStand.promise]);
    this.#lease = lease;
    if (lease === null) return null;
    await makeHistoryHome(config, this.#row);
    const session = await SharedSession.open(this.#row, log);
    log.info('this machine writes now', { epoch: lease.epoch, name: this.#me.name });
    const { url, clock } = this.#o;
    const { passed } = this.#renewal;
    const givingWay = new GivingWay({
      ...{ reachesBroker: this.#sight.reaches, passed, clock },
      seen: () => lease.seen,
    });
    this.#givingWay = givingWay;
    const fence = fenceOf(lease.epoch);
    return {
      lease,
      session,
      givesWay: givingWay.due,
      health: () => this.#health(lease),
      journal: () =>
        new JournalPostgres({ url, fence, seenIn: join(config.LIFELINE_DATA_DIR, ACKNOWLEDGED) }),
      connect: (what) => Database.connect(url, { name: `lifeline-watch ${what}`, fence }),
    };
  }

  /** No longer stands by, if it still does. */
  stop(): void {
    this.#standby.stop();
  }

  /** The page of the standby goes, so that the console may come up in its place. */
  async letGoOfPorts(): Promise<void> {
    await this.#standing.catch(() => undefined);
    await this.#socket?.stop();
    this.#socket = null;
    await this.#page.stop();
  }

  /** After the last turn: the other machine may write at once. */
  async leave(): Promise<void> {
    this.#standby.stop();
    this.#givingWay?.end();
    this.#sight.end();
    await this.letGoOfPorts();
    await this.#lease?.release();
    this.#renewal.end();
    await this.#row.close();
    this.#unlock();
  }

  async #unfit(): Promise<string | null> {
    const { url, config } = this.#o;
    const elsewhere = await historyElsewhere(config, this.#row);
    if (elsewhere !== null) return elsewhere;
    const db = await Database.connect(url, { name: 'lifeline-watch standby' });
    try {
      return await auditKeyFault(db, join(config.LIFELINE_DATA_DIR, 'audit.key'));
    } finally {
      await db.close();
    }
  }

  async #stand(): Promise<void> {
    const { config, log, clock, version } = this.#o;
    const http = await this.#page.start();
    const { seen, away } = this.#standby.state;
    log.info('standby', {
      http,
      name: this.#me.name,
      active: seen?.holder?.name ?? null,
      epoch: seen?.epoch ?? null,
      ...(away === null ? {} : { databaseAway: away }),
      version,
      pid: process.pid,
    });
    this.#socket = standbySocket({ dir: config.LIFELINE_DATA_DIR, http, version, clock, log });
    await this.#socket.start();
  }

  #health(lease: Lease): PairHealth {
    const { seen } = lease;
    return {
      epoch: lease.epoch,
      name: this.#me.name,
      standbys: (seen?.others ?? []).filter(
        (m) => m.role === 'standby' && (seen?.at ?? 0) - m.seenAt < SEEN_LATELY,
      ),
      switched: seen?.switched ?? null,
    };
  }
}
