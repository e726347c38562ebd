import { z } from 'zod';
import { kindOf } from '../../domain/judge/evaluate.ts';
import { type Bounds, FREE } from '../../domain/judge/signals/kind.ts';
import type { Metric } from '../../domain/metric.ts';
import type { Rule, Signal } from '../../domain/rule.ts';
import { days } from '../../domain/time.ts';
import { signalJson, signalOf, signalWire } from '../../wire/signal.ts';

/** What a signal must be: its shape, and the sense that shape alone does not say. */

/** Its shape is that of the wire, with every length of time under its bare name. */
export const signalSchema = z
  .custom<Signal>((s) => typeof (s as Signal | null)?.of === 'string', 'is no signal')
  .superRefine((signal, found) => {
    const json = signalJson(signal);
    const { error } = signalWire.safeParse(json);
    // Its sense is looked at only where it has its shape.
    for (const { path, message } of error?.issues ?? [])
      found.addIssue({ code: 'custom', path, message, continue: false });
    if (JSON.stringify(signalOf(json)) !== JSON.stringify(signal))
      found.addIssue({
        code: 'custom',
        message: 'a length of time has no unit in its name',
        continue: false,
      });
  });

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
  const unit = kindOf(s).unit(s, metrics.get(r.metric ?? '')?.unit);
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

/** What the signal of a rule can be at all. */
export function boundsOf({ signal }: Rule, m: Metric | undefined): Bounds {
  return kindOf(signal).bounds(signal, m?.kind === 'flag' ? { min: 0, max: 1 } : (m?.range ?? FREE));
}
