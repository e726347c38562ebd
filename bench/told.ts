import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocket } from 'ws';
import { median } from '../src/domain/median.ts';
import type { Child } from './child.ts';
import { Histogram } from './histogram.ts';
import { open, publishSteadily, settled } from './latency.ts';
import { load } from './load.ts';
import type { Options } from './options.ts';
import { ADMIN, startService } from './service.ts';
import { logIn } from './session.ts';

type Spread = { readonly p50: number | null; readonly p95: number | null };
type Phase = {
  readonly receivers: 'well' | 'failing';
  readonly alarms: number;
  /** Of which the webhook heard. */
  readonly told: number;
  readonly webhookMs: Spread;
  readonly consoleMs: Spread;
  readonly ackMs: { readonly p50: number | null; readonly p99: number | null };
  /** Taken in beside. */
  readonly perSecond: number;
};
export type ToldFigure = {
  readonly background: number;
  readonly phases: readonly Phase[];
  /** Failing ÷ well, medians. */
  readonly ratio: Readonly<Record<'intake' | 'ack' | 'console' | 'webhook', number | null>>;
  readonly faulty: readonly {
    readonly channel: string;
    readonly undeliverable: number;
    readonly waiting: number;
    readonly said: string;
  }[];
};

/** Issue 16, 2: fifty red alarms beside a thousand readings a second. */
const ALARMS = { perSecond: 5, seconds: 10 };
const BACKGROUND = 1_000;
const ROUNDS = 3;

/**
 * Publish → webhook of a red alarm, with receivers that are well and, in the same run, beside seven more that fail, each in
 * another manner: away, hanging, throttling, lying, with a certificate of nobody's, without a name.
 */
export async function told(o: Options, keep: <T extends Child>(child: T) => T): Promise<ToldFigure> {
  const hook = await Hook.start();
  const bad = await Promise.all([
    Bad.start((r) => void r),
    Bad.start((r) => r.writeHead(429, { 'retry-after': '5' }).end()),
    Bad.start((r) => r.end('{"code":9499,"msg":"Bad Request"}')),
    Bad.start((r) => r.end('{"errcode":310000,"errmsg":"sign not match"}')),
  ]);
  try {
    const service = keep(
      await startService(null, 'service', { LIFELINE_OUT_HOSTS: '127.0.0.0/8,gone.invalid' }),
    );
    const api = await Api.open(service);
    await setUp(
      api,
      hook.url,
      bad.map((b) => b.url),
    );
    const phases: Phase[] = [];
    for (let round = 0; round < ROUNDS; round++)
      for (const receivers of ['well', 'failing'] as const) {
        await api.ask('PUT', '/notice-policies/bench', policy(receivers));
        phases.push(await measure(service, api, { hook, receivers, round, o }));
      }
    return {
      background: BACKGROUND,
      phases,
      ratio: {
        intake: ratioOf(phases, (p) => p.perSecond),
        ack: ratioOf(phases, (p) => p.ackMs.p99),
        console: ratioOf(phases, (p) => p.consoleMs.p50),
        webhook: ratioOf(phases, (p) => p.webhookMs.p50),
      },
      faulty: await faultsOf(api),
    };
  } finally {
    for (const r of [hook, ...bad]) r.stop();
  }
}

async function measure(
  service: Child,
  api: Api,
  {
    hook,
    receivers,
    round,
    o,
  }: {
    readonly hook: Hook;
    readonly receivers: Phase['receivers'];
    readonly round: number;
    readonly o: Options;
  },
): Promise<Phase> {
  const [toConsole, toHook] = [new Map<string, number>(), new Map<string, number>()];
  const [onConsole, onHook] = [new Histogram(), new Histogram()];
  const heard = (sentAt: Map<string, number>, seen: Histogram) => (point: string) => {
    const at = sentAt.get(point);
    if (at === undefined) return;
    seen.add(performance.now() - at);
    sentAt.delete(point);
  };
  hook.onAlarm = heard(toHook, onHook);
  const socket = await api.live(heard(toConsole, onConsole));
  let underWay = (): void => {};
  const begun = new Promise<void>((resolve) => {
    underWay = resolve;
  });
  const beside = load(
    service,
    {
      label: `bg-${receivers}-${round}`,
      connections: 50,
      devicesPerConnection: 1,
      window: o.window,
      qos: 1,
      seconds: ALARMS.seconds + 4,
      rate: BACKGROUND,
    },
    { beats: () => underWay() },
  );
  await begun;
  const publisher = await open(service);
  const both = new Both(toConsole, toHook);
  const alarms = await publishSteadily(publisher, { ...ALARMS, label: `${receivers}-${round}` }, both);
  await settled(toConsole);
  await settled(toHook);
  await publisher.endAsync();
  socket.close();
  const { perSecond, outcome } = await beside;
  const spread = (h: Histogram): Spread => ({ p50: h.quantile(0.5), p95: h.quantile(0.95) });
  const { p50, p99 } = outcome.ackMs;
  return {
    receivers,
    alarms,
    told: onHook.n,
    webhookMs: spread(onHook),
    consoleMs: spread(onConsole),
    ackMs: { p50, p99 },
    perSecond,
  };
}

/** When each was sent, for two that hear of it. */
class Both extends Map<string, number> {
  readonly #others: readonly Map<string, number>[];

  constructor(...others: readonly Map<string, number>[]) {
    super();
    this.#others = others;
  }

