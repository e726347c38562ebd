import type { Transferable } from 'node:worker_threads';
import { Patience } from './patience.ts';
import type { Channel, OpenChannel } from './worker-channel.ts';
import { CLOSE, heardError, isNews, isReply, PING, type Reply, type Request } from './worker-messages.ts';

/** What a worker can be asked: one argument, and an answer now or later. */
export type OperationsOf<O> = { [K in keyof O]: (arg: never) => unknown };

/** The worker is not there any more, and with it went every question that it had not answered. */
export class WorkerGone extends Error {
  override readonly name = 'WorkerGone';
}

type Waiting = { readonly resolve: (value: unknown) => void; readonly reject: (why: Error) => void };

/**
 * This side of a thread or process that answers requests. Nothing hangs: when the worker ends, for whatever
 * reason, says what is no answer, or is silent for too long, everything that waits for it is rejected, and so is
 * every later call.
 */
export class WorkerClient<O extends OperationsOf<O>, N = never> {
  readonly #name: string;
  readonly #asError: (e: Error) => Error;
  readonly #channel: Channel;
  readonly #patience: Patience | null;
  readonly #waiting = new Map<number, Waiting>();
  /** Resolves when the worker has ended: with what ended it, or `null` where it was asked to. */
  readonly ended: Promise<WorkerGone | null>;
  #lastId = 0;
  #gone: WorkerGone | null = null;
  #askedToEnd = false;

  /**
   * @param given.name for people: appears in the error when the worker is gone; `given.news` hears what nobody
   *   asked for; `given.asError` makes of every error what callers here expect;
   *   `given.silentAtMost`, in ms: a worker of which nothing is heard for so long is ended, also while nobody asks it
   *   anything. Left out: it is waited for
   */
  constructor(given: {
    name: string;
    open: OpenChannel;
    news?: (news: N) => void;
    asError?: (e: Error) => Error;
    silentAtMost?: number;
  }) {
    this.#name = given.name;
    this.#asError = given.asError ?? ((e) => e);
    const ended = Promise.withResolvers<WorkerGone | null>();
    this.ended = ended.promise;
    this.#channel = given.open({
      message: (m) => {
        if (this.#gone !== null) return;
        this.#patience?.heard();
        if (isReply(m) && this.#waiting.has(m.id)) this.#settle(m);
        else if (isNews<N>(m)) given.news?.(m.news);
        else this.#giveUp(new Error('it said what is no answer'));
      },
      unreadable: (why) =>
        this.#giveUp(new Error(`its answer cannot be read: ${why.message}`, { cause: why })),
      ended: (why) => {
        this.#patience?.end();
        this.#lose(why);
        ended.resolve(this.#askedToEnd ? null : this.#gone);
      },
    });
    const { silentAtMost } = given;
    this.#patience =
      silentAtMost === undefined
        ? null
        : new Patience({
            atMost: silentAtMost,
            beat: () => this.#ping(),
            runOut: () => this.#giveUp(new Error(`it has not answered for ${silentAtMost / 1_000} s`)),
          });
  }

  get isGone(): boolean {
    return this.#gone !== null;
  }

  /** @param transfer handed over instead of copied, where the worker is a thread */
  call<K extends keyof O & string>(
    op: K,
    arg: Parameters<O[K]>[0],
    transfer: readonly Transferable[] = [],
  ): Promise<Awaited<ReturnType<O[K]>>> {
    if (this.#gone !== null) return Promise.reject(this.#asError(this.#gone));
    const id = ++this.#lastId;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve: resolve as (value: unknown) => void, reject });
      try {
        this.#channel.post({ id, op, arg } satisfies Request, transfer);
        // It may be gone before anybody comes to `terminate`.
        if (op === CLOSE) this.#askedToEnd = true;
      } catch (e) {
        this.#waiting.delete(id);
        reject(this.#asError(e as Error));
      }
    });
  }

  /** Ends the worker, whatever it is doing; what waits is rejected. */
  async terminate(): Promise<void> {
    this.#askedToEnd = true;
    this.#channel.end();
    await this.ended;
  }

  #ping(): void {
    if (this.#gone !== null) return;
    const id = ++this.#lastId;
    this.#waiting.set(id, { resolve: () => undefined, reject: () => undefined });
    this.#channel.post({ id, op: PING, arg: null } satisfies Request, []);
  }

  #settle(reply: Reply): void {
    const waiting = this.#waiting.get(reply.id);
    this.#waiting.delete(reply.id);
    if (reply.ok) waiting?.resolve(reply.value);
    else waiting?.reject(this.#asError(heardError(reply.error)));
  }

  /** Requests and answers no longer match, so that none can be believed. */
  #giveUp(why: Error): void {
    this.#lose(why);
    this.#channel.end();
  }

  #lose(why: Error): void {
    this.#gone ??= new WorkerGone(`${this.#name} has ended: ${why.message}`, { cause: why });
    for (const { reject } of this.#waiting.values()) reject(this.#asError(this.#gone));
    this.#waiting.clear();
  }
}
