import type { Component } from 'vue';
import type { Right } from '../api/answers.ts';
import type { Pair } from '../i18n/translate.ts';

/** One screen of the console: its address, its name in the navigation, its keys for the help overlay. */
export type Screen = {
  /** For `router.push({ name })` and `GoTo`; unique. */
  readonly name: string;
  readonly path: string;
  readonly title: Pair;
  /** In the navigation, in the order of this file. */
  readonly inNav: boolean;
  /** Without strip and navigation: the wall. */
  readonly bare?: true;
  /** Who may not is not offered it (`docs/permissions.md`); absent: `picture.see`, as all that shows the city. */
  readonly right?: Right;
  readonly keys?: readonly (readonly [key: string, does: Pair])[];
  readonly load: () => Promise<{ default: Component }>;
};

/** Every screen of the console. To add one: its folder, and its line here (see `dashboards/console/README.md`). */
export const SCREENS: readonly Screen[] = [
  {
    name: 'duty',
    path: '/',
    title: ['值班', 'Duty'],
    inNav: true,
    keys: [
      ['↑ ↓', ['上一条 / 下一条', 'Previous / next alarm']],
      [
        'A',
        ['确认所选报警，并移到下一条未确认', 'Acknowledge the chosen alarm, then the next unacknowledged'],
      ],
      ['D', ['给所选报警派单', 'Dispatch an order for the chosen alarm']],
      ['S', ['搁置 / 取消搁置所选报警', 'Shelve or unshelve the chosen alarm']],
      ['N', ['给所选报警加备注', 'Write a note on the chosen alarm']],
      ['E', ['由所选报警起草预警', 'Draft a warning on the chosen alarm']],
      ['Enter', ['打开所选报警', 'Open the chosen alarm']],
      [
        '← →',
        ['按事件列出时：折叠 / 展开所选事件', 'By incident: fold or unfold the one of the chosen alarm'],
      ],
      ['Space', ['勾选所选报警', 'Tick the chosen alarm']],
      ['Shift ↑ ↓', ['连续勾选', 'Tick what lies between']],
      [
        'Shift A',
        [
          '一次确认：已勾选的，或所选报警所在的整个事件',
          'Acknowledge at once: what is ticked, or the whole incident of the chosen alarm',
        ],
      ],
      ['Shift R', ['一次研判已勾选的', 'One verdict for all that is ticked']],
    ],
    load: () => import('./duty/index.vue'),
  },
  {
    name: 'query',
    path: '/alarms',
    title: ['查询', 'Query'],
    inNav: true,
    load: () => import('./query/index.vue'),
  },
  {
    name: 'alarm',
    path: '/alarms/:id',
    title: ['报警档案', 'Alarm file'],
    inNav: false,
    keys: [
      ['A', ['确认', 'Acknowledge']],
      ['D', ['派单', 'Dispatch an order']],
      ['N', ['加备注', 'Write a note']],
      ['E', ['由该报警起草预警', 'Draft a warning on it']],
      ['Esc', ['返回值班台', 'Back to duty']],
    ],
    load: () => import('./alarm/index.vue'),
  },
  {
    name: 'warnings',
    path: '/warnings',
    title: ['预警', 'Warnings'],
    inNav: true,
    right: 'warning.see',
    load: () => import('./warnings/index.vue'),
  },
  {
    name: 'warning-new',
    path: '/warnings/new',
    title: ['起草预警', 'Draft a warning'],
    inNav: false,
    right: 'warning.draft',
    load: () => import('./warnings/new.vue'),
  },
  {
    name: 'warning',
    path: '/warnings/:id',
    title: ['预警', 'Warning'],
    inNav: false,
    right: 'warning.see',
    keys: [['Esc', ['返回预警列表', 'Back to the warnings']]],
    load: () => import('./warnings/warning.vue'),
  },
  {
    name: 'incidents',
    path: '/incidents',
    title: ['事件', 'Incidents'],
    inNav: true,
    right: 'incident.see',
    load: () => import('./incidents/index.vue'),
  },
  {
    name: 'incident',
    path: '/incidents/:id',
    title: ['事件', 'Incident'],
    inNav: false,
    right: 'incident.see',
    keys: [['Esc', ['返回事件列表', 'Back to the incidents']]],
    load: () => import('./incidents/incident.vue'),
  },
  {
    name: 'dispatch',
    path: '/dispatch',
    title: ['工单', 'Orders'],
    inNav: true,
    right: 'order.see',
    load: () => import('./dispatch/index.vue'),
  },
  {
    name: 'order',
    path: '/orders/:id',
    title: ['工单档案', 'Order'],
    inNav: false,
    right: 'order.see',
    keys: [['Esc', ['返回工单', 'Back to orders']]],
    load: () => import('./dispatch/order.vue'),
  },
  {
    name: 'clock-policies',
    path: '/clock-policies',
    title: ['工单时限', 'Clock policies'],
    inNav: false,
    right: 'order.see',
    load: () => import('./clock-policies/index.vue'),
  },
  {
    name: 'map',
    path: '/map',
    title: ['一张图', 'Map'],
    inNav: true,
    keys: [
      ['F', ['下一处报警', 'Next alarm']],
      ['D', ['给所选处的报警派单', 'Dispatch an order for the alarm of the chosen place']],
      ['Esc', ['取消所选', 'Choose nothing']],
    ],
    load: () => import('./map/index.vue'),
  },
  {
    name: 'trend',
    path: '/trend',
    title: ['趋势', 'Trend'],
    inNav: true,
    keys: [
      ['1 – 5', ['1 小时 / 6 小时 / 24 小时 / 7 天 / 30 天', '1 h / 6 h / 24 h / 7 d / 30 d']],
      ['[ ]', ['向前 / 向后半屏', 'Half a window earlier / later']],
      ['Backspace', ['退回上一范围', 'Back to the range before']],
    ],
    load: () => import('./trend/index.vue'),
  },
  {
    name: 'register',
    path: '/register',
    title: ['台账', 'Register'],
    inNav: true,
    load: () => import('./register/index.vue'),
  },
  {
    name: 'point',
    path: '/points/:code',
    title: ['监测点', 'Point'],
    inNav: false,
    load: () => import('./register/point.vue'),
  },
  {
    name: 'device',
    path: '/devices/:code',
    title: ['监测设备', 'Device'],
    inNav: false,
    load: () => import('./register/device.vue'),
  },
  {
    name: 'import',
    path: '/register/import',
    title: ['导入台账', 'Import the register'],
    inNav: false,
    load: () => import('./register/import.vue'),
  },
  {
    name: 'quarantine',
    path: '/quarantine',
    title: ['隔离报文', 'Packets set aside'],
    inNav: false,
    load: () => import('./register/packets/quarantine.vue'),
  },
  {
    name: 'self-check',
    path: '/self-check',
    title: ['报文自检', 'Self-check of a packet'],
    inNav: false,
    load: () => import('./register/packets/self-check.vue'),
  },
  {
    name: 'joining',
    path: '/joining',
    title: ['接入', 'Joining'],
    inNav: false,
    right: 'packets.see',
    load: () => import('./joining/index.vue'),
  },
  {
    name: 'upstream',
    path: '/upstream',
    title: ['上报', 'Upward'],
    inNav: false,
    right: 'upstream.see',
    load: () => import('./upstream/index.vue'),
  },
  {
    name: 'rules',
    path: '/rules',
    title: ['规则', 'Rules'],
    inNav: true,
    load: () => import('./rules/index.vue'),
  },
  {
    name: 'rule',
    path: '/rules/:id',
    title: ['规则', 'Rule'],
    inNav: false,
    load: () => import('./rules/rule.vue'),
  },
  {
    name: 'losses',
    path: '/losses',
    title: ['数据损失台账', 'Loss ledger'],
    inNav: false,
    load: () => import('./ledger/index.vue'),
  },
  {
    name: 'handover',
    path: '/handover',
    title: ['交接班', 'Handover'],
    inNav: true,
    load: () => import('./handover/index.vue'),
  },
  {
    name: 'handover-record',
    path: '/handovers/:id',
    title: ['交接单', 'Hand-over'],
    inNav: false,
    right: 'handover.see',
    keys: [['Esc', ['返回交接班', 'Back to the hand-overs']]],
    load: () => import('./handover/record.vue'),
  },
  {
    name: 'reports',
    path: '/reports',
    title: ['报告', 'Reports'],
    inNav: true,
    right: 'report.see',
    load: () => import('./reports/index.vue'),
  },
  {
    name: 'report',
    path: '/reports/:id',
    title: ['报告', 'Report'],
    inNav: false,
    right: 'report.see',
    keys: [['Esc', ['返回报告目录', 'Back to the reports']]],
    load: () => import('./reports/report.vue'),
  },
  {
    name: 'plans',
    path: '/plans',
    title: ['预案', 'Plans'],
    inNav: true,
    load: () => import('./plans/index.vue'),
  },
  {
    name: 'notices',
    path: '/notices',
    title: ['通知', 'Notices'],
    inNav: true,
    right: 'duty.see',
    load: () => import('./notices/index.vue'),
  },
  {
    name: 'rosters',
    path: '/rosters',
    title: ['排班', 'Rosters'],
    inNav: false,
    right: 'duty.see',
    load: () => import('./rosters/index.vue'),
  },
  {
    name: 'roster-import',
    path: '/rosters/:unit/import',
    title: ['导入排班', 'Import a roster'],
    inNav: false,
    right: 'duty.keep',
    load: () => import('./rosters/import.vue'),
  },
  {
    name: 'undelivered',
    path: '/undelivered',
    title: ['未送达的通知', 'Notices that did not arrive'],
    inNav: false,
    right: 'notice.see',
    load: () => import('./notices/undelivered.vue'),
  },
  {
    name: 'notice-policies',
    path: '/notice-policies',
    title: ['通知策略', 'Policies of notices'],
    inNav: false,
    right: 'duty.see',
    load: () => import('./policies/index.vue'),
  },
  {
    name: 'accounts',
    path: '/accounts',
    title: ['账号', 'Accounts'],
    inNav: true,
    right: 'accounts.see',
    load: () => import('./accounts/index.vue'),
  },
  {
    name: 'audit',
    path: '/audit',
    title: ['审计', 'Audit'],
    inNav: true,
    right: 'audit.read',
    load: () => import('./audit/index.vue'),
  },
  {
    name: 'wall',
    path: '/wall',
    title: ['大屏', 'Wall'],
    inNav: true,
    bare: true,
    load: () => import('./wall/index.vue'),
  },
];

export const screenOf = (name: string): Screen | undefined => SCREENS.find((s) => s.name === name);