  override set(point: string, at: number): this {
    for (const other of this.#others) other.set(point, at);
    return this;
  }
}

function ratioOf(phases: readonly Phase[], of: (p: Phase) => number | null): number | null {
  const all = (receivers: Phase['receivers']) =>
    median(phases.filter((p) => p.receivers === receivers).flatMap((p) => of(p) ?? []));
  const [failing, well] = [all('failing'), all('well')];
  return failing === null || well === null || well === 0 ? null : failing / well;
}

const SECRET = 'of-the-bench-alone';
const BAD = ['away', 'hangs', 'throttles', 'lies-9499', 'lies-310000', 'certificate', 'nameless'];

async function setUp(
  api: Api,
  hook: string,
  [hangs, throttles, lies, signs]: readonly string[],
): Promise<void> {
  await api.ask('POST', '/units', { code: 'bench', name: '值班', kind: 'centre' });
  await api.ask('POST', '/contacts', { id: 'wang', unit: 'bench', name: '王', post: 'duty' });
  const web = (url: string | undefined) => ({
    kind: 'webhook',
    config: { url },
    secrets: { secret: SECRET },
  });
  const robot = (kind: string, url: string) => ({
    kind,
    config: { url },
    secrets: { token: SECRET, secret: SECRET },
  });
  const channels: Readonly<Record<string, object>> = {
    away: web('http://127.0.0.1:9/'),
    hangs: web(hangs),
    throttles: web(throttles),
    'lies-9499': robot('feishu', `${lies}/open-apis/bot/v2/hook`),
    'lies-310000': robot('dingtalk', `${signs}/robot/send`),
    // Asked in TLS, it answers in plain HTTP: no certificate at all.
    certificate: web(throttles?.replace('http:', 'https:')),
    nameless: web('https://gone.invalid/'),
    hook: web(hook),
  };
  for (const [id, more] of Object.entries(channels))
    await api.ask('POST', '/channels', { id, name: id, enabled: true, perMinute: 600, ...more });
}

const policy = (receivers: Phase['receivers']) => ({
  name: { zh: '测量', en: 'bench' },
  match: { subjects: ['alarm'], lifelines: ['gas'] },
  rungs: [
    {
      afterS: 0,
      to: [{ contact: 'wang' }],
      channels: receivers === 'well' ? ['hook'] : [...BAD, 'hook'],
      stopsOn: 'acknowledge',
    },
  ],
  reason: receivers,
});

async function faultsOf(api: Api): Promise<ToldFigure['faulty']> {
  type Told = { channel: string; state: string; why: string | null };
  const all: Told[] = [];
  for (let after = ''; ; ) {
    const page = await api.ask<{ items: Told[]; next: string | null }>('GET', `/notices?limit=1000${after}`);
    all.push(...page.items);
    if (page.next === null) break;
    after = `&after=${encodeURIComponent(page.next)}`;
  }
  return BAD.map((channel) => {
    const theirs = all.filter((n) => n.channel === channel);
    return {
      channel,
      undeliverable: theirs.filter((n) => n.state === 'undeliverable').length,
      waiting: theirs.filter((n) => n.state === 'failed' || n.state === 'queued' || n.state === 'sending')
        .length,
      said: theirs.find((n) => n.why !== null)?.why ?? '',
    };
  });
}

/** What the service is asked as an administrator. */
class Api {
  readonly #base: string;
  readonly #headers: Readonly<Record<string, string>>;

  private constructor(base: string, cookie: string) {
    this.#base = base;
    this.#headers = { cookie, origin: new URL(base).origin, 'content-type': 'application/json' };
  }

  static async open(service: Child): Promise<Api> {
    if (service.http === null) throw new Error('the service named no HTTP address');
    return new Api(service.http, await logIn(service.http, ADMIN.account, ADMIN.password));
  }

  async ask<T>(method: string, path: string, body?: object): Promise<T> {
    const answer = await fetch(new URL(`/api/v1${path}`, this.#base), {
      method,
      headers: this.#headers,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path} was answered ${answer.status}: ${text}`);
    return JSON.parse(text) as T;
  }

  async live(raised: (point: string) => void): Promise<WebSocket> {
    const url = new URL('/api/v1/live', this.#base);
    url.protocol = 'ws:';
    const socket = new WebSocket(url, { headers: this.#headers });
    socket.on('message', (data) => {
      const frame = JSON.parse(String(data)) as {
        type: string;
        event?: string;
        alarm?: { pointCode: string };
      };
      if (frame.type === 'alarm' && frame.event === 'raised') raised(frame.alarm?.pointCode ?? '');
    });
    await once(socket, 'open');
    return socket;
  }
}

/** A receiver that takes everything, and says which points it was told of. */
class Hook {
  onAlarm: (point: string) => void = () => {};
  readonly #server: Server;

  private constructor() {
    this.#server = createServer((request, response) => {
      const parts: Buffer[] = [];
      request.on('data', (part: Buffer) => parts.push(part));
      request.on('end', () => {
        response.end('{}');
        const { alarms } = JSON.parse(Buffer.concat(parts).toString()) as { alarms: { point: string }[] };
        for (const { point } of alarms) this.onAlarm(point);
      });
    });
  }

  static async start(): Promise<Hook> {
    const made = new Hook();
    await once(made.#server.listen(0, '127.0.0.1'), 'listening');
    return made;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/`;
  }

  stop(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}

/** A receiver that does it wrong. */
class Bad {
  readonly #server: Server;

  private constructor(answer: (response: ServerResponse) => void) {
    this.#server = createServer((request, response) => {
      request.resume();
      request.on('end', () => answer(response));
    });
  }

  static async start(answer: (response: ServerResponse) => void): Promise<Bad> {
    const made = new Bad(answer);
    await once(made.#server.listen(0, '127.0.0.1'), 'listening');
    return made;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  stop(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}
