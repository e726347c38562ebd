import { z } from 'zod';
import { RIGHTS } from '../../domain/account/permissions.ts';
import { ROLES } from '../../domain/account/roles.ts';
import { instantOut } from './shapes.ts';

const keysOf = <T extends object>(of: T) => Object.keys(of) as [keyof T & string, ...(keyof T & string)[]];

export const loginBody = z
  .strictObject({
    account: z.string().min(1).max(64),
    password: z.string().min(1).max(256),
    otp: z
      .string()
      .max(32)
      .optional()
      .describe('six digits of the second factor, or a recovery code, where the account has one'),
  })
  .meta({ id: 'Login' });

export const meOut = z
  .object({
    kind: z.enum(['person', 'machine']),
    account: z.string(),
    name: z.string(),
    roles: z.array(z.enum(keysOf(ROLES))).describe('in force now'),
    permissions: z.array(z.enum(keysOf(RIGHTS))).describe('docs/permissions.md'),
    areas: z.array(z.string()).nullable().describe('with everything below them; null: the whole city'),
    unit: z.string().nullable().describe('code of their unit; crews and leaders of units act for it alone'),
    mustSetPassword: z.boolean().describe('true: nothing else is answered until a password is set'),
    mustEnrol: z.boolean().describe('true: nothing else is answered until a second factor is enrolled'),
    expiresAt: instantOut.nullable(),
    shelveLevel1: z
      .enum(['one-person', 'two-persons', 'never'])
      .describe(
        '`LIFELINE_SHELVE_LEVEL_1`: who may hide a red alarm, so that a page can say what stays shown',
      ),
    mqttPort: z
      .int()
      .nullable()
      .describe('where devices of this service publish; null: its broker is not open yet'),
  })
  .meta({ id: 'Me' });

export const loginNoticeOut = z
  .object({ text: z.string().nullable().describe('`LIFELINE_LOGIN_BANNER`; null: there is none') })
  .meta({ id: 'LoginNotice' });

export const loggedInOut = meOut
  .extend({ token: z.string().describe('for `Authorization: Bearer`; browsers use the cookie') })
  .meta({ id: 'LoggedIn' });

export const passwordBody = z
  .strictObject({
    old: z.string().max(256).optional().describe('not needed by a session that must set a password'),
    next: z.string().min(1).max(256),
  })
  .meta({ id: 'SetPassword' });

export const factorBeginBody = z
  .strictObject({
    password: z
      .string()
      .min(1)
      .max(256)
      .optional()
      .describe(
        'not needed within ten minutes of the log-in by a session that must enrol (`mustEnrol`); else `password-needed`',
      ),
  })
  .meta({ id: 'BeginSecondFactor' });
export const factorBegunOut = z
  .object({
    secret: z.string().describe('base32; shown this once'),
    uri: z.string().describe('`otpauth://…`, for the QR code of an authenticator app'),
  })
  .meta({ id: 'SecondFactorBegun' });
export const factorConfirmBody = z
  .strictObject({ otp: z.string().min(6).max(32).describe('within ten minutes of the beginning') })
  .meta({ id: 'ConfirmSecondFactor' });
export const factorConfirmedOut = z
  .object({ recoveryCodes: z.array(z.string()).describe('each opens once; shown this once') })
  .meta({ id: 'SecondFactorConfirmed' });
export const factorRemoveBody = z
  .strictObject({ password: z.string().min(1).max(256) })
  .meta({ id: 'RemoveSecondFactor' });
