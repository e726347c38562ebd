import type { Metric } from '../../src/domain/metric.ts';
import type { Pack } from '../../src/domain/pack.ts';
import type { Dashboard } from './dashboard.ts';
import { EACH_INTERVAL, field, from, IN_TIME, notGood, quality } from './influxql.ts';
import { bars, curves, type Panel, row, words } from './panel.ts';

const METRICS_SHOWN = 10;

/** All lifelines at a glance: who reports, how much comes in, how much of it is not good. */
export function overview(packs: readonly Pack[]): Dashboard {
  return {
    uid: 'lifeline-overview',
    title: '总览 Overview',
    pack: null,
    panels: [
      words('说明 Notes', NOTES, 4),
      ...packs.flatMap((pack) => [row(`${pack.name.zh} ${pack.name.en}`), ...ofLifeline(pack)]),
    ],
  };
}

const NOTES = `报警以值班页面为准；这里只有存储中的读数。各专项的曲线和阈值见左上角链接。

Alarms are on the duty page; here are only the readings in the store. Curves and thresholds of each lifeline: see the links above.`;

function ofLifeline(pack: Pack): Panel[] {
  const metrics = pack.metrics
    .filter((m) => m.kind !== 'waveform' && m.feature === undefined)
    .slice(0, METRICS_SHOWN);
  const each = (query: (m: Metric) => string) => metrics.map((m) => ({ query: query(m), alias: m.name.zh }));
  return [
    bars({
      title: '在报监测点 Points that report',
      description:
        '所选时间内有好数据或可疑数据的监测点数。Points with a good or doubtful reading in the chosen time.',
      unit: '',
      width: 8,
      queries: each(
        (m) =>
          `SELECT count("n") FROM (SELECT count(${field(m)}) AS "n" FROM ${from(pack)} WHERE ${IN_TIME} GROUP BY "point")`,
      ),
    }),
    curves({
      title: '入库读数 Readings stored',
      unit: '',
      width: 8,
      queries: each(
        (m) => `SELECT count(${field(m)}) FROM ${from(pack)} WHERE ${IN_TIME} ${EACH_INTERVAL} fill(none)`,
      ),
    }),
    curves({
      title: '可疑和坏数据 Doubtful and bad',
      unit: '',
      width: 8,
      queries: each(
        (m) =>
          `SELECT count(${quality(m)}) FROM ${from(pack)} WHERE ${notGood(m)} AND ${IN_TIME} ${EACH_INTERVAL} fill(none)`,
      ),
    }),
  ];
}
