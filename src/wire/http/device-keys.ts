import { z } from 'zod';
import { csvLine } from '../files/csv.ts';
import { codeIn, flagIn, instantOut, paging } from './shapes.ts';

/** Credentials of devices and systems, as JSON and CSV. */

const holder = z.string().describe('MQTT user name: a device code, or system:<name>');

/** An hour for a device that is set by hand, thirty days for a fleet that is visited. */
const keepOldHours = z.coerce
  .number()
  .min(0)
  .max(30 * 24)
  .default(24)
  .describe('how many hours the old secret is good beside the new one; 0: it ends at once');

export const systemName = z.string().regex(/^[A-Za-z0-9_-]{1,50}$/);
export const issueQuery = z.strictObject({ keepOldHours });
export const issueSystemQuery = z.strictObject({
  keepOldHours,
  areas: z
    .string()
    .regex(/^[A-Za-z0-9_-]{1,64}(,[A-Za-z0-9_-]{1,64}){0,49}$/)
    .optional()
    .describe('codes of the areas whose alarms it may read, with a comma between; absent: all'),
});
export const issueManyQuery = z.strictObject({
  lifeline: z.string().max(32).optional(),
  area: codeIn.optional().describe('prefix: 3416 finds every district below'),
});
export const keysQuery = z.strictObject({ ...paging, systems: flagIn });

export const issuedOut = z
  .object({
    username: holder,
    secret: z.string().describe('shown here and never again'),
    oldGoodUntil: instantOut.nullable().describe('null: there was no old secret, or it has ended'),
  })
  .meta({ id: 'IssuedCredential' });

export const revokedOut = z.object({ connectionsCutOff: z.number().int() }).meta({ id: 'RevokedCredential' });

export const keyOut = z
  .object({
    id: z.number().int(),
    username: holder,
    issuedAt: instantOut,
    goodUntil: instantOut.nullable().describe('null: until it is replaced or revoked'),
    areas: z.array(z.string()).nullable().describe('of a system; null: all'),
  })
  .meta({ id: 'Credential' });

export const keysHeader = csvLine(['code', 'secret']);
export const keyLine = (code: string, secret: string): string => csvLine([code, secret]);
