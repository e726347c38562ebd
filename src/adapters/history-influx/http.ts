import {
  type CommunicationObserver,
  HttpError,
  type HttpHeaders,
  InfluxDB,
  type SendOptions,
  type Transport,
  type WriteApi,
} from '@influxdata/influxdb-client';
import { isLoopbackHost } from '../shared/peer-address.ts';
import type { Dialect } from './dialect.ts';
import { type Answer, meaningOf, meaningOfError, StoreRefusal, StoreTrouble } from './trouble.ts';

const SUCCESS = [200, 201, 204];

export type HttpOptions = {
  readonly url: string;
  readonly dialect: Dialect;
  /** How long one write may take, from the first byte to the last of the answer. */
  readonly writeWithin: number;
  readonly now: () => number;
};

/**
 * The way to the store: the client's connection and writer, with what they lack. Each request has one deadline for the
 * whole of it (the client's own timeout begins anew with every byte, and leaves the connection open); the status and the
 * words of every answer are looked at, a success too, since 3 says with 201 that it has left some lines out.
 */
export class StoreHttp {
  readonly #options: HttpOptions;
  readonly #wire: Transport;
  readonly #writer: WriteApi;
  readonly #closing = new AbortController();

  constructor(options: HttpOptions) {
    this.#options = options;
    const { url, dialect } = options;
    const headers = dialect.authorization === null ? {} : { Authorization: dialect.authorization };
    // The connection's own timeout stands behind our deadlines, for a socket that nobody asks for any more.
    this.#wire = new InfluxDB({ url, headers, timeout: 120_000 }).transport;
    const checked = checkedTransport(this.#wire, options, this.#closing.signal);
    this.#writer = new InfluxDB({ url, transport: checked }).getWriteApi('', '', 'ms', {
      // The client keeps nothing: what it would keep is lost with the process, and it gives up after 180 s. Batches are
      // cut by us, because it does not wait for those that it sends by itself.
      maxRetries: 0,
      batchSize: 1_000_000,
      maxBatchBytes: Number.MAX_SAFE_INTEGER,
      flushInterval: 0,
      // Packing costs a third of the rate and pays only on a line: to a store on this machine it goes as it is.
      gzipThreshold: isHere(url) ? Number.MAX_SAFE_INTEGER : 1_000,
      writeFailed: (error) => Promise.reject(error),
    });
    this.#writer.path = dialect.writePath;
  }

  /**
   * Resolves when the store has said that every line is stored.
   *
   * @throws Refusal when it read them and left out some; StoreTrouble for everything else
   */
  async write(lines: readonly string[]): Promise<void> {
    // One record: its length is counted once, not line by line.
    this.#writer.writeRecord(lines.join('\n'));
    await this.#writer.flush();
  }

  /** Cuts what is under way; nothing can be sent any more. */
  cut(): void {
    this.#closing.abort();
  }

  /** @throws StoreTrouble also for an answer that is no success, unless `statuses` names it */
  async ask(
    path: string,
    options: {
      readonly method?: 'GET' | 'POST';
      readonly form?: string;
      readonly json?: unknown;
      readonly within: number;
      readonly statuses?: readonly number[];
    },
  ): Promise<Answer> {
    const { method = 'GET', form, json, within, statuses = [] } = options;
    const body = form ?? (json === undefined ? '' : JSON.stringify(json));
    const headers: Record<string, string> = { accept: 'application/json' };
    if (form !== undefined) headers['content-type'] = 'application/x-www-form-urlencoded';
    else if (json !== undefined) headers['content-type'] = 'application/json';
    const answer = await sent(
      this.#wire,
      { path, body, options: { method, headers } },
      { within, closing: this.#closing.signal },
    );
    if ((answer.status >= 200 && answer.status < 300) || statuses.includes(answer.status)) return answer;
    const meaning = meaningOf(answer, this.#options.now());
    throw meaning instanceof StoreRefusal
      ? new StoreTrouble('other', `the store refuses the question: ${meaning.message}`, { cause: meaning })
      : meaning;
  }
}

function isHere(url: string): boolean {
  const { hostname } = new URL(url);
  return isLoopbackHost(hostname.replace(/^\[(.*)\]$/, '$1'));
}

/** The transport of the writer: answers that the client would take for good are looked at, and the other way round. */
function checkedTransport(
  wire: Transport,
  { writeWithin, now }: HttpOptions,
  closing: AbortSignal,
): Transport {
  return {
    chunkCombiner: wire.chunkCombiner,
    iterate: wire.iterate.bind(wire),
    request: wire.request.bind(wire),
    send(path, body, options, callbacks) {
      sent(wire, { path, body, options }, { within: writeWithin, closing }).then(
        (answer) => {
          // Success has nothing to say. A 200 with a page in it is some gateway's, and 201 with words is 3's "not all".
          if (SUCCESS.includes(answer.status) && answer.body.trim() === '') {
            callbacks?.responseStarted?.({}, 204);
            callbacks?.complete?.();
          } else callbacks?.error?.(meaningOf(answer, now()));
        },
        (trouble: StoreTrouble) => callbacks?.error?.(trouble),
      );
    },
  };
}

/** Sends one request and reads the whole answer, within a deadline after which the connection is cut. */
function sent(
  wire: Transport,
  { path, body, options }: { readonly path: string; readonly body: string; readonly options: SendOptions },
  { within, closing }: { readonly within: number; readonly closing: AbortSignal },
): Promise<Answer> {
  const deadline = AbortSignal.timeout(within);
  const signal = AbortSignal.any([deadline, closing]);
  return new Promise((resolve, reject) => {
    let status = 0;
    let headers: HttpHeaders = {};
    const chunks: Uint8Array[] = [];
    const observer: CommunicationObserver<Uint8Array> = {
      responseStarted(h, s) {
        headers = h;
        status = s ?? 0;
      },
      next(chunk) {
        chunks.push(chunk);
      },
      complete() {
        resolve({ status, headers, body: Buffer.concat(chunks).toString('utf8') });
      },
      error(cause) {
        if (cause instanceof HttpError)
          resolve({ status: cause.statusCode, headers: cause.headers ?? headers, body: cause.body ?? '' });
        else reject(meaningOfError(cause, { over: deadline.aborted, ms: within }));
      },
    };
    wire.send(path, body, { ...options, signal }, observer);
  });
}
