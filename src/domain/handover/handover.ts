import type { Actor } from '../alarm/alarm.ts';
import type {
  AlarmId,
  AreaCode,
  DeviceCode,
  EventSeq,
  HandoverId,
  IncidentId,
  NoticeId,
  OrderId,
  PointCode,
  UnitCode,
  WarningId,
} from '../ids.ts';
import type { Level } from '../level.ts';
import type { ClockName } from '../order/clock-policy.ts';
import type { Asked, ResponseEvent } from '../response/event.ts';
import type { Bilingual } from '../text.ts';
import type { Millis } from '../time.ts';

export const HANDOVER_STATES = ['open', 'outgoing-signed', 'both-signed', 'voided'] as const;
export type HandoverState = (typeof HANDOVER_STATES)[number];

export const SIDES = ['outgoing', 'incoming'] as const;
export type Side = (typeof SIDES)[number];

/**
 * What the incoming shift looks at before it signs: the log, the console, sensors, power, communications, fire gear
 * (docs/plan/response.md A.4, source P11).
 */
export const HANDOVER_CHECKS = ['log', 'console', 'sensors', 'power', 'comms', 'fire-gear'] as const;
export type HandoverCheck = (typeof HANDOVER_CHECKS)[number];

/** Somebody of a shift: their account, and their name as it was then. */
export type ShiftPerson = { readonly account: string; readonly name: string };

/** The first some hundred of a kind, and how many there were. */
export type Listed<T> = { readonly total: number; readonly items: readonly T[] };

/** What is handed over, as it stood at one place in the journal: nothing that happens later changes it. */
export type HandoverContents = {
  readonly alarms: Listed<{
    readonly id: AlarmId;
    readonly level: Level;
    readonly point: PointCode;
    readonly site: string;
    readonly rule: Bilingual;
    readonly phase: string;
    readonly overlay: string;
    readonly raisedAt: Millis;
    readonly ackBy: string | null;
    readonly interrupted: boolean;
  }>;
  readonly incidents: Listed<{
    readonly id: IncidentId;
    readonly level: Level;
    readonly name: Bilingual;
    readonly state: string;
  }>;
  readonly warnings: Listed<{
    readonly id: WarningId;
    readonly level: Level;
    readonly kind: string;
    readonly areaText: string;
    readonly state: string;
    readonly expires: Millis;
    readonly overdue: boolean;
  }>;
  readonly orders: Listed<{
    readonly id: OrderId;
    readonly no: string;
    readonly level: Level;
    readonly title: string;
    readonly unit: UnitCode | null;
    readonly state: string;
    /** The clock that runs out first of those that run; `null`: none does. */
    readonly next: { readonly clock: ClockName; readonly dueAt: Millis } | null;
  }>;
  /** By their end, the next one first. */
  readonly shelves: Listed<{
    readonly alarm: AlarmId;
    readonly level: Level;
    readonly site: string;
    readonly until: Millis;
    readonly by: string;
    readonly reason: string;
  }>;
  /** 作业窗口, by their end. */
  readonly works: Listed<{
    readonly id: string;
    readonly point: PointCode;
    readonly name: string;
    readonly from: Millis;
    readonly until: Millis;
    readonly by: string;
    readonly reason: string;
  }>;
  /** Said themselves, or had it said by the broker, that they are off line. */
  readonly devices: Listed<{
    readonly device: DeviceCode;
    readonly point: PointCode | null;
    readonly since: Millis;
  }>;
  readonly notices: Listed<{
    readonly id: NoticeId;
    readonly about: string;
    readonly to: string | null;
    readonly channel: string;
    readonly queuedAt: Millis;
  }>;
  /** What waits for platforms above; only those for which something does. Absent: of before it was kept. */
  readonly upstreams?: Listed<{
    readonly name: string;
    readonly title: string;
    readonly live: number;
    readonly bulk: number;
    readonly rejected: number;
    /** When the oldest of it was owed. */
    readonly oldestAt: Millis | null;
  }>;
};

/** Somebody's own hand, with what proved that it was theirs. */
export type HandoverSignature = ShiftPerson & {
  readonly side: Side;
  readonly at: Millis;
  readonly by: 'password' | 'totp';
  readonly remarks: string | null;
  readonly ticks: readonly HandoverCheck[];
};

/** 交接班: one shift gives what it has in hand to the next. */
export type Handover = {
  readonly id: HandoverId;
  readonly revision: number;
  readonly state: HandoverState;
  /** Of the outgoing shift; `to`: when it was made. */
  readonly from: Millis;
  readonly to: Millis;
  /** Of what it is; empty: the whole city. */
  readonly areas: readonly AreaCode[];
  readonly outgoing: readonly ShiftPerson[];
  readonly incoming: readonly ShiftPerson[];
  /** What the outgoing shift asks of the incoming one. */
  readonly instructions: string | null;
  /** The newest event that the contents know. */
  readonly seq: EventSeq;
  readonly contents: HandoverContents;
  /** `n:seal` of the audit journal's newest entry at that time; `null`: there is none. */
  readonly anchor: string | null;
  /** Why it is made during a red incident; `null`: there was none. */
  readonly reason: string | null;
  readonly madeBy: Actor;
  /** In order of signing. */
  readonly signatures: readonly HandoverSignature[];
  readonly endedAt: Millis | null;
  readonly voided: { readonly by: Actor; readonly reason: string } | null;
};

export const isHandoverOpen = ({ state }: Pick<Handover, 'state'>): boolean =>
  state === 'open' || state === 'outgoing-signed';

/** Which shift answers for what happens: the outgoing one until the last signature of the incoming one. */
export const whoAnswers = ({ state }: Pick<Handover, 'state'>): Side =>
  state === 'both-signed' ? 'incoming' : 'outgoing';

export type HandoverBirth = Pick<
  Handover,
  | 'id'
  | 'from'
  | 'areas'
  | 'outgoing'
  | 'incoming'
  | 'instructions'
  | 'seq'
  | 'contents'
  | 'anchor'
  | 'reason'
>;

/** What people do to a hand-over (docs/interfaces.md §9). */
export type HandoverAct =
  | {
      readonly do: 'sign';
      readonly side: Side;
      readonly proof: HandoverSignature['by'];
      readonly remarks: string | null;
      readonly ticks: readonly HandoverCheck[];
      /** Why it goes on during a red incident. */
      readonly reason: string | null;
      /** A red incident goes on there, not under control yet. */
      readonly duringRed: boolean;
    }
  | { readonly do: 'void'; readonly reason: string };

export type HandoverCommand =
  | ({ readonly do: 'create'; readonly birth: HandoverBirth } & Asked)
  | (HandoverAct & Asked);

export type HandoverChange =
  | { readonly kind: 'opened'; readonly birth: HandoverBirth }
  | {
      readonly kind: 'signed';
      readonly signature: Omit<HandoverSignature, 'at'>;
      /** Absent: as it was. */
      readonly reason?: string;
    }
  | { readonly kind: 'voided'; readonly reason: string };

export type HandoverChangeKind = HandoverChange['kind'];
export type HandoverEvent = ResponseEvent<HandoverId, HandoverChange>;

/** Whether two of them are about some of the same areas; codes are prefixes, none is the whole city. */
export const overlap = (a: readonly AreaCode[], b: readonly AreaCode[]): boolean =>
  a.length === 0 || b.length === 0 || a.some((x) => b.some((y) => x.startsWith(y) || y.startsWith(x)));
