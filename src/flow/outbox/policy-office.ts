import { DEFAULT_POLICIES } from '../../domain/notice/default-policies.ts';
import { type NoticePolicy, policyFlaws } from '../../domain/notice/policy.ts';
import { isWaiting, type PolicyCommand, type PolicyDraft } from '../../domain/notice/policy-draft.ts';
import type { Refusal } from '../../domain/refusals.ts';
import { no, ok, type Result, unreachable } from '../../domain/result.ts';
import type { Person, RuleDraftState } from '../../domain/rules/change.ts';
import type { Bilingual } from '../../domain/text.ts';
import type { NoticeBook } from '../notices/notice-book.ts';
import type { NoticeDraft } from '../notices/notice-desk.ts';
import type { Policies } from '../ports/notices.ts';
import { type OfficeParts, refuse } from './in-turn.ts';

type Answer = Result<PolicyDraft, Refusal>;

/**
 * Where policies change: a draft with a reason, looked over by a second person where the house wants one, then a version. Nothing
 * that makes no sense gets as far as a draft, or from a draft into force.
 */
export class PolicyOffice implements Policies {
  readonly #parts: OfficeParts;
  readonly #book: NoticeBook;
  readonly #approval: 'one' | 'two';

  constructor(given: OfficeParts & { approval: 'one' | 'two' }) {
    this.#parts = given;
    this.#book = given.core.notices.book;
    this.#approval = given.approval;
  }

  policy: Policies['policy'] = (command) =>
    this.#parts.turn.tell((draft) =>
      command.do === 'propose' ? this.#propose(command, draft) : this.#decide(command, draft),
    );

  #propose(command: Extract<PolicyCommand, { do: 'propose' }>, turn: NoticeDraft): Answer {
    const { policy, change, reason, by, seenVersion, submit } = command;
    const last = this.#book.versions(policy).at(-1)?.version ?? 0;
    if (seenVersion !== null && seenVersion < last) return no(refuse('seen-too-old', changedSince(last)));
    const flaw = this.#look(command);
    if (flaw !== null) return no(flaw);
    const made: PolicyDraft = {
      id: `N${this.#book.policyDrafts().length + 1}`,
      policy,
      state: 'draft',
      change,
      reason,
      author: by,
      baseVersion: last,
      version: null,
      story: [{ at: turn.at, by, did: 'draft', note: null }],
    };
    return submit ? this.#submit(made, { by, note: null }, turn) : ok(this.#keep(made, turn));
  }

  #decide(command: Exclude<PolicyCommand, { do: 'propose' }>, turn: NoticeDraft): Answer {
    const draft = this.#book.policyDraft(command.draft);
    if (draft === undefined) return no({ code: 'policy-draft-unknown', detail: null });
    const isAuthor = command.by.account === draft.author.account;
    if (!isWaiting(draft)) return no(refuse('policy-draft-decided', DECIDED[draft.state]));
    switch (command.do) {
      case 'submit':
        return isAuthor
          ? this.#submit(draft, command, turn)
          : no({ code: 'policy-draft-not-own', detail: null });
      case 'withdraw':
        if (!isAuthor) return no({ code: 'policy-draft-not-own', detail: null });
        return ok(this.#keep(told(draft, 'withdrawn', command, turn), turn));
      case 'approve':
      case 'reject':
        if (draft.state === 'draft') return no({ code: 'policy-draft-not-submitted', detail: null });
        if (isAuthor) return no({ code: 'policy-draft-own', detail: null });
        if (command.do === 'approve') return this.#bringIntoForce(draft, command, turn);
        if ((command.note ?? '').trim() === '') return no({ code: 'reason-missing', detail: null });
        return ok(this.#keep(told(draft, 'rejected', command, turn), turn));
      default:
        return unreachable(command.do);
    }
  }

  #submit(draft: PolicyDraft, said: Said, turn: NoticeDraft): Answer {
    if (this.#approval === 'one') return this.#bringIntoForce(draft, { by: null, note: said.note }, turn);
    return ok(draft.state === 'submitted' ? draft : this.#keep(told(draft, 'submitted', said, turn), turn));
  }

  /** @param said by whom it was approved; `null`: one person was enough */
  #bringIntoForce(
    draft: PolicyDraft,
    said: { readonly by: Person | null; readonly note: string | null },
    turn: NoticeDraft,
  ): Answer {
    const last = this.#book.versions(draft.policy).at(-1);
    if ((last?.version ?? 0) !== draft.baseVersion)
      return no({ code: 'policy-draft-outdated', detail: null });
    const flaw = this.#look(draft);
    if (flaw !== null) return no(flaw);
    const version = draft.baseVersion + 1;
    const { change, reason, author } = draft;
    const stamp = { version, by: author, approvedBy: said.by, at: turn.at, reason };
    const policy: NoticePolicy =
      change.do === 'set'
        ? { id: draft.policy, ...change.content, ...stamp }
        : { ...(last as NoticePolicy), ...stamp, enabled: false, dropped: true };
    this.#parts.core.notices.keep({ is: 'policy', policy }, turn);
    const done = told(draft, 'approved', { by: said.by ?? author, note: said.note }, turn);
    return ok(this.#keep({ ...done, version }, turn));
  }

  /** What stands in the way of a change; `null`: nothing. */
  #look({ policy, change }: Pick<PolicyDraft, 'policy' | 'change'>): Refusal | null {
    if (change.do === 'drop') {
      const isThere = this.#book.policies().some((p) => p.id === policy);
      if (!isThere) return { code: 'not-found', detail: null };
      return DEFAULT_POLICIES.some((p) => p.id === policy) ? refuse('invalid', SHIPPED) : null;
    }
    const [flaw] = policyFlaws(change.content, {
      unit: (code) => this.#book.unit(code) !== undefined,
      contact: (id) => this.#book.contact(id) !== undefined,
      channel: (id) => this.#book.channel(id) !== undefined,
    });
    if (flaw === undefined) return null;
    const say = { zh: POLICY_FLAWS[flaw], en: `${flaw}.` };
    return refuse(flaw.endsWith('-unknown') ? 'unknown-reference' : 'invalid', say);
  }

  #keep(draft: PolicyDraft, turn: NoticeDraft): PolicyDraft {
    this.#parts.core.notices.keep({ is: 'policy-draft', draft }, turn);
    return draft;
  }
}

