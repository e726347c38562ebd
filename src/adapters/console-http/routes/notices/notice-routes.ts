import { as, type ChannelId, type ContactId, type PolicyId } from '../../../../domain/ids.ts';
import type { Notice } from '../../../../domain/notice/notice.ts';
import type { NoticePolicy, Recipient } from '../../../../domain/notice/policy.ts';
import type { Explanation } from '../../../../flow/ports/notices.ts';
import { iso } from '../../../../wire/alarm.ts';
import { noticeJson } from '../../../../wire/http/notices/policies.ts';
import type { Handlers } from '../../answer/handler.ts';
import { HttpProblem, hidden } from '../../answer/problem.ts';
import type { Services } from '../../answer/services.ts';
import { alarmOf, pointOf } from '../find.ts';
import { pageOf } from '../paging.ts';
import { granted } from './people-routes.ts';

type Names =
  | 'noticePolicies'
  | 'noticePolicy'
  | 'noticePolicyVersions'
  | 'keepNoticePolicy'
  | 'explainNotices'
  | 'notices'
  | 'notice'
  | 'retryNotice';

export function noticeRoutes({ notices, service, clock }: Services): Pick<Handlers, Names> {
  const { view } = notices;
  const shown = (n: Notice) =>
    noticeJson(n, n.contact === null ? null : (view.contact(n.contact)?.name ?? null));
  const versionsOf = (id: PolicyId): readonly NoticePolicy[] => {
    const versions = view.versions(id);
    if (versions.length === 0) throw new HttpProblem('not-found');
    return versions;
  };
  /** @throws HttpProblem where the alarm is not theirs */
  const theirs = async (id: string, sees: (area: string) => boolean): Promise<Notice> => {
    const notice = view.notice(as.notice(id)) ?? (await ofPast(id));
    if (notice === undefined) throw new HttpProblem('not-found');
    const alarm = await service.alarm(as.alarm(notice.subject.id));
    if (alarm !== null && !sees(alarm.areaCode)) throw hidden('not-found');
    return notice;
  };
  const ofPast = async (id: string): Promise<Notice | undefined> =>
    (await noticesOf(id.split('.')[0] ?? '')).find((n) => n.id === id);
  const noticesOf = async (alarm: string): Promise<readonly Notice[]> =>
    (await notices.storyOf(as.alarm(alarm))).flatMap((e) => (e.is === 'notice' ? [e.notice] : []));

  return {
    noticePolicies: () => ({ items: view.policies().map(policyJson), next: null }),
    noticePolicy: ({ params }) => policyJson(versionsOf(as.policy(params.id)).at(-1) as NoticePolicy),
    noticePolicyVersions: ({ params }) => ({
      items: versionsOf(as.policy(params.id)).map(policyJson),
      next: null,
    }),
    keepNoticePolicy: async ({ params, body, session, was }) => {
      const before = view.versions(as.policy(params.id)).at(-1);
      if (before !== undefined) was(policyJson(before));
      const { name, enabled, match, rungs, repeat, reason, seenVersion = null } = body;
      const kept = await notices.keepPolicy({
        id: as.policy(params.id),
        name,
        enabled,
        match: {
          subjects: match.subjects,
          levels: match.levels ?? [],
          lifelines: (match.lifelines ?? []).map(as.lifeline),
          areas: (match.areas ?? []).map(as.area),
        },
        rungs: rungs.map((r) => ({
          ...r,
          to: r.to.map(recipientOf),
          channels: r.channels.map(as.channel) as ChannelId[],
        })),
        repeat: repeat ?? null,
        by: { account: session.account, name: session.name },
        reason,
        seenVersion,
      });
      return policyJson(granted(kept));
    },

    explainNotices: async ({ query, sees, register }) => {
      if (query.alarm !== undefined) {
        const { id } = await alarmOf(query.alarm, sees, service);
        const explained = notices.explainAlarm(id);
        if (explained === null) throw new HttpProblem('alarm-unknown');
        return explanationJson(explained);
      }
      if (query.point === undefined || query.level === undefined)
        throw new HttpProblem('invalid', { detail: WANTS });
      const { area, asset, lifeline } = pointOf(query.point, register, service.register);
      const like = { level: query.level, lifeline, area, asset };
      return explanationJson(notices.explain(like, query.at ?? clock.now()));
    },
    notices: async ({ query, sees }) => {
      const all =
        query.subject === undefined
          ? view.notices()
          : await noticesOf((await alarmOf(query.subject, sees, service)).id);
      const areas = new Map<string, boolean>();
      for (const { subject } of all)
        if (!areas.has(subject.id)) {
          const alarm = await service.alarm(as.alarm(subject.id));
          areas.set(subject.id, alarm !== null && sees(alarm.areaCode));
        }
      const list = [...all].sort((a, b) => (a.id < b.id ? -1 : 1));
      const { items, next } = pageOf(
        list,
        (n) => n.id,
        query,
        (n) =>
          areas.get(n.subject.id) === true &&
          (query.state === undefined || n.state === query.state) &&
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
const PLACES = ['owner', 'district', 'centre'] as const;
type Wished =
  | { unit: string; post: 'duty' | 'leader' | 'member' }
  | { contact: string }
  | { channel: string };

function recipientOf(to: Wished): Recipient {
  if ('contact' in to) return { contact: as.contact(to.contact) };
  if ('channel' in to) return { channel: as.channel(to.channel) };
  const place = PLACES.find((p) => p === to.unit);
  return { unit: place ?? { code: as.unit(to.unit) }, post: to.post };
}

const recipientJson = (to: Recipient): Wished =>
  'unit' in to ? { unit: typeof to.unit === 'object' ? to.unit.code : to.unit, post: to.post } : to;

const policyJson = (p: NoticePolicy) => ({
  id: p.id,
  version: p.version,
  name: p.name,
  enabled: p.enabled,
  match: {
    subjects: [...p.match.subjects],
    levels: [...p.match.levels],
    lifelines: [...p.match.lifelines],
    areas: [...p.match.areas],
  },
  rungs: p.rungs.map((r) => ({ ...r, to: r.to.map(recipientJson), channels: [...r.channels] })),
  repeat: p.repeat,
  by: p.by?.name ?? null,
  at: p.at === 0 ? null : iso(p.at),
  reason: p.reason,
});

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
