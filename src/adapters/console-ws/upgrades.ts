import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Accounts } from '../../flow/ports/accounts.ts';
import type { Audit } from '../../flow/ports/audit.ts';
import type { Clock } from '../../flow/ports/clock.ts';
import type { Log } from '../../flow/ports/log.ts';
import type { Meters } from '../../flow/ports/meters.ts';
import { FOREIGN_TOLD, foreignInLog } from '../../wire/http/head/origin.ts';
import type { AnyProblemCode } from '../../wire/http/problems.ts';
import { ToldOnce } from '../shared/told-once.ts';
import { clientAddress } from './client-address.ts';
import { examine, refuse, type UpgradeRequest, whoAsks } from './gate.ts';

export type UpgradesOptions = {
  readonly accounts: Pick<Accounts, 'session'>;
  readonly audit: Pick<Audit, 'record'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly meters: Meters;
  readonly log: Log;
  /** Origins beside our own that pages may come from. */
  readonly trustOrigins: readonly string[];
  /** Addresses of proxies whose word about the client's address is believed. */
  readonly trustProxies: readonly string[];
  /** Bytes of a frame that a console may send. */
  readonly payload: number;
  readonly isFull: () => boolean;
  /** A request has become a stream. `raw` lies below the WebSocket. */
  readonly joined: (socket: WebSocket, raw: Duplex, asked: UpgradeRequest) => void;
};

/** Requests that would become live streams: each is looked at before its upgrade, and refused in plain HTTP or let through. */
export class Upgrades {
  readonly #given: UpgradesOptions;
  readonly #sockets: WebSocketServer;
  readonly #foreign = new ToldOnce(FOREIGN_TOLD);
  readonly #clientAddress: (request: IncomingMessage) => string | null;
  /** The newest answer of a connection that has not left yet: where one is due, no stream can begin. */
  readonly #unanswered = new WeakMap<Duplex, ServerResponse>();

  constructor(given: UpgradesOptions) {
    this.#given = given;
    this.#clientAddress = clientAddress(given.trustProxies);
    this.#sockets = new WebSocketServer({
      noServer: true,
      clientTracking: false,
      // 63 µs a send and 567 MB for 2,000 consoles, measured; alarms are small.
      perMessageDeflate: false,
      maxPayload: given.payload,
    });
    this.#sockets.on('wsClientError', (_error, socket, request) => this.#refuse(request, socket, 'not-http'));
  }

  /** Answers the upgrades of this server. @returns what ends that */
  attach(server: Server): () => void {
    const upgrade = (request: IncomingMessage, socket: Duplex, head: Buffer) =>
      this.#upgrade(request, socket, head);
    const request = ({ socket }: IncomingMessage, answer: ServerResponse) => {
      this.#unanswered.set(socket, answer);
      answer.once('close', () => {
        if (this.#unanswered.get(socket) === answer) this.#unanswered.delete(socket);
      });
    };
    server.on('upgrade', upgrade);
    server.on('request', request);
    return () => {
      server.off('upgrade', upgrade);
      server.off('request', request);
    };
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const { accounts, trustOrigins, isFull, joined } = this.#given;
    // Until the socket is a WebSocket its errors are ours: without a listener one reset ends the process.
    const gone = () => socket.destroy();
    socket.on('error', gone);
    const asked = this.#unanswered.has(socket) ? 'not-http' : examine(request, accounts, trustOrigins);
    if (typeof asked === 'string' || isFull()) {
      this.#refuse(request, socket, typeof asked === 'string' ? asked : 'too-busy');
      return;
    }
    this.#sockets.handleUpgrade(request, socket, head, (ws) => {
      socket.off('error', gone);
      joined(ws, socket, asked);
    });
  }

  #refuse(request: IncomingMessage, socket: Duplex, why: AnyProblemCode): void {
    const { meters, audit, clock, accounts, log } = this.#given;
    meters.count(`live_refused_total{why="${why}"}`);
    const said = why === 'foreign-origin' ? foreignInLog(request.headers) : null;
    if (said !== null && this.#foreign.isNew(said.fields.help)) log.warn(said.msg, said.fields);
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
}
