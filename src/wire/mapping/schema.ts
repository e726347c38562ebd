import { z } from 'zod';
import { COMMAND_NAME } from '../../domain/device-command/catalogue.ts';
import { take } from './take.ts';
import { timeFormat, timeZone } from './times.ts';

/** `huawei-iotda`: also the name of its file and of its door. */
export const mappingName = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,63}$/, 'a name of small letters, digits and "-", as its file is called');

const label = z.string().min(1).max(200);
const lifeline = z.string().regex(/^[a-z][a-z0-9-]{0,31}$/, 'the key of a pack, such as drainage');
const deviceCode = z
  .string()
  .regex(/^[A-Za-z0-9_-]{1,64}$/, 'a device code: 1 to 64 letters, digits, "_" and "-"');

/** `/a/b`: from the top of the document; `a/b`: from the item in hand; `.`: the item; `$1`: key of the first step. */
const pointer = z
  .string()
  .max(400)
  .describe('/a/b from the top, a/b from the item in hand, "." the item itself');
const pointers = z
  .union([pointer, z.array(pointer).min(1).max(8)])
  .describe('of several the first that is there');

const scalar = z.union([z.string(), z.number(), z.boolean(), z.null()]);
const conditions = z
  .record(pointer, z.union([scalar, z.array(scalar).min(1)]))
  .describe('each must be there with this value or one of these');

const judged = z
  .string()
  .regex(/^(good|(doubtful|bad)(:.{1,60})?)$/, '"good", "doubtful:why" or "bad:why"')
  .describe('"good", "doubtful:why" or "bad:why"');

/** A quantity of a live packet: also words for numbers, and numbers that are sent as text. */
export const liveTake = take.extend({
  words: z
    .record(z.string(), z.union([z.number(), z.boolean(), z.null()]))
    .optional()
    .describe('what words (or codes) mean: {"open":1,"closed":0}; null: no value'),
  text: z.boolean().optional().describe('true: "12.5" is the number 12.5'),
});
export type LiveTake = z.infer<typeof liveTake>;

const oneTake = z.union([label, liveTake, z.null()]);

/** Their station → our device. */
const stationTable = z.record(
  z.string().min(1),
  z.union([
    deviceCode,
    z.strictObject({
      device: deviceCode,
      plus: z
        .record(z.string(), z.number())
        .optional()
        .describe("metric → what is added in the metric's unit: a station's base level 水位基值"),
      times: z.record(z.string(), z.number()).optional().describe('metric → what the value is multiplied by'),
    }),
  ]),
);

const station = {
  device: z
    .union([z.enum(['as-is', 'table']), z.string().regex(/^prefix:[A-Za-z0-9_-]{1,32}$/)])
    .default('as-is')
    .describe('as-is: their station is our device code; prefix:HJ-; table: only those of the table'),
  table: stationTable.default({}).describe('their station → our device; goes before "device"'),
  only: z
    .array(z.string().regex(/^[A-Za-z0-9_-]{1,64}$/))
    .min(1)
    .optional()
    .describe('beginnings of device codes that it may speak for; left out: all'),
};

/** Some value says that others are not to be believed: bit 6 of a state word is a broken level meter. */
const mark = {
  bit: z.number().int().min(0).max(52).optional(),
  is: z.union([scalar, z.array(scalar).min(1)]).describe('the value (or the bit, 0 or 1) at which it holds'),
  metrics: z.array(label).min(1),
  as: judged,
};

const common = {
  name: mappingName,
  title: z.strictObject({ zh: label, en: label }).optional(),
  note: z.string().max(2_000).optional(),
  zone: timeZone.default('+08:00').describe('of times that do not say their offset'),
  lifeline: lifeline.optional().describe('what an unknown station is proposed to be of'),
  sentinels: z
    .array(z.number())
    .default([])
    .describe('numbers that are no value, as they are sent, of every quantity'),
};

/** A register that a command may write: nothing else is ever written. */
const write = z
  .strictObject({
    name: z.string().regex(COMMAND_NAME).describe('of the command, such as set-gate'),
    slave: z.number().int().min(1).max(247),
    fn: z.union([z.literal(6), z.literal(16)]).default(6),
    addr: z.number().int().min(0).max(65_535).describe('from 0, as it goes over the wire'),
    type: z.enum(['u16', 's16', 'u32', 's32', 'f32']).default('u16'),
    order: z.enum(['ABCD', 'CDAB', 'BADC', 'DCBA']).default('ABCD'),
    times: z
      .number()
      .refine((n) => n !== 0, 'a factor of 0 makes every value 0')
      .default(1)
      .describe('as in "take": value = raw × times + plus'),
    plus: z.number().default(0),
    min: z.number().describe('of the value that a command may write'),
    max: z.number(),
    unit: z.string().max(16).optional().describe('of the value, for the people who give the command'),
  })
  .refine((w) => w.min <= w.max, 'min is at most max')
  .refine(
    (w) => w.fn === 16 || w.type === 'u16' || w.type === 's16',
    'function 6 writes one register: 16 writes two',
  );

