import { z } from 'zod';
import { REFUSALS, type RefusalCode } from '../../domain/refusals.ts';

/**
 * Problems that the edge itself answers with, beside the refusals of the desk. Stable codes; with the
 * refusals they are all that a client can meet (RFC 9457).
 */
export const PROBLEMS = {
  'bad-url': { status: 400, title: { zh: '网址无法解析', en: 'The address cannot be read' } },
  'not-http': {
    status: 400,
    title: { zh: '不是合法的 HTTP 请求', en: 'This is no well-formed HTTP request' },
  },
  'not-json': { status: 400, title: { zh: '正文不是 JSON', en: 'The body is not JSON' } },
  'not-utf8': { status: 400, title: { zh: '正文编码无法识别', en: 'The text encoding is not recognised' } },
  'bad-cursor': { status: 400, title: { zh: '分页游标无效', en: 'The page cursor is not valid' } },
  'no-session': { status: 401, title: { zh: '请先登录', en: 'Log in first' } },
  'wrong-credentials': { status: 401, title: { zh: '账号或密码错误', en: 'Wrong account or password' } },
  'second-factor-needed': {
    status: 401,
    title: { zh: '请输入动态口令', en: 'The digits of the second factor are needed' },
  },
  'door-signature': {
    status: 401,
    title: {
      zh: '推送签名不正确、已使用或已过期',
      en: 'The push is not signed rightly, or its signature was used or is too old',
    },
  },
  'not-permitted': { status: 403, title: { zh: '您的角色无此权限', en: 'Your role may not do this' } },
  'second-factor-must-be-set': {
    status: 403,
    title: { zh: '须先绑定动态口令', en: 'Enrol a second factor first' },
  },
  'password-must-be-set': {
    status: 403,
    title: { zh: '须先设置自己的密码', en: 'Set a password of your own first' },
  },
  'password-needed': {
    status: 403,
    title: { zh: '请输入当前密码', en: 'Enter your password' },
  },
  'foreign-origin': {
    status: 403,
    title: { zh: '拒绝来自其他站点的请求', en: 'Requests from another site are refused' },
  },
  'method-not-allowed': { status: 405, title: { zh: '此处不支持该方法', en: 'Not with this method' } },
  'upgrade-needed': {
    status: 426,
    title: {
      zh: '此地址须以 WebSocket 连接：反向代理须传递 Upgrade 与 Connection（nginx：proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection "upgrade";）',
      en: 'This is a WebSocket: a proxy must pass Upgrade and Connection on (nginx: proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection "upgrade";)',
    },
  },
  'account-unknown': { status: 404, title: { zh: '没有此账号', en: 'There is no such account' } },
  'account-exists': { status: 409, title: { zh: '账号已存在', en: 'There is such an account already' } },
  'own-account': {
    status: 409,
    title: {
      zh: '不能更改本人的角色、区域或状态',
      en: 'Nobody changes their own rights: somebody else must',
    },
  },
  'last-administrator': {
    status: 409,
    title: {
      zh: '须先任命另一名同类管理员',
      en: 'It is the last administrator of its kind: appoint another first',
    },
  },
  'token-exists': {
    status: 409,
    title: { zh: '同名令牌已存在', en: 'There is a token of that name already' },
  },
  'second-factor-not-begun': {
    status: 409,
    title: { zh: '尚未开始绑定，或已绑定', en: 'Enrolling has not begun, or is done already' },
  },
  'too-slow': { status: 408, title: { zh: '请求未在限时内发完', en: 'The request did not come in time' } },
  'head-too-large': { status: 431, title: { zh: '请求头过大', en: 'The head of the request is too large' } },
  'range-needed': {
    status: 416,
    title: {
      zh: '须用 HTTP Range 取其中一段，每次至多 4 MiB',
      en: 'Ask for a piece of it by HTTP Range, at most 4 MiB at a time',
    },
  },
  'too-large': { status: 413, title: { zh: '正文过大', en: 'The body is too large' } },
  'unsupported-media-type': {
    status: 415,
    title: { zh: '不支持该正文类型', en: 'This kind of body is not understood' },
  },
  'account-invalid': {
    status: 422,
    title: {
      zh: '账号须为小写字母、数字、._-，最长 32 位',
      en: 'An account is a-z, 0-9, ._- and at most 32 long',
    },
  },
  'token-invalid': {
    status: 422,
    title: { zh: '令牌名称须为 1 至 64 字', en: 'A token has a name of 1 to 64' },
  },
  'roles-not-apart': {
    status: 422,
    title: {
      zh: '系统管理员、安全管理员、审计管理员不能为同一账号',
      en: 'No account is two of system administrator, security administrator and auditor',
    },
  },
  'second-factor-wrong': {
    status: 422,
    title: { zh: '动态口令不正确', en: 'Those are not the digits of now' },
  },
  'weak-password': { status: 422, title: { zh: '新密码不符合要求', en: 'The new password will not do' } },
  'too-many-attempts': {
    status: 429,
    title: { zh: '尝试次数过多，请稍后再试', en: 'Too many attempts: try again later' },
  },
  'too-many-requests': { status: 429, title: { zh: '请求过于频繁', en: 'Too many requests: slow down' } },
  internal: { status: 500, title: { zh: '服务内部错误', en: 'Something broke inside the service' } },
  'journal-failed': {
    status: 503,
    title: { zh: '事件日志写入失败，暂不受理', en: 'The journal has failed: nothing can be accepted' },
  },
  'store-unavailable': {
    status: 503,
    title: {
      zh: '历史库暂不可用，历史曲线暂缺；最新读数和报警不受影响',
      en: 'The history store is away: no charts for now; latest readings and alarms go on',
    },
  },
  'audit-failed': {
    status: 503,
    title: {
      zh: '审计日志无法写入，暂不受理配置与权限变更',
      en: 'The audit journal cannot be written: changes are not accepted, alarms flow on',
    },
  },
  standby: {
    status: 503,
    title: {
      zh: '本机为备用机，或刚失去写入权：请使用主用机',
      en: 'This machine stands by, or has just lost the right to write: the active one answers',
    },
  },
  'too-busy': { status: 503, title: { zh: '服务繁忙，请稍后再试', en: 'Too busy: try again soon' } },
} as const satisfies Record<string, { status: number; title: { zh: string; en: string } }>;

