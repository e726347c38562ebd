import { z } from 'zod';
import type { Metric } from '../../domain/metric.ts';
import { unreachable } from '../../domain/result.ts';
import type { Rule, Signal } from '../../domain/rule.ts';
import { days, minutes } from '../../domain/time.ts';

/** What a signal must be: its shape, and the sense that shape alone does not say. */

const finite = z.number();
const duration = z.int().nonnegative();
const window = duration.positive();
const key = z.string().min(1);
const level = z.union([z.literal(1), z.literal(2), z.literal(3), z.literal(4)]);

export const limitSchema = z.discriminatedUnion('is', [
  z.strictObject({ is: z.literal('above'), limit: finite }),
  z.strictObject({ is: z.literal('below'), limit: finite }),
  z.strictObject({ is: z.literal('outside'), low: finite, high: finite }),
]);

const statistic = z.enum(['mean', 'rms', 'min', 'max', 'peakToPeak', 'deviation', 'sum']);

const learned = z.strictObject({
  is: z.literal('learned'),
  quantile: z.number().min(0).max(1),
  over: window,
  window: z.enum(['first', 'rolling']),
});

const baseline = z.discriminatedUnion('is', [
  z.strictObject({ is: z.literal('fixed'), value: finite }),
  z.strictObject({ is: z.literal('stored'), orElse: learned.optional() }),
  learned,
]);

const reach = z.discriminatedUnion('to', [
  z.strictObject({ to: z.literal('point') }),
  z.strictObject({ to: z.literal('asset') }),
  z.strictObject({ to: z.literal('distance'), metres: z.number().positive().max(5_000) }),
]);

const byRule = z.strictObject({ by: z.literal('rule'), rule: key, level });

const member = z.strictObject({
  at: z.enum(['here', 'near']),
  lifeline: key.optional(),
  metric: key,
  holds: z.discriminatedUnion('by', [z.strictObject({ by: z.literal('limit'), limit: limitSchema }), byRule]),
});

export const signalSchema = z.discriminatedUnion('of', [
  z.strictObject({ of: z.literal('value'), magnitude: z.literal(true).optional() }),
  z.strictObject({ of: z.literal('state'), oneOf: z.array(finite).min(1) }),
  z.strictObject({ of: z.literal('rate'), window, per: window.optional() }),
  z.strictObject({ of: z.literal('statistic'), stat: statistic, window }),
  z.strictObject({
    of: z.literal('count'),
    occurrence: z.discriminatedUnion('by', [
      byRule,
      z.strictObject({ by: z.literal('limit'), limit: limitSchema, deadband: z.number().nonnegative() }),
    ]),
    window,
  }),
  z.strictObject({
    of: z.literal('deviation'),
    from: baseline,
    as: z.enum(['difference', 'percent']),
    smoothedBy: window.optional(),
    compensate: z.strictObject({ metric: key, perUnit: finite, reference: finite }).optional(),
  }),
  z.strictObject({ of: z.literal('extreme'), side: z.enum(['max', 'min', 'either']), learnFor: window }),
  z.strictObject({
    of: z.literal('trend'),
    stat: statistic,
    window,
    going: z.enum(['up', 'down']),
    by: z.number().nonnegative(),
  }),
  z.strictObject({
    of: z.literal('unchangedFor'),
    within: z.number().nonnegative(),
    onlyAbove: finite.optional(),
  }),
  z.strictObject({
    of: z.literal('silentFor'),
    per: window.optional(),
    restsWhile: z.strictObject({ metric: key, limit: limitSchema, upTo: window }).optional(),
  }),
  z.strictObject({
    of: z.literal('together'),
    members: z.array(member).min(1).max(16),
    over: reach,
    within: duration,
    counting: z.enum(['members', 'points']),
  }),
  z.strictObject({ of: z.literal('spread'), over: reach, within: window }),
]);

/** The longest time a count or a window may look back: what a rule's memory is asked to bridge. */
const LOOK_BACK_AT_MOST = days(400);

