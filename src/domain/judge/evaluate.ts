import type { PointCode } from '../ids.ts';
import type { LevelInForce } from '../level.ts';
import { unreachable } from '../result.ts';
import type { Rule, Signal, SignalOf, Step } from '../rule.ts';
import type { Duration, Millis } from '../time.ts';
import { passes } from './limit.ts';
import type { RuleMemory, SignalMemory, SpreadMemory, TogetherMemory, WatcherMemory } from './memory.ts';
import { ALONE, type OwnPoint } from './own-point.ts';
import { COUNT, countOf, rememberCount } from './signals/count.ts';
import { DEVIATION, deviationOf, prepare, rememberDeviation } from './signals/deviation.ts';
import { beyondExtreme, EXTREME, rememberExtreme } from './signals/extreme.ts';
import type { MemoryKind, SignalKind } from './signals/kind.ts';
import { NIGHT, nightSeen, rememberNight } from './signals/night.ts';
import { anchorOf, changeSince, isFar, RATE, rateOf, rateSpan, rememberRate } from './signals/rate.ts';
import { type Rest, SILENT, silentFor } from './signals/silent.ts';
import { rememberSpread, SPREAD, spreadAt } from './signals/spread.ts';
import { STATE, stateOf } from './signals/state.ts';
import {
  rememberSum,
  rememberWindow,
  STATISTIC,
  windowSpan,
  windowStatistic,
  windowSum,
} from './signals/statistic.ts';
import { type MemberNews, rememberTogether, TOGETHER, togetherAt } from './signals/together.ts';
import { rememberTrend, runOf, TREND } from './signals/trend.ts';
import { rememberUnchanged, UNCHANGED, unchangedFor } from './signals/unchanged.ts';
import { VALUE, valueJudged } from './signals/value.ts';
import { OFF, resting, watch } from './watcher.ts';

const KINDS: { readonly [K in Signal['of']]: SignalKind<SignalOf<K>> } = {
  value: VALUE,
  state: STATE,
  rate: RATE,
  statistic: STATISTIC,
  count: COUNT,
  deviation: DEVIATION,
  extreme: EXTREME,
  trend: TREND,
  night: NIGHT,
  unchangedFor: UNCHANGED,
  silentFor: SILENT,
  together: TOGETHER,
  spread: SPREAD,
};

export const kindOf = <S extends Signal>({ of }: S): SignalKind<S> => KINDS[of] as unknown as SignalKind<S>;

export const memoryKindOf = <M extends NonNullable<SignalMemory>>({ of }: M): MemoryKind<M> =>
  KINDS[of] as unknown as MemoryKind<M>;

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
  /** Over how long a windowed signal was taken, where samples lie so far apart that this is longer than its window. */
  readonly span?: Duration;
};

/**
 * A level is in force by what was before and not by this reading: its condition is over and an off-delay runs, or the number cannot be
 * known now. It goes on so, and it is no witness: nothing rings by it.
 */
export const isHeld = ({ step, signal }: Judgement): boolean =>
  step !== null && (signal === null || !passes(step.limit, step.deadband, signal));

export function freshMemory(rule: Rule): RuleMemory {
  return resting(rule.steps.length);
}

/**
 * Runs one rule over one good reading. Live readings, replays and tests all come through here.
 *
 * @param memory one watcher per `rule.steps`, in that order
 * @param value in the metric's unit, finite; its quality has been judged before this point
 * @param observedAt the device's clock, not before the previous call's for this rule at this point
 * @param beside what the rule may ask about the point; only deviations and counts do
 */
