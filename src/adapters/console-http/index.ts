import type { Server } from 'node:http';
import type { Server as TlsServer } from 'node:https';
import type { Socket } from 'node:net';
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { FOREIGN_TOLD, foreignInLog, type Headers } from '../../wire/http/head/origin.ts';
import type { RouteSpec } from '../../wire/http/route.ts';
import { ROUTES } from '../../wire/http/routes.ts';
import { LIVE_PATH } from '../../wire/live/live.ts';
import { CannotListen } from '../shared/cannot-listen.ts';
import { ToldOnce } from '../shared/told-once.ts';
import type { Handler, Handlers } from './answer/handler.ts';
import { HttpProblem, sendProblem } from './answer/problem.ts';
import { problemOf } from './answer/problem-of-error.ts';
import type { Services } from './answer/services.ts';
import { answerWhile } from './edge/answer-while.ts';
import { readBodies } from './edge/bodies.ts';
import { limitConnections, sparedOf } from './edge/connection-limit.ts';
import { secureHeaders } from './edge/headers.ts';
import { answerMalformed } from './edge/malformed-request.ts';
import { Rates } from './edge/rates.ts';
import { RefusalAudit } from './edge/refusal-audit.ts';
import { LEFT_TO_US, leadsOut, refuseAmbiguous } from './edge/request-smuggling.ts';
import { languageOfRequest, serveRoute } from './edge/serve-route.ts';
import { TLS, TLS_WITHIN } from './edge/tls.ts';
import { addressOf } from './edge/who.ts';
import { isConsoleAddress, sendConsole, serveConsole } from './pages/console-pages.ts';
import { serveDocs } from './pages/docs-pages.ts';
import { accountRoutes } from './routes/account-routes.ts';
import { forecastRoutes } from './routes/ahead/forecast-routes.ts';
import { leakOrBiogasRoutes } from './routes/ahead/leak-or-biogas-routes.ts';
import { spectrumRoutes } from './routes/ahead/spectrum-routes.ts';
import { alarmRoutes } from './routes/alarm-routes.ts';
import { drillRoutes } from './routes/answering/drill-routes.ts';
import { exportRoutes } from './routes/answering/export-routes.ts';
import { handoverRoutes } from './routes/answering/handover-routes.ts';
import { reportRoutes } from './routes/answering/report-routes.ts';
import { riskRoutes } from './routes/answering/risk-routes.ts';
import { auditRoutes } from './routes/audit-routes.ts';
import { backtestRoutes } from './routes/backtest-routes.ts';
import { caseExport } from './routes/citizens/case-export.ts';
import { citizenImport } from './routes/citizens/citizen-import.ts';
import { citizenRoutes } from './routes/citizens/citizen-routes.ts';
import { keptRoutes } from './routes/desk/kept-routes.ts';
import { togetherRoutes } from './routes/desk/together-routes.ts';
import { deviceKeyRoutes } from './routes/device-key-routes.ts';
import { doorRoutes } from './routes/doors/door-routes.ts';
import { mappingRoutes } from './routes/doors/mapping-routes.ts';
import { commandRoutes } from './routes/down/command-routes.ts';
import { healthRoutes } from './routes/health-routes.ts';
import { indicatorRoutes } from './routes/indicator-routes.ts';
import { lossRoutes } from './routes/loss-routes.ts';
import { mapRoutes } from './routes/map-routes.ts';
import { channelRoutes } from './routes/notices/channel-routes.ts';
import { linkRoutes } from './routes/notices/link-routes.ts';
import { noticeRoutes } from './routes/notices/notice-routes.ts';
import { noticePeopleRoutes } from './routes/notices/people-routes.ts';
import { policyRoutes } from './routes/notices/policy-routes.ts';
import { rosterRoutes } from './routes/notices/roster-routes.ts';
import { noticeStateRoutes } from './routes/notices/state-routes.ts';
import { qualityRoutes } from './routes/quality-routes.ts';
import { quarantineRoutes } from './routes/quarantine-routes.ts';
import { readingRoutes } from './routes/reading-routes.ts';
import { registerRoutes } from './routes/register/register-routes.ts';
import { crewRoutes } from './routes/response/crew-routes.ts';
import { incidentRoutes } from './routes/response/incident-routes.ts';
import { orderRoutes } from './routes/response/order-routes.ts';
import { resourceRoutes } from './routes/response/resource-routes.ts';
import { warningRoutes } from './routes/response/warning-routes.ts';
import { ruleRoutes } from './routes/rule-routes.ts';
import { sessionRoutes } from './routes/session-routes.ts';
import { suggestionRoutes } from './routes/suggestion-routes.ts';
import { telemetryRoutes } from './routes/telemetry-routes.ts';
import { upstreamRoutes } from './routes/upstream/upstream-routes.ts';
import { workRoutes } from './routes/work-routes.ts';

