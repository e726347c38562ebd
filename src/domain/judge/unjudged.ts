import { unreachable } from '../result.ts';
import type { Rule } from '../rule.ts';
import type { Duration } from '../time.ts';
import type { RuleMemory, StatisticMemory } from './memory.ts';
import { learntBy } from './signals/extreme.ts';
import { rateUnknown } from './signals/rate.ts';
import { windowStatistic } from './signals/statistic.ts';
import { runOf } from './signals/trend.ts';

/** Why a rule says nothing of a point that is heard: it was judged by nothing, and that is not "normal". */
export type Unjudged =
  /** The samples come further apart than the rule can look. */
  | { readonly why: 'too-sparse'; readonly every: Duration; readonly window: Duration }
  /** The window has just begun: after a start, or after a gap. */
  | { readonly why: 'too-little-yet'; readonly window: Duration }
  /** What is usual here is still being learnt. */
  | { readonly why: 'learning' }
  /** It compares with a number that the register does not have for this point. */
  | { readonly why: 'no-baseline' };

/**
 * Whether a rule can be judged at a point, as of the last reading that it was shown.
 *
 * @param stored the point's stored baseline of the rule's metric
 * @returns `null` where it can
 */
export function unjudged(rule: Rule, memory: RuleMemory, stored: number | null): Unjudged | null {
  const { signal } = rule;
  const known = memory.signal;
  switch (signal.of) {
    case 'rate': {
      const every = rateUnknown(signal, known);
      return every === null ? null : ofWindow(every, signal.window);
    }
    case 'statistic':
      return known?.of !== 'statistic' || signal.stat === 'sum' ? null : inWindow(signal.window, known);
    case 'trend': {
      if (known?.of !== 'trend' || runOf(known) !== null) return null;
      return ofWindow(known.closed === 0 ? 0 : known.open[8], signal.window);
    }
    case 'deviation': {
      if (known?.of !== 'deviation') return null;
      if (signal.smoothedBy !== undefined && known.smooth !== null) {
        const smooth = inWindow(signal.smoothedBy, known.smooth);
        if (smooth !== null) return smooth;
      }
      if (signal.from.is === 'fixed' || (signal.from.is === 'stored' && stored !== null)) return null;
      if (signal.from.is === 'stored' && signal.from.orElse === undefined) return { why: 'no-baseline' };
      return known.learned?.learnt.baseline == null ? { why: 'learning' } : null;
    }
    case 'extreme':
      return known?.of === 'extreme' && learntBy(signal, known, known.seenAt ?? Infinity) < signal.learnFor
        ? { why: 'learning' }
        : null;
    case 'value':
    case 'state':
    case 'count':
    case 'unchangedFor':
    case 'silentFor':
    case 'together':
    case 'spread':
      return null;
    default:
      return unreachable(signal);
  }
}

function inWindow(window: Duration, known: StatisticMemory): Unjudged | null {
  const [at, every] = [known.open[6], known.open[8]];
  return known.by === 'count' || windowStatistic('mean', window, known, at) !== null
    ? null
    : ofWindow(every, window);
}

const ofWindow = (every: Duration, window: Duration): Unjudged =>
  every > window / 2 ? { why: 'too-sparse', every, window } : { why: 'too-little-yet', window };
