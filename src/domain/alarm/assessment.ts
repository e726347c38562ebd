import type { AlarmId, AttachmentId, MetricKey } from '../ids.ts';
import type { Quality } from '../reading.ts';
import type { Millis } from '../time.ts';
import type { Actor } from './actor.ts';

/**
 * 研判结论 (docs/plan/response.md F.1). `false` is that of former versions, without a reason; `instrument` and `environment` are false with one.
 * `unclear` is a verdict, and judges nothing: clocks go on.
 */
const VERDICT_KINDS = {
  real: 'judged',
  biogas: 'judged',
  works: 'judged',
  test: 'judged',
  instrument: 'false',
  environment: 'false',
  duplicate: 'judged',
  unclear: 'not-judged',
  false: 'false',
} as const;
export type Verdict = keyof typeof VERDICT_KINDS;
export const VERDICTS = Object.keys(VERDICT_KINDS) as [Verdict, ...Verdict[]];

/** Of what is real. */
export const REAL_CAUSES = ['leak', 'third-party', 'equipment', 'natural', 'other'] as const;
export type RealCause = (typeof REAL_CAUSES)[number];

export const CONFIDENCES = ['certain', 'likely', 'unclear'] as const;
export type Confidence = (typeof CONFIDENCES)[number];

export const NEXT_STEPS = ['none', 'watch', 'order', 'warning'] as const;

/** A number that somebody measured. */
export type Measured = { readonly value: number; readonly unit: string };

/** What whoever judged has found and done: each as far as it was said. */
export type AssessmentForm = {
  readonly seenRevision?: number;
  readonly weather?: string;
  /** Works and permits near; pipes within reach. */
  readonly worksNear?: string;
  readonly pipesNear?: string;
  /** Ethane beside methane: pipe gas has it, biogas has not. */
  readonly ethane?: Measured & { readonly instrument?: string; readonly at?: Millis };
  readonly onSite?: Measured & { readonly depthM?: number };
  /** Before and after the chamber was ventilated. */
  readonly ventilated?: { readonly before: number; readonly after: number; readonly unit: string };
  readonly attachments?: readonly AttachmentId[];
  /** The owner who was called, and when. */
  readonly ownerCalled?: { readonly name: string; readonly at?: Millis };
  readonly nextStep?: (typeof NEXT_STEPS)[number];
  readonly watchUntil?: Millis;
  readonly duplicateOf?: AlarmId;
  /** A second person who judged too. */
  readonly second?: string;
};

/** A reading as it was when somebody judged: it stays so, whatever comes later. */
export type ReadingSeen = {
  readonly metric: MetricKey;
  readonly value: number | null;
  readonly quality: Quality['grade'];
  readonly observedAt: Millis;
};

/** What is said beside a verdict. */
export type AssessmentDetails = {
  readonly confidence?: Confidence;
  readonly cause?: RealCause;
  readonly form?: AssessmentForm;
  readonly readings?: readonly ReadingSeen[];
};

export type Assessment = {
  readonly verdict: Verdict;
  readonly by: Actor;
  readonly at: Millis;
  readonly note: string | null;
} & AssessmentDetails & {
    /** Verdicts that were changed since, oldest first. */
    readonly earlier?: readonly Pick<Assessment, 'verdict' | 'by' | 'at' | 'note'>[];
  };

/** Verdicts kept of one alarm: the journal has all of them. */
const EARLIER_AT_MOST = 20;

export function assessed(before: Assessment | null, now: Omit<Assessment, 'earlier'>): Assessment {
  if (before === null) return now;
  const { verdict, by, at, note } = before;
  const earlier = [...(before.earlier ?? []), { verdict, by, at, note }];
  return { ...now, earlier: earlier.slice(-EARLIER_AT_MOST) };
}

export const isFalseVerdict = (v: Verdict): boolean => VERDICT_KINDS[v] === 'false';
/** Judged to be no danger: after that nobody is in a hurry. */
export const takesDangerAway = (v: Verdict): boolean => isJudged(v) && v !== 'real';
/** Somebody has said what it is. */
export const isJudged = (v: Verdict): boolean => VERDICT_KINDS[v] !== 'not-judged';
