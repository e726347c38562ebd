import type { Refusal, RefusalCode } from '../refusals.ts';
import { SYSTEM } from '../response/event.ts';
import { no, ok, type Result, unreachable } from '../result.ts';
import type { Millis } from '../time.ts';
import type { Report, ReportChange, ReportCommand, ReportEvent } from './report.ts';

/** What becomes of a command on a report. The table in `docs/reports.md` is printed from it. */
export function decideReport(
  report: Report | null,
  command: ReportCommand,
  now: Millis,
): Result<readonly ReportEvent[], Refusal> {
  const by = command.by ?? SYSTEM;
  const commandId = 'commandId' in command ? command.commandId : null;
  if (report === null) {
    if (command.do !== 'create') return refused('report-unknown');
    const { birth } = command;
    return ok([{ id: birth.id, revision: 1, at: now, by, commandId, change: { kind: 'compiled', birth } }]);
  }
  if (command.do === 'create') return refused('command-reused');
  const change = changeOf(report, command);
  if (!change.ok) return change;
  return ok([{ id: report.id, revision: report.revision + 1, at: now, by, commandId, change: change.value }]);
}

function changeOf(r: Report, c: Exclude<ReportCommand, { do: 'create' }>): Result<ReportChange, Refusal> {
  switch (c.do) {
    case 'review':
      return r.state === 'draft' ? ok({ kind: 'reviewed', text: c.text }) : refused('report-state');
    case 'issue':
      return r.state === 'reviewed' ? ok({ kind: 'issued' }) : refused('report-state');
    case 'correct':
      return r.state === 'issued'
        ? ok({ kind: 'corrected', reason: c.reason, to: c.to })
        : refused('report-state');
    default:
      return unreachable(c);
  }
}

const refused = (code: RefusalCode) => no<Refusal>({ code, detail: null });
