import { randomBytes } from 'node:crypto';
import type { Millis } from '../../domain/time.ts';
import type { Audit, AuditAnchor, AuditEntry, AuditFilter, AuditKept } from '../../flow/ports/audit.ts';
import type { Log } from '../../flow/ports/log.ts';
import { type FileForm, fileForm } from '../shared/file-form.ts';
import { threadOf } from '../shared/thread-channel.ts';
import { WorkerClient } from '../shared/worker-client.ts';
import { textOf } from './chain.ts';
import type { AuditOperations, Given } from './protocol.ts';
import { AUDIT_STEPS, auditKey, keyFault } from './store.ts';

export { keyFault } from './store.ts';

/** How the file looks, and how this version writes it. */
export const auditForm = (file: string): FileForm => fileForm(file, AUDIT_STEPS, false);

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
  #thread: WorkerClient<AuditOperations> | null = null;
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
    const fault = keyFault(this.#options.file, this.#options.keyFile);
    if (fault !== null) throw new Error(fault);
    const key = auditKey(this.#options.keyFile, () => randomBytes(32));
    const given: Given = { file: this.#options.file, key };
    const thread = new WorkerClient<AuditOperations>({
      name: 'the thread of the audit journal',
      open: threadOf(new URL('./audit-thread.ts', import.meta.url), { name: 'audit' }),
    });
    this.#thread = thread;
    // The next act that needs it opens another one.
    void thread.ended.then(() => {
      if (this.#thread === thread) this.#thread = null;
    });
    try {
      await thread.call('open', given);
    } catch (cause) {
      await thread.terminate();
      throw cause;
    }
  }

  async close(): Promise<void> {
    await this.#writing;
    if (this.#waiting.length > 0) await this.#write();
    const thread = this.#thread;
    if (thread === null) return;
    await thread.call('close', null).catch(() => undefined);
    await thread.terminate();
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
      if (this.#thread === null || this.#thread.isGone) await this.#open();
      await this.#opened.call('probe', now);
      this.#provenAt = now;
      if (this.#failing && this.#waiting.length > 0) {
        this.#begin();
        await this.#writing;
      } else {
        // It was found out by asking, and nothing waits whose writing would show that it is over.
        this.#isWell();
      }
      return !this.#failing;
    } catch (cause) {
      this.#failed(cause);
      return false;
    }
  }

  async entries(filter: AuditFilter, limit: number, after: number | null): Promise<readonly AuditKept[]> {
    return this.#opened.call('entries', { filter, limit, after });
  }

  async anchor(): Promise<AuditAnchor | null> {
    return this.#opened.call('anchor', null);
  }

  async forgetBefore(then: Millis): Promise<number> {
    return this.#opened.call('forgetBefore', then);
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
        await this.#opened.call(
          'append',
          batch.map((w) => w.text),
        );
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
      this.#isWell();
    }
  }

  #isWell(): void {
    if (!this.#failing) return;
    this.#failing = false;
    this.#options.log.info('the audit journal can be written again', { lost: this.#lost });
    this.#lost = 0;
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

  get #opened(): WorkerClient<AuditOperations> {
    if (this.#thread === null) throw new Error('the audit journal is not open');
    return this.#thread;
  }
}
