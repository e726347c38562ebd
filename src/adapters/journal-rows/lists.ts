import type { AlarmFilter, BriefFilter, CitizenFilter, ResponseFilter } from '../../flow/ports/journal.ts';
import { alarmCursor, lossCursor, quarantineCursor } from './cursor.ts';

/**
 * @param overlay SQL of how an alarm is hidden
 * @returns a statement whose last, unbound parameter is the limit
 */
export function alarmList(
  filter: AlarmFilter,
  after: string | null,
  overlay: string,
): { readonly sql: string; readonly values: readonly (string | number)[] } {
  const where: string[] = [];
  const values: (string | number)[] = [];
  const wants = (condition: string, ...given: (string | number)[]): void => {
    where.push(condition);
    values.push(...given);
  };
  // Constants, not parameters: the index of open alarms then fits the text, whatever is bound to it.
  if (filter.state === 'open' || filter.state === 'unacked') wants('open = 1');
  if (filter.state === 'unacked') wants('unacked = 1');
  if (filter.state === 'closed') wants('open = 0');
  if (filter.point !== undefined) wants('point = ?', filter.point);
  if (filter.level !== undefined) wants('level = ?', filter.level);
  if (filter.overlay === 'hidden') wants(`${overlay} <> 'none'`);
  else if (filter.overlay !== undefined) wants(`${overlay} = ?`, filter.overlay);
  if (filter.lifeline !== undefined) wants('lifeline = ?', filter.lifeline);
  // Not LIKE: its wildcards in a user's text would match everything, and it does not tell a from A.
  if (filter.area !== undefined) wants('substr(area, 1, length(?)) = ?', filter.area, filter.area);
  if (filter.from !== undefined) wants('raised_at >= ?', filter.from);
  if (filter.to !== undefined) wants('raised_at < ?', filter.to);
  const last = alarmCursor(after);
  if (last !== null) wants('(raised_at, id) < (?, ?)', last.raisedAt, last.id);
  return {
    sql: `SELECT id, raised_at, json FROM alarm ${whereText(where)} ORDER BY raised_at DESC, id DESC LIMIT ?`,
    values,
  };
}

/** As `alarmList`. @returns rows of `made` and `json` */
export function responseList(
  f: ResponseFilter,
  after: string | null,
): { readonly sql: string; readonly values: readonly (string | number)[] } {
  const where = ['kind = ?'];
  const values: (string | number)[] = [f.kind];
  const wants = (condition: string, ...given: (string | number)[]): void => {
    where.push(condition);
    values.push(...given);
  };
  if (f.open !== null) wants(f.open ? 'open = 1' : 'open = 0');
  if (f.states !== undefined) wants(`state IN (${f.states.map(() => '?').join() || 'NULL'})`, ...f.states);
  if (f.level !== undefined) wants('level = ?', f.level);
  if (f.lifeline !== undefined) wants('lifeline = ?', f.lifeline);
  if (f.area !== undefined) wants('substr(area, 1, length(?)) = ?', f.area, f.area);
  if (f.unit !== undefined) wants('unit = ?', f.unit);
  if (f.alarm !== undefined)
    wants('made IN (SELECT made FROM response_alarm WHERE alarm = ? AND kind = ?)', f.alarm, f.kind);
  const last = quarantineCursor(after);
  if (last !== null) wants('made < ?', last);
  return { sql: `SELECT made, json FROM response ${whereText(where)} ORDER BY made DESC LIMIT ?`, values };
}

/** As `alarmList`. @param select of reports `c`, joined with their words */
export function citizenList(
  f: CitizenFilter,
  after: string | null,
  select: string,
): { readonly sql: string; readonly values: readonly (string | number)[] } {
  const where: string[] = [];
  const values: (string | number)[] = [];
  const wants = (condition: string, ...given: (string | number)[]): void => {
    where.push(condition);
    values.push(...given);
  };
  if (f.states !== undefined) wants(`c.state IN (${f.states.map(() => '?').join() || 'NULL'})`, ...f.states);
  if (f.lifeline !== undefined) wants('c.lifeline = ?', f.lifeline);
  if (f.area !== undefined) wants('substr(c.area, 1, length(?)) = ?', f.area, f.area);
  if (f.key !== undefined) wants('c.key = ?', f.key);
  if (f.order !== undefined) wants('c.made_order = ?', f.order);
  if (f.incident !== undefined) wants('c.incident = ?', f.incident);
  if (f.overBefore !== undefined) wants('c.erased = 0 AND c.over_at < ?', f.overBefore);
  if (after !== null) wants('c.id < ?', after);
  return { sql: `${select} ${whereText(where)} ORDER BY c.id DESC LIMIT ?`, values };
}

export const whereText = (conditions: readonly string[]): string =>
  conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`;

/** Of events `e` and their alarms `a`. */
export function briefWhere(
  filter: BriefFilter,
  after: string | null,
): { readonly where: string; readonly values: readonly (string | number)[] } {
  const last = lossCursor(after);
  const where = ['e.at >= ?', 'e.at < ?', `e.kind IN (${filter.kinds.map(() => '?').join() || 'NULL'})`];
  const values: (string | number)[] = [filter.from, filter.to, ...filter.kinds];
  if (filter.lifeline !== undefined) {
    where.push('a.lifeline = ?');
    values.push(filter.lifeline);
  }
  if (filter.area !== undefined) {
    where.push('substr(a.area, 1, length(?)) = ?');
    values.push(filter.area, filter.area);
  }
  if (last !== null) {
    where.push('(e.at, e.seq) > (?, ?)');
    values.push(last.at, last.id);
  }
  return { where: whereText(where), values };
}

export function lossWhere(
  { from, to }: { readonly from: number | null; readonly to: number | null },
  after: string | null,
): { readonly where: string; readonly values: readonly number[] } {
  const last = lossCursor(after);
  const conditions: [string, readonly number[]][] = [];
  if (from !== null) conditions.push(['at >= ?', [from]]);
  if (to !== null) conditions.push(['at < ?', [to]]);
  if (last !== null) conditions.push(['(at, id) < (?, ?)', [last.at, last.id]]);
  return {
    where: whereText(conditions.map(([sql]) => sql)),
    values: conditions.flatMap(([, values]) => values),
  };
}
