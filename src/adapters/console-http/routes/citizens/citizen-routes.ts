import type { z } from 'zod';
import {
  CITIZEN_STATES,
  type CitizenEntry,
  type CitizenState,
  citizenKey,
} from '../../../../domain/citizen/citizen-report.ts';
import type { CitizenAct, CitizenTies } from '../../../../domain/citizen/decide.ts';
import { as } from '../../../../domain/ids.ts';
import type { Session } from '../../../../flow/ports/accounts.ts';
import type { CitizenWish } from '../../../../flow/ports/answering/citizens.ts';
import type { AuditValue } from '../../../../flow/ports/audit.ts';
import type { CitizenFilter } from '../../../../flow/ports/journal.ts';
import { CITIZENS_CSV_HEADER, citizenLine } from '../../../../wire/files/citizen-csv.ts';
import { BOM } from '../../../../wire/files/csv.ts';
import {
  type CitizensQuery,
  citizenJson,
  citizenMatchJson,
  type citizenTake,
  type citizenTies,
} from '../../../../wire/http/citizens/citizens.ts';
import { withFirstChunk } from '../../answer/first-chunk.ts';
import type { Handlers } from '../../answer/handler.ts';
import { hidden, refused } from '../../answer/problem.ts';
import type { Services } from '../../answer/services.ts';
import { granted } from '../notices/granted.ts';

type Names =
  | 'citizenReports'
  | 'takeCitizenReport'
  | 'citizensCsv'
  | 'citizenReport'
  | 'citizenMatches'
  | 'citizenDraft'
  | 'revealCitizen'
  | 'linkCitizenReport'
  | 'unlinkCitizenReport'
  | 'placeCitizenReport'
  | 'answerCitizenReport'
  | 'closeCitizenReport'
  | 'reopenCitizenReport'
  | 'rejectCitizenReport'
  | 'duplicateCitizenReport';

type Sees = (area: string) => boolean;
type Asked = {
  readonly params: { readonly id: string };
  readonly body: { readonly commandId: string; readonly seenRevision: number };
  readonly session: Session;
  readonly sees: Sees;
  became(after: AuditValue): void;
};

/** Pages of the journal looked through for one page of somebody bound to areas. */
const PAGES = 50;
/** Read at once for a file. */
const ROWS = 500;

