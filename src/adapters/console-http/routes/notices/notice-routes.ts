import { as, type ContactId } from '../../../../domain/ids.ts';
import { isLost, type Notice } from '../../../../domain/notice/notice.ts';
import type { Explanation } from '../../../../flow/ports/notices.ts';
import { iso } from '../../../../wire/alarm.ts';
import { noticeJson } from '../../../../wire/http/notices/policies.ts';
import type { Handlers } from '../../answer/handler.ts';
import { HttpProblem, hidden } from '../../answer/problem.ts';
import type { Services } from '../../answer/services.ts';
import { alarmOf, pointOf } from '../find.ts';
import { pageOf } from '../paging.ts';
import { areaOf, noticesSeen } from './area-of.ts';
import { granted } from './granted.ts';

type Names = 'explainNotices' | 'notices' | 'notice' | 'retryNotice';

export function noticeRoutes({ notices, service, clock }: Services): Pick<Handlers, Names> {
  const { view } = notices;
  const shown = (n: Notice) =>
    noticeJson(n, n.contact === null ? null : (view.contact(n.contact)?.name ?? null));
  /** @throws HttpProblem where what it is about is not theirs */
  const theirs = async (id: string, sees: (area: string) => boolean): Promise<Notice> => {
    const notice = view.notice(as.notice(id)) ?? (await ofPast(id));
    if (notice === undefined) throw new HttpProblem('not-found');
    const area = await areaOf(notice, service);
    if (area !== null && !sees(area)) throw hidden('not-found');
    return notice;
  };
  const ofPast = async (id: string): Promise<Notice | undefined> =>
    (await noticesOf(id.split('.')[0] ?? '')).find((n) => n.id === id);
  const noticesOf = async (alarm: string): Promise<readonly Notice[]> =>
    (await notices.storyOf(as.alarm(alarm))).flatMap((e) => (e.is === 'notice' ? [e.notice] : []));

  return {
    explainNotices: async ({ query, sees, register }) => {
      if (query.alarm !== undefined) {
        const { id } = await alarmOf(query.alarm, sees, service);
        const explained = notices.explainAlarm(id);
        if (explained === null) throw new HttpProblem('alarm-unknown');
        return explanationJson(explained);
      }
      if (query.point === undefined || query.level === undefined)
        throw new HttpProblem('invalid', { detail: WANTS });
      const { code, area, asset, lifeline } = pointOf(query.point, register, service.register);
      const like = { level: query.level, lifeline, area, asset, point: code };
      return explanationJson(notices.explain(like, query.at ?? clock.now()));
    },
    notices: async ({ query, sees }) => {
      const all =
        query.subject === undefined
          ? view.notices()
          : await noticesOf(
              service.board.responses.order(as.order(query.subject))?.id ??
                service.board.drills.responses.order(as.order(query.subject))?.id ??
                (await alarmOf(query.subject, sees, service)).id,
            );
      const list = [...(await noticesSeen(all, sees, service))].sort((a, b) => (a.id < b.id ? -1 : 1));
      const { items, next } = pageOf(
        list,
        (n) => n.id,
        query,
        (n) =>
          (query.subject !== undefined || n.drill === query.drill) &&
          (query.state === undefined || n.state === query.state) &&
          (query.unseen === undefined || (isLost(n) && n.seen === undefined)) &&
          (query.contact === undefined || n.contact === (query.contact as ContactId)),
      );
      return { items: items.map(shown), next };
    },
    notice: async ({ params, sees }) => shown(await theirs(params.id, sees)),
    retryNotice: async ({ params, sees }) => {
      const { id } = await theirs(params.id, sees);
      return shown(granted(await notices.retry(id)));
    },
  };
}

const WANTS = {
  zh: '请给出 alarm，或 point 与 level',
  en: 'Give `alarm`, or `point` and `level`.',
};
const explanationJson = ({ policy, passed, rungs }: Explanation) => ({
  policy: policy && { id: policy.id, version: policy.version, name: policy.name },
  passed: [...passed],
  rungs: rungs.map(({ rung, at, state, stoppedBy, reach }) => ({
    rung,
    at: iso(at),
    state,
    stoppedBy,
    told: reach.targets.map((t) => ({
      contact: t.contact?.id ?? null,
      name: t.contact?.name ?? null,
      channel: t.channel.id,
    })),
    misses: reach.misses.map(({ why, unit, contact, channel }) => ({ why, unit, contact, channel })),
  })),
});
