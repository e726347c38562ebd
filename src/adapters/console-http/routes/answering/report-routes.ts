import { maySeeArea, type Scope } from '../../../../domain/account/scope.ts';
import { as } from '../../../../domain/ids.ts';
import type { Report } from '../../../../domain/report/report.ts';
import type { Session } from '../../../../flow/ports/accounts.ts';
import type { ReportAsk } from '../../../../flow/ports/answering/reports.ts';
import { reportEventJson, reportToJson, reportWithFigures } from '../../../../wire/answering/report.ts';
import { reportColumns, reportRows } from '../../../../wire/answering/report-cells.ts';
import { REPORT_PAGE_POLICY, reportPage } from '../../../../wire/answering/report-page.ts';
import { BOM, csvLine } from '../../../../wire/files/csv.ts';
import type { Language } from '../../../../wire/http/head/language.ts';
import type { Handlers } from '../../answer/handler.ts';
import { HttpProblem, hidden } from '../../answer/problem.ts';
import type { Services } from '../../answer/services.ts';
import { granted } from '../notices/granted.ts';
import { type ActSaid, asked } from '../response/asked.ts';

type Names = Extract<
  keyof Handlers,
  | 'reports'
  | 'makeReport'
  | 'report'
  | 'reportEvents'
  | 'reportHtml'
  | 'reportXlsx'
  | 'reportCsv'
  | 'reviewReport'
  | 'issueReport'
  | 'correctReport'
>;

const PAGES = 50;

export function reportRoutes(parts: Services): Pick<Handlers, Names> {
  const { reports, responses, service, writeSheet } = parts;
  const parentOf = (area: string) => service.register.area(as.area(area))?.parent;

  /** Of the whole city for who sees all of it. */
  const isSeen = ({ area }: Pick<Report, 'area'>, scope: Scope): boolean =>
    scope === null || (area !== null && maySeeArea(scope, area, parentOf));

  async function theirs(id: string, { areas }: Session): Promise<Report> {
    const found = await reports.report(as.report(id));
    if (found === null) throw new HttpProblem('report-unknown');
    if (!isSeen(found, areas)) throw hidden('report-unknown');
    return found;
  }

  async function act(
    { params, body, session }: { params: { id: string }; body: ActSaid; session: Session },
    ask: ReportAsk,
  ) {
    const { id } = await theirs(params.id, session);
    return reportWithFigures(granted(await reports.act(id, { ...ask, ...asked(body, session) })));
  }

  return {
    reports: async ({ query, session }) => {
      const items: Report[] = [];
      let after = query.after ?? null;
      for (let pages = 0; ; pages++) {
        const filter = { states: query.state, kind: query.kind };
        const page = await reports.reports(filter, query.limit - items.length, after);
        items.push(...page.items.filter((r) => isSeen(r, session.areas)));
        after = page.next;
        if (after === null || items.length >= query.limit || pages >= PAGES)
          return { items: items.map(reportToJson), next: after };
      }
    },
    makeReport: async ({ body, session, sees }) => {
      const { kind, area = null, incident = null } = body;
      if (area !== null && service.register.area(as.area(area)) === undefined)
        throw new HttpProblem('unknown-reference');
      if (kind === 'incident') {
        const found = incident === null ? null : await responses.incident(as.incident(incident));
        // What lies elsewhere would stand in it.
        if (found === null || !found.areas.every(sees)) throw new HttpProblem('incident-unknown');
      } else if (session.areas !== null && (area === null || !maySeeArea(session.areas, area, parentOf)))
        throw new HttpProblem('foreign-area');
      const wish = {
        kind,
        from: body.from ?? null,
        area: area === null ? null : as.area(area),
        incident: incident === null ? null : as.incident(incident),
        text: body.text ?? null,
      };
      return reportWithFigures(granted(await reports.make(wish, asked(body, session))));
    },
    report: async ({ params, session }) => reportWithFigures(await theirs(params.id, session)),
    reportEvents: async ({ params, session }) => {
      const { id } = await theirs(params.id, session);
      const events = await reports.eventsOf(id);
      return { items: events.map((e) => reportEventJson(e.seq, e.event)), next: null };
    },
    reportHtml: async ({ params, query, language, session, header }) => {
      const report = await theirs(params.id, session);
      header('content-security-policy', REPORT_PAGE_POLICY);
      return reportPage(report, query.language ?? language);
    },
    reportXlsx: async ({ params, query, language, session, header }) => {
      const report = await theirs(params.id, session);
      const by = query.language ?? language;
      header('content-disposition', `attachment; filename="${report.no}.xlsx"`);
      return writeSheet({
        name: by === 'zh' ? '报告' : 'report',
        columns: reportColumns(by).map((head, i) => ({ head, width: i === 0 ? 32 : 16 })),
        rows: batch(report, by),
      });
    },
    reportCsv: async ({ params, query, language, session, header }) => {
      const report = await theirs(params.id, session);
      header('content-disposition', `attachment; filename="${report.no}.csv"`);
      return lines(report, query.language ?? language);
    },
    reviewReport: (ask) => act(ask, { do: 'review', text: ask.body.text ?? null }),
    issueReport: (ask) => act(ask, { do: 'issue' }),
    correctReport: (ask) => act(ask, { do: 'correct', reason: ask.body.reason }),
  };
}

async function* batch(report: Report, language: Language) {
  yield [...reportRows(report, language)];
}

async function* lines(report: Report, language: Language): AsyncGenerator<string> {
  yield BOM + csvLine([...reportColumns(language)]);
  yield [...reportRows(report, language)].map((row) => csvLine(row)).join('');
}
