import type { AreaCode, PointCode, RuleId, TurnNumber } from '../ids.ts';
import type { Level } from '../level.ts';
import type { Judges } from '../rule.ts';
import type { Millis } from '../time.ts';

/** Where a number holds: everywhere in the rule's lifeline, in an area and all below it, or at one point. */
export type RuleScope =
  | { readonly kind: 'lifeline' }
  | { readonly kind: 'area'; readonly area: AreaCode }
  | { readonly kind: 'point'; readonly point: PointCode };

/** What of a step can be set. `limit` is by its parts: `{limit}`, or `{low, high}` of a limit with two sides. */
export type StepValues = {
  readonly enabled: boolean;
  readonly limit: Readonly<Record<string, number>>;
  /** In the signal's unit. */
  readonly deadband: number;
  /** Milliseconds of event time. */
  readonly onDelay: number;
  readonly offDelay: number;
};
export type StepField = keyof StepValues;
export const STEP_FIELDS = ['enabled', 'limit', 'deadband', 'onDelay', 'offDelay'] as const;

/** New numbers for one step, named by its level. `null` gives the number back to where it came from before. */
export type StepChange = { readonly level: Level } & {
  readonly [F in StepField]?: StepValues[F] | null | undefined;
};

export type RuleChange =
  | {
      readonly do: 'set';
      readonly scope: RuleScope;
      readonly steps: readonly StepChange[];
      /** Which readings the rule judges there; absent: as it was, `null`: gives it back. */
      readonly judges?: Judges | null;
    }
  /** Every number of the rule, in every scope, as it was at that version; the pack's own version: no overrides. */
  | { readonly do: 'revert'; readonly version: number };

export type Person = { readonly account: string; readonly name: string };

type SetBySomebody = {
  readonly scope: RuleScope;
  readonly version: number;
  readonly by: Person;
  readonly approvedBy: Person | null;
  /** Our clock, when it came into force. */
  readonly at: Millis;
  readonly reason: string;
};
export type StepSetting = SetBySomebody & { readonly level: Level } & {
    readonly [F in StepField]: { readonly field: F; readonly value: StepValues[F] };
  }[StepField];
export type JudgesSetting = SetBySomebody & {
  /** Of the whole rule, not of one step. */
  readonly level: null;
  readonly field: 'judges';
  readonly value: Judges;
};
/** One number (or word) that somebody has set: who, when, why, and with which version. */
export type Setting = StepSetting | JudgesSetting;

/** A rule's numbers as they came into force together: the whole of its overrides, in every scope. */
export type RuleVersion = {
  readonly rule: RuleId;
  /** Counts on from the pack's own version. */
  readonly version: number;
  /** In force from the end of this turn. */
  readonly turn: TurnNumber;
  readonly at: Millis;
  readonly draft: string;
  readonly by: Person;
  readonly approvedBy: Person | null;
  readonly reason: string;
  readonly change: RuleChange;
  readonly settings: readonly Setting[];
};

export type RuleDraftState = 'draft' | 'submitted' | 'approved' | 'rejected' | 'withdrawn';

/** A change on its way: nothing is judged by it until it is approved, and then it is a version. */
export type RuleDraft = {
  readonly id: string;
  readonly rule: RuleId;
  readonly state: RuleDraftState;
  readonly change: RuleChange;
  readonly reason: string;
  readonly author: Person;
  /** The rule's version that the author had before them. */
  readonly baseVersion: number;
  /** The version that came of it; `null` until it is approved. */
  readonly version: number | null;
  /** Chosen by the client; makes a retry harmless. */
  readonly commandId: string | null;
  /** What happened to it, oldest first. */
  readonly story: readonly {
    readonly at: Millis;
    readonly by: Person;
    readonly did: RuleDraftState;
    readonly note: string | null;
  }[];
};

/** What a turn keeps of rules. Drafts are upserts by id; versions are added, never changed. */
export type RuleBookChange =
  | { readonly kind: 'draft'; readonly draft: RuleDraft }
  | { readonly kind: 'version'; readonly version: RuleVersion };

/** What a person may ask of the rules. */
export type RuleCommand =
  | {
      readonly do: 'propose';
      readonly rule: RuleId;
      readonly change: RuleChange;
      readonly reason: string;
      /** False: only written down; `submit` comes later. */
      readonly submit: boolean;
      readonly by: Person;
      readonly commandId: string | null;
    }
  | {
      readonly do: 'submit' | 'approve' | 'reject' | 'withdraw';
      readonly draft: string;
      readonly by: Person;
      readonly note: string | null;
    };

/** The part of a rule's overrides that lies in one scope, as text: equal when nothing in it differs. */
export const scopeKey = (s: RuleScope): string =>
  s.kind === 'lifeline' ? 'lifeline' : s.kind === 'area' ? `area:${s.area}` : `point:${s.point}`;
