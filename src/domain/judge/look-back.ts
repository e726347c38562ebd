import { unreachable } from '../result.ts';
import type { Baseline, Rule } from '../rule.ts';
import { type Duration, days, minutes } from '../time.ts';

/** How much of the past a rule that has no memory yet must see, to say what it would say had it always been there. */
export function lookBackOf(rule: Rule): Duration {
  const delays = Math.max(0, ...rule.steps.map((s) => s.onDelay + s.offDelay));
  return delays + signalLookBack(rule);
}

function signalLookBack(rule: Rule): Duration {
  const { signal } = rule;
  const farthest = Math.max(0, ...rule.steps.map((s) => (s.limit.is === 'above' ? s.limit.limit : 0)));
  switch (signal.of) {
    case 'value':
    case 'state':
    // Driven by our clock or by several points: nothing of one series could tell.
    case 'silentFor':
    case 'together':
    case 'spread':
      return 0;
    case 'rate':
    case 'statistic':
      // Samples that come further apart than the window are judged by their neighbours.
      return 4 * signal.window;
    case 'count':
      return signal.window;
    case 'trend':
      return signal.window * (farthest + 2);
    case 'deviation':
      return Math.max(signal.smoothedBy ?? 0, learnedOver(signal.from));
    case 'extreme':
      return Math.max(signal.learnFor, days(30));
    case 'unchangedFor':
      return minutes(farthest);
    default:
      return unreachable(signal);
  }
}

function learnedOver(b: Baseline): Duration {
  if (b.is === 'learned') return b.over;
  return b.is === 'stored' && b.orElse !== undefined ? b.orElse.over : 0;
}
