import { maySeeArea } from '../../../../domain/account/scope.ts';
import type { Actor, Alarm } from '../../../../domain/alarm/alarm.ts';
import type { OperatorCommand } from '../../../../domain/alarm/commands.ts';
import { as } from '../../../../domain/ids.ts';
import type { Refusal } from '../../../../domain/refusals.ts';
import type { Session } from '../../../../flow/ports/accounts.ts';
import { alarmToJson } from '../../../../wire/alarm.ts';
import { commands } from '../../../../wire/http/alarms.ts';
import type { Language } from '../../../../wire/http/head/language.ts';
import type { Handlers } from '../../answer/handler.ts';
import { HttpProblem, problemJson, refused } from '../../answer/problem.ts';
import type { Services } from '../../answer/services.ts';
import { secondPerson } from '../second-person.ts';

/** One act for many alarms (docs/interfaces.md §3). */
export function togetherRoutes(parts: Services): Pick<Handlers, 'acknowledgeTogether' | 'assessTogether'> {
  const { service } = parts;
  const { board } = service;

  /** Those that they see, each once; of the others they are told what a stranger is told. */
  async function found(ids: readonly string[], sees: (area: string) => boolean): Promise<Map<string, Alarm>> {
    const all = await Promise.all([...new Set(ids)].map((id) => service.alarm(as.alarm(id))));
    return new Map(all.flatMap((a) => (a !== null && sees(a.areaCode) ? [[a.id as string, a]] : [])));
  }

  async function together(
    ids: readonly string[],
    { seen, language }: { readonly seen: ReadonlyMap<string, Alarm>; readonly language: Language },
    commandOf: (id: string) => OperatorCommand,
  ) {
    const theirs = [...new Set(ids)];
    const acts = theirs
      .filter((id) => seen.has(id))
      .map((id) => ({ id: as.alarm(id), command: commandOf(id) }));
    const done = await service.actTogether(acts);
    const answers = new Map(acts.map(({ id }, i) => [id as string, done[i]]));
    const items = theirs.map((id) => {
      const answer = answers.get(id);
      if (answer?.ok)
        return { id, alarm: alarmToJson(answer.value, board.live(answer.value)), problem: null };
      const why: Refusal = answer === undefined ? { code: 'alarm-unknown', detail: null } : answer.error;
      return { id, alarm: null, problem: problemJson(refused(why), language) };
    });
    return { done: items.filter((i) => i.alarm !== null).length, items };
  }

  return {
    acknowledgeTogether: async ({ body, session, sees, language }) => {
      const { alarms, note, commandId } = body;
      const seen = await found(
        alarms.map((a) => a.id),
        sees,
      );
      const revisions = new Map(alarms.map((a) => [a.id, a.seenRevision]));
      return together([...revisions.keys()], { seen, language }, (id) =>
        commands.acknowledge(
          { seenRevision: revisions.get(id) ?? 0, note, commandId: ofOne(commandId, id) },
          actor(session),
        ),
      );
    },
    assessTogether: async ({ body, session, sees, from, language }) => {
      const ids = body.alarms.map((a) => a.id);
      const seen = await found(ids, sees);
      const second = await another([...seen.values()], body.second, { session, from });
      return together(ids, { seen, language }, (id) =>
        commands.assess({ ...body, commandId: ofOne(body.commandId, id) }, actor(session), {
          readings: readingsAt(seen.get(id)),
          second,
        }),
      );
    },
  };

  /** Who confirms for all of them must have the right for each. @throws HttpProblem */
  async function another(
    alarms: readonly Alarm[],
    second: Parameters<typeof secondPerson>[1],
    who: { readonly session: Session; readonly from: string },
  ): Promise<string | null> {
    const [first] = alarms;
    if (first === undefined) return null;
    const person = await secondPerson(
      parts,
      second,
      {
        right: 'alarm.assess',
        isAsked: parts.secondPersonToAssess,
        refusal: 'assess-second-needed',
        areaCode: first.areaCode,
      },
      who,
    );
    if (person === null) return null;
    const parentOf = (area: string) => service.register.area(as.area(area))?.parent;
    if (!alarms.every((a) => maySeeArea(person.scope, a.areaCode, parentOf)))
      throw new HttpProblem('assess-second-needed');
    return person.name;
  }

  function readingsAt(alarm: Alarm | undefined) {
    if (alarm === undefined) return [];
    return service.latest(alarm.pointCode).map(({ metric, value, quality, observedAt }) => ({
      metric,
      value,
      quality: quality.grade,
      observedAt,
    }));
  }
}

/** A command's id is one alarm's. */
const ofOne = (commandId: string, alarm: string): string => `${commandId}/${alarm}`;

const actor = (session: Session): Actor => ({
  kind: 'operator',
  account: session.account,
  name: session.name,
});