export function evaluate(
  rule: Rule,
  memory: RuleMemory,
  value: number,
  observedAt: Millis,
  beside: OwnPoint = ALONE,
): Judgement {
  const { signal: watched } = rule;
  const before = memory.signal;
  // A number that is none teaches nothing: one NaN in a window would stay there for as long as the window is.
  if (!Number.isFinite(value)) return judge(rule, memory, before, null, observedAt);
  switch (watched.of) {
    case 'value':
      return judge(rule, memory, null, valueJudged(watched, value), observedAt);
    case 'state':
      return judge(rule, memory, null, stateOf(watched, value), observedAt);
    case 'rate': {
      const anchor = anchorOf(watched, before, observedAt);
      const after = rememberRate(watched, before, value, observedAt);
      if (anchor === null) return judge(rule, memory, after, null, observedAt);
      const span = rateSpan(before, anchor, observedAt);
      const rate = rateOf(watched, changeSince(before, anchor, value), span);
      if (span <= watched.window) return judge(rule, memory, after, rate, observedAt);
      return {
        ...judge(rule, memory, after, rate, observedAt, undefined, isFar(watched, before, span)),
        span,
      };
    }
    case 'statistic': {
      const known = before?.of === 'statistic' ? before : null;
      if (watched.stat === 'sum') {
        const after = rememberSum(watched.window, known, value, observedAt);
        return judge(rule, memory, after, windowSum(after), observedAt);
      }
      const after = rememberWindow(watched.window, known, value, observedAt);
      const stat = windowStatistic(watched.stat, watched.window, after, observedAt);
      const judged = judge(rule, memory, after, stat, observedAt);
      const span = stat === null ? null : windowSpan(watched.window, after, observedAt);
      return span === null ? judged : { ...judged, span };
    }
    case 'count': {
      const counted = watched.occurrence.by === 'rule' ? beside.levelOf(watched.occurrence.rule) : null;
      const after = rememberCount(watched, before, value, observedAt, counted);
      return judge(rule, memory, after, countOf(watched, after, observedAt), observedAt);
    }
    case 'deviation': {
      const prepared = prepare(watched, before, value, observedAt, beside);
      const deviation = deviationOf(watched, before, prepared.value, beside);
      return judge(rule, memory, before, deviation, observedAt, (quiet) =>
        rememberDeviation(watched, before, prepared, observedAt, quiet),
      );
    }
    case 'extreme': {
      const beyond = beyondExtreme(watched, before, value, observedAt);
      return judge(rule, memory, before, beyond, observedAt, (quiet) =>
        rememberExtreme(watched, before, value, observedAt, quiet),
      );
    }
    case 'trend': {
      const after = rememberTrend(watched, before, value, observedAt);
      return judge(rule, memory, after, runOf(after), observedAt);
    }
    case 'night': {
      const seen = nightSeen(watched, before, observedAt);
      return judge(rule, memory, before, seen.says, observedAt, (quiet) =>
        rememberNight(watched, before, { seen, value, at: observedAt }, quiet),
      );
    }
    case 'unchangedFor': {
      const known = rememberUnchanged(watched, before, value, observedAt, rule.steps);
      return judge(rule, memory, known, unchangedFor(known, observedAt), observedAt);
    }
    case 'silentFor':
      throw new Error(`rule ${rule.id} watches silence: it is driven by evaluateSilence, not by readings`);
    case 'together':
    case 'spread':
      throw new Error(
        `rule ${rule.id} watches several points: it is driven by evaluateTogether or evaluateSpread`,
      );
    default:
      return unreachable(watched);
  }
}

/**
 * Runs a rule of silence; called as our clock ticks, and when something was heard.
 *
 * @param heardAt our clock, when anything (of the rule's metric, where it has one) was last heard from the point
 * @param now our clock
 * @param rest what of the silence counts as none
 */
export function evaluateSilence(
  rule: Rule,
  memory: RuleMemory,
  heardAt: Millis,
  now: Millis,
  rest: Rest = 0,
): Judgement {
  if (rule.signal.of !== 'silentFor') {
    throw new Error(`rule ${rule.id} watches ${rule.signal.of}: it is driven by readings, not by the clock`);
  }
  return judge(rule, memory, null, silentFor(rule.signal, heardAt, now, rest), now);
}

