import type { AuditFilter } from '../../flow/ports/audit.ts';

export type Given = { readonly file: string; readonly key: Uint8Array };

export type Request =
  | { readonly do: 'append'; readonly texts: readonly string[] }
  | { readonly do: 'probe'; readonly at: number }
  | {
      readonly do: 'entries';
      readonly filter: AuditFilter;
      readonly limit: number;
      readonly after: number | null;
    }
  | { readonly do: 'anchor' }
  | { readonly do: 'forget'; readonly then: number }
  | { readonly do: 'close' };

export type Reply =
  | { readonly id: number; readonly ok: true; readonly value: unknown }
  | { readonly id: number; readonly ok: false; readonly why: string };
