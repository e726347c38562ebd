import { randomBytes } from 'node:crypto';
import type { AuditAnchor, AuditKept } from '../../flow/ports/audit.ts';
import { threadOf } from '../shared/thread-channel.ts';
import { WorkerClient } from '../shared/worker-client.ts';
import { auditKey } from './key.ts';
import { keyFault } from './sqlite-file.ts';
import type { AuditOperations } from './sqlite-protocol.ts';
import type { AuditAsked, AuditStore, AuditText } from './store.ts';

/** The chain in a SQLite file of its own, written by a thread of its own. */
export class AuditThread implements AuditStore {
  readonly #file: string;
  readonly #keyFile: string;
  #thread: WorkerClient<AuditOperations> | null = null;

  /** @param keyFile where the key of the seals lies; made if it is not there */
  constructor(file: string, keyFile: string) {
    this.#file = file;
    this.#keyFile = keyFile;
  }

  get isOpen(): boolean {
    return this.#thread !== null && !this.#thread.isGone;
  }

  async open(): Promise<void> {
    const fault = keyFault(this.#file, this.#keyFile);
    if (fault !== null) throw new Error(fault);
    const key = auditKey(this.#keyFile, () => randomBytes(32));
    const thread = new WorkerClient<AuditOperations>({
      name: 'the thread of the audit journal',
      open: threadOf(new URL('./sqlite-thread.ts', import.meta.url), { name: 'audit' }),
    });
    this.#thread = thread;
    void thread.ended.then(() => {
      if (this.#thread === thread) this.#thread = null;
    });
    try {
      await thread.call('open', { file: this.#file, key });
    } catch (cause) {
      await thread.terminate();
      throw cause;
    }
  }

  async close(): Promise<void> {
    const thread = this.#thread;
    if (thread === null) return;
    await thread.call('close', null).catch(() => undefined);
    await thread.terminate();
  }

  /** What SQLite rejects it has rolled back: nothing can be there twice. */
  async append(entries: readonly AuditText[]): Promise<void> {
    await this.#opened.call(
      'append',
      entries.map((e) => e.text),
    );
  }

  async probe(at: number): Promise<void> {
    await this.#opened.call('probe', at);
  }

  async entries(asked: AuditAsked): Promise<readonly AuditKept[]> {
    return this.#opened.call('entries', asked);
  }

  async anchor(): Promise<AuditAnchor | null> {
    return this.#opened.call('anchor', null);
  }

  async forgetBefore(then: number): Promise<number> {
    return this.#opened.call('forgetBefore', then);
  }

  get #opened(): WorkerClient<AuditOperations> {
    if (this.#thread === null) throw new Error('the audit journal is not open');
    return this.#thread;
  }
}
