import type { AlarmId, CommandId } from '../ids.ts';
import type { Millis } from '../time.ts';
import type { Actor, Alarm, Breach, HiddenByDesign, Scene } from './alarm.ts';
import type { AssessmentDetails, Verdict } from './assessment.ts';

/** What happened to an alarm. `kind` is what the live stream calls it. */
export type AlarmChange =
  | {
      readonly kind: 'raised';
      readonly scene: Scene;
      readonly breach: Breach;
      /** Absent: seen by all from the start. */
      readonly hidden?: HiddenByDesign;
    }
  | { readonly kind: 'escalated'; readonly breach: Breach }
  | { readonly kind: 'returned'; readonly worst: WorstSeen }
  /** The condition came back, perhaps graver; or, of an alarm raised by backfill, it is there live as well. */
  | { readonly kind: 'recurred'; readonly breach: Breach }
  | { readonly kind: 'acknowledged'; readonly note: string | null }
  | { readonly kind: 'realarmed' }
  | { readonly kind: 'shelved'; readonly until: Millis; readonly reason: string }
  | { readonly kind: 'unshelved'; readonly because: 'operator' | 'expired' | 'escalated' }
  | { readonly kind: 'suppressed'; readonly because: string }
  | { readonly kind: 'unsuppressed' }
  | { readonly kind: 'outOfService'; readonly reason: string }
  /** `level-1`: the point has not; but no red alarm stays hidden with it in this house. */
  | { readonly kind: 'returnedToService'; readonly because?: 'level-1' }
  | { readonly kind: 'reset'; readonly note: string | null }
  | ({
      readonly kind: 'assessed';
      readonly verdict: Verdict;
      readonly note: string | null;
    } & AssessmentDetails)
  | { readonly kind: 'noted'; readonly text: string }
  | { readonly kind: 'interrupted' }
  | { readonly kind: 'resumed' }
  /** `worst` is the occurrence's. */
  | { readonly kind: 'closed'; readonly worst: WorstSeen };

export type ChangeKind = AlarmChange['kind'];

/** The worst value between two events, known to the desk only as readings pass. */
export type WorstSeen = Alarm['worst'] | null;

/** An event 事件 as the journal keeps it: who, when, under which command, and the revision it leads to. */
export type AlarmEvent = {
  readonly alarmId: AlarmId;
  readonly revision: number;
  /** Our clock. */
  readonly at: Millis;
  readonly by: Actor;
  readonly commandId: CommandId | null;
  readonly change: AlarmChange;
};
