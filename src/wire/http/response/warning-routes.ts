import type { z } from 'zod';
import type { RefusalCode } from '../../../domain/refusals.ts';
import { warningEventOut, warningJson, warningOut } from '../../response/warning.ts';
import { route } from '../route.ts';
import { pageOf } from '../shapes.ts';
import { plainActBody } from './orders.ts';
import {
  adjustBody,
  cancelBody,
  confirmBody,
  editBody,
  issueBody,
  liftBody,
  ofMessage,
  ofWarning,
  returnBody,
  warningCreate,
  warningsQuery,
} from './warnings.ts';

const json = <S extends z.ZodType>(schema: S) => ({ status: 200 as const, type: 'json' as const, schema });
const body = <S extends z.ZodType>(schema: S) => ({ type: 'json', schema, atMost: 64 * 1_024 }) as const;
const ACTS: readonly RefusalCode[] = [
  'warning-unknown',
  'warning-over',
  'warning-state',
  'warning-not-issued',
  'of-a-source',
  'seen-unknown',
  'command-reused',
];
const CAP = 'application/cap+xml';

const sees = {
  who: 'session',
  tag: 'warnings',
  right: 'warning.see',
  audited: false,
  method: 'GET',
} as const;
const drafts = {
  who: 'session',
  tag: 'warnings',
  method: 'POST',
  right: 'warning.draft',
  audited: true,
  params: ofWarning,
  answer: json(warningJson),
} as const;
const issues = { ...drafts, right: 'warning.issue' } as const;

