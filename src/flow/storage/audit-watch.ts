import type { Audit } from '../ports/audit.ts';

/** So many looks in a row without an answer: one may be due just as a machine that stood still goes on. */
const UNANSWERED = 3;

/** Watches whether the audit journal can be written, by a real write, also while nobody does anything. */
export class AuditWatch {
  readonly #audit: Pick<Audit, 'writable'>;
  #asking = false;
  #unanswered = 0;
  isFailing = false;

  constructor(audit: Pick<Audit, 'writable'>) {
    this.#audit = audit;
  }

  /** A write that has no answer for several looks is one that failed. */
  async look(): Promise<void> {
    if (this.#asking) {
      if (++this.#unanswered >= UNANSWERED) this.isFailing = true;
      return;
    }
    this.#asking = true;
    this.#unanswered = 0;
    try {
      this.isFailing = !(await this.#audit.writable());
    } finally {
      this.#asking = false;
    }
  }
}
