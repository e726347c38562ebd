import { kindOf } from '../judge/evaluate.ts';
import { passes } from '../judge/limit.ts';
import type { Level } from '../level.ts';
import { median } from '../median.ts';
import type { Metric } from '../metric.ts';
import type { Rule } from '../rule.ts';
import { type Duration, minutes, seconds } from '../time.ts';
import type { StepChange } from './change.ts';
import { type Excursions, excursionsOf, type Stretch, takesOf, thinned } from './excursions.ts';
import { type Noise, type NoiseTrace, noiseOf } from './noise.ts';
import { ruleFlaws } from './rule-flaws.ts';

/** What a rule heard at one point, and the rule as it is in force there. */
export type SuggestionInput = NoiseTrace & { readonly rule: Rule };

export type NothingBecause =
  /** Alarms of this kind of rule do not come from the noise of a reading (counts, trends, silence, combinations). */
  | 'kind'
  | 'too-little-data'
  /** It took hold so seldom that nobody can call it noise. */
  | 'quiet'
  /** An on-delay would help, and this step must not wait (`onDelayAtMost`). */
  | 'safety'
  /** The excursions are long or far out: they are real, or the limit itself is wrong. */
  | 'not-noise';

export type StepSuggestion = {
  readonly level: Level;
  /** How often the step took hold, all points together. */
  readonly takes: number;
  readonly excursions: Excursions;
  readonly found:
    | {
        readonly is: 'deadband' | 'onDelay';
        /** In the signal's unit; ms. */
        readonly value: number;
        readonly was: number;
        /** How often the step would have taken hold. */
        readonly takes: number;
      }
    | { readonly is: 'nothing'; readonly why: NothingBecause };
};

export type Suggestion = {
  /** Of the noisiest of the points; `null` where there is too little to tell. */
  readonly noise: Noise | null;
  readonly steps: readonly StepSuggestion[];
  /** The numbers as a draft takes them; empty where there is nothing to suggest. */
  readonly change: readonly StepChange[];
};

const READINGS_AT_LEAST = 100;
/** Fewer alarms than this are no pattern. */
const TAKES_AT_LEAST = 3;
/** What takes away less than this share of the alarms is not worth a change. */
const HELPS_FROM = 1 / 3;
/** The smallest number that reaches this share of what the largest would is enough. */
const ENOUGH = 0.9;
/** A deadband beyond this would hide more than noise. */
const SIGMAS = [2, 3, 4, 6] as const;
const ON_DELAYS: readonly Duration[] = [
  ...[5, 10, 20, 30].map(seconds),
  ...[1, 2, 3, 5, 10, 15].map(minutes),
];
/** How much longer than in its pack a step may be made to wait: the graver, the less; the gravest not at all. */
const LONGER_AT_MOST: Readonly<Record<Level, Duration>> = {
  1: 0,
  2: minutes(1),
  3: minutes(2),
  4: minutes(5),
};

/**
 * The longest on-delay that may be suggested for a step: never beyond its pack's own where the step is of level 1 or its
 * rule latches (a latched gas alarm), for there every second counts and one alarm too many costs less than one too late.
 */
export function onDelayAtMost(pack: Rule, level: Level): Duration {
  const own = pack.steps.find((s) => s.level === level)?.onDelay ?? 0;
  return own + (pack.latching ? 0 : LONGER_AT_MOST[level]);
}

/**
 * Numbers by which a noisy rule would be quieter, from what it heard. A deadband first: it delays nothing. An on-delay
 * only where no deadband helps, and never beyond `onDelayAtMost`. One number a step, so that one sees what it does;
 * how often the step would have taken hold is counted by the very watcher that judges live.
 *
 * @param pack the rule as its pack has it
 */
export function suggest(pack: Rule, metric: Metric | null, heard: readonly SuggestionInput[]): Suggestion {
  const noise = noisiest(heard);
  const steps = pack.steps.map(({ level }) => {
    const there = heard.flatMap((h) => {
      const step = h.rule.steps.find((s) => s.level === level);
      return step === undefined ? [] : [{ step, trace: h, rule: h.rule }];
    });
    return forStep({ pack, metric }, level, there, noise);
  });
  const change = steps.flatMap(({ level, found }): StepChange[] =>
    found.is === 'nothing' ? [] : [{ level, [found.is]: found.value }],
  );
  return { noise, steps, change };
}

/** A step at a point, and the rule that it belongs to there. */
type There = Stretch & { readonly rule: Rule };

