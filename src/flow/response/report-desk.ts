import type { ReportId } from '../../domain/ids.ts';
import type { Refusal } from '../../domain/refusals.ts';
import { decideReport } from '../../domain/report/decide.ts';
import { evolveReport } from '../../domain/report/evolve.ts';
import { isReportOpen, type Report, type ReportCommand } from '../../domain/report/report.ts';
import { ok, type Result } from '../../domain/result.ts';
import type { ResponseDraft } from './order-desk.ts';

/** Reports that are over and were written to lately. */
const REMEMBERED = 50;

/** The desk for reports, inside the turn. */
export class ReportDesk {
  readonly open = new Map<ReportId, Report>();
  readonly #over = new Map<ReportId, Report>();

  find(id: ReportId, durable: Report | null): Report | null {
    return this.open.get(id) ?? this.#over.get(id) ?? durable;
  }

  command(report: Report | null, command: ReportCommand, draft: ResponseDraft): Result<Report, Refusal> {
    const decided = decideReport(report, command, draft.at);
    if (!decided.ok) return decided;
    let now = report;
    for (const event of decided.value) {
      now = evolveReport(now, event);
      draft.respond({ of: 'report', event, after: now });
    }
    if (now !== null) this.restore(now);
    return ok(now as Report);
  }

  restore(report: Report): void {
    if (isReportOpen(report)) {
      this.open.set(report.id, report);
      return;
    }
    this.open.delete(report.id);
    this.#over.set(report.id, report);
    if (this.#over.size > REMEMBERED) this.#over.delete(this.#over.keys().next().value as ReportId);
  }
}
