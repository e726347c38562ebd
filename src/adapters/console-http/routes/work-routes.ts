import { as } from '../../../domain/ids.ts';
import type { Point, WorkWindow } from '../../../domain/register/register.ts';
import { hours } from '../../../domain/time.ts';
import type { RegisterView } from '../../../flow/ports/service.ts';
import { workWindowJson } from '../../../wire/http/works.ts';
import { SerialQueue } from '../../shared/serial-queue.ts';
import type { Handlers } from '../answer/handler.ts';
import { HttpProblem, hidden, invalid } from '../answer/problem.ts';
import type { Parts } from '../answer/services.ts';
import { pageOf } from './paging.ts';
import { secondPerson } from './second-person.ts';

/** A permit is for a day's work; longer is taking the point out of service. */
const AT_MOST = hours(24);

type Names = 'workWindows' | 'openWorkWindow' | 'endWorkWindow';

export function workRoutes(parts: Parts): Pick<Handlers, Names> {
  const { service, clock } = parts;
  const writing = new SerialQueue();

  function pointOf(code: string, register: RegisterView): Point {
    const point = register.point(as.point(code));
    if (point !== undefined) return point;
    throw service.register.point(as.point(code)) === undefined
      ? new HttpProblem('point-unknown')
      : hidden('point-unknown');
  }

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

    openWorkWindow: ({ params, body, session, register, language, from: address }) =>
      writing.run(async () => {
        const point = pointOf(params.code, register);
        const now = clock.now();
        const from = body.from ?? now;
        if (body.until <= from || body.until <= now)
          throw invalid(
            'body.until',
            '须晚于开始时间和现在',
            'must be after its beginning and after now',
            language,
          );
        if (body.until - from > AT_MOST)
          throw invalid('body.until', '作业窗口最长 24 小时', 'a work window lasts 24 h at most', language);
        const at = { session, from: address };
        const second = await secondPerson(parts, body.second, 'works.permit', point.area, at);
        const taken = new Set(service.register.works().map((w) => w.id));
        let id = '';
        for (let n = 0; id === '' || taken.has(id); n++) id = `W${(now + n).toString(36).padStart(9, '0')}`;
        const by = { account: session.account, name: session.name };
        const work: WorkWindow = {
          id,
          point: point.code,
          from,
          until: body.until,
          reason: body.reason,
          by,
          ...(second === null ? {} : { second }),
          at: now,
          ended: null,
        };
        await service.change([{ kind: 'work', work }]);
        return workWindowJson(work, clock.now());
      }),

    endWorkWindow: ({ params, session, register, was }) =>
      writing.run(async () => {
        const { code } = pointOf(params.code, register);
        const work = register.works().find((w) => w.id === params.id && w.point === code);
        if (work === undefined) throw new HttpProblem('not-found');
        const now = clock.now();
        was(work);
        // Over already, or ended by somebody else: as it was.
        if (work.ended !== null || work.until <= now) return workWindowJson(work, now);
        const ended = { at: now, by: { account: session.account, name: session.name } };
        await service.change([{ kind: 'work', work: { ...work, ended } }]);
        return workWindowJson({ ...work, ended }, now);
      }),
  };
}
