import { z } from 'zod';

/** Shapes that many bodies share. Every string that comes in has a bound. */

/** Codes of areas, assets, points and devices: safe in paths, topics, file names and logs. */
export const codeIn = z.string().regex(/^[A-Za-z0-9_-]{1,64}$/);

export const lifelineIn = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,31}$/)
  .describe("a pack's key: gas, waterlogging, manhole, bridge, …");

export const metricIn = z.string().min(1).max(64);

/**
 * Text that a person typed: trimmed, bounded, no control characters other than line breaks and tabs, and no marks that
 * turn the direction of writing: with them a note, or a name, reads otherwise than it is.
 */
export const textIn = (most: number) =>
  z
    .string()
    .trim()
    .min(1)
    .max(most)
    .regex(/^(?:[^\p{Cc}\u202a-\u202e\u2066-\u2069]|[\n\r\t])*$/u);

/** One line of such text, and nothing in it that cannot be seen: two names that look alike are alike. */
export const lineIn = (most: number) =>
  z
    .string()
    .trim()
    .min(1)
    .max(most)
    .regex(/^[^\p{Cc}\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]*$/u);

/** An instant in a query or a body, ISO 8601 with `Z` or an offset; becomes epoch milliseconds. */
export const instantIn = z.iso
  .datetime({ offset: true })
  .max(40)
  .transform((s) => Date.parse(s));

/** An instant in an answer. */
export const instantOut = z.iso.datetime().describe('ISO 8601 UTC');

/** A flag in a query. */
export const flagIn = z
  .enum(['true', 'false'])
  .transform((s) => s === 'true')
  .optional();

/** Opaque: what a former page gave as `next`. */
export const cursorIn = z
  .string()
  .regex(/^[\w.:~=+/-]{1,300}$/)
  .optional();

export const limitIn = (most: number, usual: number) =>
  z.coerce.number().int().min(1).max(most).default(usual);

/** What of a drill 演练 a list has. */
export const drillIn = z
  .string()
  .regex(/^[A-Za-z0-9_.-]{1,64}$/)
  .optional()
  .describe(
    '演练: what this drill has caused, newest first; left out: what is real, and nothing of any drill',
  );

/** Query of every list: `?limit=&after=`. */
export const paging = { limit: limitIn(1_000, 100), after: cursorIn };

export const bilingualOut = z.object({ zh: z.string(), en: z.string() });
export const qualityOut = z.enum(['good', 'doubtful', 'bad']);
export const whyOut = z
  .enum(['not-a-number', 'sentinel', 'out-of-range', 'impossible-jump', 'stuck', 'device-fault', 'clock-off'])
  .describe('why the reading is not simply good');

/** Every list answers so; `next` goes back as `?after=`, null on the last page. */
export const pageOf = <T extends z.ZodType>(item: T) =>
  z.object({ items: z.array(item), next: z.string().nullable() });

/** Somebody who stands beside whoever asks, and shows it by what they log in with. */
export const secondPersonIn = z
  .strictObject({
    account: z.string().min(1).max(64),
    password: z.string().min(1).max(256),
    otp: z.string().max(32).optional(),
  })
  .optional();