export function citizenRoutes({ citizens, clock }: Services): Pick<Handlers, Names> {
  const json = (entry: CitizenEntry) => citizenJson(entry, clock.now());
  const one = async ({ params, sees }: Pick<Asked, 'params' | 'sees'>): Promise<CitizenEntry> => {
    const found = await citizens.one(as.citizenReport(params.id));
    if (found === null) throw refused({ code: 'citizen-unknown', detail: null });
    if (!sees(found.report.area)) throw hidden('citizen-unknown');
    return found;
  };
  /** @param told what the audit journal may know of it */
  async function act(
    { params, body, session, sees, became }: Asked,
    what: CitizenAct,
    told: AuditValue = {},
  ) {
    became(told);
    const asked = {
      by: { account: session.account, name: session.name },
      commandId: as.command(body.commandId),
      seenRevision: body.seenRevision,
    };
    return json(granted(await citizens.act(as.citizenReport(params.id), what, asked, sees)));
  }

  async function* lines(query: CitizensQuery, sees: Sees): AsyncGenerator<string> {
    yield BOM + CITIZENS_CSV_HEADER;
    let after: string | null = null;
    do {
      const page = await citizens.list(filterOf(query), ROWS, after);
      const seen = page.items.filter((c) => sees(c.report.area));
      if (seen.length > 0) yield seen.map(citizenLine).join('');
      after = page.next;
    } while (after !== null);
  }

  return {
    citizenReports: async ({ query, sees }) => {
      const items: CitizenEntry[] = [];
      let after = query.after ?? null;
      for (let pages = 0; ; pages++) {
        const page = await citizens.list(filterOf(query), query.limit - items.length, after);
        items.push(...page.items.filter((c) => sees(c.report.area)));
        after = page.next;
        if (after === null || items.length >= query.limit || pages >= PAGES)
          return { items: items.map(json), next: after };
      }
    },
    takeCitizenReport: async ({ body, session, sees, status, became }) => {
      became({ source: body.source, externalNo: body.externalNo });
      const way = session.roles.includes('platform') ? 'platform' : 'form';
      const by = { account: session.account, name: session.name };
      const { entry, isNew } = granted(await citizens.take(wishOf(body, way), by, { sees }));
      if (!isNew) status(200);
      return json(entry);
    },
    citizensCsv: ({ query, sees, header }) => {
      header('content-disposition', 'attachment; filename="citizen-reports.csv"');
      return withFirstChunk(lines(query, sees));
    },
    citizenReport: async (ask) => json(await one(ask)),
    citizenMatches: async (ask) => {
      const found = await citizens.matches(await one(ask), ask.sees);
      return { items: found.map(citizenMatchJson) };
    },
    citizenDraft: async (ask) => citizens.draftOf(await one(ask)),
    revealCitizen: async (ask) => {
      const { report, words } = await one(ask);
      if (words === null) throw refused({ code: 'citizen-erased', detail: null });
      const { text, place, caller, phone } = words;
      return { id: report.id, text, place, caller, phone };
    },
    linkCitizenReport: (ask) => act(ask, { do: 'link', ...tiesOf(ask.body) }, toldTies(ask.body)),
    unlinkCitizenReport: (ask) => act(ask, { do: 'unlink', ...tiesOf(ask.body) }, toldTies(ask.body)),
    placeCitizenReport: (ask) => {
      const { lon, lat, area, lifeline } = ask.body;
      const of = lifeline === null ? null : as.lifeline(lifeline);
      return act(
        ask,
        { do: 'place', lon, lat, area: as.area(area), lifeline: of },
        { lon, lat, area, lifeline },
      );
    },
    answerCitizenReport: (ask) => act(ask, { do: 'answer', text: ask.body.text }),
    closeCitizenReport: (ask) =>
      act(ask, { do: 'close', outcome: ask.body.outcome }, { outcome: ask.body.outcome }),
    reopenCitizenReport: (ask) => act(ask, { do: 'reopen', reason: ask.body.reason }),
    rejectCitizenReport: (ask) => act(ask, { do: 'reject', reason: ask.body.reason }),
    duplicateCitizenReport: (ask) =>
      act(ask, { do: 'duplicate', of: as.citizenReport(ask.body.of) }, { of: ask.body.of }),
  };
}

const tiesOf = (b: z.output<typeof citizenTies>): CitizenTies => ({
  points: b.points.map(as.point),
  alarms: b.alarms.map(as.alarm),
  incident: b.incident === undefined ? null : as.incident(b.incident),
  order: b.order === undefined ? null : as.order(b.order),
});

const toldTies = ({ points, alarms, incident, order }: z.output<typeof citizenTies>): AuditValue => ({
  points,
  alarms,
  incident: incident ?? null,
  order: order ?? null,
});

/** As a body or a row says it. */
export const wishOf = (b: z.output<typeof citizenTake>, way: CitizenWish['way']): CitizenWish => ({
  source: b.source,
  no: b.externalNo,
  kind: b.kind,
  category: b.category ?? null,
  lifeline: b.lifeline === undefined ? null : as.lifeline(b.lifeline),
  area: b.area === undefined ? null : as.area(b.area),
  lon: b.lon ?? null,
  lat: b.lat ?? null,
  calledAt: b.receivedAt,
  dueAt: b.dueAt ?? null,
  way,
  text: b.text,
  place: b.place ?? '',
  caller: b.caller ?? null,
  phone: b.phone ?? null,
});

const OPEN: readonly CitizenState[] = ['received', 'matched', 'assigned'];

function filterOf(q: CitizensQuery): CitizenFilter {
  const states = q.state?.flatMap((s): readonly CitizenState[] =>
    s === 'open' ? OPEN : s === 'over' ? CITIZEN_STATES.filter((x) => !OPEN.includes(x)) : [s],
  );
  return {
    states,
    lifeline: q.lifeline === undefined ? undefined : as.lifeline(q.lifeline),
    area: q.area === undefined ? undefined : as.area(q.area),
    key:
      q.externalNo === undefined ? undefined : citizenKey({ source: q.source ?? '12345', no: q.externalNo }),
    order: q.order === undefined ? undefined : as.order(q.order),
    incident: q.incident === undefined ? undefined : as.incident(q.incident),
  };
}
