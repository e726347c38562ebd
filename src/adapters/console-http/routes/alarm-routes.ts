import type { Actor, Alarm } from '../../../domain/alarm/alarm.ts';
import type { OperatorCommand } from '../../../domain/alarm/commands.ts';
import { as } from '../../../domain/ids.ts';
import type { Level } from '../../../domain/level.ts';
import type { Device } from '../../../domain/register/register.ts';
import type { Bilingual } from '../../../domain/text.ts';
import type { Session } from '../../../flow/ports/accounts.ts';
import type { RegisterView } from '../../../flow/ports/service.ts';
import { type AlarmJson, alarmToJson } from '../../../wire/alarm.ts';
import { BOM } from '../../../wire/files/csv.ts';
import {
  ALARMS_CSV_HEADER,
  ALARMS_SHEET,
  type AlarmsQuery,
  alarmCells,
  alarmEventJson,
  alarmLine,
  commands,
  type FiledAlarm,
} from '../../../wire/http/alarms.ts';
import { AlarmCount } from '../../../wire/http/desk/figures.ts';
import { withFirstChunk } from '../answer/first-chunk.ts';
import type { Handlers } from '../answer/handler.ts';
import { HttpProblem, refused } from '../answer/problem.ts';
import type { Services } from '../answer/services.ts';
import { drillFile, inDrill } from './answering/drill-file.ts';
import { ofADrill } from './answering/of-a-drill.ts';
import { alarmOf } from './find.ts';
import { attendedAs, isWanted, openAlarmsPage } from './open-alarms.ts';
import { type ListPage, numberCursor } from './paging.ts';
import { othersWith, type Second, secondPerson } from './second-person.ts';

type Names =
  | 'alarms'
  | 'alarmsCsv'
  | 'alarmsXlsx'
  | 'alarmFigures'
  | 'alarm'
  | 'alarmEvents'
  | 'acknowledge'
  | 'shelve'
  | 'unshelve'
  | 'reset'
  | 'assess'
  | 'note';

