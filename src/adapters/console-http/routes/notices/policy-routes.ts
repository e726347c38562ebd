import type { z } from 'zod';
import { as, type PolicyId } from '../../../../domain/ids.ts';
import type { NoticePolicy, Recipient } from '../../../../domain/notice/policy.ts';
import {
  isWaiting,
  type PolicyCommand,
  type PolicyContent,
  type PolicyDraft,
} from '../../../../domain/notice/policy-draft.ts';
import type { Session } from '../../../../flow/ports/accounts.ts';
import { iso } from '../../../../wire/alarm.ts';
import type { policyBody } from '../../../../wire/http/notices/policies.ts';
import type { Handlers } from '../../answer/handler.ts';
import { HttpProblem } from '../../answer/problem.ts';
import type { Services } from '../../answer/services.ts';
import { granted } from './granted.ts';

type Names =
  | 'noticePolicies'
  | 'noticePolicy'
  | 'noticePolicyVersions'
  | 'keepNoticePolicy'
  | 'dropNoticePolicy'
  | 'policyDrafts'
  | 'policyDraft'
  | 'submitPolicyDraft'
  | 'approvePolicyDraft'
  | 'rejectPolicyDraft'
  | 'withdrawPolicyDraft';

type Decision = {
  readonly params: { readonly id: string };
  readonly body: { readonly note?: string | undefined };
  readonly session: Session;
  status(code: number): void;
};

export function policyRoutes({ notices }: Services): Pick<Handlers, Names> {
  const { view } = notices;
  const versionsOf = (id: PolicyId): readonly NoticePolicy[] => {
    const versions = view.versions(id);
    if (versions.length === 0) throw new HttpProblem('not-found');
    return versions;
  };
  async function order(command: PolicyCommand, status: (code: number) => void): Promise<PolicyDraft> {
    const draft = granted(await notices.policy(command));
    if (isWaiting(draft)) status(202);
    return draft;
  }
  const decide =
    (what: 'submit' | 'approve' | 'reject' | 'withdraw') =>
    async ({ params, body, session, status }: Decision) =>
      draftJson(
        await order({ do: what, draft: params.id, by: person(session), note: body.note ?? null }, status),
      );

  return {
    noticePolicies: () => ({ items: view.policies().map(policyJson), next: null }),
    noticePolicy: ({ params }) => {
      const last = versionsOf(as.policy(params.id)).at(-1);
      if (last === undefined || last.dropped === true) throw new HttpProblem('not-found');
      return policyJson(last);
    },
    noticePolicyVersions: ({ params }) => ({
      items: versionsOf(as.policy(params.id)).map(policyJson),
      next: null,
    }),
    keepNoticePolicy: async ({ params, body, session, was, status }) => {
      const policy = as.policy(params.id);
      const before = view.versions(policy).at(-1);
      if (before !== undefined) was(policyJson(before));
      const name = body.name ?? before?.name ?? { zh: params.id, en: params.id };
      const draft = await order(
        {
          do: 'propose',
          policy,
          change: { do: 'set', content: contentFrom({ ...body, name }) },
          reason: body.reason,
          submit: body.submit,
          by: person(session),
          seenVersion: body.seenVersion ?? null,
        },
        status,
      );
      const made = view.versions(policy).find((p) => p.version === draft.version);
      return made === undefined ? draftJson(draft) : policyJson(made);
    },
    dropNoticePolicy: async ({ params, query, session, was, status }) => {
      const policy = as.policy(params.id);
      const before = view.policies().find((p) => p.id === policy);
      if (before !== undefined) was(policyJson(before));
      const { reason } = query;
      const asked = { do: 'propose', policy, change: { do: 'drop' }, reason, submit: true } as const;
      return draftJson(await order({ ...asked, by: person(session), seenVersion: null }, status));
    },
    policyDrafts: ({ query }) => {
      const below = query.after === undefined ? Number.POSITIVE_INFINITY : Number(query.after);
      const rest = view
        .policyDrafts()
        .filter((d) => query.state === undefined || d.state === query.state)
        .filter((d) => query.policy === undefined || d.policy === query.policy)
        .filter((d) => numberOf(d) < below)
        .reverse();
      const items = rest.slice(0, query.limit);
      const last = items.at(-1);
      const next = rest.length > items.length && last !== undefined ? String(numberOf(last)) : null;
      return { items: items.map(draftJson), next };
    },
    policyDraft: ({ params }) => {
      const draft = view.policyDraft(params.id);
      if (draft === undefined) throw new HttpProblem('policy-draft-unknown');
      return draftJson(draft);
    },
    submitPolicyDraft: decide('submit'),
    approvePolicyDraft: decide('approve'),
    rejectPolicyDraft: decide('reject'),
    withdrawPolicyDraft: decide('withdraw'),
  };
}

const person = ({ account, name }: Session) => ({ account, name });

/** Drafts are numbered in the order of their making. */
const numberOf = (d: PolicyDraft): number => Number(d.id.slice(1));

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

const contentFrom = ({
  name,
  enabled,
  match,
  rungs,
  repeat,
  quiet,
}: z.output<typeof policyBody> & Pick<PolicyContent, 'name'>): PolicyContent => ({
  name,
  enabled,
  match: {
    subjects: match.subjects,
    levels: match.levels ?? [],
    lifelines: (match.lifelines ?? []).map(as.lifeline),
    areas: (match.areas ?? []).map(as.area),
  },
  rungs: rungs.map((r) => ({ ...r, to: r.to.map(recipientOf), channels: r.channels.map(as.channel) })),
  repeat: repeat ?? null,
  ...(quiet === undefined ? {} : { quiet }),
});

const contentJson = ({ name, enabled, match, rungs, repeat, quiet }: PolicyContent) => ({
  name,
  enabled,
  match: {
    subjects: [...match.subjects],
    levels: [...match.levels],
    lifelines: [...match.lifelines],
    areas: [...match.areas],
  },
  rungs: rungs.map((r) => ({ ...r, to: r.to.map(recipientJson), channels: [...r.channels] })),
  repeat,
  quiet: quiet ?? null,
});

const policyJson = (p: NoticePolicy) => ({
  id: p.id,
  version: p.version,
  ...contentJson(p),
  by: p.by?.name ?? null,
  approvedBy: p.approvedBy?.name ?? null,
  at: p.at === 0 ? null : iso(p.at),
  reason: p.reason,
  dropped: p.dropped === true,
});

const draftJson = (d: PolicyDraft) => ({
  id: d.id,
  policy: d.policy,
  state: d.state,
  content: d.change.do === 'set' ? contentJson(d.change.content) : null,
  reason: d.reason,
  author: d.author,
  baseVersion: d.baseVersion,
  version: d.version,
  story: d.story.map((s) => ({ ...s, at: iso(s.at) })),
});
