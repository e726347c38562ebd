import { unreachable } from '../../result.ts';
import type { Baseline, Learned, SignalOf } from '../../rule.ts';
import type { Millis } from '../../time.ts';
import type { DeviationMemory, SignalMemory, StatisticMemory } from '../memory.ts';
import type { OwnPoint } from '../own-point.ts';
import { FREE, type SignalKind } from './kind.ts';
import { learn, learnedMoved } from './learned.ts';
import { rememberWindow, statisticMoved, windowStatistic, windowUnjudged } from './statistic.ts';

type Deviation = SignalOf<'deviation'>;

/** What a reading comes to before it is compared: the environment taken out, smoothed. */
export type PreparedDeviation = {
  readonly smooth: StatisticMemory | null;
  /** `null` while the window is too short, or what must be taken out is not known. */
  readonly value: number | null;
};

export function prepare(
  signal: Deviation,
  before: SignalMemory,
  value: number,
  at: Millis,
  beside: OwnPoint,
): PreparedDeviation {
  const known = before?.of === 'deviation' ? before : null;
  const plain = compensated(signal, value, beside);
  if (signal.smoothedBy === undefined) return { smooth: null, value: plain };
  if (plain === null) return { smooth: known?.smooth ?? null, value: null };
  const smooth = rememberWindow(signal.smoothedBy, known?.smooth ?? null, plain, at);
  return { smooth, value: windowStatistic('mean', signal.smoothedBy, smooth, at) };
}

/** @returns `null` while value or baseline is unknown, or where a percentage of 0 is asked for */
export function deviationOf(
  signal: Deviation,
  before: SignalMemory,
  value: number | null,
  beside: OwnPoint,
): number | null {
  const from = baselineOf(signal.from, before, beside);
  if (value === null || from === null) return null;
  if (signal.as === 'difference') return value - from;
  return from === 0 ? null : (100 * (value - from)) / Math.abs(from);
}

export function rememberDeviation(
  signal: Deviation,
  before: SignalMemory,
  prepared: PreparedDeviation,
  at: Millis,
  quiet: boolean,
): DeviationMemory {
  const known = before?.of === 'deviation' ? before : null;
  const way = learning(signal.from);
  const learned =
    way === null || prepared.value === null
      ? (known?.learned ?? null)
      : learn(way, known?.learned ?? null, prepared.value, at, quiet);
  return known !== null && learned === known.learned && prepared.smooth === known.smooth
    ? known
    : { of: 'deviation', smooth: prepared.smooth, learned };
}

function compensated(signal: Deviation, value: number, beside: OwnPoint): number | null {
  const by = signal.compensate;
  if (by === undefined) return value;
  const other = beside.latest(by.metric);
  return other === null ? null : value - by.perUnit * (other - by.reference);
}

function baselineOf(b: Baseline, before: SignalMemory, beside: OwnPoint): number | null {
  const learned = before?.of === 'deviation' ? (before.learned?.learnt.baseline ?? null) : null;
  switch (b.is) {
    case 'fixed':
      return b.value;
    case 'stored':
      return beside.stored() ?? (b.orElse === undefined ? null : learned);
    case 'learned':
      return learned;
    default:
      return unreachable(b);
  }
}

function learning(b: Baseline): Learned | null {
  if (b.is === 'learned') return b;
  return b.is === 'stored' ? (b.orElse ?? null) : null;
}

export const DEVIATION: SignalKind<Deviation> = {
  lookBack: ({ from, smoothedBy }) => Math.max(smoothedBy ?? 0, learning(from)?.over ?? 0),
  unjudged({ from, smoothedBy }, known, stored) {
    if (known?.of !== 'deviation') return null;
    if (smoothedBy !== undefined && known.smooth !== null) {
      const smooth = windowUnjudged(smoothedBy, known.smooth);
      if (smooth !== null) return smooth;
    }
    if (from.is === 'fixed' || (from.is === 'stored' && stored !== null)) return null;
    if (from.is === 'stored' && from.orElse === undefined) return { why: 'no-baseline' };
    return known.learned?.learnt.baseline == null ? { why: 'learning' } : null;
  },
  answersToNoise: ['deadband', 'onDelay'],
  unit: ({ as }, metric) => (as === 'percent' ? '%' : metric),
  bounds: () => FREE,
  moved: ({ of, smooth, learned }, by) => ({
    of,
    smooth: smooth && statisticMoved(smooth, by),
    learned: learned && learnedMoved(learned, by),
  }),
};
