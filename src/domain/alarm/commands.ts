import type { AlarmId, CommandId } from '../ids.ts';
import type { Level } from '../level.ts';
import type { Millis } from '../time.ts';
import type { Actor, Breach, HiddenByDesign, Scene } from './alarm.ts';
import type { AssessmentDetails, Verdict } from './assessment.ts';
import type { WorstSeen } from './events.ts';

/** What the desk is asked to do. `observe` comes from judging, the rest from operators or from the clock. */
export type AlarmCommand =
  /** A rule's level in force, as of now. Idempotent: repeating it changes nothing. */
  | {
      readonly do: 'observe';
      /** Of the occurrence, if this raises one; else not looked at, like `scene` and `hidden`. */
      readonly id: AlarmId;
      readonly scene: Scene;
      readonly breach: Breach;
      /** The point is under maintenance, or a rule of ours hides it: hidden from the first event on. */
      readonly hidden?: HiddenByDesign;
    }
  | { readonly do: 'observeNormal'; readonly worst: WorstSeen }
  | {
      readonly do: 'acknowledge';
      readonly by: Actor;
      readonly seenRevision: number;
      readonly note: string | null;
      readonly commandId: CommandId;
    }
  | {
      readonly do: 'shelve';
      readonly by: Actor;
      readonly until: Millis;
      readonly reason: string;
      /** As for `acknowledge`, where the client says it: nobody hides what they have not seen. */
      readonly seenRevision?: number;
      /** Name of a second person who may shelve too, and has proved to be there. */
      readonly second?: string;
      readonly commandId: CommandId;
    }
  | { readonly do: 'unshelve'; readonly by: Actor; readonly commandId: CommandId }
  | { readonly do: 'reset'; readonly by: Actor; readonly note: string | null; readonly commandId: CommandId }
  | ({
      readonly do: 'assess';
      readonly by: Actor;
      readonly verdict: Verdict;
      readonly note: string | null;
      /** Another person, who has proved to be there. */
      readonly second?: string;
      readonly commandId: CommandId;
    } & AssessmentDetails)
  | { readonly do: 'note'; readonly by: Actor; readonly text: string; readonly commandId: CommandId }
  | { readonly do: 'interrupt' }
  | { readonly do: 'resume' }
  | { readonly do: 'suppress'; readonly because: string }
  | { readonly do: 'unsuppress' }
  | { readonly do: 'takeOutOfService'; readonly reason: string }
  | { readonly do: 'returnToService' }
  /** The clock: ends shelving that is over, re-alarms what was acknowledged too long ago. */
  | { readonly do: 'tick'; readonly reAlarmAfter: number | null };

export type OperatorCommand = Extract<AlarmCommand, { readonly commandId: CommandId }>;

/** House limits of the desk. */
export type DeskLimits = {
  /** Longest shelving. */
  readonly shelveAtMost: number;
  /** Level 1 may be shelved at all. */
  readonly shelveLevel1: boolean;
  /** Level 1 is shelved by two. */
  readonly secondPersonForLevel1?: boolean;
  /** Level 1 is judged to be no danger by two. */
  readonly secondPersonToAssess?: boolean;
};

/** Whether the house lets so many people hide an alarm of this level, by whatever way: a shelf, the register, works. */
export function mayHide(level: Level, limits: DeskLimits, people: 1 | 2): boolean {
  if (level !== 1) return true;
  return limits.shelveLevel1 && (people === 2 || limits.secondPersonForLevel1 !== true);
}

/** As `mayHide`; a point is taken out of service by one person. */
export const mayOneHide = (level: Level, limits: DeskLimits): boolean => mayHide(level, limits, 1);
