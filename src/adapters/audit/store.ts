import type { AuditAnchor, AuditFilter, AuditKept } from '../../flow/ports/audit.ts';

/** An entry on its way: what `textOf` made of it. The object itself tells it from another of the same words. */
export type AuditText = { readonly text: string };

export type AuditAsked = {
  readonly filter: AuditFilter;
  readonly limit: number;
  /** The `n` of the last entry of the former page. */
  readonly after: number | null;
};

/** Where the chain is kept. One writer, one call of it at a time; every call may reject. */
export interface AuditStore {
  /** False before `open`, and once it has gone: the next act that needs it opens it again. */
  readonly isOpen: boolean;
  /** @throws where it cannot be, or where the key does not go with the entries */
  open(): Promise<void>;
  close(): Promise<void>;
  /**
   * Adds entries to the chain, all or none; on disk when it resolves. One that rejected may be there all the same: asked
   * again for the same objects, the store adds none of them twice.
   */
  append(entries: readonly AuditText[]): Promise<void>;
  /** A real write, flushed, that leaves nothing behind. */
  probe(at: number): Promise<void>;
  /** Newest first. */
  entries(asked: AuditAsked): Promise<readonly AuditKept[]>;
  anchor(): Promise<AuditAnchor | null>;
  forgetBefore(then: number): Promise<number>;
}
