import { type Duration, seconds } from '../../domain/time.ts';
import type { Audit } from '../ports/audit.ts';

/** So many looks in a row without an answer: one may be due just as a machine that stood still goes on. */
const UNANSWERED = 3;
/** A disk takes its own time, not that of a drill played in strides: so long, by the machine, is no answer. */
const PATIENCE: Duration = seconds(20);

/** Watches whether the audit journal can be written, by a real write, also while nobody does anything. */
export class AuditWatch {
  readonly #audit: Pick<Audit, 'writable'>;
  readonly #passed: () => Duration;
  #askedAt: Duration | null = null;
  #unanswered = 0;
  isFailing = false;

  /** @param passed time of the machine, from any instant on, that no clock sets */
  constructor(audit: Pick<Audit, 'writable'>, passed: () => Duration) {
    this.#audit = audit;
    this.#passed = passed;
  }

  /** A write that has no answer for several looks is one that failed. */
  async look(): Promise<void> {
    if (this.#askedAt !== null) {
      this.#unanswered++;
      if (this.#unanswered >= UNANSWERED && this.#passed() - this.#askedAt >= PATIENCE) this.isFailing = true;
      return;
    }
    this.#askedAt = this.#passed();
    this.#unanswered = 0;
    try {
      this.isFailing = !(await this.#audit.writable());
    } finally {
      this.#askedAt = null;
    }
  }
}
