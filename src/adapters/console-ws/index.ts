import type { Server } from 'node:http';
import type { Duplex } from 'node:stream';
import type { RawData, WebSocket } from 'ws';
import { may } from '../../domain/account/permissions.ts';
import { maySeeArea, type Scope } from '../../domain/account/scope.ts';
import type { DeviceCommand } from '../../domain/device-command/device-command.ts';
import { as } from '../../domain/ids.ts';
import { areasOf, type JournaledResponse } from '../../domain/response/journaled.ts';
import type { Accounts, Session } from '../../flow/ports/accounts.ts';
import type { Audit } from '../../flow/ports/audit.ts';
import type { Clock } from '../../flow/ports/clock.ts';
import {
  isDrilled,
  isOfAlarm,
  type Journal,
  type JournaledEvent,
  type Sequenced,
} from '../../flow/ports/journal.ts';
import type { Log } from '../../flow/ports/log.ts';
import type { Meters } from '../../flow/ports/meters.ts';
import type { Service } from '../../flow/ports/service.ts';
import { iso } from '../../wire/alarm.ts';
import { deviceCommandJson } from '../../wire/http/down/commands.ts';
import {
  alarmFrame,
  drillFrame,
  FRAME_RIGHTS,
  LIVE_CLOSE,
  type LiveQuery,
  liveQuery,
  liveRequest,
  responseFrame,
} from '../../wire/live/live.ts';
import { FloodTexts } from './flood-texts.ts';
import type { UpgradeRequest } from './gate.ts';
import {
  LAST_GOOD_BYE,
  LIVE_LIMITS,
  type LiveLimits,
  PING_EVERY,
  PINGS_UNANSWERED,
  TICK_EVERY,
} from './limits.ts';
import { Snapshots } from './snapshots.ts';
import { Upgrades } from './upgrades.ts';
import { encode, Viewer } from './viewer.ts';
import { Watchers } from './watchers.ts';

export type ConsoleWsOptions = {
  readonly service: Pick<Service, 'board' | 'health' | 'latest' | 'register'>;
  readonly journal: Pick<Journal, 'eventsAfter'>;
  readonly accounts: Pick<Accounts, 'session' | 'peek'>;
  readonly audit: Pick<Audit, 'record'>;
  readonly clock: Clock;
  readonly log: Log;
  readonly meters: Meters;
  /** Whose viewer hears of the probe, and of nothing that the others do not hear. */
  readonly probeToken?: string;
  /** Origins beside our own that pages may come from. */
  readonly trustOrigins?: readonly string[];
  /** Addresses of proxies whose word about the client's address is believed; nobody's, if left out. */
  readonly trustProxies?: readonly string[];
  readonly limits?: Partial<LiveLimits>;
};

/** Events asked of the journal at a time when a console catches up. */
const REPLAY_PAGE = 200;

const RESYNC = encode({ type: 'resync' });

/**
 * The live stream of interfaces §4: every console told every event once, in order, or given a snapshot.
 *
 *     comes with ?after=n&epoch=e
 *              │  our epoch, n no later than what is told, and no more missed than is replayed?
 *        yes ──┴── no
 *         ▼         ▼
 *     replay of    snapshot,  ◀─────────────── resync ◀──┐
 *     n+1, n+2 …   as of seq m                           │
 *         │             │                                │ it reads too slowly,
 *         └──────┬──────┘                                │ or there is a hole
 *                ▼  nothing is missing: live from the same synchronous step on
 *              live: n+1, n+2 … as turns are released ───┘
 */
export class ConsoleWs {
  readonly #given: ConsoleWsOptions;
  readonly #limits: LiveLimits;
  readonly #upgrades: Upgrades;
  readonly #viewers = new Set<Viewer>();
  readonly #watchers = new Watchers();
  readonly #snapshots: Snapshots;
  #ends: (() => void)[] = [];
  #stopping = false;
  readonly #floods: FloodTexts;

