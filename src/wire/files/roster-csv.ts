import type { Roster } from '../../domain/notice/roster.ts';
import type { Bilingual } from '../../domain/text.ts';
import { iso } from '../alarm.ts';
import { csvLine, unguard } from './csv.ts';
import { instantOf } from './instant-cell.ts';
import { partsOf } from './people-csv.ts';

/** A roster 排班 as a file: one shift a row. */
const COLUMNS = [
  ['from', '开始'],
  ['to', '结束'],
  ['duty', '值班'],
  ['leader', '带班'],
] as const;
export type RosterColumn = (typeof COLUMNS)[number][0];

// As people who make rosters by hand call them.
const ALSO: ReadonlyMap<string, RosterColumn> = new Map([
  ['开始时间', 'from'],
  ['起', 'from'],
  ['结束时间', 'to'],
  ['止', 'to'],
  ['值班人', 'duty'],
  ['值班员', 'duty'],
  ['值班人员', 'duty'],
  ['带班领导', 'leader'],
  ['带班人', 'leader'],
]);

export type RosterRowError = {
  readonly column: RosterColumn | null;
  readonly code: string;
  readonly say: Bilingual;
};
export type RosterHeader = readonly (RosterColumn | null)[];

const bad = (column: RosterColumn | null, code: string, zh: string, en: string): RosterRowError => ({
  column,
  code,
  say: { zh, en },
});

export function readRosterHeader(
  cells: readonly string[],
): { readonly header: RosterHeader } | { readonly error: RosterRowError } {
  const header = cells.map((cell): RosterColumn | null => {
    const name = cell.trim().toLowerCase();
    return COLUMNS.find(([key, zh]) => key === name || zh === name)?.[0] ?? ALSO.get(name) ?? null;
  });
  for (const [need, zh] of COLUMNS) {
    const times = header.filter((c) => c === need).length;
    if (times === 0 && need !== 'leader')
      return {
        error: bad(need, 'no-such-column', `表头缺少“${zh}”一列`, `the header lacks the column ${need}`),
      };
    if (times > 1)
      return {
        error: bad(need, 'column-twice', `表头中“${zh}”出现两次`, `the column ${need} is there twice`),
      };
  }
  return { header };
}

export type RosterDraft = {
  readonly from: number;
  readonly to: number;
  readonly duty: readonly string[];
  readonly leader: readonly string[];
};

/** @param idOf the contact of an id or of a name; `null`: there is none, or there are several of that name */
export function readRosterRow(
  header: RosterHeader,
  cells: readonly string[],
  idOf: (text: string) => string | null,
): { readonly draft: RosterDraft | null; readonly errors: readonly RosterRowError[] } {
  const cell = new Map<RosterColumn, string>();
  header.forEach((column, i) => {
    if (column !== null) cell.set(column, unguard((cells[i] ?? '').trim()).trim());
  });
  const errors: RosterRowError[] = [];
  const at = (column: 'from' | 'to'): number => {
    const t = instantOf(cell.get(column) ?? '');
    if (t === null)
      errors.push(
        bad(
          column,
          'time-bad',
          '须为 2026-01-31 08:00（北京时间）或带时区的 ISO 8601 时间',
          'must be 2026-01-31 08:00 (Beijing time) or an ISO 8601 time with its offset',
        ),
      );
    return t ?? 0;
  };
  const people = (column: 'duty' | 'leader'): readonly string[] =>
    partsOf(cell.get(column) ?? '').flatMap((text) => {
      const id = idOf(text);
      if (id !== null) return [id];
      errors.push(
        bad(
          column,
          'contact-unknown',
          `没有联系人“${text.slice(0, 60)}”，或有几位同名：请写编号`,
          `there is no contact "${text.slice(0, 60)}", or several of that name: write the id`,
        ),
      );
      return [];
    });
  const draft = { from: at('from'), to: at('to'), duty: people('duty'), leader: people('leader') };
  return { draft: errors.length > 0 ? null : draft, errors };
}

/** The file of a roster, header first. Times with their offset, people by id. */
export function* rosterFile(roster: Roster, header: 'zh' | 'en'): Generator<string> {
  yield csvLine(COLUMNS.map(([key, zh]) => (header === 'zh' ? zh : key)));
  for (const s of roster.shifts)
    yield csvLine([iso(s.from), iso(s.to), s.duty.join(';'), s.leader.join(';')]);
}
