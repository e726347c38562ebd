import type { Audit } from '../ports/audit.ts';

/** Watches whether the audit journal can be written, by a real write, also while nobody does anything. */
export class AuditWatch {
  readonly #audit: Pick<Audit, 'writable'>;
  #asking = false;
  isFailing = false;

  constructor(audit: Pick<Audit, 'writable'>) {
    this.#audit = audit;
  }

  /** A look that has no answer by the next one is one that failed. */
  async look(): Promise<void> {
    if (this.#asking) {
      this.isFailing = true;
      return;
    }
    this.#asking = true;
    try {
      this.isFailing = !(await this.#audit.writable());
    } finally {
      this.#asking = false;
    }
  }
}
