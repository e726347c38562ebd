import type { FigureKey, FigureTable, TableKey } from '../../domain/report/figures.ts';
import type { ReportKind } from '../../domain/report/period.ts';
import type { ReportState } from '../../domain/report/report.ts';
import type { Bilingual } from '../../domain/text.ts';

type Words = readonly [zh: string, en: string];
const said = ([zh, en]: Words): Bilingual => ({ zh, en });

export const KIND_WORDS: { readonly [K in ReportKind]: Bilingual } = {
  shift: { zh: '值班报告', en: 'shift report' },
  day: { zh: '值班日报', en: 'daily report' },
  week: { zh: '周报', en: 'weekly report' },
  month: { zh: '月报', en: 'monthly report' },
  quarter: { zh: '季报', en: 'quarterly report' },
  year: { zh: '年报', en: 'yearly report' },
  incident: { zh: '事件报告', en: 'incident report' },
};

export const STATE_WORDS: { readonly [S in ReportState]: Bilingual } = {
  draft: { zh: '草稿', en: 'draft' },
  reviewed: { zh: '已审核', en: 'reviewed' },
  issued: { zh: '已签发', en: 'issued' },
  corrected: { zh: '已更正', en: 'corrected' },
};

/** What a figure is called, and by which question to the journal it was made. */
const FIGURES: { readonly [K in FigureKey]: readonly [zh: string, en: string, query: string] } = {
  'alarms.raised': ['新发报警', 'alarms raised', 'raised, at in [from, to), hidden absent'],
  'alarms.level1': ['其中红色', 'of them red', 'raised as above, gravest level 1 as of seq'],
  'alarms.level2': ['其中橙色', 'of them orange', 'raised as above, gravest level 2 as of seq'],
  'alarms.level3': ['其中黄色', 'of them yellow', 'raised as above, gravest level 3 as of seq'],
  'alarms.level4': ['其中蓝色', 'of them blue', 'raised as above, gravest level 4 as of seq'],
  'alarms.hidden': ['按设计抑制或停用（不计入）', 'raised hidden, not counted', 'raised, hidden present'],
  'alarms.shelved': ['搁置次数', 'times shelved', 'shelved, at in [from, to)'],
  'alarms.open-at-end': ['期末未解除', 'open at the end', 'phase not closed as of to'],
  'alarms.unacked-at-end': ['期末未确认', 'unacknowledged at the end', 'phase *-unacked as of to'],
  'alarms.stale-at-end': [
    '期末超过 24 小时未解除',
    'open for more than 24 h',
    'open as of to, raisedAt < to − 24 h',
  ],
  'alarms.acked': ['确认', 'acknowledged', 'of alarms raised in the period the first acknowledged, at < to'],
  'alarms.ack-median': [
    '确认用时（中位）',
    'time to acknowledge, median',
    'at − raisedAt of the above, nearest rank 50 %',
  ],
  'alarms.ack-p90': ['确认用时（P90）', 'time to acknowledge, P90', 'the same, 90 %'],
  'alarms.assess-median': [
    '研判用时（中位）',
    'time to assess, median',
    'of alarms raised in the period the first assessed that judges, at − raisedAt, 50 %',
  ],
  'alarms.assess-p90': ['研判用时（P90）', 'time to assess, P90', 'the same, 90 %'],
  'alarms.judged': ['已研判', 'judged', 'raised in the period, verdict as of seq that judges'],
  'alarms.not-judged': ['未研判', 'not judged', 'raised in the period, none or unclear'],
  'alarms.false-rate': ['误报率', 'false alarms', 'verdict false, instrument or environment ÷ judged'],
  'alarms.biogas': ['沼气（不计误报）', 'biogas, not counted as false', 'verdict biogas'],
  'alarms.test': ['测试（不计误报）', 'tests, not counted as false', 'verdict test'],
  'alarms.works': ['施工（不计误报）', 'works on site, not counted as false', 'verdict works'],
  'alarms.rate': ['每 10 分钟报警（平均）', 'alarms in 10 min, mean', 'raised × 10 min ÷ (to − from)'],
  'alarms.peak': ['每 10 分钟报警（最多）', 'alarms in 10 min, at most', 'raised within any 10 min'],
  'alarms.floods': ['报警泛滥次数', 'floods', 'docs/domain.md §9.3'],
  'alarms.flood-share': ['泛滥时间占比', 'time in a flood', 'length of floods ÷ (to − from)'],
  'alarms.flood-longest': ['最长一次泛滥', 'longest flood', 'docs/domain.md §9.3'],
  'alarms.chattering': ['抖动报警', 'chattering', 'docs/domain.md §9.3'],
  'online.rate': [
    '在线率',
    'online rate',
    '(due − silent) ÷ due point-hours; silent: alarms *.silence; works and out of service not due',
  ],
  'online.connected': ['接入率', 'connected', 'points with a device ÷ points listed'],
  'orders.made': ['新建工单', 'orders made', 'created, at in [from, to)'],
  'orders.dispatched': ['派单', 'dispatched', 'dispatched and forwarded'],
  'orders.done': ['处置完成', 'done', 'done'],
  'orders.accepted-in-time': [
    '响应及时率（签收）',
    'accepted in time',
    'clock accept: met ≤ due ÷ fell due, or was met, in [from, to)',
  ],
  'orders.arrived-in-time': ['到场及时率', 'arrived in time', 'clock arrive, likewise'],
  'orders.controlled-in-time': ['处置及时率（控制）', 'controlled in time', 'clock control, likewise'],
  'orders.verified-in-time': ['按期核查（结案）率', 'verified in time', 'clock verify, likewise'],
  'orders.returned-rate': ['退单率', 'sent back', 'returned ÷ dispatched'],
  'orders.misdirected-rate': ['误派率', 'sent to the wrong unit', 'returned with not-ours ÷ dispatched'],
  'orders.rework-rate': ['返工率', 'rework', 'rework ÷ done'],
  'orders.extended-rate': ['延期率', 'extended', 'extension granted ÷ dispatched'],
  'orders.undispatched-at-end': ['期末待派', 'not dispatched at the end', 'state new or returned as of to'],
  'orders.unverified-at-end': ['期末超期未核查', 'overdue for verification', 'clock verify unmet, due < to'],
  'orders.uncontrolled-at-end': ['期末超期未处置', 'overdue for control', 'clock control unmet, due < to'],
  'orders.dispatch-median': [
    '派单用时（中位）',
    'time to dispatch, median',
    'first dispatched − created, 50 %',
  ],
  'orders.dispatch-p90': ['派单用时（P90）', 'time to dispatch, P90', 'the same, 90 %'],
  'orders.arrive-median': ['到场用时（中位）', 'time to arrive, median', 'arrived − dispatched, 50 %'],
  'orders.arrive-p90': ['到场用时（P90）', 'time to arrive, P90', 'the same, 90 %'],
  'orders.control-median': ['处置用时（中位）', 'time to control, median', 'done − first dispatched, 50 %'],
  'orders.control-p90': ['处置用时（P90）', 'time to control, P90', 'the same, 90 %'],
  'warnings.issued': ['发布预警', 'warnings issued', 'issued, status actual'],
  'warnings.lifted': ['解除预警', 'warnings lifted', 'lifted, status actual'],
  'warnings.overdue-at-end': ['期末到期未解除预警', 'warnings overdue at the end', 'issued, expires < to'],
  'incidents.made': ['新建事件', 'incidents', 'made'],
  'incidents.closed': ['办结事件', 'incidents closed', 'closed'],
};

