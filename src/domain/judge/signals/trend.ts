import type { SignalOf } from '../../rule.ts';
import type { Duration, Millis } from '../../time.ts';
import { isAtLeast } from '../limit.ts';
import type { OpenPart, SignalMemory, TrendMemory } from '../memory.ts';
import { openMoved, phaseMoved } from '../moved.ts';
import { heldUntil, openedBy, statisticOf, weighed } from '../part.ts';
import { NOT_NEGATIVE, ofWindow, type SignalKind } from './kind.ts';

type Trend = SignalOf<'trend'>;

export function rememberTrend(signal: Trend, before: SignalMemory, value: number, at: Millis): TrendMemory {
  const phase = before?.of === 'trend' ? before.phase : undefined;
  const index = Math.floor((at - (phase ?? 0)) / signal.window);
  if (before?.of !== 'trend')
    return { of: 'trend', index, phase, open: opened(signal, value, at, 0), last: null, run: 0, closed: 0 };
  const { last, closed } = before;
  const gap = at - before.open[6];
  if (index <= before.index) {
    const open = more(signal, before.open, value, at, gap);
    return { of: 'trend', index: before.index, phase, open, last, run: before.run, closed };
  }
  const stat = statisticOf(
    signal.stat === 'sum'
      ? weighed(before.open, 0, 0)
      : heldUntil(before.open, (before.index + 1) * signal.window + (phase ?? 0)),
    signal.stat,
  );
  const run = last !== null && isOn(signal, last, stat) ? before.run + 1 : 0;
  const missed = index > before.index + 1;
  return {
    of: 'trend',
    index,
    phase,
    open: opened(signal, value, at, gap),
    last: missed ? null : stat,
    run: missed ? 0 : run,
    closed: closed + 1,
  };
}

/**
 * Windows in succession that went on in the same direction; `null` until one has closed, and again where the one before
 * had no data: that is no evidence that it goes on no longer.
 */
export function runOf(known: TrendMemory): number | null {
  return known.last === null ? null : known.run;
}

function isOn(signal: Trend, last: number, stat: number): boolean {
  return signal.going === 'up'
    ? !isAtLeast(last + signal.by, stat, last)
    : !isAtLeast(stat, last - signal.by, last);
}

/** A sum counts readings; everything else how long they stood, within their window. */
function opened({ stat }: Trend, value: number, at: Millis, gap: Duration): OpenPart {
  return stat === 'sum' ? [at, 1, value, 0, value, value, at, value, gap, 0] : openedBy(value, at, gap, 0);
}

function more({ stat }: Trend, open: OpenPart, value: number, at: Millis, gap: Duration): OpenPart {
  const p = stat === 'sum' ? weighed(open, value, 1) : heldUntil(open, at);
  return [p[0], p[1], p[2], p[3], Math.min(p[4], value), Math.max(p[5], value), at, value, gap, 0];
}

export const TREND: SignalKind<Trend> = {
  lookBack: ({ window }, farthest) => window * (farthest + 2),
  unjudged({ window }, known) {
    if (known?.of !== 'trend' || runOf(known) !== null) return null;
    return ofWindow(known.closed === 0 ? 0 : known.open[8], window);
  },
  answersToNoise: [],
  unit: () => undefined,
  bounds: () => NOT_NEGATIVE,
  moved: (known, by) => ({
    ...known,
    phase: phaseMoved(known.phase, by),
    open: openMoved(known.open, by),
  }),
};
