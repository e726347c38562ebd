import { passes } from '../judge/limit.ts';
import type { WatcherMemory } from '../judge/memory.ts';
import { OFF, watch } from '../judge/watcher.ts';
import { median } from '../median.ts';
import type { Step } from '../rule.ts';
import type { Duration, Millis } from '../time.ts';
import type { NoiseTrace } from './noise.ts';

/** One step of a rule as it is in force at a point, and what the signal was there. */
export type Stretch = { readonly step: Step; readonly trace: NoiseTrace };

export type Excursions = { readonly n: number; readonly median: Duration; readonly longest: Duration };

/** How often and for how long the signal was beyond the limit; deadband and delays left out. */
export function excursionsOf(stretches: readonly Stretch[]): Excursions {
  const lengths: Duration[] = [];
  for (const { step, trace } of stretches) {
    const { at, signal } = trace;
    let since: Millis | null = null;
    for (let i = 0; i < at.length; i++) {
      const beyond = passes(step.limit, 0, signal[i] as number);
      if (beyond) since ??= at[i] as number;
      else if (since !== null) {
        lengths.push((at[i] as number) - since);
        since = null;
      }
    }
    if (since !== null) lengths.push((at[at.length - 1] as number) - since);
  }
  const longest = lengths.reduce((a, b) => Math.max(a, b), 0);
  return { n: lengths.length, median: lengths.length === 0 ? 0 : median(lengths), longest };
}

/** How often the step would take hold with other numbers, by the watcher that judges live. */
export function takesOf(
  stretches: readonly Stretch[],
  numbers: { readonly deadband?: number; readonly onDelay?: Duration },
): number {
  let takes = 0;
  for (const { step, trace } of stretches) {
    const tried = { ...step, ...numbers };
    let memory: WatcherMemory = OFF;
    for (let i = 0; i < trace.at.length; i++) {
      const after = watch(tried, memory, trace.signal[i] as number, trace.at[i] as number);
      if (after.on && !memory.on) takes++;
      memory = after;
    }
  }
  return takes;
}

/**
 * The same trace without what no watcher can tell apart: of a run in which the signal is beyond the limit throughout, or so
 * far from it that no deadband up to `widest` holds it, the first and the last reading say all (delays run between them).
 */
export function thinned({ step, trace }: Stretch, widest: number): Stretch {
  const at: Millis[] = [];
  const signal: number[] = [];
  let run: 'beyond' | 'far' | null = null;
  for (let i = 0; i < trace.at.length; i++) {
    const x = trace.signal[i] as number;
    const is = passes(step.limit, 0, x) ? 'beyond' : passes(step.limit, widest, x) ? null : 'far';
    const next = trace.signal[i + 1];
    const ends = next === undefined || !isSameRun(step, widest, is, next);
    if (is === null || is !== run || ends) {
      at.push(trace.at[i] as number);
      signal.push(x);
    }
    run = is;
  }
  return { step, trace: { at, signal } };
}

function isSameRun(step: Step, widest: number, is: 'beyond' | 'far' | null, next: number): boolean {
  const beyond = passes(step.limit, 0, next);
  return is === 'beyond' ? beyond : is === 'far' && !beyond && !passes(step.limit, widest, next);
}
