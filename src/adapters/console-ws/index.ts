import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { type RawData, type WebSocket, WebSocketServer } from 'ws';
import { may } from '../../domain/account/permissions.ts';
import { maySeeArea, type Scope } from '../../domain/account/scope.ts';
import { as } from '../../domain/ids.ts';
import type { Accounts, Session } from '../../flow/ports/accounts.ts';
import type { Audit } from '../../flow/ports/audit.ts';
import type { Clock } from '../../flow/ports/clock.ts';
import type { Journal, JournaledEvent } from '../../flow/ports/journal.ts';
import type { Log } from '../../flow/ports/log.ts';
import type { Meters } from '../../flow/ports/meters.ts';
import type { Service } from '../../flow/ports/service.ts';
import { iso } from '../../wire/alarm.ts';
import { floodsSeen, floodToJson } from '../../wire/flood.ts';
import { FOREIGN_TOLD, foreignInLog } from '../../wire/http/head/origin.ts';
import type { AnyProblemCode } from '../../wire/http/problems.ts';
import {
  alarmFrame,
  LIVE_CLOSE,
  type LiveFrame,
  type LiveQuery,
  liveQuery,
  liveRequest,
} from '../../wire/live/live.ts';
import { ToldOnce } from '../shared/told-once.ts';
import { clientAddress } from './client-address.ts';
import { examine, refuse, type UpgradeRequest, whoAsks } from './gate.ts';
import {
  LAST_GOOD_BYE,
  LIVE_LIMITS,
  type LiveLimits,
  PING_EVERY,
  PINGS_UNANSWERED,
  TICK_EVERY,
} from './limits.ts';
import { Snapshots } from './snapshots.ts';
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
  readonly #sockets: WebSocketServer;
  readonly #viewers = new Set<Viewer>();
  readonly #watchers = new Watchers();
  readonly #foreign = new ToldOnce(FOREIGN_TOLD);
  readonly #clientAddress: (request: IncomingMessage) => string | null;
  readonly #snapshots: Snapshots;
  /** The newest answer of a connection that has not left yet: where one is due, no stream can begin. */
  readonly #unanswered = new WeakMap<Duplex, ServerResponse>();
  #ends: (() => void)[] = [];
  #stopping = false;
  #floodTexts: { revision: number; byScope: Map<string, { text: string; any: boolean }> } = {
    revision: 0,
    byScope: new Map(),
  };

  constructor(given: ConsoleWsOptions) {
    this.#given = given;
    this.#limits = { ...LIVE_LIMITS, ...given.limits };
    this.#clientAddress = clientAddress(given.trustProxies ?? []);
    this.#sockets = new WebSocketServer({
      noServer: true,
      clientTracking: false,
      // 63 µs a send and 567 MB for 2,000 consoles, measured; alarms are small.
      perMessageDeflate: false,
      maxPayload: this.#limits.payload,
    });
    this.#snapshots = new Snapshots(given.service.board, {
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
    const upgrade = (request: IncomingMessage, socket: Duplex, head: Buffer) =>
      this.#upgrade(request, socket, head);
    server.on('upgrade', upgrade);
    const request = ({ socket }: IncomingMessage, answer: ServerResponse) => {
      this.#unanswered.set(socket, answer);
      answer.once('close', () => {
        if (this.#unanswered.get(socket) === answer) this.#unanswered.delete(socket);
      });
    };
    server.on('request', request);
    this.#sockets.on('wsClientError', (_error, socket, request) => this.#refuse(request, socket, 'not-http'));
    const { leave } = service.board.join({
      event: (e) => this.#tellEvent(e),
      probe: (e) => this.#tellProbe(e),
      readings: (readings) => this.#watchers.tell(readings),
    });
    this.#ends = [
      () => server.off('upgrade', upgrade),
      () => server.off('request', request),
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

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    // Until the socket is a WebSocket its errors are ours: without a listener one reset ends the process.
    const gone = () => socket.destroy();
    socket.on('error', gone);
    const asked = this.#unanswered.has(socket)
      ? 'not-http'
      : examine(request, this.#given.accounts, this.#given.trustOrigins ?? []);
    const full = this.#stopping || this.#viewers.size >= this.#limits.consoles;
    if (typeof asked === 'string' || full) {
      this.#refuse(request, socket, typeof asked === 'string' ? asked : 'too-busy');
      return;
    }
    this.#sockets.handleUpgrade(request, socket, head, (ws) => {
      socket.off('error', gone);
      this.#join(ws, socket, asked);
    });
  }

  #refuse(request: IncomingMessage, socket: Duplex, why: AnyProblemCode): void {
    const { meters, audit, clock, accounts } = this.#given;
    meters.count(`live_refused_total{why="${why}"}`);
    const said = why === 'foreign-origin' ? foreignInLog(request.headers) : null;
    if (said !== null && this.#foreign.isNew(said.fields.help)) this.#given.log.warn(said.msg, said.fields);
    void audit.record({
      at: clock.now(),
      who: whoAsks(request, accounts),
      from: this.#clientAddress(request),
      what: 'live.join',
      object: null,
      outcome: 'refused',
      why,
    });
    // Ours would be taken for the answer that is still to come.
    if (this.#unanswered.has(socket)) socket.destroy();
    else refuse(request, socket, why);
  }

  #join(socket: WebSocket, raw: Duplex, { token, session, query }: UpgradeRequest): void {
    const { service, clock, meters } = this.#given;
    const { board } = service;
    const viewer = new Viewer({
      socket,
      raw,
      token,
      scope: session.areas,
      sees: this.#rule(session.areas),
      limits: this.#limits,
    });
    const asked = liveQuery.safeParse(Object.fromEntries(query)).data;
    viewer.pingEvery = asked?.pingEvery ?? null;
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

  #tellEvent(e: JournaledEvent): void {
    let frame: Buffer | null = null;
    for (const viewer of this.#viewers) {
      if (viewer.standing !== 'live' || e.seq <= viewer.seq) continue;
      if (e.seq === viewer.seq + 1 && !viewer.sees(e.after.areaCode)) {
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

  #encode(e: JournaledEvent): Buffer {
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
        if (viewer.sees(e.after.areaCode)) viewer.send(this.#encode(e));
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
        this.#tellFloods(viewer);
        viewer.tellSelfCheck(this.#given.service.health().selfCheck === 'failing');
        viewer.beat(ping);
        viewer.nudge();
      }
    }
    meters.set('live_buffered_bytes', buffered);
  }

  /** Its own frame beside the events: whoever misses one gets the next, which says everything. */
  #tellFloods(viewer: Viewer): void {
    const { floods } = this.#given.service.board;
    if (viewer.standing !== 'live' || viewer.floodsAt === floods.revision) return;
    // Those who see the same are told the same bytes.
    if (this.#floodTexts.revision !== floods.revision)
      this.#floodTexts = { revision: floods.revision, byScope: new Map() };
    const scope = JSON.stringify(viewer.scope);
    let told = this.#floodTexts.byScope.get(scope);
    if (told === undefined) {
      const seen = floodsSeen(floods.list(), viewer.scope, viewer.sees);
      const frame: LiveFrame = { type: 'floods', items: seen.map(floodToJson) };
      told = { text: JSON.stringify(frame), any: seen.length > 0 };
      this.#floodTexts.byScope.set(scope, told);
    }
    viewer.tellFloods(floods.revision, told.text, told.any);
  }

  /** Rights may change under an open stream: whoever lost them is out, whoever is bound to other areas begins anew. */
  #isOver(viewer: Viewer, session: Session | null): boolean {
    if (session === null || !may(session.roles, 'picture.see')) return true;
    if (session.mustEnrol || session.mustSetPassword) return true;
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

function read(text: string): { readonly points: readonly string[] } | null {
  try {
    return liveRequest.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}
