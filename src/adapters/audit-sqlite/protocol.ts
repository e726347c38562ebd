import type { AuditAnchor, AuditFilter, AuditKept } from '../../flow/ports/audit.ts';

export type Given = { readonly file: string; readonly key: Uint8Array };

/** What the thread of the audit journal is asked. */
export type AuditOperations = {
  open(given: Given): void;
  append(texts: readonly string[]): void;
  probe(at: number): void;
  entries(q: {
    readonly filter: AuditFilter;
    readonly limit: number;
    readonly after: number | null;
  }): AuditKept[];
  anchor(nothing: null): AuditAnchor | null;
  forgetBefore(then: number): number;
  close(nothing: null): void;
};
