import { as } from '../../../../domain/ids.ts';
import {
  type Roster,
  rosterFindings,
  SHIFT_FLAWS,
  type ShiftFlaw,
} from '../../../../domain/notice/roster.ts';
import type { RosterRow } from '../../../../domain/notice/roster-import.ts';
import { days, type Millis } from '../../../../domain/time.ts';
import type { NoticeView } from '../../../../flow/ports/notices.ts';
import { iso } from '../../../../wire/alarm.ts';
import { BOM, csvRows, delimiterOf } from '../../../../wire/files/csv.ts';
import {
  type RosterHeader,
  readRosterHeader,
  readRosterRow,
  rosterFile,
} from '../../../../wire/files/roster-csv.ts';
import type { Handlers } from '../../answer/handler.ts';
import { HttpProblem } from '../../answer/problem.ts';
import type { Services } from '../../answer/services.ts';
import { EMPTY_FILE, ROW_FLAWS, RowErrors, textOf } from '../csv-file.ts';
import { granted } from './granted.ts';

type Names = 'roster' | 'keepRoster' | 'importRoster' | 'exportRoster';

export function rosterRoutes({ notices, clock }: Services): Pick<Handlers, Names> {
  const { view } = notices;
  const findings = (roster: Roster, now: Millis) =>
    rosterFindings(roster, { from: now, to: now + days(14) }).map((f) => ({
      is: f.is,
      post: 'post' in f ? f.post : null,
      from: iso(f.from),
      to: iso(f.to),
    }));
  const rosterJson = (roster: Roster) => ({
    unit: roster.unit,
    revision: view.revisionOf('roster', roster.unit),
    shifts: roster.shifts.map((s) => ({
      from: iso(s.from),
      to: iso(s.to),
      duty: [...s.duty],
      leader: [...s.leader],
    })),
    findings: findings(roster, clock.now()),
  });
  /** @throws HttpProblem where there is no such unit */
  const rosterOf = (code: string): Roster => {
    const unit = as.unit(code);
    if (view.unit(unit) === undefined) throw new HttpProblem('not-found');
    return view.roster(unit) ?? { unit, shifts: [] };
  };

  return {
    roster: ({ params }) => rosterJson(rosterOf(params.unit)),
    keepRoster: async ({ params, body, was }) => {
      const unit = as.unit(params.unit);
      const before = view.roster(unit);
      if (before !== undefined) was(rosterJson(before).shifts);
      const shifts = body.shifts.map((s) => ({
        from: s.from,
        to: s.to,
        duty: s.duty.map(as.contact),
        leader: s.leader.map(as.contact),
      }));
      return rosterJson(granted(await notices.keepRoster({ unit, shifts }, body.seenRevision ?? null)));
    },
    importRoster: async ({ params, query, body, language, was, became }) => {
      const before = rosterOf(params.unit);
      const errors = new RowErrors(language);
      const { rows, count } = read(textOf(body), { view, roster: before }, errors);
      const dryRun = query.dryRun ?? false;
      const replace = query.replace === true;
      // A whole roster of which some rows cannot be read would leave gaps where somebody had been named.
      const unreadable = replace && (errors.rows > 0 || count === 0);
      const { roster, failed, ...counts } = granted(
        await notices.importRoster({
          unit: before.unit,
          rows,
          how: replace ? 'replace' : 'add',
          trial: dryRun || unreadable,
        }),
      );
      for (const { line, flaws } of failed) errors.ofRow(line, flaws.map(faultOf));
      const nothing = { created: 0, updated: 0, unchanged: 0, dropped: 0 };
      const report = {
        dryRun,
        rows: count,
        ...(unreadable ? nothing : counts),
        failed: errors.rows,
        ...errors.told(),
        findings: findings(unreadable ? before : roster, clock.now()),
      };
      if (!dryRun) was(rosterJson(before).shifts);
      const { errors: _, findings: __, ...brief } = report;
      became(brief);
      return report;
    },
    exportRoster: ({ params, query, header }) => {
      const roster = rosterOf(params.unit);
      header('content-disposition', `attachment; filename="roster-${roster.unit}.csv"`);
      return written(roster, query.header);
    },
  };
}

async function* written(roster: Roster, header: 'zh' | 'en'): AsyncGenerator<string> {
  yield BOM;
  yield* rosterFile(roster, header);
}

/** @returns the rows that can be read, of how many */
function read(
  text: string,
  { view, roster }: { readonly view: NoticeView; readonly roster: Roster },
  errors: RowErrors,
): { readonly rows: readonly RosterRow[]; readonly count: number } {
  const rows: RosterRow[] = [];
  const seen = new Map<string, number>();
  const idOf = peopleOf(view, roster);
  let header: RosterHeader | null = null;
  let count = 0;
  for (const { line, cells, flaw } of csvRows(text, delimiterOf(text))) {
    if (header === null) {
      const first = flaw === null ? readRosterHeader(cells) : { error: ROW_FLAWS[flaw] };
      if ('error' in first) {
        errors.ofRow(line, [first.error]);
        return { rows, count };
      }
      header = first.header;
      continue;
    }
    count += 1;
    const row =
      flaw === null ? readRosterRow(header, cells, idOf) : { draft: null, errors: [ROW_FLAWS[flaw]] };
    if (row.draft === null) {
      errors.ofRow(line, row.errors);
      continue;
    }
    const { from, to, duty, leader } = row.draft;
    const first = seen.get(`${from}/${to}`);
    if (first !== undefined) {
      const say = { zh: `与第 ${first} 行时间相同`, en: `the same hours as line ${first}` };
      errors.ofRow(line, [{ column: 'from', code: 'row-repeats', say }]);
      continue;
    }
    seen.set(`${from}/${to}`, line);
    rows.push({ line, shift: { from, to, duty: duty.map(as.contact), leader: leader.map(as.contact) } });
  }
  if (header === null) errors.ofRow(1, [EMPTY_FILE]);
  return { rows, count };
}

/** By id; or by name, first of all within the unit, where only one has it. */
function peopleOf(view: NoticeView, { unit }: Roster): (text: string) => string | null {
  const own = view.contactsOf(unit);
  const everybody = view.contacts();
  return (text) => {
    if (view.contact(as.contact(text)) !== undefined) return text;
    for (const among of [own, everybody]) {
      const [one, ...others] = among.filter((c) => c.name === text);
      if (one !== undefined) return others.length === 0 ? one.id : null;
    }
    return null;
  };
}

const COLUMN_OF: Readonly<Record<ShiftFlaw, 'to' | 'duty'>> = {
  'ends-before-it-begins': 'to',
  'longer-than-a-week': 'to',
  'names-nobody': 'duty',
  'contact-unknown': 'duty',
};

const faultOf = (flaw: ShiftFlaw) => ({ column: COLUMN_OF[flaw], code: flaw, say: SHIFT_FLAWS[flaw] });
