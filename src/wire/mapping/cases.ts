import { z } from 'zod';
import { decodeTelemetry } from '../mqtt/telemetry.ts';
import { type Dissected, mapFrame } from './frames.ts';
import { telemetryOf } from './gather.ts';
import { mapJson, namesOf } from './json.ts';
import type { DeviceDirectory, Mapped } from './mapped.ts';
import type { JsonMapping, Mapping } from './schema.ts';

const instant = z.iso.datetime({ offset: true });

/** One promise of a mapping: what came, and what must come of it. */
const mappingCase = z.strictObject({
  name: z.string().min(1),
  /** What came: a document, text of a frame, or its bytes. */
  json: z.unknown().optional(),
  text: z.string().optional(),
  hex: z
    .string()
    .regex(/^([0-9a-fA-F]{2})+$/)
    .optional(),
  topic: z.string().optional().describe('where it came, of a mapping with topics'),
  client: z
    .string()
    .optional()
    .describe('whose credential it came with, where the topic does not say whose it is'),
  receivedAt: instant.default('2026-08-01T02:00:00Z'),
  /** Our devices and their lifelines, as the register would have them. */
  register: z.record(z.string(), z.string()).default({}),
  expect: z.strictObject({
    readings: z
      .array(
        z.strictObject({
          device: z.string(),
          metric: z.string(),
          value: z.number().nullable(),
          at: instant.nullable().default(null).describe('null: the time of receipt'),
          quality: z.enum(['good', 'doubtful', 'bad']).default('good'),
        }),
      )
      .default([]),
    unknown: z.array(z.string()).default([]).describe('stations that nobody has registered'),
    flaws: z.array(z.string()).default([]).describe('their codes'),
    leftOut: z.boolean().default(false),
    answer: z.string().nullable().optional().describe('of a frame: its answer in hex; null: none'),
  }),
});

export const mappingCases = z.strictObject({ cases: z.array(mappingCase).min(3) });
export type MappingCase = z.infer<typeof mappingCase>;

/** What a protocol makes of the bytes of a case: its framer, dialogue and dissector. */
export type CaseReader = (
  bytes: Uint8Array,
  mapping: Exclude<Mapping, JsonMapping>,
) => {
  readonly frames: readonly Dissected[];
  readonly flaws: readonly string[];
  readonly answer: string | null;
};

export type CaseParts = {
  /** @param register of the case: device → lifeline */
  readonly directoryOf: (register: Readonly<Record<string, string>>) => DeviceDirectory;
  /** Left out: the mapping is one of JSON. */
  readonly frames?: CaseReader | undefined;
};

type Outcome = Omit<Required<MappingCase['expect']>, 'answer'> & { answer?: string | null };

/** @returns what really comes of it, in the form of `expect` */
export function outcomeOf(mapping: Mapping, given: MappingCase, parts: CaseParts): Outcome {
  const directory = parts.directoryOf(given.register);
  if (mapping.protocol === 'json') {
    const names = given.topic === undefined ? {} : namesOf(mapping.topics, given.topic);
    if (names === null) return said([], ['not-its-topic']);
    const all = given.client === undefined ? names : { ...names, client: given.client };
    return said([mapJson(mapping, { json: given.json, names: all }, directory)], []);
  }
  const bytes = given.hex === undefined ? new TextEncoder().encode(given.text ?? '') : bytesOf(given.hex);
  const read = parts.frames?.(bytes, mapping) ?? { frames: [], flaws: ['no-reader'], answer: null };
  const mapped = read.frames.map((frame) => mapFrame(mapping, frame, directory));
  const outcome = said(mapped, read.flaws);
  return given.expect.answer === undefined ? outcome : { ...outcome, answer: read.answer };
}

function said(all: readonly Mapped[], before: readonly string[]): Outcome {
  const readings: Outcome['readings'] = [];
  const flaws = [...before, ...all.flatMap((m) => m.flaws.map((f) => f.code))];
  for (const packet of all.flatMap((m) => m.packets)) {
    const decoded = decodeTelemetry(new TextEncoder().encode(telemetryOf(packet)));
    flaws.push(...decoded.flaws.map((f) => f.code));
    for (const { deviceTime, values } of decoded.instants)
      for (const [metric, value, doubt] of values)
        readings.push({
          device: packet.device,
          metric,
          value,
          at: deviceTime === null ? null : new Date(deviceTime).toISOString(),
          quality: doubt?.grade ?? (value === null ? 'bad' : 'good'),
        });
  }
  return {
    readings,
    unknown: all.flatMap((m) => m.unknown.map((u) => u.station)),
    flaws,
    leftOut: all.length > 0 && all.every((m) => m.leftOut),
  };
}

/** The same with instants in one way of writing, so that two may be compared. */
export function expectedOf({ expect }: MappingCase): Outcome {
  const { answer, ...rest } = expect;
  const readings = expect.readings.map((r) => ({
    ...r,
    at: r.at === null ? null : new Date(r.at).toISOString(),
  }));
  return answer === undefined
    ? { ...rest, readings }
    : { ...rest, readings, answer: answer?.toLowerCase() ?? null };
}

/** @returns names of the cases that do not hold */
export function brokenCases(
  mapping: Mapping,
  cases: readonly MappingCase[],
  parts: CaseParts,
): readonly string[] {
  return cases
    .filter(
      (one) => JSON.stringify(outcomeOf(mapping, one, parts)) !== JSON.stringify(inOrder(expectedOf(one))),
    )
    .map((one) => one.name);
}

/** As `outcomeOf` writes them. */
const inOrder = ({ readings, unknown, flaws, leftOut, ...rest }: Outcome): Outcome => ({
  readings: readings.map(({ device, metric, value, at, quality }) => ({
    device,
    metric,
    value,
    at,
    quality,
  })),
  unknown,
  flaws,
  leftOut,
  ...rest,
});

const bytesOf = (hex: string): Uint8Array =>
  Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
