import { z } from 'zod';
import { no, ok, type Result } from '../../domain/result.ts';
import { UP_OBJECTS, type UpObject } from '../../domain/upstream/item.ts';
import { type FileFault, readJsonFile } from '../mapping/read.ts';
import { mappingName } from '../mapping/schema.ts';

const pointer = z.string().min(1).max(200).describe('a/b from the top of the document, "." the document');
const scalar = z.union([z.string().max(1_000), z.number(), z.boolean(), z.null()]);
const template = z.string().max(1_000);
const name = z.string().min(1).max(100);

/** What stands in one of their fields. */
const fieldSpec = z.union([
  pointer,
  z.strictObject({
    at: z.union([pointer, z.array(pointer).min(1).max(8)]).describe('of several the first that is there'),
    words: z
      .record(z.string(), scalar)
      .optional()
      .describe('our value → their code; one that is not here stops the item'),
    times: z.number().optional(),
    plus: z.number().optional(),
    time: z
      .enum(['iso', 'ms', 's', 'beijing', 'compact'])
      .optional()
      .describe('beijing: 2026-12-01 08:00:00; compact: 20261201080000, both by the wall in Beijing'),
    as: z.enum(['text', 'number', 'json']).optional(),
    otherwise: scalar.optional().describe('where nothing stands there; left out: the field is left out'),
  }),
  z.strictObject({ value: scalar }),
]);
export type FieldSpec = z.infer<typeof fieldSpec>;
export const fieldRecord = z.record(name, fieldSpec);
const fields = fieldRecord.describe('their name, or a/b of their names → what stands in it');

const conditions = z
  .record(pointer, z.union([scalar, z.array(scalar).min(1)]))
  .describe('each must stand there in their answer, with this value or one of these');

const objectSpec = z.strictObject({
  path: template.optional().describe('where it is sent, where that is not the path of the transport'),
  fields,
  only: z
    .record(pointer, z.union([scalar, z.array(scalar).min(1)]))
    .optional()
    .describe('others are not theirs to know, and count as taken'),
  batch: z
    .number()
    .int()
    .min(1)
    .max(5_000)
    .default(1)
    .describe('of them in one request; more than 1 needs list'),
  list: pointer.optional().describe('where the list of them stands in the body'),
  order: z
    .enum(['object', 'none'])
    .default('object')
    .describe('object: after a rejection what follows on the same thing waits until a person has decided'),
});

const transport = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('lifeline').describe('another installation of this program'),
    path: template.default('/api/v1/upstream/{source}/items'),
    reconcile: template.default('/api/v1/upstream/{source}/reconciliation'),
    batch: z.number().int().min(1).max(500).default(100),
  }),
  z.strictObject({
    kind: z.enum(['json', 'form']),
    method: z.enum(['POST', 'PUT']).default('POST'),
    path: template,
    head: fields.default({}).describe('beside the item or the list: time, nonce, source, count'),
  }),
]);

const auth = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('none') }),
  z.strictObject({
    kind: z.literal('header'),
    headers: z.record(name, template).describe('{key} and {secret} stand for what is set'),
  }),
  z.strictObject({
    kind: z.literal('hmac'),
    hash: z.enum(['sha256', 'sm3']),
    over: template.describe(
      'what is signed: {method} {path} {time} {nonce} {key} {body} {digest} (of the body, hex) {fields} (of a form, by name, a=b&c=d)',
    ),
    time: z.enum(['ms', 's']).default('ms'),
    write: z.enum(['hex', 'HEX', 'base64']).default('hex'),
    headers: z.record(name, template).default({}).describe('{key} {time} {nonce} {digest} {signature}'),
    fields: z.record(name, template).default({}).describe('the same, in the form itself'),
  }),
  z.strictObject({
    kind: z.literal('mtls'),
    cert: z.string().max(200).describe('a PEM file beside the profile'),
    key: z.string().max(200),
    headers: z.record(name, template).default({}),
  }),
]);

const cipher = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('none') }),
  z.strictObject({
    kind: z.literal('sm4-cbc').describe('GB/T 32907, PKCS#7; 16 random bytes of IV stand in front'),
    write: z.enum(['base64', 'hex']).default('base64'),
    field: name.describe('the body is this one field'),
  }),
]);

/** One receiver above us: how it wants to be told, and how it answers (docs/upstream.md). */
export const profileFile = z.strictObject({
  name: mappingName,
  title: z.strictObject({ zh: z.string().min(1).max(100), en: z.string().min(1).max(100) }),
  note: z.string().max(2_000).optional(),
  transport,
  auth: auth.default({ kind: 'none' }),
  cipher: cipher.default({ kind: 'none' }),
  objects: z.partialRecord(z.enum(UP_OBJECTS), objectSpec).default({}),
  answer: z
    .strictObject({
      accepted: conditions,
      rejected: conditions.optional().describe('left out: whatever is neither accepted nor later'),
      later: conditions.optional().describe('it asks to be tried again'),
      words: pointer.optional().describe('what it says, for people'),
      receipt: pointer.optional().describe('what it calls what it has taken'),
    })
    .optional(),
  reconcile: z
    .strictObject({
      path: template,
      fields: fields.describe('from day, object, count, digest, source'),
      accepted: conditions.optional(),
      count: pointer,
      digest: pointer.optional(),
    })
    .optional(),
});
export type UpstreamProfile = z.output<typeof profileFile>;
export type ObjectSpec = z.output<typeof objectSpec>;

/** Text of a profile → the profile, or everything that is wrong with it, each with its line. */
export function readProfile(text: string): Result<UpstreamProfile, readonly FileFault[]> {
  const read = readJsonFile(text, profileFile);
  if (!read.ok) return read;
  const p = read.value;
  const faults: FileFault[] = [];
  const fault = (path: string, why: string) => faults.push({ line: lineOf(text, path), path, why });
  if (p.transport.kind !== 'lifeline') {
    if (p.answer === undefined) fault('answer', 'how it answers must be said: accepted, rejected, later');
    if (Object.keys(p.objects).length === 0) fault('objects', 'none is described: nothing could go up');
    for (const [object, spec] of Object.entries(p.objects))
      if (spec.batch > 1 && spec.list === undefined)
        fault(
          `objects.${object}.batch`,
          'more than one in a request needs "list": where they stand in the body',
        );
    if (p.transport.kind === 'json' && p.auth.kind === 'hmac' && Object.keys(p.auth.fields).length > 0)
      fault('auth.fields', 'fields of a signature stand in a form; here headers would be right');
  }
  if (p.cipher.kind !== 'none' && p.transport.kind === 'lifeline')
    fault('cipher', 'another installation of this program takes no enciphered bodies: TLS would be right');
  return faults.length === 0 ? ok(p) : no(faults);
}

/** Of the last name of a path, where it stands first after those before it. */
function lineOf(text: string, path: string): number {
  let at = 0;
  for (const step of path.split('.')) {
    const found = text.indexOf(`"${step}"`, at);
    if (found === -1) break;
    at = found;
  }
  return text.slice(0, at).split('\n').length;
}

/** What may go up by a profile. */
export const objectsOf = (p: UpstreamProfile): readonly UpObject[] =>
  p.transport.kind === 'lifeline' ? UP_OBJECTS : (Object.keys(p.objects) as UpObject[]);
