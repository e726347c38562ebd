import { type Transferable, Worker } from 'node:worker_threads';
import { heardError, JournalFailure, type ToldError } from './failure.ts';

export type Request = { readonly id: number; readonly op: string; readonly arg: unknown };
export type Reply =
  | { readonly id: number; readonly ok: true; readonly value: unknown }
  | { readonly id: number; readonly ok: false; readonly error: ToldError };

type Waiting = { readonly resolve: (value: unknown) => void; readonly reject: (why: JournalFailure) => void };

/**
 * The main thread's end of a worker thread that answers requests in the order they were given.
 * Nothing hangs: when the thread ends, for whatever reason, everything that waits for it is rejected,
 * and so is every later call.
 */
export class Thread<O> {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  readonly ended: Promise<void>;
  #lastId = 0;
  #gone: JournalFailure | null = null;

  /** @param name for people: appears in the error when the thread is gone */
  constructor(name: string, file: URL) {
    this.#worker = new Worker(file, { name });
    let crash: unknown;
    this.#worker.on('message', (reply: Reply) => this.#settle(reply));
    // Both mean that requests and replies no longer match: end the thread, and let `exit` tell everybody.
    this.#worker.on('messageerror', (e) => {
      crash = e;
      void this.#worker.terminate();
    });
    this.#worker.on('error', (e) => {
      crash = e;
    });
    this.ended = new Promise((resolve) => {
      this.#worker.on('exit', (code) => {
        const why = crash instanceof Error ? crash.message : `exit code ${code}`;
        this.#gone = new JournalFailure('journal-thread-gone', `${name} has ended: ${why}`, crash);
        for (const { reject } of this.#waiting.values()) reject(this.#gone);
        this.#waiting.clear();
        resolve();
      });
    });
  }

  get isGone(): boolean {
    return this.#gone !== null;
  }

  call<K extends keyof O & string>(
    op: K,
    arg: O[K] extends (arg: infer A) => unknown ? A : never,
    transfer: readonly Transferable[] = [],
  ): Promise<O[K] extends (arg: never) => infer R ? R : never> {
    if (this.#gone !== null) return Promise.reject(this.#gone);
    const id = ++this.#lastId;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve: resolve as (value: unknown) => void, reject });
      this.#worker.postMessage({ id, op, arg } satisfies Request, transfer);
    });
  }

  async terminate(): Promise<void> {
    await this.#worker.terminate();
    await this.ended;
  }

  #settle(reply: Reply): void {
    const waiting = this.#waiting.get(reply.id);
    this.#waiting.delete(reply.id);
    if (reply.ok) waiting?.resolve(reply.value);
    else waiting?.reject(heardError(reply.error));
  }
}
