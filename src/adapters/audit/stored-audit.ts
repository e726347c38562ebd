import type { Millis } from '../../domain/time.ts';
import type { Audit, AuditAnchor, AuditEntry, AuditFilter, AuditKept } from '../../flow/ports/audit.ts';
import type { Log } from '../../flow/ports/log.ts';
import { textOf } from './chain.ts';
import type { AuditStore, AuditText } from './store.ts';

export type AuditGiven = {
  readonly now: () => Millis;
  readonly log: Pick<Log, 'error' | 'info'>;
};

/** Entries that wait in memory while the store takes none; beyond them the oldest go, counted. */
const WAITING_AT_MOST = 10_000;
/** Entries written in one transaction. */
const TOGETHER = 500;
/** A real write so short ago answers for this moment too. */
const PROOF_LASTS = 1_000;

type Waiting = AuditText & { told: ((kept: boolean) => void) | null };

/**
 * The audit journal over a store. One transaction at a time: entries that come while one is being flushed go together in
 * the next, so that a flood costs few flushes. What the store does not take waits here.
 */
export class StoredAudit implements Audit {
  readonly #store: AuditStore;
  readonly #given: AuditGiven;
  #waiting: Waiting[] = [];
  #writing: Promise<void> | null = null;
  #provenAt = Number.NEGATIVE_INFINITY;
  #failing = false;
  #lost = 0;

  constructor(store: AuditStore, given: AuditGiven) {
    this.#store = store;
    this.#given = given;
  }

  /** Never rejects: a broken audit journal must not keep the watch from starting. Then nothing privileged is done. */
  async start(): Promise<void> {
    try {
      await this.#store.open();
    } catch (cause) {
      this.#failed(cause);
    }
  }

  async close(): Promise<void> {
    await this.#writing;
    if (this.#waiting.length > 0) await this.#write();
    await this.#store.close();
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
    const now = this.#given.now();
    if (!this.#failing && now >= this.#provenAt && now - this.#provenAt < PROOF_LASTS) return true;
    try {
      if (!this.#store.isOpen) await this.#store.open();
      await this.#store.probe(now);
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
    return this.#store.entries({ filter, limit, after });
  }

  async anchor(): Promise<AuditAnchor | null> {
    return this.#store.anchor();
  }

  async forgetBefore(then: Millis): Promise<number> {
    return this.#store.forgetBefore(then);
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
        await this.#store.append(batch);
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
      this.#provenAt = this.#given.now();
      for (const w of batch) w.told?.(true);
      this.#isWell();
    }
  }

  #isWell(): void {
    if (!this.#failing) return;
    this.#failing = false;
    this.#given.log.info('the audit journal can be written again', { lost: this.#lost });
    this.#lost = 0;
  }

  #failed(cause: unknown): void {
    if (!this.#failing)
      this.#given.log.error(
        'the audit journal cannot be written: privileged changes are refused, alarms flow on',
        {
          cause: (cause as Error).message,
        },
      );
    this.#failing = true;
  }
}
