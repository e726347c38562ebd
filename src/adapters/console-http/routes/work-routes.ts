import { as } from '../../../domain/ids.ts';
import type { WorkWindow } from '../../../domain/register/register.ts';
import { worksFlaws } from '../../../domain/register/works.ts';
import { workWindowJson } from '../../../wire/http/works.ts';
import type { Handlers } from '../answer/handler.ts';
import { refusedChange } from '../answer/problem.ts';
import type { Services } from '../answer/services.ts';
import { pointOf } from './find.ts';
import { pageOf } from './paging.ts';
import { secondPerson } from './second-person.ts';

const UNSOUND = { code: 'invalid', detail: null, foreign: false } as const;

type Names = 'workWindows' | 'openWorkWindow' | 'endWorkWindow';

export function workRoutes(parts: Services): Pick<Handlers, Names> {
  const { service, clock, secondPersonForLevel1: isAsked } = parts;
  const asked = (areaCode: string) =>
    ({ right: 'works.permit', areaCode, isAsked, refusal: 'second-person-needed' }) as const;

  return {
    workWindows: ({ query, register }) => {
      const now = clock.now();
      const wanted = (w: WorkWindow): boolean => {
        const point = register.point(w.point);
        return (
          (query.state === 'all' || (w.ended === null && w.until > now)) &&
          (query.point === undefined || w.point === query.point) &&
          (query.lifeline === undefined || point?.lifeline === query.lifeline) &&
          (query.area === undefined || (point?.area ?? '').startsWith(query.area))
        );
      };
      const { items, next } = pageOf(register.works(), (w) => w.id, query, wanted);
      return { items: items.map((w) => workWindowJson(w, now)), next };
    },

    openWorkWindow: async ({ params, body, session, register, language, from: address }) => {
      const { area } = pointOf(params.code, register, service.register);
      const { from = null, until } = body;
      // Before anybody enters a password: what would be refused anyway.
      const flaws = worksFlaws({ from, until }, clock.now());
      if (flaws.length > 0) throw refusedChange({ ...UNSOUND, flaws }, language);
      const at = { session, from: address };
      const opened = await service.changeRegister({
        do: 'open-works',
        point: as.point(params.code),
        from,
        until,
        reason: body.reason,
        by: { account: session.account, name: session.name },
        scope: session.areas,
        second: await secondPerson(parts, body.second, asked(area), at),
      });
      if (!opened.ok) throw refusedChange(opened.error, language);
      return workWindowJson(opened.value.after, clock.now());
    },

    endWorkWindow: async ({ params, session, language, was }) => {
      const ended = await service.changeRegister({
        do: 'end-works',
        point: as.point(params.code),
        id: params.id,
        by: { account: session.account, name: session.name },
        scope: session.areas,
      });
      if (!ended.ok) throw refusedChange(ended.error, language);
      if (ended.value.before !== undefined) was(ended.value.before);
      return workWindowJson(ended.value.after, clock.now());
    },
  };
}
