import type { Account, MachineRole } from '../../api/answers.ts';

/** In the order in which a house usually fills them. */
export const PERSON_ROLES = [
  'operator',
  'shift-leader',
  'dispatcher',
  'analyst',
  'maintainer',
  'crew',
  'unit-leader',
  'system-admin',
  'security-admin',
  'auditor',
] as const satisfies readonly Account['roles'][number][];
export const MACHINE_ROLES = ['wall', 'platform', 'monitor'] as const satisfies readonly MachineRole[];

/** A secret that was just made; it is nowhere else, and here until the person has kept it. */
export type Once = {
  readonly heading: string;
  readonly secret: string;
  /** The address that it opens; absent: none. */
  readonly opens?: string | null;
};

/** Codes with commas, Chinese ones too, or blanks between; none: the whole city. */
export function areasIn(text: string): readonly string[] | null {
  const codes = text.split(/[\s,，、]+/).filter((c) => c !== '');
  return codes.length === 0 ? null : codes;
}
