import type { Metric } from '../../src/domain/metric.ts';
import type { Pack } from '../../src/domain/pack.ts';
import type { Dashboard } from './dashboard.ts';
import { backfilled, EACH_INTERVAL, from, IN_TIME, quality } from './influxql.ts';
import { curves, since, table, words } from './panel.ts';

/** How well readings come in, as far as the store itself can tell. */
export function intakeHealth(packs: readonly Pack[]): Dashboard {
  const percentiles = [50, 95, 99];
  return {
    uid: 'lifeline-intake',
    title: '接入健康 Intake health',
    pack: null,
    panels: [
      words('说明 Notes', NOTES, 6, 18),
      since({
        title: '入库到 Stored up to',
        description:
          '存储中最新读数的观测时间；写入中断时它停住。The newest instant in the store; it stands still while nothing is written.',
        height: 6,
        queries: [
          { query: `SELECT last("newest") FROM "lifeline__drain" WHERE time > now() - 35d`, alias: '' },
        ],
      }),
      ...packs.map((pack) =>
        curves({
          title: `${pack.name.zh}：上报延迟 delay, ${pack.name.en}`,
          description: '接收时间减观测时间；补传使它变大。Received less observed; backfill makes it large.',
          unit: 'ms',
          queries: percentiles.map((p) => ({
            query: `SELECT percentile("lag", ${p}) FROM ${from(pack)} WHERE ${IN_TIME} ${EACH_INTERVAL} fill(none)`,
            alias: `p${p}`,
          })),
        }),
      ),
      ...packs.map((pack) =>
        curves({
          title: `${pack.name.zh}：补传 backfill, ${pack.name.en}`,
          unit: '',
          queries: measured(pack).map((m) => ({
            query: `SELECT count(${quality(m)}) FROM ${from(pack)} WHERE ${backfilled(m)} AND ${IN_TIME} ${EACH_INTERVAL} fill(none)`,
            alias: m.name.zh,
          })),
        }),
      ),
      ...packs.map((pack) =>
        table({
          title: `${pack.name.zh}：最后的上报延迟 last delay by point, ${pack.name.en}`,
          description:
            '没有出现的监测点在所选时间内没有上报。A point that is not there has not reported in the chosen time.',
          width: 12,
          queries: [
            {
              query: `SELECT last("lag") AS "延迟 delay ms" FROM ${from(pack)} WHERE ${IN_TIME} GROUP BY "point"`,
              alias: '',
            },
          ],
        }),
      ),
    ],
  };
}

const METRICS_SHOWN = 10;
const measured = (pack: Pack): readonly Metric[] =>
  pack.metrics.filter((m) => m.kind !== 'waveform' && m.feature === undefined).slice(0, METRICS_SHOWN);

const NOTES = `这里只有存储本身能说明的。服务自己的指标（排队、确认延迟、暂存量、隔离的报文、报警延迟）在服务的 \`/metrics\`（Prometheus 文本）和 \`/readyz\`，值班页面顶部显示其中最要紧的；存储中断时以它们为准。

Only what the store itself can tell. The service's own figures (queue, acknowledgement and alarm latency, spool, packets set aside) are at its \`/metrics\` (Prometheus text) and \`/readyz\`; the strip of the duty page shows those that matter most, also while the store is away.`;
