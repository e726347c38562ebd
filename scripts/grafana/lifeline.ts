import type { Metric } from '../../src/domain/metric.ts';
import type { Pack } from '../../src/domain/pack.ts';
import type { Dashboard } from './dashboard.ts';
import { CHOSEN, EACH_INTERVAL, field, from, notGood, quality } from './influxql.ts';
import { closedRow, curves, type Panel, type Query, row, table, words } from './panel.ts';
import { linesOf, valueRule } from './thresholds.ts';

/** What an instrument says of itself comes last, and closed. */
const OWN_STATE = ['battery', 'rssi', 'fault', 'water'];

const isKept = (m: Metric): boolean => m.kind !== 'waveform';
const titled = (m: Metric): string => `${m.name.zh} ${m.name.en} ${m.key}`;

/** One lifeline: newest values, a panel per metric with the pack's steps as lines, and what was not good. */
export function lifelineDashboard(pack: Pack): Dashboard {
  const metrics = pack.metrics.filter(isKept);
  const measured = metrics.filter((m) => m.feature === undefined && !OWN_STATE.includes(m.key));
  const ownState = metrics.filter((m) => OWN_STATE.includes(m.key));
  return {
    uid: `lifeline-${pack.lifeline}`,
    title: `${pack.name.zh} ${pack.name.en}`,
    pack,
    panels: [
      latest(
        pack,
        metrics.filter((m) => m.feature === undefined),
      ),
      row('监测曲线 Readings'),
      ...measured.map((m) => trend(pack, m)),
      ...rates(pack),
      ...pack.metrics.filter((m) => m.kind === 'waveform').map((w) => features(pack, w)),
      closedRow(
        '设备状态 The instruments themselves',
        ownState.map((m) => trend(pack, m)),
      ),
      row('数据质量 Quality'),
      ...doubts(pack, metrics),
      words('说明 Notes', NOTES, 5),
    ],
  };
}

const NOTES = `阈值线是专项包的缺省值；按区域或监测点修改过的阈值以值班页面为准。每个时间段画最大值和最小值，尖峰不会被平均掉；断开处是没有数据，不是 0。坏数据不在曲线内。

Lines are the pack's defaults: where a threshold was changed for an area or a point, the duty page has it. Each interval shows its maximum and minimum, so that no spike is averaged away; a gap is no data, and not 0. Bad readings are not in the curves.`;

function latest(pack: Pack, metrics: readonly Metric[]): Panel {
  const columns = metrics.map((m) => `last(${field(m)}) AS "${m.name.zh} ${m.unit}"`).join(', ');
  return table({
    title: '最新值 Newest values',
    queries: [{ query: `SELECT ${columns} FROM ${from(pack)} WHERE ${CHOSEN} GROUP BY "point"`, alias: '' }],
  });
}

function trend(pack: Pack, metric: Metric): Panel {
  const ends = metric.kind === 'flag' ? (['max'] as const) : (['max', 'min'] as const);
  const queries = ends.map(
    (end): Query => ({
      query: `SELECT ${end}(${field(metric)}) FROM ${from(pack)} WHERE ${CHOSEN} ${EACH_INTERVAL}, "point" fill(none)`,
      alias: `$tag_point ${end}`,
    }),
  );
  return curves({
    title: titled(metric),
    unit: metric.unit,
    queries,
    lines: linesOf(valueRule(pack, metric)),
  });
}

/** Rules on how fast a value changes. */
function rates(pack: Pack): Panel[] {
  return pack.rules.flatMap((rule) => {
    const metric = pack.metrics.find((m) => m.key === rule.metric);
    if (rule.signal.of !== 'rate' || metric === undefined) return [];
    const minutes = rule.signal.window / 60_000;
    const per = (rule.signal.per ?? 60_000) / 60_000;
    return [
      curves({
        title: `${rule.name.zh} ${rule.name.en}`,
        description: `每 ${minutes} 分钟末值之差折合每 ${per} 分钟，近似于规则所用的滑动窗口。Difference of the last values of every ${minutes} min, per ${per} min: close to the sliding window of the rule.`,
        unit: rule.unit,
        queries: [
          {
            query: `SELECT derivative(last(${field(metric)}), ${per}m) FROM ${from(pack)} WHERE ${CHOSEN} GROUP BY time(${minutes}m), "point" fill(none)`,
            alias: '$tag_point',
          },
        ],
        lines: linesOf(rule),
      }),
    ];
  });
}

function features(pack: Pack, wave: Metric): Panel {
  const cut = pack.metrics.filter((m) => m.feature?.of === wave.key);
  return closedRow(
    `${wave.name.zh} ${wave.name.en} ${wave.key}`,
    cut.map((m) => trend(pack, m)),
  );
}

/** A panel holds as many queries as there are letters. */
const QUERIES_A_PANEL = 26;

function doubts(pack: Pack, metrics: readonly Metric[]): Panel[] {
  const judged = metrics.filter((m) => m.feature === undefined);
  return [
    curves({
      title: '可疑和坏数据 Doubtful and bad readings',
      unit: '',
      width: 24,
      queries: judged.slice(0, QUERIES_A_PANEL).map((m) => ({
        query: `SELECT count(${quality(m)}) FROM ${from(pack)} WHERE ${notGood(m)} AND ${CHOSEN} ${EACH_INTERVAL} fill(none)`,
        alias: m.name.zh,
      })),
    }),
  ];
}
