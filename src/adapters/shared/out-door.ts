import { lookup } from 'node:dns/promises';
import type { RequestOptions } from 'node:https';
import { isIP } from 'node:net';
import type { OutHosts } from './out-hosts.ts';

// An `import` of node:http asks for everything it offers, and with that loads undici: 40 ms of a start, for nothing.
const http = process.getBuiltinModule('node:http');
const https = process.getBuiltinModule('node:https');

/** A receiver has so long for everything, from its name to the last byte. */
const WITHIN = 10_000;
/** Nobody says more than this about a message. */
const ANSWER_AT_MOST = 64 * 1_024;

/** It may not go there: the house's own word, not the receiver's. */
export class OutRefused extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'OutRefused';
  }
}

export type OutRequest = {
  readonly method: 'GET' | 'POST' | 'PUT';
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly signal: AbortSignal;
  /** Who we are, where the receiver asks for a certificate: PEM. */
  readonly client?: { readonly cert: string; readonly key: string };
  /** Milliseconds for everything, from its name to the last byte, where ten seconds are not enough. */
  readonly within?: number;
};

export type OutAnswer = {
  readonly status: number;
  readonly header: (name: string) => string | undefined;
  readonly body: string;
};

/** Every address of a name. */
export type Resolve = (host: string) => Promise<readonly string[]>;

const byDns: Resolve = async (host) => (await lookup(host, { all: true })).map((a) => a.address);

/**
 * The one door through which messages leave the house. Whatever a channel is set up with, nobody is asked but hosts that
 * the list allows, at addresses that were looked at before they were connected to; a redirect is an answer, and is not
 * followed.
 */
export class OutDoor {
  readonly #hosts: OutHosts;
  readonly #resolve: Resolve;
  readonly #ca: string | undefined;

  /** @param given.ca certificates of authorities in PEM, instead of those that Node knows */
  constructor(given: { hosts: OutHosts; resolve?: Resolve; ca?: string | undefined }) {
    this.#hosts = given.hosts;
    this.#resolve = given.resolve ?? byDns;
    this.#ca = given.ca;
  }

  get ca(): string | undefined {
    return this.#ca;
  }

  /**
   * The addresses at which a host may be asked: looked up once, so that what was looked at is what is connected to.
   *
   * @throws OutRefused where there is none
   */
  async addressesOf(host: string, port: number): Promise<readonly string[]> {
    if (!this.#hosts.allowsHost(host, port))
      throw new OutRefused(`${host}:${port} is not in LIFELINE_OUT_HOSTS`);
    const literal = host.replace(/^\[|\]$/g, '');
    if (isIP(literal) !== 0) return [literal];
    const all = await this.#resolve(host);
    const allowed = all.filter((address) => this.#hosts.allowsAddress(address));
    if (allowed.length === 0)
      throw new OutRefused(
        `${host} leads to ${all[0] ?? 'nowhere'}, which is not public: its network must be in LIFELINE_OUT_HOSTS too`,
      );
    return allowed;
  }

  /** @throws OutRefused, or what the network throws */
  async request({ url, signal, within = WITHIN, ...asked }: OutRequest): Promise<OutAnswer> {
    if (url.protocol !== 'https:' && url.protocol !== 'http:')
      throw new OutRefused(`${url.protocol} is no way to send a message: http: or https: is`);
    if (url.username !== '' || url.password !== '')
      throw new OutRefused('a name and password in an address would be in every log on the way');
    const secure = url.protocol === 'https:';
    const port = Number(url.port) || (secure ? 443 : 80);
    const until = AbortSignal.any([signal, AbortSignal.timeout(within)]);
    const addresses = await unless(until, this.addressesOf(url.hostname, port));
    return answerTo(secure, { ...asked, url, addresses, signal: until, ca: this.#ca });
  }
}

type Dialled = Omit<OutRequest, 'signal' | 'within'> & {
  readonly addresses: readonly string[];
  readonly signal: AbortSignal;
  readonly ca: string | undefined;
};

function answerTo(secure: boolean, { url, addresses, ca, signal, ...asked }: Dialled): Promise<OutAnswer> {
  const options: RequestOptions = {
    method: asked.method,
    headers: { ...asked.headers, 'content-length': String(Buffer.byteLength(asked.body)) },
    // No connection is kept: what is looked at is looked at for each message.
    agent: false,
    signal,
    lookup: (_host, wanted, done) => {
      const found = addresses.map((address) => ({ address, family: isIP(address) }));
      if (wanted.all === true) done(null, found);
      else done(null, found[0]?.address ?? '', found[0]?.family ?? 4);
    },
    ...(ca === undefined ? {} : { ca }),
    ...(asked.client ?? {}),
  };
  return new Promise((resolve, reject) => {
    const request = (secure ? https : http).request(url, options, (answer) => {
      const parts: Buffer[] = [];
      let size = 0;
      answer.on('data', (part: Buffer) => {
        size += part.length;
        if (size <= ANSWER_AT_MOST) parts.push(part);
        else request.destroy(Object.assign(new Error('answer too long'), { code: 'ANSWER_TOO_LONG' }));
      });
      answer.on('error', reject);
      answer.on('end', () =>
        resolve({
          status: answer.statusCode ?? 0,
          header: (name) => {
            const value = answer.headers[name];
            return typeof value === 'string' ? value : undefined;
          },
          body: Buffer.concat(parts).toString('utf8'),
        }),
      );
    });
    request.on('error', reject);
    request.end(asked.body);
  });
}

/** A name server that says nothing keeps nobody waiting. */
function unless<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = () => reject(signal.reason);
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}