/** The table by which slaves behind a DTU are asked, and how. */
const poll = z.strictObject({
  everySeconds: z
    .number()
    .min(1)
    .max(86_400)
    .default(60)
    .describe('from the beginning of one round to the next'),
  gapMs: z.number().int().min(20).max(5_000).default(100).describe('between an answer and the next question'),
  timeoutMs: z.number().int().min(100).max(10_000).default(2_000).describe('for an answer'),
  heartbeat: z
    .string()
    .min(1)
    .max(128)
    .optional()
    .describe('what the DTU sends by itself to keep its line: its text, or hex:FE01'),
  ask: z
    .array(
      z.strictObject({
        code: label,
        slave: z.number().int().min(1).max(247),
        fn: z.union([z.literal(1), z.literal(2), z.literal(3), z.literal(4)]).default(3),
        addr: z.number().int().min(0).max(65_535).describe('from 0, as it goes over the wire'),
        type: z.enum(['u16', 's16', 'u32', 's32', 'f32']).default('u16'),
        order: z.enum(['ABCD', 'CDAB', 'BADC', 'DCBA']).default('ABCD'),
        sentinels: z.array(z.number()).default([]),
      }),
    )
    .min(1)
    .max(500),
  write: z.array(write).max(100).default([]).describe('what commands may write (docs/device-commands.md)'),
});

/** Frames of a standard, dissected into codes of that standard. */
export const frameMapping = z.strictObject({
  ...common,
  protocol: z.enum(['hj212', 'sl651', 'gb26875', 'modbus', 'szy206']),
  station: z.strictObject({ field: label.optional(), ...station }),
  check: z
    .strictObject({ crc: z.enum(['hj', 'modbus', 'either', 'off']).default('hj') })
    .optional()
    .describe('which sum is asked for; what another one lets through is counted'),
  take: z
    .array(
      liveTake.extend({
        metric: label.nullable().describe('null: known, left out'),
        code: label,
        field: label.optional(),
        channel: z.union([z.string(), z.number()]).optional(),
      }),
    )
    .min(1),
  flags: z.record(z.string(), judged).default({}).describe("the standard's flag letter → quality"),
  marks: z.array(z.strictObject({ code: label, ...mark })).default([]),
  commands: z
    .record(z.string(), z.enum(['live', 'drop']))
    .default({})
    .describe('what becomes of which kind of frame; one that is not named is live'),
  poll: poll.optional().describe('modbus: what is asked of the slaves of each station of the table'),
});

/** One place where values stand. */
const values = z.strictObject({
  at: pointers.default('.'),
  name: pointer.optional().describe('of a list of {name, value}: where the name stands'),
  value: pointer.optional().describe('of members that are objects: where the value stands'),
  time: pointer.optional().describe("of members that are objects: where the value's own time stands"),
  take: z.record(z.string().min(1), z.union([oneTake, z.array(liveTake).min(1)])).default({}),
  rest: z
    .enum(['flaw', 'drop', 'as-is'])
    .default('flaw')
    .describe(
      'what "take" does not name: set aside with a flaw, left out, or a metric of ours by the same name',
    ),
});

/** JSON of somebody's platform. */
export const jsonMapping = z.strictObject({
  ...common,
  protocol: z.literal('json'),
  topics: z
    .array(
      z
        .string()
        .regex(/^[^#]*#?$/)
        .max(200),
    )
    .default([])
    .describe('MQTT topics that it takes: v3/{app}/devices/{station}/up; {x}: any one level, known as $x'),
  from: z
    .array(z.string().regex(/^[A-Za-z0-9_-]{1,50}$/))
    .default([])
    .describe(
      'systems (their user names after "system:") that may publish on these topics, beside the devices themselves',
    ),
  push: z
    .strictObject({
      sign: z
        .enum(['bearer', 'path', 'onenet', 'onenet-old', 'tencent'])
        .default('bearer')
        .describe('how a platform that pushes over HTTP shows who it is'),
    })
    .default({ sign: 'bearer' }),
  open: z
    .array(z.strictObject({ at: pointer, as: z.enum(['json', 'base64-json']) }))
    .max(4)
    .default([])
    .describe('text that holds JSON; what is in it becomes the document'),
  when: conditions.default({}).describe('only such documents; others are set aside'),
  leave: z.array(conditions).default([]).describe('known and left out: joins, on-line and off-line'),
  each: z
    .union([pointer, z.array(pointer).min(1).max(4)])
    .optional()
    .describe(
      'lists to be gone through, one in another; a/* every member of an object, its key known as $1, $2',
    ),
  station: z.strictObject({ at: pointers, ...station }),
  time: z
    .strictObject({ at: pointers, format: timeFormat.default('auto') })
    .optional()
    .describe('without it: the time of receipt'),
  values: z.union([values, z.array(values).min(1).max(8)]),
  marks: z.array(z.strictObject({ at: pointer, ...mark })).default([]),
  seq: pointer.optional().describe("the device's own counter"),
  dedup: z
    .strictObject({ at: pointer })
    .optional()
    .describe('what tells a message that is sent again, where it has no time of its own'),
});

export const mappingFile = z.discriminatedUnion('protocol', [jsonMapping, frameMapping]);

export type JsonMapping = z.infer<typeof jsonMapping>;
export type FrameMapping = z.infer<typeof frameMapping>;
export type Mapping = JsonMapping | FrameMapping;
