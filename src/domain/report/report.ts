import type { Actor } from '../alarm/alarm.ts';
import type { AreaCode, EventSeq, IncidentId, ReportId } from '../ids.ts';
import type { Asked, ResponseEvent } from '../response/event.ts';
import type { Millis } from '../time.ts';
import type { ReportFigures } from './figures.ts';
import type { ReportKind } from './period.ts';

export const REPORT_STATES = ['draft', 'reviewed', 'issued', 'corrected'] as const;
export type ReportState = (typeof REPORT_STATES)[number];

/** 报告: what a period, or an incident, was like in figures, as of one place in the journal. */
export type Report = {
  readonly id: ReportId;
  /** For people: `BG20261201-1234`, by day in Beijing and place in the journal; each has its own. */
  readonly no: string;
  readonly revision: number;
  readonly state: ReportState;
  readonly kind: ReportKind;
  /** Of which period: inclusive, exclusive. */
  readonly from: Millis;
  readonly to: Millis;
  /** `null`: the whole city. */
  readonly area: AreaCode | null;
  /** Of an incident's report. */
  readonly incident: IncidentId | null;
  /** The newest event that the figures know. */
  readonly seq: EventSeq;
  readonly figures: ReportFigures;
  /** What people write to it; `null`: nothing. */
  readonly text: string | null;
  readonly author: Actor;
  readonly madeAt: Millis;
  readonly reviewed: { readonly by: Actor; readonly at: Millis } | null;
  readonly issued: { readonly by: Actor; readonly at: Millis } | null;
  /** The report that this one stands in place of. */
  readonly corrects: ReportId | null;
  readonly corrected: {
    readonly by: Actor;
    readonly at: Millis;
    readonly reason: string;
    /** The report that stands in its place. */
    readonly to: ReportId;
  } | null;
};

export const isReportOpen = ({ state }: Pick<Report, 'state'>): boolean =>
  state === 'draft' || state === 'reviewed';

export type ReportBirth = Pick<
  Report,
  'id' | 'no' | 'kind' | 'from' | 'to' | 'area' | 'incident' | 'seq' | 'figures' | 'text' | 'corrects'
>;

/** What people do to a report (docs/interfaces.md §9). */
export type ReportAct =
  /** `text` null: as it was. */
  | { readonly do: 'review'; readonly text: string | null }
  | { readonly do: 'issue' }
  | { readonly do: 'correct'; readonly reason: string; readonly to: ReportId };

/** `by` null: the clock. */
export type ReportCommand =
  | ({ readonly do: 'create'; readonly birth: ReportBirth } & (Asked | { readonly by: null }))
  | (ReportAct & Asked);

export type ReportChange =
  | { readonly kind: 'compiled'; readonly birth: ReportBirth }
  | { readonly kind: 'reviewed'; readonly text: string | null }
  | { readonly kind: 'issued' }
  | { readonly kind: 'corrected'; readonly reason: string; readonly to: ReportId };

export type ReportChangeKind = ReportChange['kind'];
export type ReportEvent = ResponseEvent<ReportId, ReportChange>;