type Said = { readonly by: Person; readonly note: string | null };

const told = (
  draft: PolicyDraft,
  did: RuleDraftState,
  { by, note }: Said,
  turn: NoticeDraft,
): PolicyDraft => ({
  ...draft,
  state: did,
  story: [...draft.story, { at: turn.at, by, did, note }],
});

const DECIDED: Readonly<Record<RuleDraftState, Bilingual>> = {
  draft: { zh: '该草案尚未提交', en: 'It has not been submitted.' },
  submitted: { zh: '该草案已提交', en: 'It has been submitted.' },
  approved: { zh: '该草案已批准', en: 'It has been approved already.' },
  rejected: { zh: '该草案已驳回', en: 'It has been rejected already.' },
  withdrawn: { zh: '该草案已撤回', en: 'It has been withdrawn already.' },
};
const SHIPPED = {
  zh: '随产品提供的策略不可删除，可停用',
  en: 'What came with the product is not taken away, but it can be turned off.',
};

const POLICY_FLAWS: Readonly<Record<ReturnType<typeof policyFlaws>[number], string>> = {
  'no-subject': '未选对象',
  'no-rung': '没有梯级',
  'rung-calls-nobody': '有梯级未指定通知对象',
  'rungs-not-in-order': '梯级时间须由早到晚',
  'repeat-too-often': '重复间隔过短或次数过多',
  'unit-unknown': '有不存在的单位',
  'contact-unknown': '有不存在的联系人',
  'channel-unknown': '有不存在的渠道',
};

const changedSince = (version: number): Bilingual => ({
  zh: `您打开之后已被修改为第 ${version} 版：请重新读取，再改`,
  en: `It has become version ${version} since you opened it: read it again, then change it.`,
});
