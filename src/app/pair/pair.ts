import type { ControlSocket } from '../../adapters/control-socket/index.ts';
import { LeasePostgres } from '../../adapters/lease-postgres/index.ts';
import { PostgresFailure } from '../../adapters/postgres/failure.ts';
import { lockDirectory } from '../../adapters/shared/directory-lock.ts';
import { StandbyPage } from '../../adapters/standby-page/index.ts';
import { makeDataDir } from '../../config/data-dir.ts';
import { type Config, tlsOf, type Where } from '../../config/read.ts';
import { seconds } from '../../domain/time.ts';
import type { Lease } from '../../flow/pair/lease.ts';
import { Standby } from '../../flow/pair/standby.ts';
import type { WatchedClock } from '../../flow/ports/clock.ts';
import type { Log } from '../../flow/ports/log.ts';
import type { Machine, WriterRow } from '../../flow/ports/pair/pair.ts';
import type { PairHealth } from '../../flow/ports/service.ts';
import { checkHistoryHome } from './history-home.ts';
import { machineOf } from './machine.ts';
import { SharedSession } from './shared-session.ts';
import { standbySocket } from './standby-socket.ts';

/** Of a machine that writes: its lease, and what it shares with the other. */
export type Paired = {
  readonly lease: Lease;
  readonly session: SharedSession;
  health(): PairHealth;
};

type PairOptions = {
  readonly url: string;
  readonly config: Config;
  readonly whereIs: Where;
  readonly log: Log;
  readonly clock: WatchedClock;
  readonly version: string;
};

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
  readonly #unlock: () => void;
  readonly #standby: Standby;
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
    this.#standby = new Standby({
      row: this.#row,
      me: this.#me,
      passed: () => performance.now(),
      clock,
      log,
      standing: () => {
        this.#standing = this.#stand().catch(this.#cannotStand.reject);
      },
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
    // One that may never become active is told so at its start, and not when it is needed.
    await checkHistoryHome(config, this.#row, 'look').catch((cause: unknown) => {
      if (!(cause instanceof PostgresFailure)) throw cause;
    });
    const lease = await Promise.race([this.#standby.becomesActive(), this.#cannotStand.promise]);
    this.#lease = lease;
    if (lease === null) return null;
    await checkHistoryHome(config, this.#row, 'make');
    const session = await SharedSession.open(this.#row, log);
    log.info('this machine writes now', { epoch: lease.epoch, name: this.#me.name });
    return { lease, session, health: () => this.#health(lease) };
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
    await this.letGoOfPorts();
    await this.#lease?.release();
    await this.#row.close();
    this.#unlock();
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
