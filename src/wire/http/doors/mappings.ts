import { z } from 'zod';
import { MAPPING_BYTES } from '../../mapping/read.ts';
import { mappingFile, mappingName } from '../../mapping/schema.ts';
import { PAYLOAD_BYTES } from '../../mqtt/telemetry-json.ts';
import { bilingualOut, codeIn, instantOut, lifelineIn, qualityOut } from '../shapes.ts';
import { flawOut } from '../telemetry-check.ts';

export const ofMapping = z.strictObject({ mapping: mappingName });

const fileFaultOut = z.object({
  line: z.number().int().describe('of the file, from 1'),
  path: z.string().describe('where in it'),
  why: z.string(),
});

export const mappingOut = z
  .object({
    name: mappingName,
    title: bilingualOut.nullable(),
    protocol: z.string().nullable().describe('json, or the standard whose frames it is for'),
    from: z.enum(['shipped', 'own']).describe('own: kept in the data directory'),
    inForce: z.boolean(),
    faults: z.array(fileFaultOut).describe('none: the file is in force as it stands'),
    lifeline: z.string().nullable().describe('what unknown stations are proposed to be of'),
    topics: z.array(z.string()).describe('MQTT topics that it takes'),
    sign: z.string().nullable().describe('how a platform that pushes to its door shows who it is'),
    text: z.string().describe('the file'),
  })
  .meta({ id: 'Mapping' });

/** The file as text, so that its lines are those that faults name; or the mapping itself. */
export const mappingBody = z.union([z.strictObject({ text: z.string().max(MAPPING_BYTES) }), mappingFile]);

export const tryBody = z
  .strictObject({
    text: z.string().max(PAYLOAD_BYTES).describe('what came, as it came: a document, or the text of a frame'),
    hex: z.boolean().default(false).describe('text is bytes in hex'),
    topic: z.string().max(256).optional(),
    mapping: z
      .string()
      .max(MAPPING_BYTES)
      .optional()
      .describe('a draft of the file; left out: as it is in force'),
  })
  .meta({ id: 'MappingTry', examples: [{ text: '{"devices":[{"id":"GAS-0001","ch4":12.5}]}' }] });

export const triedOut = z
  .object({
    faults: z.array(fileFaultOut).describe('of the draft'),
    leftOut: z.boolean().describe('known, and left out on purpose'),
    readings: z.array(
      z.object({
        station: z.string(),
        device: codeIn,
        lifeline: lifelineIn,
        metric: z.string(),
        value: z.number().nullable(),
        unit: z.string(),
        quality: qualityOut,
        at: instantOut.nullable().describe('null: the time of receipt'),
      }),
    ),
    unknown: z.array(
      z.object({
        station: z.string(),
        device: z.string().nullable().describe('what it would be called'),
        lifeline: z.string().nullable(),
        metrics: z.array(z.string()),
      }),
    ),
    flaws: z.array(flawOut),
  })
  .meta({ id: 'MappingTried' });

export const strangerOut = z
  .object({
    device: codeIn.describe('what it would be called'),
    station: z.string().nullable().describe('what its own system calls it; null: it spoke for itself'),
    mapping: z.string().nullable().describe('by which it came'),
    lifeline: z.string().nullable().describe('proposed: by its topic, its mapping, or by what it measures'),
    metrics: z.array(z.string()),
    packets: z.number().int().describe('in quarantine'),
    firstAt: instantOut,
    lastAt: instantOut,
  })
  .meta({ id: 'Stranger' });

export const adoptBody = z
  .strictObject({ lifeline: lifelineIn, name: z.string().trim().min(1).max(100).optional() })
  .meta({ id: 'StrangerAdoption' });

export const adoptedOut = z.object({ device: codeIn, point: codeIn }).meta({ id: 'StrangerAdopted' });

/** What a platform hears whose message is on disk. */
export const takenOut = z
  .object({
    code: z.literal(0),
    msg: z.literal('success'),
    flaws: z.array(flawOut).describe('what of it was set aside'),
  })
  .meta({ id: 'DoorTaken' });
