import type { Actor } from '../alarm/alarm.ts';
import type { AlarmId, AreaCode, DrillId, IncidentId, LifelineKey } from '../ids.ts';
import type { Level } from '../level.ts';
import type { Asked, ResponseEvent } from '../response/event.ts';
import type { Bilingual } from '../text.ts';
import type { Millis } from '../time.ts';
import type { JoinedBy, Suspect } from './correlation.ts';

export const INCIDENT_STATES = ['forming', 'open', 'under-control', 'closed', 'reviewed'] as const;
export type IncidentState = (typeof INCIDENT_STATES)[number];

/** Why an alarm is in an incident. */
export type JoinReason = {
  readonly alarm: AlarmId;
  readonly by: JoinedBy;
  readonly detail: Bilingual;
  readonly confidence: number;
};

/** A step of a plan 预案, by the plan's text at that time: a plan that is changed later changes nothing that was done. */
export type PlanStep = {
  readonly plan: string;
  /** 1 the first, as the plan stood. */
  readonly step: number;
  readonly text: string;
};
export type PlanStepDone = PlanStep & { readonly by: Actor; readonly at: Millis };

/** By its words: in a plan that was put in another order meanwhile a step is what it was. */
export const isSameStep = (a: PlanStep, b: PlanStep): boolean => a.plan === b.plan && a.text === b.text;

/** 事件: alarms that belong together. It hides none of them, and closes none. */
export type Incident = {
  readonly id: IncidentId;
  readonly revision: number;
  readonly state: IncidentState;
  /** Of what correlation it is; `person`: somebody made it. */
  readonly kind: string;
  readonly name: Bilingual;
  /** Never below its gravest member, and never lowered. */
  readonly level: Level;
  readonly lifelines: readonly LifelineKey[];
  readonly areas: readonly AreaCode[];
  readonly members: readonly Suspect[];
  readonly reasons: readonly JoinReason[];
  /** Taken out by a person: the machine does not put them back. */
  readonly released: readonly AlarmId[];
  readonly madeAt: Millis;
  readonly controlledAt: Millis | null;
  readonly closedAt: Millis | null;
  /** Into which one it went. */
  readonly mergedInto: IncidentId | null;
  /** Steps of plans that were taken, in the order in which they were ticked; absent: none. */
  readonly steps?: readonly PlanStepDone[];
  /** Of a drill 演练; absent: real. */
  readonly drill?: DrillId;
  /** Told by this platform below, which decides over it; absent: ours. */
  readonly from?: string;
  readonly review: { readonly text: string; readonly by: Actor; readonly at: Millis } | null;
};

/** Alarms may still come to it. */
export const takesAlarms = ({ state }: Pick<Incident, 'state'>): boolean =>
  state === 'forming' || state === 'open' || state === 'under-control';

/** Something may still come of it. */
export const isIncidentOpen = ({ state, mergedInto }: Pick<Incident, 'state' | 'mergedInto'>): boolean =>
  state !== 'reviewed' && mergedInto === null;

export type IncidentBirth = Pick<Incident, 'id' | 'kind' | 'name' | 'drill'> & {
  readonly members: readonly Suspect[];
  readonly reasons: readonly JoinReason[];
  readonly level: Level;
  readonly forming: boolean;
};

/** What people do to an incident (docs/interfaces.md §8). */
export type IncidentAct =
  | { readonly do: 'join'; readonly members: readonly Suspect[] }
  | {
      readonly do: 'split';
      readonly alarms: readonly AlarmId[];
      readonly reason: string;
      readonly to: IncidentId;
    }
  | { readonly do: 'merge'; readonly into: IncidentId; readonly reason: string }
  /** A step of a plan is ticked; `isDone` false: it was ticked by mistake. */
  | { readonly do: 'tick-step'; readonly step: PlanStep; readonly isDone: boolean }
  | { readonly do: 'control' }
  | { readonly do: 'close' }
  | { readonly do: 'review'; readonly text: string };

export type IncidentCommand =
  | ({ readonly do: 'create'; readonly birth: IncidentBirth } & (Asked | { readonly by: null }))
  | (IncidentAct & Asked)
  /** What correlation found. */
  | {
      readonly do: 'correlate';
      readonly members: readonly Suspect[];
      readonly reasons: readonly JoinReason[];
      readonly level: Level;
      /** Enough of them: it is forming no more. */
      readonly isWhole: boolean;
    };

export type IncidentChange =
  | { readonly kind: 'made'; readonly birth: IncidentBirth }
  | {
      readonly kind: 'joined';
      readonly members: readonly Suspect[];
      readonly reasons: readonly JoinReason[];
      readonly level: Level;
    }
  | { readonly kind: 'opened' }
  | {
      readonly kind: 'split';
      readonly alarms: readonly AlarmId[];
      readonly reason: string;
      readonly to: IncidentId;
    }
  | { readonly kind: 'merged'; readonly into: IncidentId; readonly reason: string }
  | { readonly kind: 'step-done'; readonly step: PlanStep }
  | { readonly kind: 'step-undone'; readonly step: PlanStep }
  | { readonly kind: 'controlled' }
  | { readonly kind: 'closed' }
  | { readonly kind: 'reviewed'; readonly text: string }
  /** A platform below has told how it stands there. */
  | { readonly kind: 'reported'; readonly incident: Incident };

export type IncidentChangeKind = IncidentChange['kind'];
export type IncidentEvent = ResponseEvent<IncidentId, IncidentChange>;
