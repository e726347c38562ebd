import { FLOOD_WINDOW } from '../../domain/alarm/flood.ts';
import { type AlarmId, type AreaCode, as, type EventSeq } from '../../domain/ids.ts';
import type { Incident } from '../../domain/incident/incident.ts';
import { MISSED_WITHIN } from '../../domain/report/count-missed.ts';
import type { PeriodFacts } from '../../domain/report/count-period.ts';
import { PeriodCount } from '../../domain/report/count-period.ts';
import type { ReportFigures } from '../../domain/report/figures.ts';
import type { Period } from '../../domain/report/period.ts';
import { days } from '../../domain/time.ts';
import { isOfAlarm, isReal, type Journal } from '../ports/journal.ts';
import { concerning, IncidentLine } from './incident-line.ts';

/** Events read at once. */
const PAGE = 500;
/** Points that alarm again and again are found over so long. */
const REPEATS_OVER = days(365);

export type PeriodJournal = Pick<
  Journal,
  'eventsAfter' | 'lastBefore' | 'alarms' | 'responses' | 'eventsOf' | 'responseEvents' | 'briefEvents'
>;

type Gathered = {
  readonly period: Period;
  readonly sees: (area: AreaCode) => boolean;
  /** The newest event that is counted. */
  readonly upTo: EventSeq;
  readonly facts: PeriodFacts;
  /** Of one incident alone, with its line of time; `null`: of all there is. */
  readonly incident: Incident | null;
  /** Lets others have their turn between two pages. */
  readonly breathe: () => Promise<void>;
};

/**
 * The figures of a period, from the journal up to one place in it: its events in order, and those alarms, orders and warnings that were
 * open while nothing happened to them.
 */
export async function gatherPeriod(journal: PeriodJournal, given: Gathered): Promise<ReportFigures> {
  const { period, sees, upTo, facts, breathe, incident } = given;
  const isOfIt = concerning(incident);
  const line = new IncidentLine();
  const counted = new PeriodCount(period, sees);
  // Read before the events: whatever ends meanwhile is found among those that came after.
  const open = await openNow(journal);
  const begins = await journal.lastBefore(period.from - MISSED_WITHIN);
  const counts = period.from - FLOOD_WINDOW;
  const later = { alarms: new Set<AlarmId>(), responses: new Set<string>() };
  for (let after = begins; ; await breathe()) {
    const page = await journal.eventsAfter(after, PAGE);
    for (const e of page) {
      // A drill 演练 is in no report.
      if (!isReal(e) || !isOfIt(e)) continue;
      if (incident !== null && e.seq <= upTo && e.event.at < period.to) line.take(e);
      if (e.seq > upTo) {
        if (isOfAlarm(e)) later.alarms.add(e.event.alarmId);
        else if (e.of !== 'notice') later.responses.add(e.event.id);
      } else if (e.event.at < counts) {
        if (isOfAlarm(e)) counted.rememberAlarm(e.event, e.after);
      } else if (isOfAlarm(e)) counted.takeAlarm(e.event, e.after);
      else if (e.of === 'order') counted.takeOrder(e.event, e.after);
      else if (e.of === 'warning') counted.takeWarning(e.event, e.after);
      else if (e.of === 'incident') counted.takeIncident(e.event, e.after);
    }
    const last = page.at(-1);
    if (last === undefined || page.length < PAGE) break;
    after = last.seq;
  }
  if (incident !== null) {
    const all = counted.result({ ...facts, skills: [] });
    // Of one incident: what it does not hold is no miss.
    const figures = all.figures.filter((f) => !f.key.startsWith('alarms.missed'));
    return { ...all, figures, tables: [line.table(), ...all.tables.filter((t) => t.rows.length > 0)] };
  }
  for (const alarm of open.alarms) if (!later.alarms.has(alarm.id)) counted.alarmWasOpen(alarm);
  for (const id of later.alarms) {
    const then = (await journal.eventsOf(id)).filter((e) => e.seq <= upTo).at(-1);
    if (then !== undefined && then.after.phase.is !== 'closed') counted.alarmWasOpen(then.after);
  }
  for (const t of open.responses) {
    if (later.responses.has(t.after.id)) continue;
    if (t.of === 'order') counted.orderWasOpen(t.after);
    if (t.of === 'warning') counted.warningWasOpen(t.after);
    if (t.of === 'incident') counted.incidentWasOpen(t.after);
  }
  for (const id of later.responses) {
    const then = (await journal.responseEvents(id)).filter((e) => e.seq <= upTo).at(-1);
    if (then?.of === 'order') counted.orderWasOpen(then.after);
    if (then?.of === 'warning') counted.warningWasOpen(then.after);
    if (then?.of === 'incident') counted.incidentWasOpen(then.after);
  }
  await countRepeats(journal, counted, given);
  return counted.result(facts);
}

async function openNow(journal: Pick<Journal, 'alarms' | 'responses'>) {
  const alarms = await all((after) => journal.alarms({ state: 'open' }, PAGE, after));
  const orders = await all((after) => journal.responses({ kind: 'order', open: true }, PAGE, after));
  const warnings = await all((after) => journal.responses({ kind: 'warning', open: true }, PAGE, after));
  const incidents = await all((after) => journal.responses({ kind: 'incident', open: true }, PAGE, after));
  return { alarms, responses: [...orders, ...warnings, ...incidents] };
}

async function countRepeats(
  journal: Pick<Journal, 'briefEvents'>,
  counted: PeriodCount,
  { period, sees, breathe }: Gathered,
): Promise<void> {
  const filter = { from: period.to - REPEATS_OVER, to: period.to, kinds: ['raised'] as const };
  let after: string | null = null;
  do {
    const page = await journal.briefEvents(filter, 5_000, after);
    for (const e of page.items)
      if (!e.hidden && e.from === null && sees(as.area(e.area)))
        counted.repeats.take({ ...e, lifeline: e.lifeline });
    after = page.next;
    await breathe();
  } while (after !== null);
}

async function all<T>(
  ask: (after: string | null) => Promise<{ readonly items: readonly T[]; readonly next: string | null }>,
): Promise<readonly T[]> {
  const found: T[] = [];
  let after: string | null = null;
  do {
    const page = await ask(after);
    found.push(...page.items);
    after = page.next;
  } while (after !== null);
  return found;
}
