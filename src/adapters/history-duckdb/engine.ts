import type { Duration } from '../../domain/time.ts';
import { Patience } from '../shared/patience.ts';
import { processOf } from '../shared/process-channel.ts';
import { WorkerClient } from '../shared/worker-client.ts';
import type { Fields, HistoryOpenOptions, News, Operation, Operations } from './protocol.ts';
import { asTrouble, DuckdbTrouble, hasGivenUp, hasNoRoom } from './trouble.ts';

export type EngineOptions = {
  readonly open: HistoryOpenOptions;
  readonly news: (news: News) => void;
  readonly trouble: (msg: string, fields: Fields) => void;
  /** The process has ended or was ended, and another one is to take its place. */
  readonly lost: () => void;
  /** Another one has taken its place. */
  readonly renewed: () => void;
  /** How long until another one is tried, the first time and at most: twice as long each time. */
  readonly again: { readonly first: Duration; readonly atMost: Duration };
  /** How long a close may take before the process is ended: whatever it has not written it will find in the WAL. */
  readonly closeWithin: Duration;
  /** Of which nothing is heard for so long, and that has not kept one batch within so long, is ended as if it had died. */
  readonly hangsAfter: { readonly silence: Duration; readonly keeping: Duration };
};

/** A batch leaves much that is soon garbage: without a bound 100 MB of room is made for it and kept. */
const NODE = ['--max-semi-space-size=8'];

/** A store that refuses so many batches in a row, and not for want of room, is begun anew. */
const REFUSED_AT_MOST = 3;

type Client = WorkerClient<Operations, News>;

/**
 * The process in which DuckDB runs. A library that ends itself by a signal (a flush that failed) ends the
 * process it runs in: so it is not ours. Whatever becomes of it, every question is answered or refused, and another
 * one takes its place: at once where it ends, after a bounded time where it hangs.
 */
export class Engine {
  readonly #options: EngineOptions;
  /** Open, and as far as is known well. */
  #client: Client | null = null;
  /** Being opened; ended with us. */
  #candidate: Client | null = null;
  #away: DuckdbTrouble | null = null;
  #wait: Duration;
  #timer: NodeJS.Timeout | undefined;
  #refused = 0;
  #generation = 0;
  #closed = false;

  constructor(options: EngineOptions) {
    this.#options = options;
    this.#wait = options.again.first;
  }

  /** Counts the processes: what was agreed with one of them does not hold for the next. */
  get generation(): number {
    return this.#generation;
  }

  /** One attempt; `tryAgain` goes on after one that failed. */
  async open(): Promise<void> {
    const client: Client = new WorkerClient({
      name: 'the history process',
      open: processOf(new URL('./serve.ts', import.meta.url), NODE),
      news: this.#options.news,
      silentAtMost: this.#options.hangsAfter.silence,
    });
    this.#candidate = client;
    try {
      await client.call('open', this.#options.open);
    } catch (e) {
      await client.terminate();
      throw e;
    } finally {
      this.#candidate = null;
    }
    if (this.#closed) return client.terminate();
    this.#client = client;
    this.#away = null;
    this.#refused = 0;
    this.#generation++;
    void client.ended.then((why) => {
      if (why !== null && this.#client === client) this.#lose(why);
    });
  }

  /** After an attempt that failed: another one in a while, and so on until one succeeds. */
  tryAgain(why: Error): void {
    if (this.#closed) return;
    const inMs = this.#wait;
    this.#wait = Math.min(this.#wait * 2, this.#options.again.atMost);
    this.#away = new DuckdbTrouble('unreachable', `the history is being opened anew: ${why.message}`, {
      cause: why,
      retryAfterMs: inMs,
    });
    this.#options.trouble('the history is not there; it is opened anew, and readings wait in the spool', {
      inMs,
      why: why.message,
    });
    this.#timer = setTimeout(() => {
      this.open().then(
        () => this.#options.renewed(),
        (e: Error) => this.tryAgain(e),
      );
    }, inMs);
    this.#timer.unref();
  }

  async call<K extends Operation>(
    op: K,
    arg: Parameters<Operations[K]>[0],
  ): Promise<Awaited<ReturnType<Operations[K]>>> {
    const client = this.#client;
    if (client === null) throw this.#away ?? new Error('the history is not open: start() comes first');
    const { keeping } = this.#options.hangsAfter;
    const patience =
      op === 'keep'
        ? new Patience({
            atMost: keeping,
            runOut: () =>
              this.#replace(client, new Error(`it has not kept one batch in ${keeping / 60_000} min`)),
          })
        : null;
    try {
      const answer = await client.call(op, arg);
      if (op === 'keep') {
        this.#refused = 0;
        this.#wait = this.#options.again.first;
      }
      return answer;
    } catch (e) {
      const error = e as Error;
      const trouble = asTrouble(error);
      if (op === 'keep' && trouble instanceof DuckdbTrouble && !hasNoRoom(error)) this.#refused++;
      if (hasGivenUp(error) || this.#refused >= REFUSED_AT_MOST) this.#replace(client, error);
      throw trouble;
    } finally {
      patience?.end();
    }
  }

  /** Lets the process write back what it has, and end. */
  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    const client = this.#client;
    this.#client = null;
    await this.#candidate?.terminate();
    if (client === null) return;
    let timer: NodeJS.Timeout | undefined;
    const tooLong = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, this.#options.closeWithin);
    });
    try {
      await Promise.race([client.call('close', null), tooLong]);
    } finally {
      clearTimeout(timer);
      await client.terminate();
    }
  }

  /** It is there, and can do nothing more. */
  #replace(client: Client, why: Error): void {
    if (this.#client !== client || this.#closed) return;
    this.#client = null;
    this.#options.lost();
    void client.terminate().then(() => this.tryAgain(why));
    this.#away = new DuckdbTrouble('unreachable', `the history is being opened anew: ${why.message}`, {
      cause: why,
    });
  }

  #lose(why: Error): void {
    this.#client = null;
    if (this.#closed) return;
    this.#options.lost();
    this.tryAgain(why);
  }
}
