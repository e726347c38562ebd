import type { AuditAnchor, AuditKept } from '../../flow/ports/audit.ts';
import type { AuditAsked } from './store.ts';

/** What the thread of the audit journal is asked. */
export type AuditOperations = {
  open(given: { readonly file: string; readonly key: Uint8Array }): void;
  append(texts: readonly string[]): void;
  probe(at: number): void;
  entries(asked: AuditAsked): AuditKept[];
  anchor(nothing: null): AuditAnchor | null;
  forgetBefore(then: number): number;
  close(nothing: null): void;
};
