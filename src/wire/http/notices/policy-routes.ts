import { z } from 'zod';
import { route } from '../route.ts';
import { decisionBody } from '../rules/rules.ts';
import { codeIn, pageOf } from '../shapes.ts';
import {
  policyBody,
  policyDraftIdIn,
  policyDraftOut,
  policyDraftsQuery,
  policyDropQuery,
  policyKeptOut,
  policyOut,
} from './policies.ts';

const json = <S extends z.ZodType>(schema: S) => ({ status: 200 as const, type: 'json' as const, schema });
const body = <S extends z.ZodType>(schema: S) => ({ type: 'json', schema, atMost: 64 * 1_024 }) as const;
const ofId = z.strictObject({ id: codeIn });
const ofDraft = z.strictObject({ id: policyDraftIdIn });

const sees = { who: 'session', tag: 'notices', right: 'duty.see', audited: false } as const;
const decides = {
  method: 'POST',
  who: 'session',
  tag: 'notices',
  audited: true,
  params: ofDraft,
  body: body(decisionBody),
  answer: json(policyDraftOut),
  orStatus: 202,
} as const;

/** Policies 通知策略 and their drafts (docs/interfaces.md § 7). */
export const POLICY_ROUTES = {
  noticePolicies: route({
    ...sees,
    method: 'GET',
    path: '/api/v1/notice-policies',
    does: { zh: '现行通知策略', en: 'The policies in force' },
    act: { zh: '查看通知策略', en: 'See policies' },
    answer: json(pageOf(policyOut)),
  }),
  noticePolicy: route({
    ...sees,
    method: 'GET',
    path: '/api/v1/notice-policies/{id}',
    does: { zh: '一条通知策略', en: 'One policy' },
    act: { zh: '查看通知策略', en: 'See a policy' },
    params: ofId,
    answer: json(policyOut),
    refusals: ['not-found'],
  }),
  noticePolicyVersions: route({
    ...sees,
    method: 'GET',
    path: '/api/v1/notice-policies/{id}/versions',
    does: { zh: '通知策略的历次版本', en: 'What a policy has been, oldest first' },
    act: { zh: '查看通知策略版本', en: 'See versions of a policy' },
    params: ofId,
    answer: json(pageOf(policyOut)),
    refusals: ['not-found'],
  }),
  keepNoticePolicy: route({
    method: 'PUT',
    path: '/api/v1/notice-policies/{id}',
    who: 'session',
    tag: 'notices',
    does: {
      zh: '修改或新建通知策略。200：成为新版本；202：草案，须另一人批准',
      en: 'Change a policy, or add one. 200: a new version. 202: a draft, where a second person must approve',
    },
    act: { zh: '修改通知策略', en: 'Change a policy' },
    right: 'notice-policy.keep',
    audited: true,
    params: ofId,
    body: body(policyBody),
    answer: json(policyKeptOut),
    orStatus: 202,
    refusals: ['unknown-reference', 'invalid', 'seen-too-old'],
  }),
  dropNoticePolicy: route({
    method: 'DELETE',
    path: '/api/v1/notice-policies/{id}',
    who: 'session',
    tag: 'notices',
    does: {
      zh: '删除通知策略，历次版本保留；随产品提供的只能停用。202：草案，须另一人批准',
      en: 'Take a policy away; its versions stay. What came with the product can only be turned off. 202: a draft',
    },
    act: { zh: '删除通知策略', en: 'Take a policy away' },
    right: 'notice-policy.keep',
    audited: true,
    params: ofId,
    query: policyDropQuery,
    answer: json(policyDraftOut),
    orStatus: 202,
    refusals: ['not-found', 'invalid'],
  }),
  policyDrafts: route({
    ...sees,
    method: 'GET',
    path: '/api/v1/notice-policy-drafts',
    does: { zh: '通知策略草案，由新到旧', en: 'Drafts of policies, newest first' },
    act: { zh: '查看通知策略草案', en: 'See drafts of policies' },
    query: policyDraftsQuery,
    answer: json(pageOf(policyDraftOut)),
  }),
  policyDraft: route({
    ...sees,
    method: 'GET',
    path: '/api/v1/notice-policy-drafts/{id}',
    does: { zh: '一份通知策略草案', en: 'One draft of a policy' },
    act: { zh: '查看通知策略草案', en: 'See a draft of a policy' },
    params: ofDraft,
    answer: json(policyDraftOut),
    refusals: ['policy-draft-unknown'],
  }),
  submitPolicyDraft: route({
    ...decides,
    path: '/api/v1/notice-policy-drafts/{id}/submit',
    does: {
      zh: '提交草案；一人制即时生效',
      en: 'Submit a draft; in force at once where one person is enough',
    },
    act: { zh: '提交通知策略草案', en: 'Submit a draft of a policy' },
    right: 'notice-policy.keep',
    refusals: [
      'policy-draft-unknown',
      'policy-draft-decided',
      'policy-draft-not-own',
      'policy-draft-outdated',
      'unknown-reference',
      'invalid',
      'not-found',
    ],
  }),
  approvePolicyDraft: route({
    ...decides,
    path: '/api/v1/notice-policy-drafts/{id}/approve',
    does: { zh: '批准：即时生效；不得批准自己的草案', en: 'Approve: in force at once. Never one’s own' },
    act: { zh: '批准通知策略草案', en: 'Approve a draft of a policy' },
    right: 'notice-policy.approve',
    refusals: [
      'policy-draft-unknown',
      'policy-draft-decided',
      'policy-draft-not-submitted',
      'policy-draft-own',
      'policy-draft-outdated',
      'unknown-reference',
      'invalid',
      'not-found',
    ],
  }),
  rejectPolicyDraft: route({
    ...decides,
    path: '/api/v1/notice-policy-drafts/{id}/reject',
    does: { zh: '驳回，须写明原因', en: 'Reject, with a reason' },
    act: { zh: '驳回通知策略草案', en: 'Reject a draft of a policy' },
    right: 'notice-policy.approve',
    refusals: [
      'policy-draft-unknown',
      'policy-draft-decided',
      'policy-draft-not-submitted',
      'policy-draft-own',
      'reason-missing',
    ],
  }),
  withdrawPolicyDraft: route({
    ...decides,
    path: '/api/v1/notice-policy-drafts/{id}/withdraw',
    does: { zh: '撤回自己的草案', en: 'Withdraw one’s own draft' },
    act: { zh: '撤回通知策略草案', en: 'Withdraw a draft of a policy' },
    right: 'notice-policy.keep',
    refusals: ['policy-draft-unknown', 'policy-draft-decided', 'policy-draft-not-own'],
  }),
};
