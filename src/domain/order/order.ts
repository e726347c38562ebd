import type { Actor } from '../alarm/alarm.ts';
import type {
  AlarmId,
  AreaCode,
  AssetCode,
  AttachmentId,
  ContactId,
  DrillId,
  IncidentId,
  LifelineKey,
  OrderId,
  PointCode,
  UnitCode,
  WarningId,
} from '../ids.ts';
import type { Level } from '../level.ts';
import type { Millis } from '../time.ts';
import type { ClockLimits, ClockName } from './clock-policy.ts';

export type OrderState =
  | 'new'
  | 'dispatched'
  | 'returned'
  | 'accepted'
  | 'on-site'
  | 'paused'
  | 'done'
  | 'verified'
  | 'archived'
  | 'voided';

export const ORDER_STATES: readonly OrderState[] = [
  'new',
  'dispatched',
  'returned',
  'accepted',
  'on-site',
  'paused',
  'done',
  'verified',
  'archived',
  'voided',
];

/** Where an order comes from; `manual`: from nowhere else. */
export type OrderSource = {
  readonly kind: 'alarm' | 'warning' | 'incident' | 'citizen' | 'patrol' | 'upstream' | 'manual';
  readonly id: string | null;
};

/** Where the work is. */
export type OrderPlace = {
  readonly area: AreaCode;
  readonly asset: AssetCode | null;
  readonly point: PointCode | null;
  /** As people say it. */
  readonly text: string;
  readonly lon: number | null;
  readonly lat: number | null;
};

/** Why a unit sends an order back. */
export const REFUSAL_KINDS = ['not-ours', 'no-capacity', 'wrong-place', 'duplicate', 'other'] as const;
export type RefusalKind = (typeof REFUSAL_KINDS)[number];

/** What an order waits for while it is paused. */
export const PAUSE_KINDS = ['permit', 'weather', 'water-window', 'parts', 'other-unit', 'other'] as const;
export type PauseKind = (typeof PAUSE_KINDS)[number];

/** What is usual; a house may have words of its own. */
export const VERIFY_METHODS = ['on-site', 'remote', 'readings'] as const;

/** A span in which the clocks of an order stand. */
export type Pause = {
  readonly kind: PauseKind;
  readonly from: Millis;
  /** When it ends by itself. */
  readonly until: Millis;
  /** When it ended; `null`: it goes on. */
  readonly to: Millis | null;
  readonly reason: string;
  readonly by: Actor;
};

/** Something that needs another's word: it was asked for, and holds when somebody else does the same. */
export type Wanted = {
  readonly do: 'refuse' | 'forward' | 'void';
  readonly reason: string;
  readonly unit: UnitCode | null;
  readonly by: Actor;
  readonly at: Millis;
};

/** Gas readings and permit before somebody enters a chamber. */
export type SafetyCheck = {
  readonly readings: readonly { readonly what: string; readonly value: number; readonly unit: string }[];
  readonly permit: string | null;
  readonly by: Actor;
  readonly at: Millis;
};

/** Which clock has been told amber or overdue, of the run that began then. */
export type ToldClocks = {
  readonly [N in ClockName]?: { readonly from: Millis; readonly is: 'amber' | 'overdue' };
};

/** 工单: one piece of work that one unit answers for, with its clocks. */
export type Order = {
  readonly id: OrderId;
  /** 下级平台: whose it is, by the name of the platform below; absent: ours. */
  readonly from?: string;
  /** For people: `GD20261130-0007`, by day in Beijing. */
  readonly no: string;
  readonly source: OrderSource;
  readonly title: string;
  readonly lifeline: LifelineKey;
  readonly level: Level;
  readonly place: OrderPlace;
  readonly state: OrderState;
  readonly revision: number;
  /** Revision at which it last went to other hands: whoever has not seen that acts on another order. */
  readonly handsRevision: number;
  readonly createdAt: Millis;
  readonly createdBy: Actor;
  readonly unit: UnitCode | null;
  readonly contact: ContactId | null;
  /** Units that have had it, this one among them. */
  readonly hadBy: readonly UnitCode[];
  /** What it goes back to after a pause. */
  readonly before: 'accepted' | 'on-site' | null;
  readonly limits: ClockLimits;
  readonly policy: { readonly id: string; readonly version: number };
  readonly firstDispatchedAt: Millis | null;
  readonly dispatchedAt: Millis | null;
  readonly acceptedAt: Millis | null;
  readonly arrivedAt: Millis | null;
  readonly firstFeedbackAt: Millis | null;
  readonly feedbackAt: Millis | null;
  readonly doneAt: Millis | null;
  /** When it was first done by the hands that it is in: what was met by that stays so, whatever becomes of its verification. */
  readonly firstDoneAt: Millis | null;
  readonly verifiedAt: Millis | null;
  /** Since when the clock of control runs: the first dispatch, or the last failed verification. */
  readonly controlFrom: Millis | null;
  /** Granted: the clock of control ends then, later pauses added. */
  readonly extendedTo: { readonly until: Millis; readonly at: Millis } | null;
  readonly extension: {
    readonly until: Millis;
    readonly reason: string;
    readonly by: Actor;
    readonly at: Millis;
  } | null;
  readonly pauses: readonly Pause[];
  readonly told: ToldClocks;
  readonly refusals: number;
  /** Sent back twice: whoever coordinates must find a unit. */
  readonly withCoordinator: boolean;
  readonly wanted: Wanted | null;
  readonly reworks: number;
  readonly urges: number;
  /** Accounts that did any of it, and that gave it to somebody: none of them verifies. */
  readonly doers: readonly string[];
  readonly dispatchers: readonly string[];
  readonly arrival: {
    readonly lon: number | null;
    readonly lat: number | null;
    readonly accuracyM: number | null;
    /** As the crew says it, where nothing measured it. */
    readonly placeText?: string;
    readonly actedAt: Millis | null;
  } | null;
  readonly safety: SafetyCheck | null;
  readonly result: string | null;
  readonly cause: string | null;
  readonly attachments: readonly AttachmentId[];
  readonly alarms: readonly AlarmId[];
  readonly warning: WarningId | null;
  readonly incident: IncidentId | null;
  /** Of a drill 演练; absent: real. */
  readonly drill?: DrillId;
};

/** Something may still come of it. */
export const isOrderOpen = ({ state }: Pick<Order, 'state'>): boolean =>
  state !== 'archived' && state !== 'voided';

/** The pause that goes on, or the last one that was. Also for the console, whose oldest browsers know no `at`. */
export const lastPause = ({ pauses }: Pick<Order, 'pauses'>): Pause | undefined => pauses[pauses.length - 1];
