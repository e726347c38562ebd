import type { SignalOf } from '../../rule.ts';
import type { Millis } from '../../time.ts';
import { isAtLeast } from '../limit.ts';
import type { SignalMemory, TrendMemory } from '../memory.ts';
import { grown, partOf, statisticOf } from '../part.ts';

type Trend = SignalOf<'trend'>;

export function rememberTrend(signal: Trend, before: SignalMemory, value: number, at: Millis): TrendMemory {
  const index = Math.floor(at / signal.window);
  if (before?.of !== 'trend')
    return { of: 'trend', index, open: partOf(value, at), last: null, run: 0, closed: 0 };
  const { last, closed } = before;
  if (index <= before.index) {
    const open = grown(before.open, value);
    return { of: 'trend', index: before.index, open, last, run: before.run, closed };
  }
  const stat = statisticOf(before.open, signal.stat);
  const run = last !== null && isOn(signal, last, stat) ? before.run + 1 : 0;
  const missed = index > before.index + 1;
  return {
    of: 'trend',
    index,
    open: partOf(value, at),
    last: missed ? null : stat,
    run: missed ? 0 : run,
    closed: closed + 1,
  };
}

/** Windows in succession that went on in the same direction; `null` until one has closed. */
export function runOf(known: TrendMemory): number | null {
  return known.closed === 0 ? null : known.run;
}

function isOn(signal: Trend, last: number, stat: number): boolean {
  return signal.going === 'up'
    ? !isAtLeast(last + signal.by, stat, last)
    : !isAtLeast(stat, last - signal.by, last);
}
