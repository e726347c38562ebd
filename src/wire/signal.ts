import { z } from 'zod';
import { as } from '../domain/ids.ts';
import { unreachable } from '../domain/result.ts';
import type { Baseline, Learned, Member, Occurrence, Signal } from '../domain/rule.ts';

/**
 * A rule's signal as JSON: the domain's own words, with every duration in milliseconds and its unit in the name.
 * One schema says what goes out and what may come in (the draft of a rule).
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
      compensate: z.strictObject({ metric: word, perUnit: number, reference: number }).optional(),
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

export function signalJson(s: Signal): SignalJson {
  switch (s.of) {
    case 'value':
    case 'unchangedFor':
      return s;
    case 'state':
      return { of: s.of, oneOf: [...s.oneOf] };
    case 'rate':
      return { of: s.of, windowMs: s.window, ...(s.per === undefined ? {} : { perMs: s.per }) };
    case 'statistic':
      return { of: s.of, stat: s.stat, windowMs: s.window };
    case 'count':
      return { of: s.of, occurrence: s.occurrence, windowMs: s.window };
    case 'deviation':
      return {
        of: s.of,
        from: baselineJson(s.from),
        as: s.as,
        ...(s.smoothedBy === undefined ? {} : { smoothedByMs: s.smoothedBy }),
        ...(s.compensate === undefined ? {} : { compensate: s.compensate }),
      };
    case 'extreme':
      return { of: s.of, side: s.side, learnForMs: s.learnFor };
    case 'trend':
      return { of: s.of, stat: s.stat, windowMs: s.window, going: s.going, by: s.by };
    case 'silentFor': {
      const rests = s.restsWhile;
      return {
        of: s.of,
        ...(s.per === undefined ? {} : { perMs: s.per }),
        ...(rests === undefined
          ? {}
          : { restsWhile: { metric: rests.metric, limit: rests.limit, upToMs: rests.upTo } }),
      };
    }
    case 'together':
      return {
        of: s.of,
        members: [...s.members],
        over: s.over,
        withinMs: s.within,
        counting: s.counting,
      };
    case 'spread':
      return { of: s.of, over: s.over, withinMs: s.within };
    default:
      return unreachable(s);
  }
}

function baselineJson(b: Baseline): Extract<SignalJson, { of: 'deviation' }>['from'] {
  switch (b.is) {
    case 'fixed':
      return b;
    case 'stored':
      return b.orElse === undefined ? { is: b.is } : { is: b.is, orElse: learnedJson(b.orElse) };
    case 'learned':
      return learnedJson(b);
    default:
      return unreachable(b);
  }
}

function learnedJson(l: Learned): z.infer<typeof learned> {
  return { is: l.is, quantile: l.quantile, overMs: l.over, window: l.window };
}

/** The signal that a checked JSON means. */
export function signalOf(j: SignalJson): Signal {
  switch (j.of) {
    case 'value':
      return j.magnitude === true ? { of: j.of, magnitude: true } : { of: j.of };
    case 'unchangedFor':
      return {
        of: j.of,
        within: j.within,
        ...(j.onlyAbove === undefined ? {} : { onlyAbove: j.onlyAbove }),
      };
    case 'state':
      return { of: j.of, oneOf: j.oneOf };
    case 'rate':
      return { of: j.of, window: j.windowMs, ...(j.perMs === undefined ? {} : { per: j.perMs }) };
    case 'statistic':
      return { of: j.of, stat: j.stat, window: j.windowMs };
    case 'count':
      return { of: j.of, occurrence: occurrenceOf(j.occurrence), window: j.windowMs };
    case 'deviation':
      return {
        of: j.of,
        from: baselineOf(j.from),
        as: j.as,
        ...(j.smoothedByMs === undefined ? {} : { smoothedBy: j.smoothedByMs }),
        ...(j.compensate === undefined
          ? {}
          : { compensate: { ...j.compensate, metric: as.metric(j.compensate.metric) } }),
      };
    case 'extreme':
      return { of: j.of, side: j.side, learnFor: j.learnForMs };
    case 'trend':
      return { of: j.of, stat: j.stat, window: j.windowMs, going: j.going, by: j.by };
    case 'silentFor': {
      const rests = j.restsWhile;
      return {
        of: j.of,
        ...(j.perMs === undefined ? {} : { per: j.perMs }),
        ...(rests === undefined
          ? {}
          : { restsWhile: { metric: as.metric(rests.metric), limit: rests.limit, upTo: rests.upToMs } }),
      };
    }
    case 'together':
      return {
        of: j.of,
        members: j.members.map(memberOf),
        over: j.over,
        within: j.withinMs,
        counting: j.counting,
      };
    case 'spread':
      return { of: j.of, over: j.over, within: j.withinMs };
    default:
      return unreachable(j);
  }
}

function occurrenceOf(o: Extract<SignalJson, { of: 'count' }>['occurrence']): Occurrence {
  return o.by === 'rule' ? { ...o, rule: as.rule(o.rule) } : o;
}

function memberOf(m: z.infer<typeof member>): Member {
  const holds = m.holds.by === 'rule' ? { ...m.holds, rule: as.rule(m.holds.rule) } : m.holds;
  return {
    at: m.at,
    ...(m.lifeline === undefined ? {} : { lifeline: as.lifeline(m.lifeline) }),
    metric: as.metric(m.metric),
    holds,
  };
}

function baselineOf(b: z.infer<typeof baseline>): Baseline {
  switch (b.is) {
    case 'fixed':
      return b;
    case 'stored':
      return b.orElse === undefined ? { is: b.is } : { is: b.is, orElse: learnedOf(b.orElse) };
    case 'learned':
      return learnedOf(b);
    default:
      return unreachable(b);
  }
}

function learnedOf(l: z.infer<typeof learned>): Learned {
  return { is: l.is, quantile: l.quantile, over: l.overMs, window: l.window };
}
