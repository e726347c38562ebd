import { randomBytes } from 'node:crypto';
import { Worker } from 'node:worker_threads';
import type { Millis } from '../../domain/time.ts';
import type { Audit, AuditAnchor, AuditEntry, AuditFilter, AuditKept } from '../../flow/ports/audit.ts';
import type { Log } from '../../flow/ports/log.ts';
import { textOf } from './chain.ts';
import type { Given, Reply, Request } from './protocol.ts';
import { auditKey } from './store.ts';

export type AuditOptions = {
  readonly file: string;
  /** Where the key of the seals lies; made if it is not there. */
  readonly keyFile: string;
  readonly now: () => Millis;
  readonly log: Pick<Log, 'error' | 'info'>;
};

/** Entries that wait in memory while the disk takes none; beyond them the oldest go, counted. */
const WAITING_AT_MOST = 10_000;
/** Entries written in one transaction. */
const TOGETHER = 500;
/** A real write so short ago answers for this moment too. */
const PROOF_LASTS = 1_000;

type Waiting = { readonly text: string; told: ((kept: boolean) => void) | null };

/**
 * The audit journal in a SQLite file of its own, written by a thread of its own. One transaction at a time:
 * entries that come while one is being flushed go together in the next, so that a flood costs few flushes.
 */
export class AuditSqlite implements Audit {
  readonly #options: AuditOptions;
  readonly #asked = new Map<number, { resolve: (v: unknown) => void; reject: (e: Error) => void }>();
  #worker: Worker | null = null;
  #lastId = 0;
  #waiting: Waiting[] = [];
  #writing: Promise<void> | null = null;
  #provenAt = Number.NEGATIVE_INFINITY;
  #failing = false;
  #lost = 0;

  constructor(options: AuditOptions) {
    this.#options = options;
  }

  /** Never rejects: a broken audit journal must not keep the watch from starting. Then nothing privileged is done. */
  async start(): Promise<void> {
    try {
      await this.#open();
    } catch (cause) {
      this.#failed(cause);
    }
  }

  async #open(): Promise<void> {
    const key = auditKey(this.#options.keyFile, () => randomBytes(32));
    const given: Given = { file: this.#options.file, key };
    const worker = new Worker(new URL('./audit-thread.ts', import.meta.url), {
      name: 'audit',
      workerData: given,
    });
    this.#worker = worker;
    worker.on('message', (reply: Reply) => {
      const asked = this.#asked.get(reply.id);
      this.#asked.delete(reply.id);
      if (reply.ok) asked?.resolve(reply.value);
      else asked?.reject(new Error(reply.why));
    });
    let crash: Error | null = null;
    worker.on('error', (e) => {
      crash = e as Error;
    });
    worker.on('exit', () => {
      this.#worker = null;
      const gone = new Error(`the thread of the audit journal has ended: ${crash?.message ?? 'closed'}`);
      for (const { reject } of this.#asked.values()) reject(gone);
      this.#asked.clear();
    });
    await this.#ask({ do: 'anchor' });
  }

  async close(): Promise<void> {
    await this.#writing;
    if (this.#waiting.length > 0) await this.#write();
    if (this.#worker !== null) await this.#ask({ do: 'close' }).catch(() => undefined);
    await this.#worker?.terminate();
  }

  record(entry: AuditEntry): Promise<boolean> {
    return new Promise((told) => {
      this.#waiting.push({ text: textOf(entry), told });
      if (this.#waiting.length > WAITING_AT_MOST) {
        this.#waiting.shift()?.told?.(false);
        this.#lost += 1;
      }
      this.#begin();
    });
  }

  async writable(): Promise<boolean> {
    const now = this.#options.now();
    if (!this.#failing && now >= this.#provenAt && now - this.#provenAt < PROOF_LASTS) return true;
    try {
      if (this.#worker === null) await this.#open();
      await this.#ask({ do: 'probe', at: now });
      this.#provenAt = now;
      if (this.#failing) {
        this.#begin();
        await this.#writing;
      }
      return !this.#failing;
    } catch (cause) {
      this.#failed(cause);
      return false;
    }
  }

  async entries(filter: AuditFilter, limit: number, after: number | null): Promise<readonly AuditKept[]> {
    return (await this.#ask({ do: 'entries', filter, limit, after })) as AuditKept[];
  }

  async anchor(): Promise<AuditAnchor | null> {
    return (await this.#ask({ do: 'anchor' })) as AuditAnchor | null;
  }

  async forgetBefore(then: Millis): Promise<number> {
    return (await this.#ask({ do: 'forget', then })) as number;
  }

  #begin(): void {
    this.#writing ??= this.#write().finally(() => {
      this.#writing = null;
      if (this.#waiting.length > 0 && !this.#failing) this.#begin();
    });
  }

  async #write(): Promise<void> {
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.slice(0, TOGETHER);
      try {
        await this.#ask({ do: 'append', texts: batch.map((w) => w.text) });
      } catch (cause) {
        // What waits goes on waiting, but nobody waits for it any more.
        for (const w of this.#waiting) {
          w.told?.(false);
          w.told = null;
        }
        this.#failed(cause);
        return;
      }
      this.#waiting = this.#waiting.filter((w) => !batch.includes(w));
      this.#provenAt = this.#options.now();
      for (const w of batch) w.told?.(true);
      if (this.#failing) {
        this.#failing = false;
        this.#options.log.info('the audit journal can be written again', { lost: this.#lost });
        this.#lost = 0;
      }
    }
  }

  #failed(cause: unknown): void {
    if (!this.#failing)
      this.#options.log.error(
        'the audit journal cannot be written: privileged changes are refused, alarms flow on',
        {
          cause: (cause as Error).message,
        },
      );
    this.#failing = true;
  }

  #ask(request: Request): Promise<unknown> {
    const worker = this.#worker;
    if (worker === null) return Promise.reject(new Error('the audit journal is not open'));
    this.#lastId += 1;
    const id = this.#lastId;
    return new Promise((resolve, reject) => {
      this.#asked.set(id, { resolve, reject });
      worker.postMessage({ id, request });
    });
  }
}
