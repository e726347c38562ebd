import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { StandbyState } from '../../flow/ports/pair/pair.ts';
import { MEDIA } from '../../wire/http/documents/openapi.ts';
import { languageOf } from '../../wire/http/head/language.ts';
import { titleOf } from '../../wire/http/problems.ts';
import { CannotListen } from '../shared/cannot-listen.ts';
import { PAGE_HEADERS, pageOf } from './page.ts';
import { standingOf } from './standing.ts';

/** By an `import` undici would be loaded: 40 ms of every start. */
const http = process.getBuiltinModule('node:http');
const https = process.getBuiltinModule('node:https');

/** Seconds, for whoever asks the wrong machine: a take-over is a matter of some. */
const RETRY_AFTER = '2';

export type StandbyPageOptions = {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  /** HTTPS with this certificate, PEM; null: HTTP. */
  readonly tls: { readonly cert: string; readonly key: string } | null;
  /** This machine, for people. */
  readonly name: string;
  readonly version: string;
  readonly state: () => StandbyState;
};

/**
 * Stands where the console's HTTP will stand: says that this machine is alive, that it stands by, and who is active. Everything else is
 * answered 503 with `Retry-After`, so that a balancer turns to the other machine and a console tries again.
 */
export class StandbyPage {
  readonly #o: StandbyPageOptions;
  #server: Server | null = null;

  constructor(options: StandbyPageOptions) {
    this.#o = options;
  }

  /** @returns where it is @throws CannotListen */
  async start(): Promise<string> {
    const { host, port, tls } = this.#o;
    const answer = (request: IncomingMessage, response: ServerResponse) => this.#answer(request, response);
    const server =
      tls === null
        ? http.createServer(answer)
        : https.createServer({ minVersion: 'TLSv1.2', ...tls }, answer);
    server.on('upgrade', (_, socket) => {
      socket.on('error', () => undefined);
      socket.end(
        `HTTP/1.1 503 Service Unavailable\r\nRetry-After: ${RETRY_AFTER}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`,
      );
    });
    server.headersTimeout = 10_000;
    server.requestTimeout = 10_000;
    await new Promise<void>((resolve, reject) => {
      server.once('error', (cause) => reject(new CannotListen('HTTP', { host, port }, cause)));
      server.listen(port, host, resolve);
    });
    this.#server = server;
    const at = server.address();
    const bound = typeof at === 'object' && at !== null ? at.port : port;
    return `${tls === null ? 'http' : 'https'}://${host.includes(':') ? `[${host}]` : host}:${bound}`;
  }

  /** The port is free again when it resolves. */
  async stop(): Promise<void> {
    const server = this.#server;
    this.#server = null;
    if (server === null) return;
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeAllConnections();
    await closed;
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const { name, version, state } = this.#o;
    const path = request.url?.split('?', 1)[0] ?? '/';
    const language = languageOf(request.headers['accept-language']);
    const standing = standingOf(name, state(), language);
    const tell = (status: number, headers: Record<string, string>, body: string) =>
      void response
        .writeHead(status, {
          'cache-control': 'no-store',
          // Whoever is told to come again comes to whoever is active by then.
          connection: 'close',
          ...(status === 503 ? { 'retry-after': RETRY_AFTER } : {}),
          ...headers,
        })
        .end(body);
    const json = { 'content-type': MEDIA.json };
    if (path === '/livez') tell(200, json, JSON.stringify({ status: 'alive', version, role: 'standby' }));
    else if (path === '/readyz') tell(503, json, JSON.stringify(standing));
    else if ((request.headers.accept ?? '').includes('text/html'))
      tell(503, PAGE_HEADERS, pageOf(standing, language));
    else
      tell(
        503,
        { 'content-type': MEDIA.problem },
        JSON.stringify({
          type: 'urn:lifeline:problem:standby',
          title: titleOf('standby')[language],
          status: 503,
          code: 'standby',
          ...(standing.active === null ? {} : { active: standing.active.name }),
        }),
      );
  }
}
