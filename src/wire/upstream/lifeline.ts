import { z } from 'zod';
import { UP_OBJECTS } from '../../domain/upstream/item.ts';
import { codeIn, instantIn } from '../http/shapes.ts';

/** A name that a platform has among others: in paths and keys. */
export const platformName = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,31}$/, 'small letters, digits and "-", at most 32');

export const itemNumber = z.string().regex(/^(live|bulk)-[1-9]\d{0,14}$/, 'live-17 or bulk-17');

/** `[t, value]` or `[t, value, "doubtful:sentinel"]`; t in epoch milliseconds. */
const sample = z.union([
  z.tuple([z.number().int(), z.number().nullable()]),
  z.tuple([z.number().int(), z.number().nullable(), z.string().max(40)]),
]);
export const readingsContent = z.object({
  from: z.number(),
  to: z.number(),
  series: z.array(
    z.tuple([
      z.string().regex(/^[A-Za-z0-9_-]{1,64}$/),
      z.string().min(1).max(64),
      z.array(sample).max(100_000),
    ]),
  ),
});
export type ReadingsContent = z.infer<typeof readingsContent>;

export const registerContent = z.object({
  version: z.number().int().min(1),
  digest: z.string().max(64).describe('SM3 over the snapshot'),
  areas: z.array(z.looseObject({ code: z.string().max(64) })),
  assets: z.array(z.looseObject({ code: z.string().max(64) })),
  points: z.array(z.looseObject({ code: z.string().max(64) })),
  devices: z.array(z.looseObject({ code: z.string().max(64) })),
});
export type RegisterContent = z.infer<typeof registerContent>;

/** What a device says of its own link; `online: null`: it has taken back what it said. */
export const deviceStateContent = z.object({
  device: codeIn,
  point: codeIn,
  lifeline: z.string().min(1).max(64),
  area: z.string().max(64),
  online: z.boolean().nullable(),
  at: instantIn,
});

export const lifelineItem = z.strictObject({
  number: itemNumber.describe('nothing else of this stream ever has it'),
  at: instantIn.describe('when it was owed; its day in Beijing is the day that it is reconciled in'),
  object: z.enum(UP_OBJECTS),
  late: z.boolean().default(false).describe('补传'),
  content: z
    .unknown()
    .describe(
      'an event of an alarm, order, warning or incident and what came of it, a state of a device, readings, or the register',
    ),
});

/** What one of our installations sends to the one above it. None: it is there, and has nothing to say. */
export const itemsBody = z
  .strictObject({
    stream: z
      .string()
      .regex(/^[\w-]{1,64}$/)
      .describe('the journal that numbers them: another one begins anew'),
    items: z.array(lifelineItem).max(500),
  })
  .meta({ id: 'UpstreamItems' });
export type ItemsBody = z.output<typeof itemsBody>;

const itemTaken = z.object({
  number: z.string(),
  is: z
    .enum(['taken', 'known', 'rejected', 'later'])
    .describe('taken and known: it is on disk here; later: try again'),
  words: z.string().optional(),
});
export const itemsTaken = z.object({ items: z.array(itemTaken) }).meta({ id: 'UpstreamItemsTaken' });
export type ItemsTaken = z.output<typeof itemsTaken>;

const tally = z.object({
  count: z.number().int().min(0),
  digest: z.string().max(64).describe('SM3 over the numbers of the day in order, a line each, in hex'),
});
export const tallyBody = z
  .strictObject({
    stream: z.string().regex(/^[\w-]{1,64}$/),
    day: z.iso.date().describe('in Beijing'),
    objects: z.array(z.enum(UP_OBJECTS)).min(1).max(UP_OBJECTS.length),
  })
  .meta({ id: 'UpstreamTallyAsk' });
export const tallyOut = z
  .object({ day: z.string(), objects: z.array(tally.extend({ object: z.enum(UP_OBJECTS) })) })
  .meta({ id: 'UpstreamTally' });
