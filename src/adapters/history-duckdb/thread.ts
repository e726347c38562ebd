import { Worker } from 'node:worker_threads';
import type { News, Operation, Operations, Reply } from './protocol.ts';

type Waiting = { readonly resolve: (value: never) => void; readonly reject: (why: Error) => void };

/**
 * The main thread's end of the history thread. Nothing hangs: when the thread ends, for whatever reason,
 * everything that waits for it is rejected, and so is every later call.
 */
export class Thread {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  /** Resolves when the thread has ended, with what ended it if it was not asked to. */
  readonly ended: Promise<Error | null>;
  #lastId = 0;
  #gone: Error | null = null;
  #askedToEnd = false;

  constructor(hear: (news: News) => void) {
    this.#worker = new Worker(new URL('./serve.ts', import.meta.url), {
      name: 'history',
      // Whatever the process was started with (--input-type, say) need not fit a file.
      execArgv: [],
      // A batch leaves much that is soon garbage: without a bound 100 MB of room is made for it and kept.
      resourceLimits: { maxYoungGenerationSizeMb: 32 },
    });
    let crash: unknown = null;
    this.#worker.on('message', (m: Reply | News) => {
      if ('is' in m) hear(m);
      else this.#settle(m);
    });
    this.#worker.on('error', (e) => {
      crash = e;
    });
    this.ended = new Promise((resolve) => {
      this.#worker.on('exit', (code) => {
        const why = crash instanceof Error ? crash.message : `exit code ${code}`;
        this.#gone = new Error(`the history thread has ended: ${why}`, { cause: crash });
        for (const { reject } of this.#waiting.values()) reject(this.#gone);
        this.#waiting.clear();
        resolve(this.#askedToEnd ? null : this.#gone);
      });
    });
  }

  call<K extends Operation>(op: K, arg: Parameters<Operations[K]>[0]): ReturnType<Operations[K]> {
    const answer = new Promise<never>((resolve, reject) => {
      if (this.#gone !== null) return reject(this.#gone);
      const id = ++this.#lastId;
      this.#waiting.set(id, { resolve, reject });
      this.#worker.postMessage({ id, op, arg });
    });
    return answer as ReturnType<Operations[K]>;
  }

  /** Ends the thread after everything that was asked has been answered. */
  async close(): Promise<void> {
    this.#askedToEnd = true;
    try {
      await this.call('close', null);
    } finally {
      await this.#worker.terminate();
    }
  }

  #settle(reply: Reply): void {
    const waiting = this.#waiting.get(reply.id);
    this.#waiting.delete(reply.id);
    if (reply.ok) waiting?.resolve(reply.value as never);
    else waiting?.reject(Object.assign(new Error(reply.message), { stack: reply.stack }));
  }
}
