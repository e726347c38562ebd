import type { LevelInForce } from '../level.ts';
import type { Rule, Step } from '../rule.ts';
import type { Millis } from '../time.ts';
import type { RuleMemory, SignalMemory, WatcherMemory } from './memory.ts';
import { rateOf, rememberRate } from './signals/rate.ts';
import { silentFor } from './signals/silent.ts';
import { rememberUnchanged, unchangedFor } from './signals/unchanged.ts';
import { OFF, watch } from './watcher.ts';

/** What one rule says of a point after one more value. */
export type Judgement = {
  /** To be kept; the very object that was given when nothing changed. */
  readonly memory: RuleMemory;
  /** `null` is normal, 1 the gravest. */
  readonly level: LevelInForce;
  /** The number that was judged, in the signal's unit; `null` while the signal cannot be known yet. */
  readonly signal: number | null;
  /** The step whose level is in force. */
  readonly step: Step | null;
};

export function freshMemory(rule: Rule): RuleMemory {
  return { signal: null, watchers: rule.steps.map(() => OFF) };
}

/**
 * Runs one rule over one good reading. Live readings, replays and tests all come through here.
 *
 * @param memory one watcher per `rule.steps`, in that order
 * @param value in the metric's unit, finite; its quality has been judged before this point
 * @param observedAt the device's clock, not before the previous call's for this rule at this point
 */
export function evaluate(rule: Rule, memory: RuleMemory, value: number, observedAt: Millis): Judgement {
  const watched = rule.signal;
  switch (watched.of) {
    case 'value':
      return judge(rule, memory, null, value, observedAt);
    case 'rate': {
      const rate = rateOf(watched, memory.signal, value, observedAt);
      return judge(rule, memory, rememberRate(watched, memory.signal, value, observedAt), rate, observedAt);
    }
    case 'unchangedFor': {
      const known = rememberUnchanged(watched, memory.signal, value, observedAt);
      return judge(rule, memory, known, unchangedFor(known, observedAt), observedAt);
    }
    case 'silentFor':
      throw new Error(`rule ${rule.id} watches silence: it is driven by evaluateSilence, not by readings`);
    default:
      return judge(rule, memory, memory.signal, null, observedAt);
  }
}

/**
 * Runs a rule of silence; called as our clock ticks, and when something was heard.
 *
 * @param heardAt our clock, when anything was last heard from the point
 * @param now our clock
 */
export function evaluateSilence(rule: Rule, memory: RuleMemory, heardAt: Millis, now: Millis): Judgement {
  if (rule.signal.of !== 'silentFor') {
    throw new Error(`rule ${rule.id} watches ${rule.signal.of}: it is driven by readings, not by the clock`);
  }
  return judge(rule, memory, null, silentFor(heardAt, now), now);
}

function judge(
  rule: Rule,
  memory: RuleMemory,
  signalMemory: SignalMemory,
  signal: number | null,
  at: Millis,
): Judgement {
  const { steps } = rule;
  // What cannot be known is no evidence: it neither raises nor ends. (NaN compares false and would end.)
  const known = signal !== null && Number.isFinite(signal);
  let changed: WatcherMemory[] | null =
    memory.watchers.length === steps.length ? null : steps.map((_, i) => memory.watchers[i] ?? OFF);
  let inForce: Step | null = null;

  for (let i = 0; i < steps.length; i++) {
    const step = steps[i] as Step;
    const before = memory.watchers[i] ?? OFF;
    const after = known ? watch(step, before, signal, at) : before;
    if (after !== before) {
      changed ??= memory.watchers.slice();
      changed[i] = after;
    }
    if (after.on && (inForce === null || step.level < inForce.level)) inForce = step;
  }

  return {
    memory:
      changed === null && signalMemory === memory.signal
        ? memory
        : { signal: signalMemory, watchers: changed ?? memory.watchers },
    level: inForce === null ? null : inForce.level,
    signal: known ? signal : null,
    step: inForce,
  };
}
