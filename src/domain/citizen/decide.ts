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
import type { Refusal, RefusalCode } from '../refusals.ts';
import { no, ok, type Result } from '../result.ts';
import type { Millis } from '../time.ts';
import type {
  CitizenEntry,
  CitizenOutcome,
  CitizenPerson,
  CitizenReport,
  CitizenState,
  CitizenVerb,
  CitizenWords,
} from './citizen-report.ts';

/** What a report is about, as far as somebody has said so. */
export type CitizenTies = {
  readonly points: readonly PointCode[];
  readonly alarms: readonly AlarmId[];
  readonly incident: IncidentId | null;
  readonly order: OrderId | null;
};

/** What people do to a report. None of it reaches an alarm. */
export type CitizenAct =
  | ({ readonly do: 'link' } & CitizenTies)
  | ({ readonly do: 'unlink' } & CitizenTies)
  /** An order is made for it, in the same turn. */
  | { readonly do: 'order'; readonly order: OrderId }
  | {
      readonly do: 'place';
      readonly lon: number | null;
      readonly lat: number | null;
      readonly area: AreaCode;
      readonly lifeline: LifelineKey | null;
    }
  | { readonly do: 'answer'; readonly text: string }
  | { readonly do: 'close'; readonly outcome: CitizenOutcome }
  | { readonly do: 'reopen'; readonly reason: string }
  | { readonly do: 'reject'; readonly reason: string }
  | { readonly do: 'duplicate'; readonly of: CitizenReportId };

export type CitizenAsked = { readonly by: CitizenPerson; readonly commandId: CommandId };

/** More ties than these say nothing any more. Ours. */
export const CITIZEN_TIES = 20;
/** Steps that are kept: the last ones. */
const STEPS = 200;

/** What each act comes to in each state: the state after it, or why not. `ties`: as its ties then say. */
export const CITIZEN_TABLE: Readonly<
  Record<CitizenAct['do'], Readonly<Record<CitizenState, CitizenState | 'ties' | RefusalCode>>>
> = {
  link: row('ties', 'ties', 'ties', 'citizen-answered'),
  unlink: row('ties', 'ties', 'ties', 'citizen-answered'),
  order: row('assigned', 'assigned', 'citizen-ordered', 'citizen-answered'),
  place: row('received', 'matched', 'assigned', 'citizen-answered'),
  answer: row('answered', 'answered', 'answered', 'citizen-answered'),
  close: row('citizen-not-answered', 'citizen-not-answered', 'citizen-not-answered', 'closed'),
  reopen: {
    ...row('citizen-open', 'citizen-open', 'citizen-open', 'ties'),
    rejected: 'ties',
    duplicate: 'ties',
  },
  reject: row('rejected', 'rejected', 'citizen-ordered', 'citizen-answered'),
  duplicate: row('duplicate', 'duplicate', 'citizen-ordered', 'citizen-answered'),
};

type Cell = CitizenState | 'ties' | RefusalCode;
function row(received: Cell, matched: Cell, assigned: Cell, answered: Cell): Record<CitizenState, Cell> {
  const over = { closed: 'citizen-over', rejected: 'citizen-over', duplicate: 'citizen-over' } as const;
  return { received, matched, assigned, answered, ...over };
}

/** What becomes of a report by an act, or why not. */
export function decideCitizen(
  { report, words }: CitizenEntry,
  act: CitizenAct,
  asked: CitizenAsked,
  now: Millis,
): Result<CitizenEntry, Refusal> {
  const cell = CITIZEN_TABLE[act.do][report.state];
  if (!isState(cell) && cell !== 'ties') return refused(cell);
  // Nobody can answer, or take up again, what nobody can read.
  if (words === null) return refused('citizen-erased');
  const then = tied(report, act);
  if (then.points.length > CITIZEN_TIES || then.alarms.length > CITIZEN_TIES) return refused('citizen-ties');
  const state = cell === 'ties' ? stateOf(then) : cell;
  const isOpen = state === 'received' || state === 'matched' || state === 'assigned';
  return ok({
    report: {
      ...then,
      state,
      revision: report.revision + 1,
      answeredAt: act.do === 'answer' ? now : act.do === 'reopen' ? null : report.answeredAt,
      outcome: act.do === 'close' ? act.outcome : act.do === 'reopen' ? null : report.outcome,
      duplicateOf: act.do === 'duplicate' ? act.of : act.do === 'reopen' ? null : report.duplicateOf,
      overAt: isOpen ? null : (report.overAt ?? now),
      story: [
        ...report.story,
        { at: now, by: asked.by, did: act.do satisfies CitizenVerb, commandId: asked.commandId },
      ].slice(-STEPS),
    },
    words: worded(words, act, now),
  });
}

/** Its words go; what is left names nobody. */
export function erased(report: CitizenReport, now: Millis): CitizenEntry {
  const step = { at: now, by: null, did: 'erase', commandId: null } as const;
  return {
    report: { ...report, revision: report.revision + 1, erasedAt: now, story: [...report.story, step] },
    words: null,
  };
}

const isState = (cell: Cell): cell is CitizenState => cell in CITIZEN_TABLE.link;

/** Without an order it is matched by whatever it is tied to. */
const stateOf = ({ points, alarms, incident, order }: CitizenTies): CitizenState =>
  order !== null
    ? 'assigned'
    : points.length > 0 || alarms.length > 0 || incident !== null
      ? 'matched'
      : 'received';

function tied(r: CitizenReport, act: CitizenAct): CitizenReport {
  switch (act.do) {
    case 'link':
      return {
        ...r,
        points: [...new Set([...r.points, ...act.points])],
        alarms: [...new Set([...r.alarms, ...act.alarms])],
        incident: act.incident ?? r.incident,
        order: act.order ?? r.order,
      };
    case 'unlink':
      return {
        ...r,
        points: r.points.filter((p) => !act.points.includes(p)),
        alarms: r.alarms.filter((a) => !act.alarms.includes(a)),
        incident: act.incident === r.incident ? null : r.incident,
        order: act.order === r.order ? null : r.order,
      };
    case 'order':
      return { ...r, order: act.order };
    case 'place': {
      const { lon, lat, area, lifeline } = act;
      return { ...r, lon, lat, area, lifeline };
    }
    default:
      return r;
  }
}

function worded(words: CitizenWords, act: CitizenAct, at: Millis): CitizenWords {
  if (act.do === 'answer') return { ...words, answer: act.text };
  if (act.do === 'reopen' || act.do === 'reject')
    return { ...words, reasons: [...words.reasons, { at, text: act.reason }].slice(-STEPS) };
  return words;
}

const refused = (code: RefusalCode) => no<Refusal>({ code, detail: null });