/** Warnings 预警 (docs/interfaces.md §8). */
export const WARNING_ROUTES = {
  warnings: route({
    ...sees,
    path: '/api/v1/warnings',
    does: { zh: '预警，新的在前', en: 'Warnings, newest first' },
    act: { zh: '查看预警', en: 'See warnings' },
    query: warningsQuery,
    answer: json(pageOf(warningJson)),
    problems: ['bad-cursor'],
  }),
  draftWarning: route({
    who: 'session',
    tag: 'warnings',
    right: 'warning.draft',
    audited: true,
    method: 'POST',
    path: '/api/v1/warnings',
    does: {
      zh: '起草预警（可由报警带出文字与处置要求）',
      en: 'Draft a warning; alarms propose text and instruction',
    },
    act: { zh: '起草预警', en: 'Draft a warning' },
    body: body(warningCreate),
    answer: { status: 201, type: 'json', schema: warningJson },
    refusals: [
      'alarm-unknown',
      'unknown-reference',
      'invalid',
      'foreign-area',
      'end-in-past',
      'command-reused',
    ],
  }),
  warningFeed: route({
    ...sees,
    path: '/api/v1/warnings/feed.atom',
    does: { zh: '预警信息订阅（Atom）', en: 'Messages of warnings as an Atom feed' },
    act: { zh: '订阅预警', en: 'Read the feed of warnings' },
    answer: { status: 200, type: 'xml', media: 'application/atom+xml' },
  }),
  warning: route({
    ...sees,
    path: '/api/v1/warnings/{id}',
    does: { zh: '一条预警及其解除条件', en: 'One warning, and what stands against its lifting' },
    act: { zh: '查看预警', en: 'See a warning' },
    params: ofWarning,
    answer: json(warningOut),
    refusals: ['warning-unknown'],
  }),
  warningEvents: route({
    ...sees,
    path: '/api/v1/warnings/{id}/events',
    does: { zh: '预警的全过程', en: 'The whole story of a warning' },
    act: { zh: '查看预警过程', en: 'See a warning’s story' },
    params: ofWarning,
    answer: json(pageOf(warningEventOut)),
    refusals: ['warning-unknown'],
  }),
  warningCap: route({
    ...sees,
    path: '/api/v1/warnings/{id}/cap',
    does: { zh: '最新一条信息（CAP 1.2）', en: 'Its newest message, as CAP 1.2' },
    act: { zh: '下载预警信息', en: 'Take a CAP message' },
    params: ofWarning,
    answer: { status: 200, type: 'xml', media: CAP },
    refusals: ['warning-unknown', 'warning-not-issued'],
  }),
  warningMessage: route({
    ...sees,
    path: '/api/v1/warnings/{id}/messages/{identifier}.xml',
    does: { zh: '一条信息（CAP 1.2）', en: 'One of its messages, as CAP 1.2' },
    act: { zh: '下载预警信息', en: 'Take a CAP message' },
    params: ofMessage,
    answer: { status: 200, type: 'xml', media: CAP },
    refusals: ['warning-unknown', 'not-found'],
  }),
  editWarning: route({
    ...drafts,
    path: '/api/v1/warnings/{id}/edit',
    does: { zh: '修改草稿', en: 'Change a draft' },
    act: { zh: '修改预警草稿', en: 'Edit a warning' },
    body: body(editBody),
    refusals: [...ACTS, 'unknown-reference', 'foreign-area', 'end-in-past'],
  }),
  submitWarning: route({
    ...drafts,
    path: '/api/v1/warnings/{id}/submit',
    does: { zh: '报批', en: 'Submit it for approval' },
    act: { zh: '报批预警', en: 'Submit a warning' },
    body: body(plainActBody),
    refusals: [...ACTS, 'end-in-past'],
  }),
  discardWarning: route({
    ...drafts,
    path: '/api/v1/warnings/{id}/discard',
    does: { zh: '作废草稿', en: 'Discard what was not issued' },
    act: { zh: '作废预警草稿', en: 'Discard a warning' },
    body: body(plainActBody),
    refusals: ACTS,
  }),
  issueWarning: route({
    ...issues,
    path: '/api/v1/warnings/{id}/issue',
    does: { zh: '签发（红、橙不得为起草人）', en: 'Issue it; red and orange never by who drafted it' },
    act: { zh: '签发预警', en: 'Issue a warning' },
    body: body(issueBody),
    refusals: [...ACTS, 'own-draft', 'end-in-past'],
  }),
  returnWarning: route({
    ...issues,
    path: '/api/v1/warnings/{id}/return',
    does: { zh: '退回起草人', en: 'Return it to its drafter' },
    act: { zh: '退回预警', en: 'Return a warning' },
    body: body(returnBody),
    refusals: ACTS,
  }),
  adjustWarning: route({
    ...issues,
    path: '/api/v1/warnings/{id}/adjust',
    does: { zh: '调整（发布更新信息）', en: 'Adjust it: a new message' },
    act: { zh: '调整预警', en: 'Adjust a warning' },
    body: body(adjustBody),
    refusals: [...ACTS, 'own-draft', 'unknown-reference', 'foreign-area', 'end-in-past'],
  }),
  liftWarning: route({
    ...issues,
    path: '/api/v1/warnings/{id}/lift',
    does: { zh: '解除（依据未结束须写明理由）', en: 'Lift it; with a reason while its basis is not over' },
    act: { zh: '解除预警', en: 'Lift a warning' },
    body: body(liftBody),
    refusals: [...ACTS, 'lift-conditions'],
  }),
  cancelWarning: route({
    ...issues,
    path: '/api/v1/warnings/{id}/cancel',
    does: { zh: '撤销（误发）', en: 'Cancel what was wrong' },
    act: { zh: '撤销预警', en: 'Cancel a warning' },
    body: body(cancelBody),
    refusals: ACTS,
  }),
  confirmWarning: route({
    ...drafts,
    right: 'warning.confirm',
    path: '/api/v1/warnings/{id}/confirm',
    does: { zh: '确认接收', en: 'A unit’s receipt' },
    act: { zh: '确认接收预警', en: 'Confirm a warning' },
    body: body(confirmBody),
    refusals: [...ACTS, 'not-a-recipient', 'invalid'],
  }),
};
