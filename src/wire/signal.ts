import { z } from 'zod';
import type { Signal } from '../domain/rule.ts';

/**
 * A rule's signal as JSON: the domain's own words, with every duration in milliseconds and its unit in the name.
 * One schema says what goes out, what may come in, and what a pack may ask for.
 */

const number = z.number();
const ms = z.number().int().nonnegative().describe('milliseconds');
const windowMs = ms.positive().describe('length of the window, milliseconds');
const word = z.string().min(1).max(64);
const id = z.string().min(1).max(128);
const level = z.union([z.literal(1), z.literal(2), z.literal(3), z.literal(4)]);

export const limitWire = z.discriminatedUnion('is', [
  z.strictObject({ is: z.literal('above'), limit: number }),
  z.strictObject({ is: z.literal('below'), limit: number }),
  z.strictObject({ is: z.literal('outside'), low: number, high: number }),
]);

const statistic = z.enum(['mean', 'rms', 'min', 'max', 'peakToPeak', 'deviation', 'sum']);

const learned = z.strictObject({
  is: z.literal('learned'),
  quantile: z.number().min(0).max(1).describe('0.5 is the median'),
  overMs: windowMs,
  window: z.enum(['first', 'rolling']),
});

const baseline = z.discriminatedUnion('is', [
  z.strictObject({ is: z.literal('fixed'), value: number }),
  z
    .strictObject({ is: z.literal('stored'), orElse: learned.optional() })
    .describe("the point's attribute baseline.<metric>"),
  learned,
]);

const byRule = z.strictObject({ by: z.literal('rule'), rule: id, level });

const member = z.strictObject({
  at: z.enum(['here', 'near']),
  lifeline: word.optional().describe("absent: the rule's own"),
  metric: word,
  holds: z.discriminatedUnion('by', [z.strictObject({ by: z.literal('limit'), limit: limitWire }), byRule]),
});

const reach = z.discriminatedUnion('to', [
  z.strictObject({ to: z.literal('point') }),
  z.strictObject({ to: z.literal('asset') }),
  z.strictObject({ to: z.literal('distance'), metres: z.number().positive().max(5_000) }),
]);

export const signalWire = z
  .discriminatedUnion('of', [
    z.strictObject({ of: z.literal('value'), magnitude: z.literal(true).optional() }),
    z.strictObject({ of: z.literal('state'), oneOf: z.array(number).min(1).max(64) }),
    z.strictObject({ of: z.literal('rate'), windowMs, perMs: windowMs.optional() }),
    z.strictObject({ of: z.literal('statistic'), stat: statistic, windowMs }),
    z.strictObject({
      of: z.literal('count'),
      occurrence: z.discriminatedUnion('by', [
        byRule,
        z.strictObject({ by: z.literal('limit'), limit: limitWire, deadband: number.nonnegative() }),
      ]),
      windowMs,
    }),
    z.strictObject({
      of: z.literal('deviation'),
      from: baseline,
      as: z.enum(['difference', 'percent']),
      smoothedByMs: windowMs.optional(),
      compensate: z
        .union([
          z.strictObject({ metric: word, perUnit: number, reference: number }),
          z.strictObject({ metric: word, overMs: windowMs }).describe('learnt: least squares over so long'),
        ])
        .optional(),
    }),
    z.strictObject({
      of: z.literal('extreme'),
      side: z.enum(['max', 'min', 'either']),
      learnForMs: windowMs,
    }),
    z.strictObject({
      of: z.literal('trend'),
      stat: statistic,
      windowMs,
      going: z.enum(['up', 'down']),
      by: number.nonnegative(),
    }),
    z.strictObject({
      of: z.literal('night'),
      from: z.number().int().min(0).max(22).describe('hour, Beijing'),
      to: z.number().int().min(1).max(23).describe('hour, later than `from`'),
      nights: z.number().int().min(4).max(60),
    }),
    z.strictObject({
      of: z.literal('unchangedFor'),
      within: number.nonnegative(),
      onlyAbove: number.optional(),
    }),
    z.strictObject({
      of: z.literal('silentFor'),
      perMs: windowMs.optional(),
      restsWhile: z.strictObject({ metric: word, limit: limitWire, upToMs: windowMs }).optional(),
    }),
    z.strictObject({
      of: z.literal('together'),
      members: z.array(member).min(1).max(16),
      over: reach,
      withinMs: ms,
      counting: z.enum(['members', 'points']),
    }),
    z.strictObject({ of: z.literal('spread'), over: reach, withinMs: windowMs }),
  ])
  .meta({ id: 'Signal', description: 'what number a rule watches' });
export type SignalJson = z.infer<typeof signalWire>;

/** What is a length of time, wherever a number stands under it. */
const DURATIONS = ['window', 'per', 'over', 'smoothedBy', 'learnFor', 'upTo', 'within'] as const;

type InMs<T> = T extends string
  ? T
  : T extends readonly (infer Item)[]
    ? InMs<Item>[]
    : T extends object
      ? {
          [K in keyof T as K extends (typeof DURATIONS)[number]
            ? T[K] extends number | undefined
              ? `${K}Ms`
              : K
            : K]: InMs<T[K]>;
        }
      : T;

/** What the schema does not know is handed on, for it to refuse. */
export function signalJson(s: Signal): SignalJson {
  // Its `within` is no time but a distance, in the metric's unit.
  if (s.of === 'unchangedFor') return s;
  const durations: ReadonlySet<string> = new Set(DURATIONS);
  return renamed(s, (key, value) =>
    typeof value === 'number' && durations.has(key) ? `${key}Ms` : key,
  ) as InMs<typeof s>;
}

/** The signal that a checked JSON means. */
export const signalOf = (j: SignalJson): Signal => renamed(j, (key) => key.replace(/Ms$/, '')) as Signal;

function renamed(x: unknown, name: (key: string, value: unknown) => string): unknown {
  if (Array.isArray(x)) return x.map((item) => renamed(item, name));
  if (typeof x !== 'object' || x === null) return x;
  return Object.fromEntries(
    Object.entries(x).map(([key, value]) => [name(key, value), renamed(value, name)]),
  );
}
