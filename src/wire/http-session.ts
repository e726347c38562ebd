import { z } from 'zod';
import { instantOut } from './http-shapes.ts';

export const loginBody = z
  .strictObject({ account: z.string().min(1).max(64), password: z.string().min(1).max(256) })
  .meta({ id: 'Login' });

export const meOut = z
  .object({
    kind: z.enum(['person', 'machine']),
    account: z.string(),
    name: z.string(),
    mustSetPassword: z.boolean().describe('true: nothing else is answered until a password is set'),
    expiresAt: instantOut.nullable(),
  })
  .meta({ id: 'Me' });

export const loggedInOut = meOut
  .extend({ token: z.string().describe('for `Authorization: Bearer`; browsers use the cookie') })
  .meta({ id: 'LoggedIn' });

export const passwordBody = z
  .strictObject({
    old: z.string().max(256).optional().describe('not needed by a session that must set a password'),
    next: z.string().min(1).max(256),
  })
  .meta({ id: 'SetPassword' });
