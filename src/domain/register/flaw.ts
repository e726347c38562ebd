import type { Bilingual } from '../text.ts';

export type RegisterField =
  | 'name'
  | 'lifeline'
  | 'parent'
  | 'area'
  | 'asset'
  | 'ownerUnit'
  | 'point'
  | 'model'
  | 'attributes'
  | 'geometry'
  | 'until';

/** What is wrong with one field of a change, and what would be right; `null`: with the thing as a whole. */
export type RegisterFlaw = {
  readonly field: RegisterField | null;
  readonly code: string;
  readonly say: Bilingual;
};

export const flaw = (field: RegisterField | null, code: string, zh: string, en: string): RegisterFlaw => ({
  field,
  code,
  say: { zh, en },
});