export type ConsoleHttpOptions = Services & {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  /** HTTPS with this certificate, PEM; absent: HTTP. */
  readonly tls?: { readonly cert: string; readonly key: string } | null;
  /** Lets handshakes take turns with everything else. @returns ends what waits for its turn */
  readonly pace?: (server: TlsServer) => () => void;
  /** Built console, served at `/`; null: a page that says how to build it. */
  readonly consoleDir: string | null;
  /** Origins beside our own that pages may come from, e.g. of a proxy that speaks https for us. */
  readonly trustOrigins?: readonly string[];
  /** Origins from which the map of the console may load pictures; none, if left out. */
  readonly tileHosts?: readonly string[];
  /** Addresses of proxies whose word about the client's address is believed; nobody's, if left out. */
  readonly trustProxies?: readonly string[];
  /** Requests a second from one client, over time. */
  readonly rate?: number;
  /** At once, over all clients. */
  readonly connections?: number;
  /** Whether this machine may still speak for the service, of two; left out: it is the only one. */
  readonly mayAnswer?: () => boolean;
  /** Meters and documents only for those who have the right to see them. */
  readonly closed?: { readonly metrics: boolean; readonly docs: boolean };
};

/** Connections at once; beyond them the kernel's queue waits. */
const CONNECTIONS = 10_000;
/** … and of one address: a control room behind one, with a live stream and a handful of requests for each screen. */
const OF_ONE_ADDRESS = 1_000;
/** Requests a second from one client, unless the house says otherwise. */
const RATE = 200;
/** How long requests in hand may take to finish when the service stops. */
const LAST_REQUESTS = 1_500;

/** Requests are checked by zod, answers are written by us: fastify's own compilers are not loaded, 70 ms of a start. */
const NO_SCHEMAS = { compilersFactory: { buildValidator: noSchemas, buildSerializer: noSchemas } };

function noSchemas(): never {
  throw new Error('a schema of fastify on a route: ROUTES are checked by zod');
}

/** HTTP: the interface of interfaces §3, the documents of it, and the built console. */
export class ConsoleHttp {
  readonly #options: ConsoleHttpOptions;
  readonly #trace: RefusalAudit;
  readonly #foreign = new ToldOnce(FOREIGN_TOLD);
  readonly #served: string[] = [];
  #app: FastifyInstance | null = null;
  /** Ends TLS connections that have not begun. */
  #dropHeld: () => void = () => undefined;

  constructor(options: ConsoleHttpOptions) {
    this.#options = options;
    this.#trace = new RefusalAudit(options);
  }

