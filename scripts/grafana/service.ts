import type { Dashboard } from './dashboard.ts';
import type { Panel } from './panel.ts';

/** Whichever Prometheus the reader of the dashboard chooses: the product brings none. */
const PROMETHEUS = { type: 'prometheus', uid: '$source' } as const;
const INSTANCE = 'instance=~"$instance"';

type Curve = { readonly expr: string; readonly name: string };

function curves(title: string, unit: string, curves: readonly Curve[], description?: string): Panel {
  return {
    type: 'timeseries',
    title,
    width: 12,
    height: 8,
    rest: {
      ...(description === undefined ? {} : { description }),
      datasource: PROMETHEUS,
      targets: curves.map(({ expr, name }, i) => ({
        refId: String.fromCharCode(65 + i),
        datasource: PROMETHEUS,
        expr,
        legendFormat: name,
      })),
      fieldConfig: { defaults: { unit, custom: { spanNulls: false } }, overrides: [] },
      options: {
        legend: { displayMode: 'table', placement: 'bottom', calcs: ['lastNotNull', 'max'] },
        tooltip: { mode: 'multi', sort: 'desc' },
      },
    },
  };
}

const own = (meter: string): string => `lifeline_${meter}{${INSTANCE}}`;
const rate = (meter: string, by?: string): string => {
  const each = `rate(${own(meter)}[$__rate_interval])`;
  return by === undefined ? `sum(${each})` : `sum by (${by}) (${each})`;
};

/** Half of all, and the slowest in a hundred. */
const howLong = (meter: string, name: string): Curve[] =>
  [0.5, 0.99].map((q) => ({
    expr: `histogram_quantile(${q}, sum by (le) (rate(lifeline_${meter}_bucket{${INSTANCE}}[$__rate_interval])))`,
    name: `${name} p${q * 100}`,
  }));

const PANELS: readonly Panel[] = [
  curves('未解除报警 Open alarms', 'none', [
    { expr: `sum by (level) (${own('alarms_open')})`, name: '{{level}}' },
    { expr: `sum(lifeline_alarms_open{acknowledged="no",${INSTANCE}})`, name: '未确认 unacknowledged' },
  ]),
  curves(
    '收到到落盘、到报警 From receipt to durable, to alert',
    's',
    [
      ...howLong('publish_durable_seconds', '落盘 durable'),
      ...howLong('publish_alert_seconds', '报警 alert'),
    ],
    '确认（PUBACK）在落盘之后。The acknowledgement follows what is durable.',
  ),
  curves('研判与提交 Turns and commits', 's', [
    ...howLong('turn_seconds', '研判 turn'),
    ...howLong('commit_seconds', '提交 commit'),
  ]),
  curves(
    '报警到通知送达 From event to accepted notice',
    's',
    howLong('notices_accepted_seconds', '通知 notice'),
  ),
  curves('报文 Packets', 'ops', [
    { expr: rate('mqtt_packets_total', 'qos'), name: 'QoS {{qos}}' },
    { expr: rate('packets_quarantined_total'), name: '隔离 set aside' },
    { expr: rate('packets_dropped_total'), name: '丢弃 dropped' },
  ]),
  curves('入库滞后 Behind in the history', 's', [
    ...howLong('history_drain_seconds', '入库 stored'),
    { expr: own('spool_waiting_seconds'), name: '最老的待入库 oldest that waits' },
  ]),
  curves('暂存 Spool', 'bytes', [{ expr: own('spool_waiting_bytes'), name: '待入库 waits' }]),
  curves('通知 Notices', 'none', [
    { expr: own('notices_waiting'), name: '待发 waiting' },
    { expr: own('notices_unseen'), name: '未送达 not arrived' },
    { expr: own('notices_unreached_alarms'), name: '未通知到人的报警 alarms that reached nobody' },
  ]),
  curves(
    '事件循环与自检 Event loop and self-check',
    's',
    [
      ...howLong('event_loop_delay_seconds', '事件循环 event loop'),
      { expr: own('probe_age_seconds'), name: '距上次自检 since the last self-check' },
    ],
    '自检每分钟走一遍整条链路。The self-check goes the whole way once a minute.',
  ),
  curves('连接 Connections', 'none', [
    { expr: own('mqtt_connections'), name: 'MQTT' },
    { expr: own('live_clients'), name: '值班台 consoles' },
  ]),
  curves('内存 Memory', 'bytes', [
    { expr: `process_resident_memory_bytes{job="lifeline-watch",${INSTANCE}}`, name: '{{instance}}' },
  ]),
  curves('处理器 Processor', 'percentunit', [
    {
      expr: `rate(process_cpu_seconds_total{job="lifeline-watch",${INSTANCE}}[$__rate_interval])`,
      name: '{{instance}}',
    },
  ]),
];

const variable = (more: object): object => ({ current: {}, options: [], refresh: 1, ...more });

/** The service by its own meters; the source is chosen at the top. */
export const SERVICE_DASHBOARD: Dashboard = {
  uid: 'lifeline-service',
  title: '服务运行 Service',
  pack: null,
  panels: PANELS,
  variables: [
    variable({ name: 'source', label: 'Prometheus', type: 'datasource', query: 'prometheus' }),
    variable({
      name: 'instance',
      label: '实例 instance',
      type: 'query',
      datasource: PROMETHEUS,
      query: 'label_values(lifeline_build_info, instance)',
      includeAll: true,
      multi: true,
    }),
  ],
};