/** What makes no sense about a rule's signal within its lifeline. */
export function* senselessSignal(
  r: Rule,
  metrics: ReadonlyMap<string, Metric>,
  rules: ReadonlyMap<string, Rule>,
): Iterable<string> {
  const { signal: s } = r;
  if (s.of !== 'silentFor' && r.metric === null) yield `${r.id}: only silence is of the whole point`;
  const unit = unitOf(r, metrics.get(r.metric ?? ''));
  if (unit !== undefined && r.unit !== unit)
    yield `${r.id}: is in "${r.unit}", its ${s.of === 'value' ? 'metric' : 'signal'} in "${unit}"`;
  if ('window' in s && typeof s.window === 'number' && s.window > LOOK_BACK_AT_MOST)
    yield `${r.id}: looks back more than 400 days`;
  if (s.of === 'count') yield* senselessCount(r, s, rules);
  if (s.of === 'deviation' && s.compensate !== undefined && !metrics.has(s.compensate.metric))
    yield `${r.id}: compensates by "${s.compensate.metric}", which is no metric of this pack`;
  if (s.of === 'silentFor' && s.restsWhile !== undefined && !metrics.has(s.restsWhile.metric))
    yield `${r.id}: rests by "${s.restsWhile.metric}", which is no metric of this pack`;
  if (s.of === 'together') yield* senselessMembers(r, s, metrics);
  if (s.of === 'spread' && s.over.to === 'point') yield `${r.id}: one point alone has no spread`;
}

function* senselessCount(
  r: Rule,
  s: Extract<Signal, { of: 'count' }>,
  rules: ReadonlyMap<string, Rule>,
): Iterable<string> {
  for (const step of r.steps) {
    if (step.limit.is === 'above' && step.limit.limit > 64)
      yield `${r.id}: counts to ${step.limit.limit}, and 64 occurrences are remembered`;
  }
  if (s.occurrence.by !== 'rule') return;
  const counted = rules.get(s.occurrence.rule);
  if (counted === undefined) yield `${r.id}: counts "${s.occurrence.rule}", which is no rule of this pack`;
  else if (counted.metric !== r.metric || counted.signal.of === 'count')
    yield `${r.id}: counts "${counted.id}", which must be another rule of the same metric, and no count itself`;
}

function* senselessMembers(
  r: Rule,
  s: Extract<Signal, { of: 'together' }>,
  metrics: ReadonlyMap<string, Metric>,
): Iterable<string> {
  for (const m of s.members) {
    const own = m.lifeline === undefined || m.lifeline === r.lifeline;
    if (own && !metrics.has(m.metric)) yield `${r.id}: its member "${m.metric}" is no metric of this pack`;
    if (m.at === 'here' && !own) yield `${r.id}: a member "here" is of the rule's own lifeline`;
    if (m.at === 'near' && s.over.to === 'point') yield `${r.id}: nothing is near within one point`;
  }
  const most = s.counting === 'members' ? s.members.length : Infinity;
  for (const step of r.steps) {
    if (step.limit.is === 'above' && step.limit.limit > most)
      yield `${r.id}: asks for ${step.limit.limit} of ${most} members`;
  }
}

/** The unit that a signal is in; `undefined` where people may choose the word (per hour, ×). */
function unitOf(r: Rule, m: Metric | undefined): string | undefined {
  const { signal: s } = r;
  switch (s.of) {
    case 'value':
    case 'statistic':
    case 'extreme':
    case 'spread':
      return m?.unit;
    case 'deviation':
      return s.as === 'percent' ? '%' : m?.unit;
    case 'unchangedFor':
      return 'min';
    case 'silentFor':
      return s.per === undefined || s.per === minutes(1) ? 'min' : undefined;
    case 'rate':
    case 'state':
    case 'count':
    case 'trend':
    case 'together':
      return undefined;
    default:
      return unreachable(s);
  }
}

/** What the signal of a rule can be at all. */
export function boundsOf(r: Rule, m: Metric | undefined): { min: number; max: number } {
  const { signal: s } = r;
  const free = { min: -Infinity, max: Infinity };
  const range = m?.kind === 'flag' ? { min: 0, max: 1 } : (m?.range ?? free);
  switch (s.of) {
    case 'value':
      return s.magnitude === true ? { min: 0, max: Math.max(Math.abs(range.min), range.max) } : range;
    case 'statistic':
      return s.stat === 'min' || s.stat === 'max' || s.stat === 'mean'
        ? range
        : s.stat === 'sum'
          ? free
          : { min: 0, max: Infinity };
    case 'rate':
    case 'deviation':
      return free;
    case 'state':
      return { min: 0, max: 1 };
    case 'count':
    case 'extreme':
    case 'trend':
    case 'unchangedFor':
    case 'silentFor':
    case 'together':
    case 'spread':
      return { min: 0, max: Infinity };
    default:
      return unreachable(s);
  }
}