  async start(): Promise<{ readonly url: string }> {
    const app = await this.#build();
    this.#app = app;
    app.server.maxConnections = this.#options.connections ?? CONNECTIONS;
    const turnedAway = () => this.#options.meters.count('http_connections_refused_total');
    app.server.on('drop', turnedAway);
    limitConnections(app.server, {
      atMost: OF_ONE_ADDRESS,
      spared: sparedOf(this.#options.trustProxies ?? []),
      turnedAway,
    });
    const { host, port } = this.#options;
    try {
      return { url: await app.listen({ host, port }) };
    } catch (cause) {
      throw new CannotListen('HTTP', { host, port }, cause);
    }
  }

  #noteForeign(headers: Headers): void {
    const said = foreignInLog(headers);
    if (said !== null && this.#foreign.isNew(said.fields.help)) this.#options.log.warn(said.msg, said.fields);
  }

  /** For the live stream, which begins as a request to this server. */
  get server(): Server {
    if (this.#app === null) throw new Error('ConsoleHttp.server was asked for before start()');
    return this.#app.server;
  }

  /** `GET /path` of everything that is served, as the router has it. */
  get served(): readonly string[] {
    return this.#served;
  }

  /** A new certificate, for connections from now on. @throws when it is none; the old one stays then */
  renew(tls: { readonly cert: string; readonly key: string } | null): void {
    if (this.#options.tls && tls) (this.server as unknown as TlsServer).setSecureContext({ ...TLS, ...tls });
  }

  /** Refuses new connections, lets requests in hand finish for a moment, then cuts what is left. */
  async stop(): Promise<void> {
    const app = this.#app;
    if (app === null) return;
    this.#app = null;
    const cut = setTimeout(() => {
      this.#dropHeld();
      app.server.closeAllConnections();
    }, LAST_REQUESTS);
    try {
      await app.close();
    } finally {
      clearTimeout(cut);
    }
  }

  async #build(): Promise<FastifyInstance> {
    const { consoleDir, meters } = this.#options;
    const { tls } = this.#options;
    const app = fastify({
      ...(tls
        ? { https: { ...LEFT_TO_US, ...TLS, handshakeTimeout: TLS_WITHIN, ...tls } }
        : { http: LEFT_TO_US }),
      logger: false,
      schemaController: NO_SCHEMAS,
      requestTimeout: 60_000,
      bodyLimit: 64 * 1_024,
      trustProxy:
        (this.#options.trustProxies?.length ?? 0) > 0 ? [...(this.#options.trustProxies ?? [])] : false,
      routerOptions: { maxParamLength: 128 },
      forceCloseConnections: 'idle',
      clientErrorHandler: (error, socket) => answerMalformed(error, socket as Socket, this.#options),
      frameworkErrors: (error, request, reply) => {
        void this.#answerProblem(error, request, reply as FastifyReply);
      },
    });
    if (tls && this.#options.pace) this.#dropHeld = this.#options.pace(app.server as unknown as TlsServer);
    app.addHook('onRoute', ({ method, url }) => {
      for (const m of [method].flat()) if (m !== 'HEAD') this.#served.push(`${m} ${url}`);
    });
    if (this.#options.mayAnswer !== undefined) answerWhile(app, this.#options.mayAnswer);
    secureHeaders(app, { tls: tls != null, tileHosts: this.#options.tileHosts ?? [] });
    readBodies(app);
    refuseAmbiguous(app, this.#options);
    app.addHook('onRequest', async (request) => {
      // Once asked for, Node knows it also after the client has gone; the audit journal wants it then.
      addressOf(request);
      if (leadsOut(request.raw.url ?? '')) throw new HttpProblem('bad-url', { audit: 'path-traversal' });
    });
    app.addHook('onResponse', async (request, reply) => {
      const { name } = request.routeOptions.config as { name?: string };
      const status = `${Math.floor(reply.statusCode / 100)}xx`;
      meters.count(`http_requests_total{route="${name ?? 'other'}",status="${status}"}`);
    });
    app.setErrorHandler((error, request, reply) => this.#answerProblem(error, request, reply));
    app.setNotFoundHandler((request, reply) =>
      isConsoleAddress(request)
        ? sendConsole(reply, consoleDir)
        : sendProblem(reply, notFound(request), languageOfRequest(request)),
    );

    const closed = new Set<string>([
      ...(this.#options.closed?.metrics === true ? ['metrics'] : []),
      ...(this.#options.closed?.docs === true ? ['openapi', 'asyncapi'] : []),
    ]);
    const door = {
      accounts: this.#options.accounts,
      trustOrigins: this.#options.trustOrigins ?? [],
      rates: new Rates(this.#options.clock, this.#options.rate ?? RATE),
      closed,
      trace: this.#trace,
      foreign: (headers: Headers) => this.#noteForeign(headers),
    };
    const handlers = handlersOf(this.#options);
    for (const [name, route] of Object.entries(ROUTES) as [keyof Handlers, RouteSpec][]) {
      serveRoute(
        app,
        { name, route, handler: handlers[name] as unknown as Handler<RouteSpec> },
        door,
        this.#options,
      );
    }
    await serveDocs(app);
    await serveConsole(app, consoleDir);
    return app;
  }

  #answerProblem(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
    const { log, service, meters } = this.#options;
    const problem = problemOf(error, service.health().journal === 'failed');
    this.#trace.refused(request, problem);
    if (problem.code === 'internal') {
      meters.count('http_faults_total');
      const { name } = request.routeOptions.config as { name?: string };
      log.error('a request met a fault of ours', {
        route: name ?? 'other',
        cause: String(error).slice(0, 500),
        stack: String((error as Error | null)?.stack ?? '').slice(0, 4_000),
      });
    }
    return sendProblem(reply, problem, languageOfRequest(request));
  }
}

function handlersOf(parts: Services): Handlers {
  return {
    ...sessionRoutes(parts),
    ...accountRoutes(parts),
    ...auditRoutes(parts),
    ...registerRoutes(parts),
    ...deviceKeyRoutes(parts),
    ...readingRoutes(parts),
    ...telemetryRoutes(parts),
    ...alarmRoutes(parts),
    ...ruleRoutes(parts),
    ...backtestRoutes(parts),
    ...suggestionRoutes(parts),
    ...forecastRoutes(parts),
    ...leakOrBiogasRoutes(parts),
    ...spectrumRoutes(parts),
    ...quarantineRoutes(parts),
    ...lossRoutes(parts),
    ...indicatorRoutes(parts),
    ...workRoutes(parts),
    ...qualityRoutes(parts),
    ...healthRoutes(parts),
    ...noticePeopleRoutes(parts),
    ...channelRoutes(parts),
    ...noticeRoutes(parts),
    ...policyRoutes(parts),
    ...upstreamRoutes(parts),
    ...rosterRoutes(parts),
    ...noticeStateRoutes(parts),
    ...orderRoutes(parts),
    ...crewRoutes(parts),
    ...linkRoutes(parts),
    ...warningRoutes(parts),
    ...incidentRoutes(parts),
    ...handoverRoutes(parts),
    ...reportRoutes(parts),
    ...exportRoutes(parts),
    ...drillRoutes(parts),
    ...citizenRoutes(parts),
    ...citizenImport(parts),
    ...caseExport(parts),
    ...riskRoutes(parts),
    ...togetherRoutes(parts),
    ...keptRoutes(parts),
    ...resourceRoutes(parts),
    ...mapRoutes(parts),
    ...mappingRoutes(parts),
    ...doorRoutes(parts),
    ...commandRoutes(parts),
  };
}

const PATTERNS = (Object.values(ROUTES) as RouteSpec[]).map(({ method, path }) => ({
  method,
  pattern: new RegExp(`^${path.replaceAll('.', '\\.').replaceAll(/\{\w+\}/g, '[^/]+')}$`),
}));

/** There is nothing there; or there is, but not with this method. */
function notFound(request: FastifyRequest): HttpProblem {
  const path = request.url.split('?', 1)[0] ?? '';
  if (path === LIVE_PATH) return new HttpProblem('upgrade-needed', { headers: { upgrade: 'websocket' } });
  const methods = PATTERNS.filter((p) => p.pattern.test(path)).map((p) => p.method);
  return methods.length === 0
    ? new HttpProblem('not-found')
    : new HttpProblem('method-not-allowed', { headers: { allow: [...new Set(methods)].join(', ') } });
}