function forStep(
  { pack, metric }: { readonly pack: Rule; readonly metric: Metric | null },
  level: Level,
  there: readonly There[],
  noise: Noise | null,
): StepSuggestion {
  const readings = there.reduce((n, t) => n + t.trace.at.length, 0);
  const wider = deadbands(there, metric, noise);
  const widest = Math.max(...wider, ...there.map((t) => t.step.deadband), 0);
  const tried = there.map((t) => thinned(t, widest));
  const takes = takesOf(tried, {});
  const told = { level, takes, excursions: excursionsOf(there) };
  const nothing = (why: NothingBecause): StepSuggestion => ({ ...told, found: { is: 'nothing', why } });
  const can = fieldsOf(pack, metric);
  if (can.length === 0) return nothing('kind');
  if (readings < READINGS_AT_LEAST) return nothing('too-little-data');
  if (takes < TAKES_AT_LEAST) return nothing('quiet');

  const deadband = can.includes('deadband') ? smallestThatHelps('deadband', tried, takes, wider) : null;
  if (deadband !== null) return { ...told, found: deadband };
  const atMost = onDelayAtMost(pack, level);
  const longer = ON_DELAYS.filter((d) => there.every((t) => d > t.step.onDelay));
  const allowed = longer.filter((d) => d <= atMost);
  const onDelay = smallestThatHelps('onDelay', tried, takes, allowed);
  if (onDelay !== null) return { ...told, found: onDelay };
  const forbidden = longer.filter((d) => d > atMost && d <= LONGER_AT_MOST[4]);
  return nothing(smallestThatHelps('onDelay', tried, takes, forbidden) === null ? 'not-noise' : 'safety');
}

/** Whether noise of a reading can be what such a rule's alarms come from. */
export const canSuggest = (rule: Rule): boolean => fieldsOf(rule, null).length > 0;

/** Which of its numbers answer to noise. */
function fieldsOf({ signal }: Rule, metric: Metric | null): readonly ('deadband' | 'onDelay')[] {
  const { answersToNoise } = kindOf(signal);
  // A flag is 0 or 1.
  return signal.of === 'value' && metric?.kind === 'flag'
    ? answersToNoise.filter((field) => field !== 'deadband')
    : answersToNoise;
}

/** Deadbands as wide as the noise, wider than those in force, that still let the signal return. */
function deadbands(there: readonly There[], metric: Metric | null, noise: Noise | null): readonly number[] {
  if (noise === null) return [];
  const wanted = [noise.step, ...SIGMAS.map((k) => k * noise.sigma)].filter((d) => d > 0).map(roundUp);
  const calm = there.map(calmOf);
  return [...new Set(wanted)]
    .sort((a, b) => a - b)
    .filter((deadband) =>
      there.every(({ step, rule }, i) => {
        if (deadband <= step.deadband || passes(step.limit, deadband, calm[i] as number)) return false;
        const steps = rule.steps.map((s) => (s.level === step.level ? { ...s, deadband } : s));
        return ruleFlaws({ ...rule, steps }, metric).length === 0;
      }),
    );
}

/** Where the signal lies while nothing is beyond the limit; NaN where that never was. */
function calmOf({ step, trace: { signal } }: Stretch): number {
  const stride = Math.max(1, Math.floor(signal.length / 5_000));
  const calm = signal.filter((x, i) => i % stride === 0 && !passes(step.limit, 0, x));
  return calm.length === 0 ? Number.NaN : median(calm);
}

function smallestThatHelps(
  field: 'deadband' | 'onDelay',
  there: readonly Stretch[],
  takes: number,
  candidates: readonly number[],
): Exclude<StepSuggestion['found'], { is: 'nothing' }> | null {
  const tried = candidates.map((value) => ({ value, takes: takesOf(there, { [field]: value }) }));
  const best = takes - Math.min(takes, ...tried.map((t) => t.takes));
  if (best < takes * HELPS_FROM) return null;
  const found = tried.find((t) => takes - t.takes >= best * ENOUGH);
  if (found === undefined) return null;
  const was = Math.max(...there.map((t) => t.step[field]));
  return { is: field, ...found, was };
}

function noisiest(heard: readonly SuggestionInput[]): Noise | null {
  let found: Noise | null = null;
  for (const h of heard) {
    const noise = noiseOf(h);
    if (noise !== null && (found === null || noise.sigma > found.sigma)) found = noise;
  }
  return found;
}

/** A number that a person would write: one or two digits, never less than what is asked for. */
function roundUp(value: number): number {
  const unit = 10 ** Math.floor(Math.log10(value));
  const nice = NICE.find((n) => n * unit >= value * (1 - 1e-9)) ?? 10;
  return Number((nice * unit).toPrecision(3));
}
const NICE = [1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10];