/** With which status a refusal of the desk is answered: one without a row does not compile. */
export const REFUSAL_STATUS: Readonly<Record<RefusalCode, number>> = {
  'source-of-another': 403,
  'of-a-source': 409,
  'alarm-unknown': 404,
  'point-unknown': 404,
  'already-acknowledged': 409,
  'seen-too-old': 409,
  'seen-unknown': 409,
  'not-acknowledged': 409,
  'not-latched': 409,
  'still-active': 409,
  'alarm-closed': 409,
  'already-shelved': 409,
  'not-shelved': 409,
  'already-hidden': 409,
  'shelve-level-1': 422,
  'assess-second-missing': 409,
  'assess-second-needed': 409,
  'second-person-missing': 409,
  'second-person-needed': 409,
  'shelve-too-long': 422,
  'shelve-in-past': 422,
  'reason-missing': 422,
  'rule-unknown': 404,
  'rule-version-unknown': 404,
  'rule-draft-unknown': 404,
  'rule-change-unsound': 422,
  'rule-unchanged': 422,
  'rule-draft-decided': 409,
  'rule-draft-not-submitted': 409,
  'rule-draft-own': 409,
  'rule-draft-not-own': 409,
  'rule-draft-outdated': 409,
  'policy-draft-unknown': 404,
  'policy-draft-decided': 409,
  'policy-draft-not-submitted': 409,
  'policy-draft-own': 409,
  'policy-draft-not-own': 409,
  'policy-draft-outdated': 409,
  'backtest-unknown': 404,
  'backtest-range': 422,
  'diagnosis-unknown': 404,
  'diagnosis-over': 409,
  'diagnosis-order': 409,
  'diagnosis-measure': 400,
  'citizen-unknown': 404,
  'citizen-open': 409,
  'citizen-ordered': 409,
  'citizen-answered': 409,
  'citizen-not-answered': 409,
  'citizen-over': 409,
  'citizen-erased': 409,
  'citizen-ties': 422,
  'citizen-duplicate': 422,
  'citizen-differs': 409,
  'citizens-full': 503,
  'names-caller': 422,
  'drill-unknown': 404,
  'drill-running': 409,
  'drill-over': 409,
  'drill-nowhere': 409,
  'drill-scenario-unknown': 422,
  'drill-mixed': 409,
  'order-unknown': 404,
  'order-over': 409,
  'order-state': 409,
  'order-already': 409,
  'order-changed': 409,
  'not-accepted': 409,
  'not-arrived': 409,
  'not-done': 409,
  'not-verified': 409,
  'own-work': 409,
  'own-request': 409,
  'coordinator-needed': 409,
  'same-unit': 409,
  'other-unit': 403,
  'end-in-past': 422,
  'too-long': 422,
  'safety-check-missing': 409,
  'extension-not-asked': 409,
  'warning-unknown': 404,
  'warning-over': 409,
  'warning-state': 409,
  'warning-not-issued': 409,
  'own-draft': 409,
  'not-a-recipient': 409,
  'lift-conditions': 409,
  'incident-unknown': 404,
  'incident-over': 409,
  'incident-state': 409,
  'incident-empty': 409,
  'report-unknown': 404,
  'report-state': 409,
  'report-period': 400,
  'handover-unknown': 404,
  'handover-over': 409,
  'handover-open': 409,
  'handover-persons': 400,
  'handover-both-sides': 400,
  'handover-not-yours': 403,
  'handover-signed': 409,
  'handover-outgoing-first': 409,
  'handover-red-incident': 409,
  'text-missing': 422,
  'not-found': 404,
  'foreign-area': 403,
  'changed-since': 409,
  'too-many-kept': 409,
  'command-unsound': 422,
  'command-second-needed': 409,
  'command-second-missing': 409,
  'too-many-commands': 409,
  'command-left': 409,
  'code-taken': 409,
  'unknown-reference': 422,
  invalid: 400,
  'command-reused': 409,
};

export type ProblemCode = keyof typeof PROBLEMS;
export type AnyProblemCode = ProblemCode | RefusalCode;

export function statusOf(code: AnyProblemCode): number {
  return code in PROBLEMS ? PROBLEMS[code as ProblemCode].status : REFUSAL_STATUS[code as RefusalCode];
}

export function titleOf(code: AnyProblemCode): { readonly zh: string; readonly en: string } {
  return code in PROBLEMS ? PROBLEMS[code as ProblemCode].title : REFUSALS[code as RefusalCode];
}

/** What is wrong with one field of a request. */
export const fieldError = z.object({
  at: z.string().describe('where, e.g. `body.until`; `query.limit`'),
  message: z.string().describe('what would be right, in the asked language'),
});
export type FieldError = z.infer<typeof fieldError>;

/** `application/problem+json`, RFC 9457. */
export const problemOut = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.number().int(),
    detail: z.string(),
    code: z.string().describe('stable; branch on this'),
    errors: z.array(fieldError).optional(),
  })
  .meta({ id: 'Problem' });
export type ProblemJson = z.infer<typeof problemOut>;