/**
 * Runs a combination over news of one of its members, at whichever point it was observed.
 *
 * @param reach the points that the rule looks at now: others, once in reach, count no longer
 */
export function evaluateTogether(
  rule: Rule,
  memory: RuleMemory,
  news: MemberNews,
  reach: ReadonlySet<PointCode>,
): Judgement {
  if (rule.signal.of !== 'together') throw new Error(`rule ${rule.id} is no combination`);
  const after = rememberTogether(memory.signal, news, reach);
  // The points' clocks differ: time goes by the one that is furthest.
  const at = newestIn(after);
  return judge(rule, memory, after, togetherAt(rule.signal, after, at), at);
}

/** Runs a rule on the spread of a metric over points, with a good reading of one of them. */
export function evaluateSpread(
  rule: Rule,
  memory: RuleMemory,
  news: { readonly point: PointCode; readonly value: number; readonly at: Millis },
  reach: ReadonlySet<PointCode>,
): Judgement {
  if (rule.signal.of !== 'spread') throw new Error(`rule ${rule.id} watches no spread`);
  const after = rememberSpread(memory.signal, news, reach);
  const at = newestIn(after);
  return judge(rule, memory, after, spreadAt(rule.signal, after, at), at);
}

function newestIn(memory: TogetherMemory | SpreadMemory): Millis {
  let newest = -Infinity;
  const known: Readonly<Record<string, { readonly at: Millis }>> =
    memory.of === 'together' ? memory.held : memory.latest;
  for (const key in known) {
    const at = known[key]?.at ?? newest;
    if (at > newest) newest = at;
  }
  return newest;
}

/** What a memory says is in force. */
export function levelIn(rule: Rule, memory: RuleMemory): LevelInForce {
  let level: LevelInForce = null;
  for (let i = 0; i < rule.steps.length; i++) {
    const step = rule.steps[i] as Step;
    if (memory.watchers[i]?.on === true && (level === null || step.level < level)) level = step.level;
  }
  return level;
}

/**
 * @param learn for signals whose memory depends on whether the rule is quiet: no step on, and none about to be
 * @param raisesOnly the signal says what was reached some time ago, not that it is over: it moves no watcher towards normal
 */
function judge(
  rule: Rule,
  memory: RuleMemory,
  signalMemory: SignalMemory,
  signal: number | null,
  at: Millis,
  learn?: (quiet: boolean) => SignalMemory,
  raisesOnly = false,
): Judgement {
  const { steps } = rule;
  // What cannot be known is no evidence: it neither raises nor ends. (NaN compares false and would end.)
  const known = signal !== null && Number.isFinite(signal);
  let changed: WatcherMemory[] | null =
    memory.watchers.length === steps.length ? null : steps.map((_, i) => memory.watchers[i] ?? OFF);
  let inForce: Step | null = null;
  let quiet = true;

  for (let i = 0; i < steps.length; i++) {
    const step = steps[i] as Step;
    const before = memory.watchers[i] ?? OFF;
    const says = !raisesOnly || !(before.on || !passes(step.limit, 0, signal as number));
    const after = known && says ? watch(step, before, signal, at) : before;
    if (after !== before) {
      changed ??= memory.watchers.slice();
      changed[i] = after;
    }
    if (after !== OFF && (after.on || after.disagreeingSince !== null)) quiet = false;
    if (after.on && (inForce === null || step.level < inForce.level)) inForce = step;
  }

  const remembered = learn === undefined ? signalMemory : learn(quiet);
  const rest = changed !== null && quiet ? resting(steps.length) : null;
  const watchers = rest?.watchers ?? changed ?? memory.watchers;
  return {
    memory:
      changed === null && remembered === memory.signal
        ? memory
        : rest !== null && remembered === null
          ? rest
          : { signal: remembered, watchers },
    level: inForce === null ? null : inForce.level,
    signal: known ? signal : null,
    step: inForce,
  };
}