  constructor(given: ConsoleWsOptions) {
    this.#given = given;
    this.#limits = { ...LIVE_LIMITS, ...given.limits };
    this.#floods = new FloodTexts(given.service.board.floods);
    this.#upgrades = new Upgrades({
      accounts: given.accounts,
      audit: given.audit,
      clock: given.clock,
      meters: given.meters,
      log: given.log,
      trustOrigins: given.trustOrigins ?? [],
      trustProxies: given.trustProxies ?? [],
      payload: this.#limits.payload,
      isFull: () => this.#stopping || this.#viewers.size >= this.#limits.consoles,
      joined: (socket, raw, asked) => this.#join(socket, raw, asked),
    });
    this.#snapshots = new Snapshots(given.service.board, () => given.clock.now(), {
      ready: (viewer) => this.#catchUp(viewer),
      failed: (viewers, cause) => {
        for (const viewer of viewers) this.#giveUp(viewer, cause);
      },
    });
  }

  /** Begins to answer upgrades of this server, and to listen to the board. */
  attach(server: Server): void {
    const { service, clock, meters } = this.#given;
    meters.set('live_clients', 0);
    const { leave } = service.board.join({
      event: (e) => this.#tellEvent(e),
      response: (e) => this.#tellEvent(e),
      drilled: (e) => this.#tellEvent(e),
      probe: (e) => this.#tellProbe(e),
      commanded: (command) => this.#tellCommand(command),
      readings: (readings) => this.#watchers.tell(readings),
    });
    this.#ends = [
      this.#upgrades.attach(server),
      leave,
      clock.every(TICK_EVERY, () => this.#tick()),
      clock.every(PING_EVERY, () => this.#ping()),
    ];
  }

  /** Tells every console to come back later; those that do not answer are cut. */
  async stop(): Promise<void> {
    this.#stopping = true;
    for (const end of this.#ends.splice(0)) end();
    const closed = [...this.#viewers].map(
      (viewer) => new Promise<void>((resolve) => viewer.socket.once('close', () => resolve())),
    );
    const reason =
      this.#given.service.health().journal === 'ok'
        ? 'service restart'
        : 'the journal has failed; nothing is acknowledged until it has recovered';
    for (const viewer of this.#viewers) viewer.socket.close(LIVE_CLOSE.restart, reason);
    let timer: NodeJS.Timeout | undefined;
    const patience = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, LAST_GOOD_BYE);
    });
    await Promise.race([Promise.all(closed), patience]);
    clearTimeout(timer);
    for (const viewer of this.#viewers) viewer.cut();
  }

  #join(socket: WebSocket, raw: Duplex, { token, session, query }: UpgradeRequest): void {
    const { service, clock, meters } = this.#given;
    const { board } = service;
    const viewer = new Viewer({
      socket,
      raw,
      token,
      scope: session.areas,
      roles: session.roles,
      sees: this.#rule(session.areas),
      limits: this.#limits,
    });
    const asked = liveQuery.safeParse(Object.fromEntries(query)).data;
    viewer.pingEvery = asked?.pingEvery ?? null;
    viewer.hearsDrills = asked?.drill === 'on';
    this.#viewers.add(viewer);
    meters.set('live_clients', this.#viewers.size);
    // ws closes the socket by itself after one; without a listener the error would end the process.
    socket.on('error', () => meters.count('live_socket_errors_total'));
    socket.on('pong', () => {
      viewer.pingsUnanswered = 0;
    });
    socket.on('message', (data, isBinary) => this.#hear(viewer, data, isBinary));
    socket.on('close', () => {
      this.#viewers.delete(viewer);
      this.#watchers.leave(viewer);
      this.#snapshots.forget(viewer);
      meters.set('live_clients', this.#viewers.size);
    });
    viewer.onDrained = () => this.#helpOn(viewer);

    viewer.send(
      encode({
        type: 'hello',
        epoch: board.epoch,
        seq: board.seq(),
        serverTime: iso(clock.now()),
        ...(viewer.pingEvery === null ? {} : { pingEvery: viewer.pingEvery }),
      }),
    );
    const after = this.#resumeFrom(asked);
    if (after === null) {
      this.#snapshots.want(viewer);
    } else {
      viewer.seq = after;
      this.#catchUp(viewer);
    }
  }

  /** The event after which the console goes on, or `null` where it needs a snapshot. */
  #resumeFrom(asked: LiveQuery | undefined): number | null {
    const { board } = this.#given.service;
    if (asked?.after === undefined) return null;
    const { after, epoch } = asked;
    const missed = board.seq() - after;
    return epoch === board.epoch && missed >= 0 && missed <= this.#limits.replay ? after : null;
  }

  #tellEvent(e: Sequenced): void {
    let frame: Buffer | null = null;
    for (const viewer of this.#viewers) {
      if (viewer.standing !== 'live' || e.seq <= viewer.seq) continue;
      if (e.seq === viewer.seq + 1 && !isHeard(e, viewer)) {
        // Not theirs: they are told nothing, and miss nothing.
        viewer.seq = e.seq;
        continue;
      }
      frame ??= this.#encode(e);
      // A hole can only be a fault of ours; whoever stands before one gets a snapshot rather than a wrong picture.
      if (e.seq !== viewer.seq + 1 || !viewer.tell(e.seq, frame)) this.#fallBehind(viewer);
    }
  }

  /** By the way that every alarm takes, to the one viewer whom it is for. */
  #tellProbe(e: JournaledEvent): void {
    for (const viewer of this.#viewers) {
      if (viewer.token !== this.#given.probeToken || viewer.standing !== 'live') continue;
      if (!viewer.tell(viewer.seq, this.#encode(e))) this.#fallBehind(viewer);
    }
  }

  /** To whoever sees the place of its device; of one that is nowhere, to who sees the whole city. */
  #tellCommand(command: DeviceCommand): void {
    let frame: Buffer | null = null;
    const { area } = command;
    for (const viewer of this.#viewers) {
      const sees = viewer.scope === null || (area !== null && viewer.sees(area));
      if (!sees || viewer.standing !== 'live' || !may(viewer.roles, FRAME_RIGHTS.deviceCommand)) continue;
      frame ??= encode({ type: 'deviceCommand', command: deviceCommandJson(command) });
      if (!viewer.tell(viewer.seq, frame)) this.#fallBehind(viewer);
    }
  }

  #encode(e: Sequenced): Buffer {
    if (isDrilled(e)) {
      if (e.of === 'drill') return encode(drillFrame(e));
      if (e.of === 'alarm') return encode(alarmFrame(e, this.#given.service.board.live(e.after)));
    }
    if (!isOfAlarm(e)) return encode(responseFrame(e as JournaledResponse, this.#given.clock.now()));
    return encode(alarmFrame(e, this.#given.service.board.live(e.after)));
  }

  #catchUp(viewer: Viewer): void {
    viewer.standing = 'catchingUp';
    this.#replay(viewer).catch((cause: unknown) => this.#giveUp(viewer, cause));
  }

  /** Better no picture than one with a hole in it: the console comes back and begins anew. */
  #giveUp(viewer: Viewer, cause: unknown): void {
    this.#given.log.error('a console could not be told what is or was', { cause: String(cause) });
    viewer.close(1011, 'internal');
  }

  /**
   * Tells from the journal what the console has missed, at the speed at which it reads, until nothing is
   * missing; that it is live from then on is decided in the same synchronous step.
   */
  async #replay(viewer: Viewer): Promise<void> {
    const { journal, service } = this.#given;
    while (viewer.open && viewer.standing === 'catchingUp') {
      if (viewer.seq >= service.board.seq()) {
        viewer.standing = 'live';
        return;
      }
      const page =
        service.board.seq() - viewer.seq <= this.#limits.replay
          ? await journal.eventsAfter(as.seq(viewer.seq), REPLAY_PAGE)
          : [];
      if (page[0]?.seq !== viewer.seq + 1) {
        this.#fallBehind(viewer);
        this.#helpOn(viewer);
        return;
      }
      for (const e of page) {
        if (isHeard(e, viewer)) viewer.send(this.#encode(e));
        viewer.seq = e.seq;
      }
      await viewer.drained();
    }
  }

  #fallBehind(viewer: Viewer): void {
    viewer.fallBehind();
    this.#given.meters.count('live_resyncs_total');
  }

  /** A console that was behind and has read everything that waited gets the truth of now. */
  #helpOn(viewer: Viewer): void {
    if (viewer.standing !== 'behind' || !viewer.open || viewer.buffered > 0) return;
    viewer.send(RESYNC);
    this.#snapshots.want(viewer);
  }

  #hear(viewer: Viewer, data: RawData, isBinary: boolean): void {
    viewer.requests += 1;
    if (viewer.requests > this.#limits.requests) {
      viewer.close(LIVE_CLOSE.policy, 'too many frames');
      return;
    }
    const request = isBinary ? null : read(String(data));
    if (request === null) {
      this.#given.meters.count('live_flaws_total');
      return;
    }
    this.#watchers.watch(viewer, new Set(request.points.filter((p) => this.#maySee(viewer, p))));
    for (const point of viewer.watching) {
      for (const reading of this.#given.service.latest(as.point(point))) viewer.note(reading);
    }
  }

  #tick(): void {
    const { accounts, meters } = this.#given;
    let buffered = 0;
    const ping = encode({ type: 'ping', serverTime: iso(this.#given.clock.now()) });
    for (const viewer of this.#viewers) {
      buffered += viewer.buffered;
      if (viewer.isStuck()) {
        meters.count('live_stuck_total');
        viewer.cut();
      } else if (this.#isOver(viewer, accounts.peek(viewer.token))) {
        // Said by a close code, because a browser's script sees no HTTP status here.
        viewer.close(LIVE_CLOSE.sessionEnded, 'session ended');
      } else {
        viewer.tellReadings((point) => this.#maySee(viewer, point));
        viewer.tellSignals((point) => this.#given.service.board.signals(as.point(point)));
        this.#floods.tell(viewer);
        viewer.tellSelfCheck(this.#given.service.health().selfCheck === 'failing');
        viewer.beat(ping);
        viewer.nudge();
      }
    }
    meters.set('live_buffered_bytes', buffered);
  }

  /** Rights may change under an open stream: whoever lost them is out, whoever is bound to other areas begins anew. */
  #isOver(viewer: Viewer, session: Session | null): boolean {
    if (session === null || !may(session.roles, 'picture.see')) return true;
    if (session.mustEnrol || session.mustSetPassword) return true;
    viewer.roles = session.roles;
    if (JSON.stringify(session.areas) !== JSON.stringify(viewer.scope)) {
      viewer.scope = session.areas;
      viewer.sees = this.#rule(session.areas);
      viewer.floodsAt = -1;
      this.#watchers.watch(viewer, new Set([...viewer.watching].filter((p) => this.#maySee(viewer, p))));
      this.#fallBehind(viewer);
      this.#helpOn(viewer);
    }
    return false;
  }

  #rule(scope: Scope): (area: string) => boolean {
    const { register } = this.#given.service;
    const parentOf = (area: string) => register.area(as.area(area))?.parent;
    return (area) => maySeeArea(scope, area, parentOf);
  }

  #maySee(viewer: Viewer, point: string): boolean {
    if (viewer.scope === null) return true;
    const area = this.#given.service.register.point(as.point(point))?.area;
    return area !== undefined && viewer.sees(area);
  }

  #ping(): void {
    // With the time: a console that slept, or whose PC was set, is right again without a new greeting.
    const ping = encode({ type: 'ping', serverTime: iso(this.#given.clock.now()) });
    for (const viewer of this.#viewers) {
      viewer.requests = 0;
      if (viewer.pingsUnanswered >= PINGS_UNANSWERED) viewer.cut();
      else viewer.ping(ping);
    }
  }
}

/** It lies in an area of theirs, and they have the right to its frame. What lies nowhere is for who sees the whole city. */
const isHeard = (e: Sequenced, { sees, scope, roles, hearsDrills }: Viewer): boolean => {
  if (isDrilled(e)) {
    if (!hearsDrills) return false;
    if (e.of === 'drill') return scope === null || e.after.areas.some(sees);
    if (e.of === 'alarm') return sees(e.after.areaCode);
  }
  if (isOfAlarm(e)) return sees(e.after.areaCode);
  return (
    may(roles, FRAME_RIGHTS[(e as JournaledResponse).of]) &&
    (scope === null || areasOf(e as JournaledResponse).some(sees))
  );
};

function read(text: string): { readonly points: readonly string[] } | null {
  try {
    return liveRequest.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}
