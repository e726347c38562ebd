import type { Bilingual } from '../text.ts';
import { OF_A_UNIT, ROLES, type Role } from './roles.ts';

const PEOPLE_ON_DUTY = [
  'operator',
  'shift-leader',
  'dispatcher',
  'analyst',
  'maintainer',
  'system-admin',
  'founder',
] as const;
const EVERY_ROLE = Object.keys(ROLES) as readonly Role[];

type RightSpec = {
  readonly does: Bilingual;
  readonly roles: readonly Role[];
  /** A change that must leave a trace: refused while the audit journal cannot be written. */
  readonly privileged?: true;
  /** Concerns every district at once: not for somebody bound to areas. */
  readonly wholeCity?: true;
};

/**
 * Who may do what. The only table of it: the server refuses by it, `docs/permissions.md` is made from it, and a
 * test asks every route as every role and compares the answers with it. Which right a route or a frame needs stands
 * in its own row (`wire/http-routes.ts`, `wire/live.ts`).
 */
export const RIGHTS = {
  self: { does: { zh: '本人账号与会话', en: 'their own account and session' }, roles: EVERY_ROLE },
  'picture.see': {
    does: { zh: '查看台账、读数、报警、规则', en: 'see the register, readings, alarms and rules' },
    roles: [...PEOPLE_ON_DUTY, 'wall', 'platform'],
  },
  'data.export': {
    does: { zh: '导出文件', en: 'take files away' },
    roles: [...PEOPLE_ON_DUTY, 'platform'],
  },
  'packets.see': {
    does: { zh: '查看隔离报文', en: 'see packets set aside' },
    roles: ['analyst', 'maintainer', 'system-admin', 'founder'],
  },
  'readings.push': { does: { zh: '推送读数', en: 'push readings' }, roles: ['platform', 'founder'] },
  'alarm.attend': {
    does: { zh: '确认、搁置、复位', en: 'acknowledge, shelve, reset' },
    roles: ['operator', 'shift-leader', 'founder'],
  },
  'alarm.assess': { does: { zh: '研判', en: 'assess' }, roles: ['shift-leader', 'analyst', 'founder'] },
  'alarm.note': {
    does: { zh: '备注', en: 'write something down' },
    roles: ['operator', 'shift-leader', 'dispatcher', 'analyst', 'maintainer', 'founder'],
  },
  'works.permit': {
    does: { zh: '登记、结束作业窗口', en: 'authorise works, and end them' },
    roles: ['operator', 'shift-leader', 'maintainer', 'founder'],
    privileged: true,
  },
  'device.command': {
    does: { zh: '向设备下发指令', en: 'tell devices to do something' },
    roles: ['operator', 'shift-leader', 'maintainer', 'founder'],
    privileged: true,
  },
  'rule.try': {
    does: { zh: '回测规则', en: 'try rules over stored readings' },
    roles: ['shift-leader', 'analyst', 'maintainer', 'founder'],
    wholeCity: true,
  },
  'rule.story': {
    does: { zh: '查看规则版本与草案', en: 'see versions and drafts of rules' },
    roles: [...PEOPLE_ON_DUTY],
    wholeCity: true,
  },
  'losses.see': {
    does: { zh: '查看数据损失台账', en: 'see the ledger of what had to be given up' },
    roles: ['shift-leader', 'analyst', 'maintainer', 'system-admin', 'founder'],
    wholeCity: true,
  },
  'rule.change': {
    does: { zh: '起草、修改规则', en: 'draft and change rules' },
    roles: ['analyst', 'maintainer', 'founder'],
    privileged: true,
    wholeCity: true,
  },
  'rule.approve': {
    does: { zh: '审批规则', en: 'approve rules' },
    roles: ['shift-leader', 'founder'],
    privileged: true,
    wholeCity: true,
  },
  'duty.see': {
    does: {
      zh: '查看单位、联系人、排班、通知渠道与策略',
      en: 'see units, contacts, rosters, channels and policies',
    },
    roles: [...PEOPLE_ON_DUTY],
    wholeCity: true,
  },
  'duty.keep': {
    does: { zh: '维护单位、联系人、排班', en: 'keep units, contacts and rosters' },
    roles: ['shift-leader', 'maintainer', 'system-admin', 'founder'],
    privileged: true,
    wholeCity: true,
  },
  'contact.call': {
    does: { zh: '查看完整手机号', en: 'see whole numbers of contacts' },
    roles: ['operator', 'shift-leader', 'dispatcher', 'founder'],
    privileged: true,
    wholeCity: true,
  },
  'channel.keep': {
    does: { zh: '配置、测试通知渠道', en: 'set up and test channels' },
    roles: ['system-admin', 'founder'],
    privileged: true,
    wholeCity: true,
  },
  'notice-policy.keep': {
    does: { zh: '修改通知策略', en: 'change policies of notices' },
    roles: ['shift-leader', 'system-admin', 'founder'],
    privileged: true,
    wholeCity: true,
  },
  'notice-policy.approve': {
    does: { zh: '审批通知策略', en: 'approve policies of notices' },
    roles: ['shift-leader', 'founder'],
    privileged: true,
    wholeCity: true,
  },
  'upstream.see': {
    does: {
      zh: '查看上报、回执、对账与下级平台',
      en: 'see what goes up, receipts, reconciliation, and platforms below',
    },
    roles: [...PEOPLE_ON_DUTY],
    wholeCity: true,
  },
  'upstream.keep': {
    does: { zh: '配置上级平台', en: 'set up platforms above' },
    roles: ['system-admin', 'founder'],
    privileged: true,
    wholeCity: true,
  },
  'upstream.decide': {
    does: {
      zh: '重报、更正、免报被拒项，补报，说明对账差异',
      en: 'send again, correct or waive what was rejected, send what is past, explain differences',
    },
    roles: ['shift-leader', 'analyst', 'system-admin', 'founder'],
    wholeCity: true,
  },
  'upstream.feed': {
    does: { zh: '下级平台上报', en: 'a platform below tells us' },
    roles: ['platform', 'founder'],
  },
  'notice.see': {
    does: { zh: '查看通知去向', en: 'see who was told, and who would be' },
    roles: [...PEOPLE_ON_DUTY],
  },
  'notice.retry': {
    does: { zh: '重发、知悉未送达的通知', en: 'send once more what did not arrive, or say that it is known' },
    roles: ['operator', 'shift-leader', 'founder'],
  },
  'order.see': {
    does: {
      zh: '查看工单（处置人员、单位负责人只见本单位）',
      en: 'see orders; crews and leaders of units those of their own unit',
    },
    roles: [...PEOPLE_ON_DUTY, 'crew', 'unit-leader', 'wall', 'platform'],
  },
  'order.dispatch': {
    does: {
      zh: '建单、派单、批延期、催办、归档、作废',
      en: 'make and dispatch orders, answer extensions, urge, archive, void',
    },
    roles: ['operator', 'shift-leader', 'dispatcher', 'founder'],
  },
  'order.act': {
    does: {
      zh: '签收、退单、转派、到场、反馈、挂起、申请延期、完成（处置人员、单位负责人限本单位）',
      en: 'accept, refuse, forward, arrive, feed back, pause, ask for time, do; crews and leaders for their own unit',
    },
    roles: ['crew', 'unit-leader', 'operator', 'shift-leader', 'dispatcher', 'founder'],
  },
  'order.verify': {
    does: {
      zh: '核查（不得由处置人或派单人）',
      en: 'verify; never by who did it or dispatched it',
    },
    roles: ['operator', 'shift-leader', 'dispatcher', 'analyst', 'founder'],
  },
  'warning.see': {
    does: {
      zh: '查看预警（处置人员、单位负责人只见发给本单位的）',
      en: 'see warnings; crews and leaders of units those for their own unit',
    },
    roles: [...PEOPLE_ON_DUTY, 'crew', 'unit-leader', 'wall', 'platform'],
  },
  'warning.draft': {
    does: { zh: '起草、报批、作废预警', en: 'draft, submit and discard warnings' },
    roles: ['operator', 'shift-leader', 'dispatcher', 'analyst', 'founder'],
  },
  'warning.issue': {
    does: {
      zh: '签发、退回、调整、解除、撤销预警（红、橙不得为起草人）',
      en: 'issue, return, adjust, lift and cancel warnings; red and orange never by who drafted them',
    },
    roles: ['shift-leader', 'founder'],
    privileged: true,
  },
  'warning.confirm': {
    does: {
      zh: '确认接收预警（限本单位；值守可代记）',
      en: 'confirm for their unit that a warning has arrived; the desk for any',
    },
    roles: ['crew', 'unit-leader', 'operator', 'shift-leader', 'dispatcher', 'founder'],
  },
  'incident.see': {
    does: { zh: '查看事件', en: 'see incidents' },
    roles: [...PEOPLE_ON_DUTY, 'wall', 'platform'],
  },
  'incident.keep': {
    does: {
      zh: '建立、并入、拆分、合并、控制、办结、复盘事件',
      en: 'make, join, split, merge, control, close and review incidents',
    },
    roles: ['operator', 'shift-leader', 'dispatcher', 'analyst', 'founder'],
  },
  'handover.see': {
    does: { zh: '查看交接班', en: 'see hand-overs' },
    roles: [...PEOPLE_ON_DUTY],
  },
  'handover.sign': {
    does: {
      zh: '发起、签署、作废交接班（只能本人签字）',
      en: 'make, sign and void hand-overs; each signs for themselves alone',
    },
    roles: ['operator', 'shift-leader', 'dispatcher', 'founder'],
    privileged: true,
  },
  'report.see': { does: { zh: '查看报告', en: 'see reports' }, roles: [...PEOPLE_ON_DUTY] },
  'report.make': {
    does: { zh: '编制报告', en: 'make reports' },
    roles: ['operator', 'shift-leader', 'dispatcher', 'analyst', 'founder'],
  },
  'report.issue': {
    does: { zh: '审核、签发、更正报告', en: 'review, issue and correct reports' },
    roles: ['shift-leader', 'founder'],
  },
  'risk.keep': {
    does: { zh: '评估设施风险、推进六步记录', en: 'assess the risk of assets, take findings on' },
    roles: ['shift-leader', 'analyst', 'maintainer', 'founder'],
    privileged: true,
  },
  'drill.run': {
    does: { zh: '开始、结束演练', en: 'begin and end drills' },
    roles: ['shift-leader', 'dispatcher', 'founder'],
    privileged: true,
  },
  'citizen.see': {
    does: { zh: '查看市民诉求（姓名、电话脱敏）', en: 'see reports of citizens, names and numbers masked' },
    roles: ['operator', 'shift-leader', 'dispatcher', 'analyst', 'platform', 'founder'],
  },
  'citizen.take': {
    does: { zh: '接收、录入、导入市民诉求', en: 'take reports of citizens in, by platform, form or file' },
    roles: ['operator', 'shift-leader', 'dispatcher', 'platform', 'founder'],
  },
  'citizen.keep': {
    does: {
      zh: '关联、更正、答复、办结、退回、并案市民诉求',
      en: 'tie, place, answer, close, send back and join reports of citizens',
    },
    roles: ['operator', 'shift-leader', 'dispatcher', 'founder'],
  },
  'citizen.export': {
    does: { zh: '导出市民诉求（姓名、电话脱敏）', en: 'take reports of citizens away as a file, masked' },
    roles: ['shift-leader', 'dispatcher', 'analyst', 'founder'],
  },
  'citizen.reveal': {
    does: { zh: '查看来电人姓名、电话与原话（须说明事由）', en: 'see who a citizen is, with a reason' },
    roles: ['operator', 'shift-leader', 'dispatcher', 'founder'],
    privileged: true,
  },
  'plan.keep': {
    does: { zh: '维护预案与应急资源', en: 'keep plans and resources' },
    roles: ['shift-leader', 'maintainer', 'system-admin', 'founder'],
    privileged: true,
    wholeCity: true,
  },
  'clock-policy.keep': {
    does: { zh: '修改工单时限', en: 'change the clocks of orders' },
    roles: ['shift-leader', 'system-admin', 'founder'],
    privileged: true,
    wholeCity: true,
  },
  'register.change': {
    does: { zh: '修改台账', en: 'change the register' },
    roles: ['maintainer', 'system-admin', 'founder'],
    privileged: true,
  },
  'mapping.keep': {
    does: {
      zh: '保存接入映射、登记未登记设备',
      en: 'keep mappings of other systems, register unknown devices',
    },
    roles: ['maintainer', 'founder'],
    privileged: true,
    wholeCity: true,
  },
  'device.credential': {
    does: { zh: '签发、轮换、吊销设备凭据', en: 'issue, rotate and revoke device credentials' },
    roles: ['maintainer', 'system-admin', 'founder'],
    privileged: true,
  },
  'accounts.see': {
    does: { zh: '查看账号与令牌', en: 'see accounts and tokens' },
    roles: ['system-admin', 'security-admin', 'founder'],
    wholeCity: true,
  },
  'accounts.keep': {
    does: {
      zh: '新建、停用账号，重置密码，解锁',
      en: 'create and disable accounts, reset passwords, unlock',
    },
    roles: ['system-admin', 'founder'],
    privileged: true,
    wholeCity: true,
  },
  'accounts.grant': {
    does: { zh: '授予角色与区域，签发令牌', en: 'grant roles and areas, issue tokens' },
    roles: ['security-admin', 'founder'],
    privileged: true,
    wholeCity: true,
  },
  'audit.read': {
    does: { zh: '查阅、导出审计日志', en: 'read and export the audit journal' },
    roles: ['auditor'],
    wholeCity: true,
  },
  'audit.anchor': {
    does: { zh: '打印审计锚点（交接班）', en: 'print the anchor of the audit journal at a hand-over' },
    roles: ['auditor', 'shift-leader', 'founder'],
  },
  'meters.see': {
    does: { zh: '运行指标与接口文档（配置为受限时）', en: 'meters and API documents, where they are closed' },
    roles: ['maintainer', 'system-admin', 'monitor', 'founder'],
  },
} as const satisfies Record<string, RightSpec>;

export type Right = keyof typeof RIGHTS;

export function may(roles: readonly Role[], right: Right): boolean {
  const allowed: readonly Role[] = RIGHTS[right].roles;
  return roles.some((role) => allowed.includes(role));
}

/** Who finds a unit for an order that was sent back twice. */
export const coordinates = (roles: readonly Role[]): boolean =>
  roles.includes('shift-leader') || roles.includes('founder');

/** True where every role that grants the right grants it for one's own unit alone. */
export const isForOwnUnit = (roles: readonly Role[], right: Right): boolean => {
  const granting = roles.filter((role) => may([role], right));
  return granting.length > 0 && granting.every((role) => OF_A_UNIT.includes(role));
};

export const isPrivileged = (right: Right | 'anybody'): boolean =>
  right !== 'anybody' && 'privileged' in RIGHTS[right];

export const isWholeCity = (right: Right | 'anybody'): boolean =>
  right !== 'anybody' && 'wholeCity' in RIGHTS[right];

export const rightsOf = (roles: readonly Role[]): readonly Right[] =>
  (Object.keys(RIGHTS) as Right[]).filter((right) => may(roles, right));