export function alarmRoutes(parts: Services): Pick<Handlers, Names> {
  const { accounts, service, journal } = parts;
  const { board } = service;
  const devicesAt = devicesByPoint(service.register);
  const json = (alarm: Alarm): AlarmJson => alarmToJson(alarm, board.live(alarm));

  async function act(id: string, command: OperatorCommand, { session, sees }: Who): Promise<AlarmJson> {
    if (session.areas !== null) await alarmOf(id, sees, service);
    const done = await service.act(as.alarm(id), command);
    if (!done.ok) {
      const missing = ALONE[done.error.code as keyof typeof ALONE];
      const alone = missing !== undefined && othersWith(accounts, missing.right, session.account) === 0;
      throw alone ? new HttpProblem(missing.code) : refused(done.error);
    }
    return json(done.value);
  }
  /** @returns their name; `null` where none came */
  async function another(
    id: string,
    second: Second,
    {
      session,
      sees,
      from,
      ...asked
    }: Who & Omit<Parameters<typeof secondPerson>[2], 'areaCode'> & { from: string },
  ): Promise<string | null> {
    if (second === undefined) return null;
    const { areaCode } = await alarmOf(id, sees, service);
    const found = await secondPerson(parts, second, { ...asked, areaCode }, { session, from });
    return found?.name ?? null;
  }

  async function lostOf(ids: readonly string[]): Promise<Bilingual | null> {
    for (const id of ids)
      if ((await parts.attachments.find(as.attachment(id))) === null)
        return { zh: `没有附件 ${id}`, en: `There is no attachment ${id}.` };
    return null;
  }

  async function past(q: AlarmsQuery, { session, sees }: Who): Promise<ListPage<Alarm>> {
    const filter = {
      state: q.state,
      level: q.level as Level | undefined,
      overlay: q.overlay,
      lifeline: q.lifeline === undefined ? undefined : as.lifeline(q.lifeline),
      area: q.area === undefined ? undefined : as.area(q.area),
      point: q.point === undefined ? undefined : as.point(q.point),
      from: q.from,
      to: q.to,
    };
    const attended = attendedAs(q, { now: parts.clock.now(), vendorOf });
    if (q.drill !== undefined)
      return ofADrill(
        journal,
        'alarm',
        { ...q, drill: q.drill },
        (a) => sees(a.areaCode) && isWanted(a, q) && attended(a),
      );
    const items: Alarm[] = [];
    let after = q.after ?? null;
    // Somebody bound to areas, or who asks for a verdict, gets what is meant out of as many pages as it takes, within bounds.
    for (let pages = 0; ; pages++) {
      const page = await journal.alarms(filter, q.limit - items.length, after);
      const theirs = session.areas === null ? page.items : page.items.filter((a) => sees(a.areaCode));
      items.push(...theirs.filter(attended));
      after = page.next;
      if (after === null || items.length >= q.limit || pages >= PAGES) return { items, next: after };
    }
  }

  /** Of the device that measures there now; of several the first. */
  function vendorOf(point: string): string | null {
    const { register } = service;
    for (const d of devicesAt().get(point) ?? []) {
      const model = d.model === undefined ? undefined : register.model(d.model);
      const vendor = d.vendor ?? model?.vendor ?? null;
      if (vendor !== null) return vendor;
    }
    return null;
  }

  async function* found(
    filter: Omit<AlarmsQuery, 'limit' | 'after'>,
    who: Who,
  ): AsyncGenerator<readonly FiledAlarm[]> {
    let after: string | undefined;
    do {
      const page: ListPage<Alarm> = await past({ ...filter, limit: EXPORT_PAGE, after }, who);
      yield page.items.map((a) => ({
        alarm: { ...json(a), pointName: inDrill(a.drill, a.pointName) },
        vendor: vendorOf(a.pointCode),
      }));
      after = page.next ?? undefined;
    } while (after !== undefined);
  }

  async function* lines(...asked: Parameters<typeof found>): AsyncGenerator<string> {
    yield BOM + ALARMS_CSV_HEADER;
    for await (const rows of found(...asked)) if (rows.length > 0) yield rows.map(alarmLine).join('');
  }

  async function* cells(...asked: Parameters<typeof found>) {
    for await (const rows of found(...asked)) yield rows.map(alarmCells);
  }

  return {
    alarmsCsv: ({ query, session, sees, header }) => {
      header('content-disposition', `attachment; filename="${drillFile('alarms', query)}.csv"`);
      return withFirstChunk(lines(query, { session, sees }));
    },
    alarmsXlsx: ({ query, session, sees, header }) => {
      header('content-disposition', `attachment; filename="${drillFile('alarms', query)}.xlsx"`);
      const rows = cells(query, { session, sees });
      return withFirstChunk(parts.writeSheet({ name: '报警', columns: ALARMS_SHEET, rows }));
    },
    alarmFigures: async ({ query, session, sees }) => {
      const counted = new AlarmCount();
      for await (const rows of found(query, { session, sees })) {
        for (const { alarm } of rows) counted.take(alarm);
        if (counted.total >= COUNTED) return counted.figures(false);
      }
      return counted.figures(true);
    },
    alarms: async ({ query, session, sees }) => {
      // Open ones are asked of the board: what consoles see, not what the journal's reader has caught up with.
      const ofBoard = query.drill === undefined && (query.state === 'open' || query.state === 'unacked');
      const { items, next } = ofBoard
        ? openAlarmsPage(board.open(), query, {
            sees,
            attended: attendedAs(query, { now: parts.clock.now(), vendorOf }),
          })
        : await past(query, { session, sees });
      return { items: items.map(json), next };
    },
    alarm: async ({ params, sees }) => json(await alarmOf(params.id, sees, service)),
    alarmEvents: async ({ params, query, sees, session }) => {
      const after = numberCursor(query.after) ?? 0;
      if (session.areas !== null) await alarmOf(params.id, sees, service);
      const events = await journal.eventsOf(as.alarm(params.id));
      if (events.length === 0) await alarmOf(params.id, sees, service);
      const rest = events.filter((e) => e.event.revision > after);
      const items = rest.slice(0, query.limit);
      const last = items.at(-1);
      return {
        items: items.map((e) => alarmEventJson(e.seq, e.event)),
        next: rest.length > items.length && last ? String(last.event.revision) : null,
      };
    },
    acknowledge: ({ params, body, session, sees }) =>
      act(params.id, commands.acknowledge(body, actor(session)), { session, sees }),
    shelve: async ({ params, body, session, sees, from }) => {
      // Whether there must be one the desk says, at the level that the alarm then has.
      const second = await another(params.id, body.second, {
        ...{ right: 'alarm.attend', isAsked: parts.secondPersonForLevel1, refusal: 'second-person-needed' },
        ...{ session, sees, from },
      });
      return act(params.id, commands.shelve(body, actor(session), second), { session, sees });
    },
    unshelve: ({ params, body, session, sees }) =>
      act(params.id, commands.unshelve(body, actor(session)), { session, sees }),
    reset: ({ params, body, session, sees }) =>
      act(params.id, commands.reset(body, actor(session)), { session, sees }),
    assess: async ({ params, body, session, sees, from }) => {
      // Of another's alarm nothing is looked at before it is refused.
      const { pointCode } = await alarmOf(params.id, sees, service);
      const lost = await lostOf(body.form?.attachments ?? []);
      if (lost !== null) throw new HttpProblem('unknown-reference', { detail: lost });
      const readings = service.latest(pointCode).map(({ metric, value, quality, observedAt }) => ({
        metric,
        value,
        quality: quality.grade,
        observedAt,
      }));
      const second = await another(params.id, body.second, {
        ...{ right: 'alarm.assess', isAsked: parts.secondPersonToAssess, refusal: 'assess-second-needed' },
        ...{ session, sees, from },
      });
      return act(params.id, commands.assess(body, actor(session), { readings, second }), { session, sees });
    },
    note: ({ params, body, session, sees }) =>
      act(params.id, commands.note(body, actor(session)), { session, sees }),
  };
}

/** What it is called where two are asked for, and nobody else could be the second. */
const ALONE = {
  'second-person-needed': { code: 'second-person-missing', right: 'alarm.attend' },
  'assess-second-needed': { code: 'assess-second-missing', right: 'alarm.assess' },
} as const;

/** Pages of the journal looked through for one page of somebody bound to areas. */
const PAGES = 50;
/** Alarms counted at most for one answer. */
const COUNTED = 200_000;
/** Alarms read at once for a file. */
const EXPORT_PAGE = 100;

type Sees = (area: string) => boolean;
type Who = { readonly session: Session; readonly sees: Sees };

const actor = (session: Session): Actor => ({
  kind: 'operator',
  account: session.account,
  name: session.name,
});

/** Looked up again where the register's list of devices is another. */
function devicesByPoint({ devices }: Pick<RegisterView, 'devices'>) {
  let of: readonly Device[] | null = null;
  let by: ReadonlyMap<string, readonly Device[]> = new Map();
  return () => {
    const now = devices();
    if (now !== of) {
      of = now;
      by = Map.groupBy(now, (d) => d.point ?? '');
    }
    return by;
  };
}
