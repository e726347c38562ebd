import type { SignalOf } from '../../rule.ts';
import { type Duration, days, type Millis } from '../../time.ts';
import type { ExtremeMemory, SignalMemory } from '../memory.ts';
import { NOT_NEGATIVE, type SignalKind } from './kind.ts';

type Extreme = SignalOf<'extreme'>;

/** A point is learnt from at least so many readings, spread over the time, and from one a day. */
const READINGS_AT_LEAST = 5;

/** How long a reading may speak for the time before it, at most. */
const vouchesFor = ({ learnFor }: Extreme): Duration => Math.min(learnFor / READINGS_AT_LEAST, days(1));

/** How far a reading lies beyond what was known before it; `null` while the point is still being learnt. */
export function beyondExtreme(
  signal: Extreme,
  before: SignalMemory,
  value: number,
  at: Millis,
): number | null {
  if (before?.of !== 'extreme' || learntBy(signal, before, at) < signal.learnFor) return null;
  const over = signal.side === 'min' ? 0 : value - before.max;
  const under = signal.side === 'max' ? 0 : before.min - value;
  return Math.max(0, over, under);
}

/**
 * @param quiet no step is on, and none is about to be: the excursion, if there was one, is over
 * @returns `before` itself while no extreme moves, but for now and then while the point is learnt
 */
export function rememberExtreme(
  signal: Extreme,
  before: SignalMemory,
  value: number,
  at: Millis,
  quiet: boolean,
): ExtremeMemory {
  if (before?.of !== 'extreme')
    return { of: 'extreme', since: at, seenAt: at, max: value, min: value, newMax: value, newMin: value };
  const newMax = Math.max(before.newMax, value);
  const newMin = Math.min(before.newMin, value);
  const max = quiet ? newMax : before.max;
  const min = quiet ? newMin : before.min;
  const vouches = vouchesFor(signal);
  const seenAt = before.seenAt ?? at;
  const learns =
    seenAt - before.since < signal.learnFor && (at - seenAt > vouches / 2 || before.seenAt === undefined);
  const same =
    !learns &&
    max === before.max &&
    min === before.min &&
    newMax === before.newMax &&
    newMin === before.newMin;
  if (same) return before;
  const since = learns ? before.since + Math.max(0, at - seenAt - vouches) : before.since;
  return { of: 'extreme', since, seenAt: learns ? at : seenAt, max, min, newMax, newMin };
}

/** Event time that readings spoke for: of a gap, no more than one of them may. */
function learntBy(signal: Extreme, known: ExtremeMemory, at: Millis): Duration {
  const { since, seenAt } = known;
  if (seenAt === undefined) return at - since;
  const learnt = seenAt - since;
  return learnt >= signal.learnFor ? learnt : learnt + Math.min(at - seenAt, vouchesFor(signal));
}

export const EXTREME: SignalKind<Extreme> = {
  lookBack: ({ learnFor }) => Math.max(learnFor, days(30)),
  unjudged: (signal, known) =>
    known?.of === 'extreme' && learntBy(signal, known, known.seenAt ?? Infinity) < signal.learnFor
      ? { why: 'learning' }
      : null,
  answersToNoise: [],
  unit: (_, metric) => metric,
  bounds: () => NOT_NEGATIVE,
  moved(known, by) {
    const { since, seenAt } = known;
    return { ...known, since: since + by, ...(seenAt === undefined ? {} : { seenAt: seenAt + by }) };
  },
};
