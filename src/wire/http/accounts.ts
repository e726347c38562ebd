import { z } from 'zod';
import { MACHINE_ROLES, PERSON_ROLES, ROLES, type Role } from '../../domain/account/roles.ts';
import type { Scope } from '../../domain/account/scope.ts';
import { iso } from '../alarm.ts';
import { codeIn, instantIn, instantOut, lineIn } from './shapes.ts';

const roleOut = z.enum(Object.keys(ROLES) as [Role, ...Role[]]);
const areasIn = z
  .array(codeIn)
  .max(100)
  .nullable()
  .describe('each with everything below it; null: the whole city');
const rolesIn = z.array(z.enum(PERSON_ROLES)).max(PERSON_ROLES.length);

const unitIn = codeIn.nullable();

export const accountIn = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,31}$/);

export const accountOut = z
  .object({
    account: z.string(),
    name: z.string(),
    roles: z.array(roleOut),
    areas: z.array(z.string()).nullable(),
    unit: z.string().nullable().describe('code of their unit; crews and leaders of units act for it alone'),
    disabledAt: instantOut.nullable(),
    secondFactor: z.boolean(),
    createdAt: instantOut,
    passwordSetAt: instantOut.nullable().describe('null: it waits for its one-time code'),
    lockedUntil: instantOut
      .nullable()
      .describe('until then it cannot be logged in to from a new address; null: it can'),
  })
  .meta({ id: 'Account' });

export const accountCreate = z
  .strictObject({
    account: accountIn,
    name: lineIn(64),
    roles: rolesIn.default([]).describe('needs the right to grant'),
    areas: areasIn.default(null).describe('needs the right to grant'),
    unit: unitIn.default(null).describe('needs the right to grant'),
  })
  .meta({ id: 'CreateAccount' });
export const accountCreated = accountOut
  .extend({ oneTimeCode: z.string().describe('logs in once, to set a password; shown this once') })
  .meta({ id: 'AccountCreated' });
export const accountPatch = z
  .strictObject({ name: lineIn(64).optional(), disabled: z.boolean().optional() })
  .meta({ id: 'ChangeAccount' });
export const grantBody = z
  .strictObject({ roles: rolesIn.optional(), areas: areasIn.optional(), unit: unitIn.optional() })
  .meta({ id: 'GrantAccount' });
export const oneTimeCodeOut = z.object({ oneTimeCode: z.string() }).meta({ id: 'OneTimeCode' });

export const tokenNameIn = lineIn(64);
export const tokenOut = z
  .object({
    name: z.string(),
    role: roleOut,
    areas: z.array(z.string()).nullable(),
    createdAt: instantOut,
    expiresAt: instantOut.nullable(),
  })
  .meta({ id: 'Token' });
export const tokenCreate = z
  .strictObject({
    name: tokenNameIn,
    role: z.enum(MACHINE_ROLES),
    areas: areasIn.default(null),
    expiresAt: instantIn.nullable().describe('null: it does not expire; better give one'),
  })
  .meta({ id: 'CreateToken' });
export const tokenCreated = tokenOut
  .extend({ token: z.string().describe('for `Authorization: Bearer`; shown this once') })
  .meta({ id: 'TokenCreated' });

type AccountListedLike = {
  readonly account: string;
  readonly name: string;
  readonly roles: readonly Role[];
  readonly areas: Scope;
  readonly unit: string | null;
  readonly disabledAt: number | null;
  readonly secondFactor: boolean;
  readonly createdAt: number;
  readonly passwordSetAt: number | null;
  readonly lockedUntil: number | null;
};
type TokenListedLike = {
  readonly name: string;
  readonly role: Role;
  readonly areas: Scope;
  readonly createdAt: number;
  readonly expiresAt: number | null;
};

const isoOrNull = (t: number | null) => (t === null ? null : iso(t));

export const accountJson = (a: AccountListedLike): z.infer<typeof accountOut> => ({
  account: a.account,
  name: a.name,
  roles: [...a.roles],
  areas: a.areas === null ? null : [...a.areas],
  unit: a.unit,
  disabledAt: isoOrNull(a.disabledAt),
  secondFactor: a.secondFactor,
  createdAt: iso(a.createdAt),
  passwordSetAt: isoOrNull(a.passwordSetAt),
  lockedUntil: isoOrNull(a.lockedUntil),
});

export const tokenJson = (t: TokenListedLike): z.infer<typeof tokenOut> => ({
  name: t.name,
  role: t.role,
  areas: t.areas === null ? null : [...t.areas],
  createdAt: iso(t.createdAt),
  expiresAt: isoOrNull(t.expiresAt),
});
