import type { Bilingual } from './text.ts';

/**
 * Refusals 拒绝: answers to an operator who asked for something that cannot be done. Stable codes; their HTTP status
 * stands in `wire/http-problems.ts`. The docs list exactly these (test).
 */
export const REFUSALS = {
  'source-of-another': {
    zh: '该下级平台已由另一令牌上报',
    en: 'Another token speaks for this platform below.',
  },
  'of-a-source': {
    zh: '这是下级平台的，请在该平台处置',
    en: 'It is of a platform below, and is decided there.',
  },
  'alarm-unknown': { zh: '没有这条报警', en: 'There is no such alarm.' },
  'point-unknown': { zh: '没有这个监测点', en: 'There is no such point.' },
  'already-acknowledged': { zh: '已由他人确认', en: 'Somebody has acknowledged it already.' },
  'seen-too-old': {
    zh: '您看到之后等级已升高，请重新查看后再确认',
    en: 'The level has risen since what you saw: look again, then acknowledge.',
  },
  'seen-unknown': {
    zh: '该版本尚不存在，请刷新后再确认',
    en: 'There is no such revision yet: reload, then acknowledge.',
  },
  'not-acknowledged': { zh: '须先确认才能复位', en: 'It must be acknowledged before it is reset.' },
  'not-latched': { zh: '该报警无需复位', en: 'This alarm is not latched: there is nothing to reset.' },
  'still-active': { zh: '险情仍在，不能复位', en: 'The condition is still there: it cannot be reset.' },
  'alarm-closed': { zh: '报警已解除', en: 'The alarm is closed.' },
  'already-shelved': { zh: '已处于搁置状态', en: 'It is shelved already.' },
  'not-shelved': { zh: '该报警未被搁置', en: 'It is not shelved.' },
  'already-hidden': {
    zh: '该报警已被抑制或停用，无需搁置',
    en: 'It is suppressed or out of service already.',
  },
  'shelve-level-1': { zh: '红色（1级）报警不可搁置', en: 'A red (level 1) alarm cannot be shelved.' },
  'second-person-needed': {
    zh: '红色（1级）报警须由另一名有权人员复核后方可搁置',
    en: 'A red (level 1) alarm is shelved by two: a second person who may do so must confirm it.',
  },
  'second-person-missing': {
    zh: '红色（1级）报警须两人搁置，而没有其他账号有此权限：请系统管理员为第二人开设账号；确为一人值守的，在配置中写明 LIFELINE_SHELVE_LEVEL_1=one-person',
    en: 'A red (level 1) alarm is shelved by two, and no other account may: have the administrator add one; a house of one person alone says LIFELINE_SHELVE_LEVEL_1=one-person in its configuration.',
  },
  'assess-second-needed': {
    zh: '红色（1级）报警判为非真实险情，须由另一名有权研判的人员复核',
    en: 'That a red (level 1) alarm is no danger is judged by two: a second person who may assess must confirm it.',
  },
  'assess-second-missing': {
    zh: '红色（1级）报警判为非真实险情须两人研判，而没有其他账号有此权限：可先判为“待查”；请系统管理员为第二人开设账号；确为一人值守的，在配置中写明 LIFELINE_ASSESS_LEVEL_1=one-person',
    en: 'That a red (level 1) alarm is no danger is judged by two, and no other account may: say `unclear` for now, and have the administrator add one; a house of one person alone says LIFELINE_ASSESS_LEVEL_1=one-person in its configuration.',
  },
  'shelve-too-long': { zh: '搁置时间超过上限', en: 'That is longer than shelving may last.' },
  'shelve-in-past': { zh: '搁置截止时间已过', en: 'The end of shelving lies in the past.' },
  'reason-missing': { zh: '请填写原因', en: 'A reason must be given.' },
  'rule-unknown': { zh: '没有这条规则', en: 'There is no such rule.' },
  'rule-version-unknown': { zh: '该规则没有这一版本', en: 'The rule has no such version.' },
  'rule-draft-unknown': { zh: '没有这份规则草案', en: 'There is no such draft of a rule.' },
  'rule-change-unsound': { zh: '规则修改不合理', en: 'The rule would make no sense with this change.' },
  'rule-unchanged': {
    zh: '与现行数值相同，无需修改',
    en: 'These are the numbers in force: nothing would change.',
  },
  'rule-draft-decided': { zh: '该草案已办结', en: 'The draft has been decided.' },
  'rule-draft-not-submitted': { zh: '草案尚未提交', en: 'The draft has not been submitted yet.' },
  'rule-draft-own': {
    zh: '不能审批自己起草的修改，请另一人审批',
    en: 'Nobody approves their own draft: somebody else must.',
  },
  'rule-draft-not-own': { zh: '只有起草人可以提交或撤回', en: 'Only its author can submit or withdraw it.' },
  'rule-draft-outdated': {
    zh: '起草之后规则已被修改，请按现行数值重新起草',
    en: 'The rule has changed since the draft was made: draft it anew.',
  },
  'policy-draft-unknown': { zh: '没有这份策略草案', en: 'There is no such draft of a policy.' },
  'policy-draft-decided': { zh: '该草案已办结', en: 'The draft has been decided.' },
  'policy-draft-not-submitted': { zh: '草案尚未提交', en: 'The draft has not been submitted yet.' },
  'policy-draft-own': {
    zh: '不能审批自己起草的修改，请另一人审批',
    en: 'Nobody approves their own draft: somebody else must.',
  },
  'policy-draft-not-own': {
    zh: '只有起草人可以提交或撤回',
    en: 'Only its author can submit or withdraw it.',
  },
  'policy-draft-outdated': {
    zh: '起草之后策略已被修改，请按现行内容重新起草',
    en: 'The policy has changed since the draft was made: draft it anew.',
  },
  'backtest-unknown': { zh: '没有这次回测', en: 'There is no such backtest.' },
  'backtest-range': {
    zh: '回测时段须由早到晚',
    en: 'The range of a backtest must run from earlier to later.',
  },
  'diagnosis-unknown': { zh: '没有这条诊断记录', en: 'There is no such finding.' },
  'diagnosis-over': { zh: '该诊断已办结', en: 'The finding is done with.' },
  'diagnosis-order': {
    zh: '六步须依次进行：体检、评价、诊断、治理、复查、监测预警',
    en: 'The six steps go in their order: examine, evaluate, diagnose, treat, recheck, watch.',
  },
  'diagnosis-measure': {
    zh: '治理须落到一张工单或一条规则',
    en: 'A treatment is an order or a rule: name one.',
  },
  'citizen-unknown': { zh: '没有这件诉求', en: 'There is no such report of a citizen.' },
  'citizen-open': {
    zh: '诉求仍在办理，无需重新办理',
    en: 'The report is still open: nothing to take up again.',
  },
  'citizen-ordered': {
    zh: '诉求已有工单：请先完成工单，或解除关联',
    en: 'The report has an order: finish that, or untie it first.',
  },
  'citizen-answered': {
    zh: '诉求已答复：如需继续办理，请先重新办理',
    en: 'The report has been answered: take it up again first.',
  },
  'citizen-not-answered': { zh: '诉求尚未答复，不能办结', en: 'It is closed when it has been answered.' },
  'citizen-over': { zh: '诉求已办结、退回或并案', en: 'The report is closed, rejected or a duplicate.' },
  'citizen-erased': {
    zh: '诉求的个人信息已到期删除，不能再办理',
    en: 'The words of the report have been erased in their time: nothing can be done with it.',
  },
  'citizen-ties': {
    zh: '关联过多：监测点、报警各至多 20 个',
    en: 'Too many ties: 20 points and 20 alarms at most.',
  },
  'citizen-duplicate': {
    zh: '只能并入另一件未被并案的诉求',
    en: 'A duplicate is of another report that is no duplicate itself.',
  },
  'citizen-differs': {
    zh: '该编号的诉求已存在，且内容不同',
    en: 'A report of this number is there already, and it says something else.',
  },
  'citizens-full': {
    zh: '未答复的诉求过多，暂不能接收',
    en: 'Too many reports wait for an answer: no more are taken.',
  },
  'names-caller': {
    zh: '文字中含有来电人姓名或电话：请删去，此处的文字会长期保存',
    en: 'The text names the caller or their number: leave that out, for this text stays.',
  },
  'drill-unknown': { zh: '没有这次演练', en: 'There is no such drill.' },
  'drill-running': {
    zh: '已有演练正在进行，请先结束',
    en: 'A drill is running already: end it first.',
  },
  'drill-over': {
    zh: '演练已结束，其内容保持原样',
    en: 'The drill is over: what it left stands as it was.',
  },
  'drill-nowhere': {
    zh: '所选区域没有适合该场景的监测点：请换区域，或先登记监测点',
    en: 'No point of the area fits this scenario: choose another area, or register points first.',
  },
  'drill-scenario-unknown': {
    zh: '没有这个演练场景，可用场景见 GET /drill-scenarios',
    en: 'There is no such scenario: GET /drill-scenarios lists those that there are.',
  },
  'drill-mixed': {
    zh: '演练与真实的报警不能混在一起',
    en: 'What is of a drill and what is real are not put together.',
  },
  'order-unknown': { zh: '没有这张工单', en: 'There is no such order.' },
  'order-over': {
    zh: '工单已归档或作废，请新建工单',
    en: 'The order is archived or void: make a new one that refers to it.',
  },
  'order-state': { zh: '工单当前状态不允许此操作', en: 'That cannot be done with the order as it stands.' },
  'order-already': { zh: '该步骤已完成，无需重复', en: 'That has been done already.' },
  'order-changed': {
    zh: '您看到之后工单已转交他人或退回，请刷新',
    en: 'The order has gone to other hands since what you saw: look again.',
  },
  'not-accepted': { zh: '须先签收', en: 'It must be accepted first.' },
  'not-arrived': {
    zh: '须先到场；远程处置请注明',
    en: 'Nobody has arrived yet; say so where it was mended from afar.',
  },
  'not-done': { zh: '尚未完成处置，不能核查', en: 'It is not done yet: there is nothing to verify.' },
  'not-verified': { zh: '须核查通过后才能归档', en: 'Only what was verified is archived.' },
  'own-work': {
    zh: '处置人和派单人不能核查，请另一人核查',
    en: 'Who did it or dispatched it does not verify it: somebody else must.',
  },
  'own-request': {
    zh: '不能批准本人的申请，请另一人处理',
    en: 'Nobody answers their own request: somebody else must.',
  },
  'coordinator-needed': {
    zh: '已两次退单，须由班长协调派单',
    en: 'It was sent back twice: a shift leader must find the unit.',
  },
  'same-unit': { zh: '工单已在该单位', en: 'The unit has it already.' },
  'other-unit': { zh: '这是其他单位的工单', en: 'This order is another unit’s.' },
  'end-in-past': { zh: '截止时间已过', en: 'The end lies in the past.' },
  'too-long': { zh: '时间超过上限', en: 'That is longer than it may last.' },
  'safety-check-missing': { zh: '须先完成下井安全检查', en: 'The safety check before entering is missing.' },
  'extension-not-asked': { zh: '没有待批的延期申请', en: 'No extension was asked for.' },
  'warning-unknown': { zh: '没有这条预警', en: 'There is no such warning.' },
  'warning-over': { zh: '预警已结束，请新建预警', en: 'The warning is over: draft a new one.' },
  'warning-state': {
    zh: '预警当前状态不允许此操作',
    en: 'That cannot be done with the warning as it stands.',
  },
  'warning-not-issued': { zh: '预警尚未发布', en: 'The warning is not in force.' },
  'own-draft': {
    zh: '红色、橙色预警不得由起草人签发',
    en: 'Red and orange are never issued by who drafted them.',
  },
  'not-a-recipient': { zh: '该单位不在接收单位之列', en: 'That unit is not among its recipients.' },
  'lift-conditions': {
    zh: '依据的报警或工单尚未结束，请填写解除理由',
    en: 'An alarm or order of its basis is not over: give a reason in writing.',
  },
  'incident-unknown': { zh: '没有这起事件', en: 'There is no such incident.' },
  'incident-over': { zh: '事件已结束或已合并', en: 'The incident is closed, or has gone into another.' },
  'incident-state': {
    zh: '事件当前状态不允许此操作',
    en: 'That cannot be done with the incident as it stands.',
  },
  'handover-unknown': { zh: '没有这次交接班', en: 'There is no such hand-over.' },
  'handover-over': { zh: '该交接班已办结或已作废', en: 'The hand-over is done with, or was voided.' },
  'handover-open': {
    zh: '相关区域还有未办结的交接班，请先完成或作废',
    en: 'A hand-over of some of these areas is still open: finish or void it first.',
  },
  'handover-persons': {
    zh: '交接双方人数不足，或所列账号不存在、已停用、无权在这些区域值守',
    en: 'Each side needs as many persons as the house asks for, with accounts in use that may sign for these areas.',
  },
  'handover-both-sides': {
    zh: '同一人不能既交班又接班',
    en: 'Nobody can hand over to themselves.',
  },
  'handover-not-yours': {
    zh: '您不在该侧人员之列，不能代他人签字',
    en: 'You are not named on that side: nobody signs for somebody else.',
  },
  'handover-signed': { zh: '您已签过字', en: 'You have signed already.' },
  'handover-outgoing-first': {
    zh: '交班人员签齐之后，接班人员方可签字',
    en: 'The incoming shift signs when all of the outgoing one have.',
  },
  'handover-red-incident': {
    zh: '红色（1级）事件尚未控制，不得交接班；确需交接的，请写明原因',
    en: 'A red incident is not under control: no hand-over during it, unless a reason is given.',
  },
  'report-unknown': { zh: '没有这份报告', en: 'There is no such report.' },
  'report-state': {
    zh: '报告当前状态不允许此操作：先审核，再签发，签发后方可更正',
    en: 'Not as the report stands: it is reviewed, then issued, and corrected after that.',
  },
  'report-period': { zh: '该时段尚未开始', en: 'That period has not begun yet.' },
  'incident-empty': { zh: '不能拆出全部报警', en: 'Not all of its alarms can be taken out.' },
  'text-missing': { zh: '请填写内容', en: 'There is nothing in it.' },
  'not-found': { zh: '没有此资源', en: 'There is no such thing' },
  'foreign-area': {
    zh: '超出您负责的区域',
    en: 'This lies outside the areas that you are bound to',
  },
  'changed-since': {
    zh: '您打开之后已被他人修改：请重新读取，再改',
    en: 'Somebody has changed it since you opened it: read it again, then change it.',
  },
  'too-many-kept': {
    zh: '保存的条数已到上限，请先删去不用的',
    en: 'As many are kept as may be: take away what is not used.',
  },
  'command-unsound': { zh: '指令内容有误', en: 'The command is not right.' },
  'command-second-needed': {
    zh: '该指令会改变现场设备状态，须由另一名有权人员复核',
    en: 'This command moves something in the city: a second person who may command devices must agree.',
  },
  'command-second-missing': {
    zh: '该指令须两人下发，而没有其他账号有此权限：请系统管理员为第二人开设账号',
    en: 'This command needs two persons, and no other account may command devices: have the administrator add one.',
  },
  'too-many-commands': {
    zh: '该设备待执行的指令已达上限，请待其执行或到期',
    en: 'As many commands wait for this device as may: let them be carried out, or expire.',
  },
  'command-left': {
    zh: '该指令已发出或已结束，不能再撤回；是否执行以设备应答为准',
    en: 'This command has left, or is over: it can no longer be withdrawn. Whether it is carried out the device says.',
  },
  'code-taken': { zh: '编码已被使用', en: 'The code is in use already' },
  'unknown-reference': { zh: '引用了不存在的编码', en: 'It refers to a code that does not exist' },
  invalid: { zh: '请求内容有误', en: 'The request is not right' },
  'command-reused': { zh: '该操作编号已用于另一操作', en: 'This commandId was used for another command.' },
} as const satisfies Record<string, Bilingual>;

export type RefusalCode = keyof typeof REFUSALS;

/** A refusal with what the operator should know beyond the code, e.g. who acknowledged. */
export type Refusal = { readonly code: RefusalCode; readonly detail: Bilingual | null };