export const figureWords = (key: FigureKey): Bilingual => said([FIGURES[key][0], FIGURES[key][1]]);
export const figureQuery = (key: FigureKey): string => FIGURES[key][2];

const TABLES: { readonly [K in TableKey]: Words } = {
  lifelines: ['各专项报警', 'Alarms by lifeline'],
  online: ['在线率（专项、区县、厂家）', 'Online rate by line, district and vendor'],
  points: ['报警最多的监测点', 'Points that alarmed most'],
  floods: ['各积水点', 'Water-logging by point'],
  repeats: ['反复报警的监测点（12 个月 3 次及以上）', 'Repeat points: three in twelve months or more'],
  overdue: ['期末超期工单', 'Orders overdue at the end'],
  noisy: ['报警最多的规则', 'The noisiest rules'],
  below: ['下级平台（另计，不在以上各数内）', 'Platforms below: counted apart, in none of the figures above'],
  timeline: ['过程', 'What happened'],
};
export const tableWords = (key: TableKey): Bilingual => said(TABLES[key]);

const COLUMNS: Readonly<Record<string, Words>> = {
  lifeline: ['专项', 'Lifeline'],
  raised: ['新发', 'Raised'],
  level1: ['红', 'Red'],
  level2: ['橙', 'Orange'],
  level3: ['黄', 'Yellow'],
  level4: ['蓝', 'Blue'],
  judged: ['已研判', 'Judged'],
  false: ['误报', 'False'],
  falseShare: ['误报率', 'False rate'],
  open: ['期末未解除', 'Open'],
  by: ['按', 'By'],
  key: ['名称', 'Name'],
  points: ['监测点数', 'Points'],
  dueMs: ['应在线', 'Due'],
  silentMs: ['无数据', 'Silent'],
  maintenanceMs: ['检修（不计）', 'Maintenance, not due'],
  onlineShare: ['在线率', 'Online'],
  point: ['监测点', 'Point'],
  name: ['名称', 'Name'],
  activeMs: ['累计时长', 'Active'],
  worst: ['最大值', 'Worst'],
  unit: ['单位', 'Unit'],
  lastAt: ['最近一次', 'Last'],
  no: ['编号', 'No.'],
  title: ['事项', 'What'],
  level: ['等级', 'Level'],
  clock: ['时限', 'Clock'],
  dueAt: ['应在', 'Due at'],
  rule: ['规则', 'Rule'],
  share: ['占比', 'Share'],
  at: ['时间', 'At'],
  of: ['对象', 'Of'],
  what: ['内容', 'What'],
  event: ['发生', 'Event'],
  source: ['下级平台', 'Platform'],
  orders: ['新建工单', 'Orders made'],
  openOrders: ['未办结工单', 'Open orders'],
  made: ['新建', 'Made'],
  done: ['完成', 'Done'],
};
export const columnWords = (column: FigureTable['columns'][number]): Bilingual =>
  said(COLUMNS[column] ?? [column, column]);
