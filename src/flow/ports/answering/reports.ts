import type { AreaCode, IncidentId, ReportId } from '../../../domain/ids.ts';
import type { Refusal } from '../../../domain/refusals.ts';
import type { ReportKind } from '../../../domain/report/period.ts';
import type { Report, ReportState } from '../../../domain/report/report.ts';
import type { Asked } from '../../../domain/response/event.ts';
import type { JournaledOf } from '../../../domain/response/journaled.ts';
import type { Result } from '../../../domain/result.ts';
import type { Millis } from '../../../domain/time.ts';
import type { Page } from '../journal.ts';

export type ReportWish = {
  readonly kind: ReportKind;
  /** An instant of the period; `null`: the last one that is over. */
  readonly from: Millis | null;
  readonly area: AreaCode | null;
  /** Of an incident’s report. */
  readonly incident: IncidentId | null;
  readonly text: string | null;
};

export type ReportAsk =
  | { readonly do: 'review'; readonly text: string | null }
  | { readonly do: 'issue' }
  | { readonly do: 'correct'; readonly reason: string };

export type ReportFilter = {
  readonly states?: readonly ReportState[] | undefined;
  readonly kind?: ReportKind | undefined;
};

/** Reports 报告. Changes resolve when they are durable, and are idempotent by `commandId`. */
export interface Reports {
  make(wish: ReportWish, asked: Asked): Promise<Result<Report, Refusal>>;
  act(id: ReportId, ask: ReportAsk & Asked): Promise<Result<Report, Refusal>>;
  report(id: ReportId): Promise<Report | null>;
  /** Newest first. */
  reports(filter: ReportFilter, limit: number, after: string | null): Promise<Page<Report>>;
  /** Oldest first. */
  eventsOf(id: ReportId): Promise<readonly JournaledOf<'report'>[]>;
}
