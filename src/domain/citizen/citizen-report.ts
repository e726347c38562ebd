import type {
  AlarmId,
  AreaCode,
  CitizenReportId,
  CommandId,
  IncidentId,
  LifelineKey,
  OrderId,
  PointCode,
} from '../ids.ts';
import type { Millis } from '../time.ts';

/** 诉求类型, as hotlines part them: the time for an answer goes by it. */
export const CITIZEN_KINDS = ['question', 'help', 'complaint', 'suggestion', 'other'] as const;
export type CitizenKind = (typeof CITIZEN_KINDS)[number];

export const CITIZEN_STATES = [
  'received',
  'matched',
  'assigned',
  'answered',
  'closed',
  'rejected',
  'duplicate',
] as const;
export type CitizenState = (typeof CITIZEN_STATES)[number];

/** How it came in. */
export const CITIZEN_WAYS = ['platform', 'file', 'form'] as const;

/** 回访结果: what the caller said when asked afterwards. */
export const CITIZEN_OUTCOMES = ['satisfied', 'dissatisfied', 'not-reached', 'not-asked'] as const;
export type CitizenOutcome = (typeof CITIZEN_OUTCOMES)[number];

export type CitizenPerson = { readonly account: string; readonly name: string };

export const CITIZEN_VERBS = [
  'take',
  'link',
  'unlink',
  'order',
  'place',
  'answer',
  'close',
  'reopen',
  'reject',
  'duplicate',
  'erase',
] as const;
export type CitizenVerb = (typeof CITIZEN_VERBS)[number];

/** One thing that was done to it. Reasons are free text, and stand in `CitizenWords`. */
export type CitizenStep = {
  readonly at: Millis;
  /** `null`: the clock. */
  readonly by: CitizenPerson | null;
  readonly did: CitizenVerb;
  /** `null`: it came in, or the clock did it. */
  readonly commandId: CommandId | null;
};

/** 市民诉求: what a citizen has told a hotline. Nothing in here is personal: that lies in `CitizenWords`. */
export type CitizenReport = {
  readonly id: CitizenReportId;
  readonly revision: number;
  /** The hotline, and the number it goes by there: the same twice is one report. */
  readonly source: string;
  readonly no: string;
  readonly kind: CitizenKind;
  /** As the hotline names it. */
  readonly category: string | null;
  readonly lifeline: LifelineKey | null;
  readonly area: AreaCode;
  /** Degrees; `null`: nobody has said where. */
  readonly lon: number | null;
  readonly lat: number | null;
  /** The hotline's clock. */
  readonly calledAt: Millis;
  /** Ours. */
  readonly takenAt: Millis;
  readonly way: (typeof CITIZEN_WAYS)[number];
  readonly by: CitizenPerson;
  readonly state: CitizenState;
  /** By when it is to be answered, and who says so. */
  readonly dueAt: Millis;
  readonly dueBy: 'hotline' | 'house';
  readonly points: readonly PointCode[];
  readonly alarms: readonly AlarmId[];
  readonly incident: IncidentId | null;
  readonly order: OrderId | null;
  readonly duplicateOf: CitizenReportId | null;
  readonly answeredAt: Millis | null;
  readonly outcome: CitizenOutcome | null;
  /** Since when nothing more is owed to it; `null`: something is. */
  readonly overAt: Millis | null;
  /** Since when the words are gone. */
  readonly erasedAt: Millis | null;
  readonly story: readonly CitizenStep[];
};

/** What a citizen said and who that was, what was answered, and every reason in free text: kept apart, and erased in time. */
export type CitizenWords = {
  readonly text: string;
  readonly place: string;
  readonly caller: string | null;
  readonly phone: string | null;
  readonly answer: string | null;
  readonly reasons: readonly { readonly at: Millis; readonly text: string }[];
};

/** As it is kept: its words lie in a row of their own, which is written over and erased. `words` null: there are none. */
export type CitizenEntry = { readonly report: CitizenReport; readonly words: CitizenWords | null };

/** What makes a report the same when it comes again. */
export const citizenKey = ({ source, no }: Pick<CitizenReport, 'source' | 'no'>): string => `${source}/${no}`;

/** Something is still owed to it. */
export const isCitizenOpen = ({ overAt }: Pick<CitizenReport, 'overAt'>): boolean => overAt === null;
