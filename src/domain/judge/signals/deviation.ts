import { unreachable } from '../../result.ts';
import type { Baseline, Compensation, Learned, SignalOf } from '../../rule.ts';
import type { Millis } from '../../time.ts';
import type { DeviationMemory, SignalMemory, StatisticMemory } from '../memory.ts';
import type { OwnPoint } from '../own-point.ts';
import { environmentEffect, environmentMoved, rememberEnvironment } from './environment.ts';
import { FREE, type SignalKind } from './kind.ts';
import { learn, learnedMoved } from './learned.ts';
import { rememberWindow, statisticMoved, windowStatistic, windowUnjudged } from './statistic.ts';

type Deviation = SignalOf<'deviation'>;

/** What a reading comes to before it is compared: the environment taken out, smoothed. */
export type PreparedDeviation = {
  readonly smooth: StatisticMemory | null;
  /** `null` while the window is too short, or what must be taken out is not known. */
  readonly value: number | null;
  /** What a learnt compensation learns from; `null` where there is none. */
  readonly environment: number | null;
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
  const by = learnt(signal);
  const environment = by === null ? null : beside.latest(by.metric);
  if (signal.smoothedBy === undefined) return { smooth: null, value: plain, environment };
  if (plain === null) return { smooth: known?.smooth ?? null, value: null, environment };
  const smooth = rememberWindow(signal.smoothedBy, known?.smooth ?? null, plain, at);
  return { smooth, value: windowStatistic('mean', signal.smoothedBy, smooth, at), environment };
}

/** @returns `null` while value or baseline is unknown, or where a percentage of 0 is asked for */
export function deviationOf(
  signal: Deviation,
  before: SignalMemory,
  value: number | null,
  beside: OwnPoint,
): number | null {
  const from = baselineOf(signal.from, before, beside);
  const effect = learntEffect(signal, before, beside);
  if (value === null || from === null || effect === null) return null;
  const off = value - effect - from;
  if (signal.as === 'difference') return off;
  return from === 0 ? null : (100 * off) / Math.abs(from);
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
  const by = learnt(signal);
  if (by !== null) {
    const { value, environment } = prepared;
    const pair = value === null || environment === null ? null : { value, beside: environment, at, quiet };
    const around =
      pair === null
        ? known?.around
        : rememberEnvironment(by.over, way ?? usualOver(by.over), known?.around, pair);
    return {
      of: 'deviation',
      smooth: prepared.smooth,
      learned: pair === null ? (known?.learned ?? null) : learned,
      ...(around === undefined ? {} : { around }),
    };
  }
  return known !== null && learned === known.learned && prepared.smooth === known.smooth
    ? known
    : { of: 'deviation', smooth: prepared.smooth, learned };
}

type Learnt = Extract<Compensation, { readonly over: number }>;

function learnt({ compensate }: Deviation): Learnt | null {
  return compensate !== undefined && 'over' in compensate ? compensate : null;
}

/** Where the baseline is no learnt one, the environment is held against what it was lately. */
const usualOver = (over: Learnt['over']): Learned => ({
  is: 'learned',
  quantile: 0.5,
  over,
  window: 'rolling',
});

/** `null`: it must be taken out and is not known yet. */
function learntEffect(signal: Deviation, before: SignalMemory, beside: OwnPoint): number | null {
  const by = learnt(signal);
  if (by === null) return 0;
  const now = beside.latest(by.metric);
  const known = before?.of === 'deviation' ? before.around : undefined;
  return now === null ? null : environmentEffect(known, now);
}

function compensated(signal: Deviation, value: number, beside: OwnPoint): number | null {
  const by = signal.compensate;
  if (by === undefined || 'over' in by) return value;
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
  lookBack: (signal) =>
    Math.max(signal.smoothedBy ?? 0, learning(signal.from)?.over ?? 0, learnt(signal)?.over ?? 0),
  unjudged(signal, known, stored) {
    const { from, smoothedBy } = signal;
    if (known?.of !== 'deviation') return null;
    if (learnt(signal) !== null) {
      if (known.around === undefined) return { why: 'no-environment' };
      if (known.around.regression?.slope == null) return { why: 'learning' };
    }
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
  moved: ({ of, smooth, learned, around }, by) => ({
    of,
    smooth: smooth && statisticMoved(smooth, by),
    learned: learned && learnedMoved(learned, by),
    ...(around === undefined ? {} : { around: environmentMoved(around, by) }),
  }),
};
