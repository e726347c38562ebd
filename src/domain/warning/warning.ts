import type { Actor } from '../alarm/alarm.ts';
import type { AlarmId, AreaCode, DrillId, IncidentId, LifelineKey, UnitCode, WarningId } from '../ids.ts';
import type { Level } from '../level.ts';
import type { Millis } from '../time.ts';

export const WARNING_STATES = ['draft', 'pending', 'issued', 'lifted', 'cancelled', 'discarded'] as const;
export type WarningState = (typeof WARNING_STATES)[number];

/** Whether it is meant: an exercise 演练 and a test 测试 say so in every text. */
export const WARNING_STATUSES = ['actual', 'exercise', 'test'] as const;
export type WarningStatus = (typeof WARNING_STATUSES)[number];

/** What a warning says; a change of it is a new message. */
export type WarningContent = {
  readonly level: Level;
  /** What is warned of, as people say it: 燃气泄漏. */
  readonly kind: string;
  readonly areas: readonly AreaCode[];
  readonly areaText: string;
  /** What happens; what to do. */
  readonly text: string;
  readonly instruction: string;
  readonly expires: Millis;
};

/** A unit that is to know of it, and when it said that it does. */
export type WarningRecipient = {
  readonly unit: UnitCode;
  readonly confirmed: { readonly at: Millis; readonly by: Actor } | null;
};

/** A CAP message as it went out: never changed, each with an identifier of its own. */
export type WarningMessage = {
  readonly identifier: string;
  readonly msgType: 'Alert' | 'Update' | 'Cancel';
  /** What it was sent for. */
  readonly because: 'issued' | 'adjusted' | 'lifted' | 'cancelled';
  readonly sent: Millis;
  /** The level before, where it was adjusted. */
  readonly from: Level | null;
  readonly note: string | null;
  readonly documentNo: string | null;
  readonly content: WarningContent;
  /** Those before it, oldest first. */
  readonly references: readonly { readonly identifier: string; readonly sent: Millis }[];
};

/** 预警: a levelled notice issued to responsible units after assessment, later adjusted or lifted. */
export type Warning = WarningContent & {
  readonly id: WarningId;
  readonly revision: number;
  readonly state: WarningState;
  readonly lifeline: LifelineKey;
  readonly status: WarningStatus;
  readonly basis: { readonly alarms: readonly AlarmId[]; readonly incident: IncidentId | null };
  readonly recipients: readonly WarningRecipient[];
  readonly issuer: UnitCode | null;
  readonly draftedAt: Millis;
  readonly drafter: Actor;
  readonly approver: Actor | null;
  readonly documentNo: string | null;
  /** Since when it is in force. */
  readonly effective: Millis | null;
  readonly endedAt: Millis | null;
  /** Its end has come, and it is in force all the same: somebody must lift or adjust it. */
  readonly overdue: boolean;
  /** A graver alarm of its basis: whoever may issue adjusts it, or does not. */
  readonly proposal: { readonly level: Level; readonly alarm: AlarmId; readonly at: Millis } | null;
  readonly messages: readonly WarningMessage[];
  /** Of a drill 演练; absent: real. */
  readonly drill?: DrillId;
  /** Told by this platform below, which decides over it; absent: ours. */
  readonly from?: string;
};

/** Something may still come of it. */
export const isWarningOpen = ({ state }: Pick<Warning, 'state'>): boolean =>
  state === 'draft' || state === 'pending' || state === 'issued';
