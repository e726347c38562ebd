import type { Actor, Alarm } from '../../domain/alarm/alarm.ts';
import type { OperatorCommand } from '../../domain/alarm/commands.ts';
import { type AlarmId, as } from '../../domain/ids.ts';
import type { Level } from '../../domain/level.ts';
import type { Session } from '../../flow/ports/accounts.ts';
import { type AlarmJson, alarmToJson } from '../../wire/alarm.ts';
import { type AlarmsQuery, alarmEventJson, commands } from '../../wire/http-alarms.ts';
import type { Handlers } from './handler.ts';
import { openAlarmsPage } from './open-alarms.ts';
import { numberCursor, type Page } from './paging.ts';
import type { Parts } from './parts.ts';
import { HttpProblem, refused } from './problem.ts';

type Names =
  | 'alarms'
  | 'alarm'
  | 'alarmEvents'
  | 'acknowledge'
  | 'shelve'
  | 'unshelve'
  | 'reset'
  | 'assess'
  | 'note';

export function alarmRoutes({ service, journal }: Parts): Pick<Handlers, Names> {
  const { board } = service;
  const json = (alarm: Alarm): AlarmJson => alarmToJson(alarm, board.live(alarm));

  async function find(id: AlarmId): Promise<Alarm> {
    const alarm = board.openAlarm(id) ?? (await journal.alarm(id));
    if (alarm === null) throw new HttpProblem('alarm-unknown');
    return alarm;
  }

  async function act(id: string, command: OperatorCommand): Promise<AlarmJson> {
    const done = await service.act(as.alarm(id), command);
    if (!done.ok) throw refused(done.error);
    return json(done.value);
  }

  async function past(q: AlarmsQuery): Promise<Page<Alarm>> {
    const filter = {
      state: q.state,
      level: q.level as Level | undefined,
      lifeline: q.lifeline === undefined ? undefined : as.lifeline(q.lifeline),
      area: q.area === undefined ? undefined : as.area(q.area),
      point: q.point === undefined ? undefined : as.point(q.point),
      from: q.from,
      to: q.to,
    };
    const { items, next } = await journal.alarms(filter, q.limit, q.after ?? null);
    return { items: [...items], next };
  }

  return {
    alarms: async ({ query }) => {
      // Open ones are asked of the board: what consoles see, not what the journal's reader has caught up with.
      const ofBoard = query.state === 'open' || query.state === 'unacked';
      const { items, next } = ofBoard ? openAlarmsPage(board.open(), query) : await past(query);
      return { items: items.map(json), next };
    },
    alarm: async ({ params }) => json(await find(as.alarm(params.id))),
    alarmEvents: async ({ params, query }) => {
      const id = as.alarm(params.id);
      const after = numberCursor(query.after) ?? 0;
      const events = await journal.eventsOf(id);
      if (events.length === 0) await find(id);
      const rest = events.filter((e) => e.event.revision > after);
      const items = rest.slice(0, query.limit);
      const last = items.at(-1);
      return {
        items: items.map((e) => alarmEventJson(e.seq, e.event)),
        next: rest.length > items.length && last ? String(last.event.revision) : null,
      };
    },
    acknowledge: ({ params, body, session }) => act(params.id, commands.acknowledge(body, actor(session))),
    shelve: ({ params, body, session }) => act(params.id, commands.shelve(body, actor(session))),
    unshelve: ({ params, body, session }) => act(params.id, commands.unshelve(body, actor(session))),
    reset: ({ params, body, session }) => act(params.id, commands.reset(body, actor(session))),
    assess: ({ params, body, session }) => act(params.id, commands.assess(body, actor(session))),
    note: ({ params, body, session }) => act(params.id, commands.note(body, actor(session))),
  };
}

const actor = (session: Session): Actor => ({
  kind: 'operator',
  account: session.account,
  name: session.name,
});
