import { beijing } from '../../wire/files/csv.ts';
import { said } from '../terminal-text.ts';
import type { Naming } from './naming.ts';
import type { Row } from './row.ts';

const NAMED_AT_MOST = 10;

/** What a file holds, for the person who asked. */
export class Tally {
  rows = 0;
  badRows = 0;
  readings = 0;
  notGood = 0;
  from = Number.POSITIVE_INFINITY;
  to = Number.NEGATIVE_INFINITY;
  readonly points = new Set<string>();
  readonly metrics = new Map<string, number>();

  add({ readings, wrong }: Row): void {
    this.rows++;
    if (wrong.length > 0) this.badRows++;
    this.readings += readings.length;
    for (const r of readings) {
      if (r.quality.grade !== 'good') this.notGood++;
      if (r.observedAt < this.from) this.from = r.observedAt;
      if (r.observedAt > this.to) this.to = r.observedAt;
      this.points.add(r.point);
      this.metrics.set(r.metric, (this.metrics.get(r.metric) ?? 0) + 1);
    }
  }

  text(naming: Naming): string {
    const n = (x: number) => x.toLocaleString('en');
    const lines = [
      `行 rows: ${n(this.rows)}, 其中有误 bad: ${n(this.badRows)}`,
      `读数 readings: ${n(this.readings)}, 质量非正常 not of good quality: ${n(this.notGood)}`,
      `监测点 points: ${n(this.points.size)}; 指标 metrics: ${[...this.metrics].map(([m, c]) => `${m} ${n(c)}`).join(', ') || '-'}`,
    ];
    if (this.readings > 0)
      lines.push(`时间 from–to (北京时间 Beijing): ${beijing(this.from)} – ${beijing(this.to)}`);
    if (naming.unknownPoints.size > 0)
      lines.push(`未知监测点 unknown points: ${named(naming.unknownPoints)}`);
    if (naming.unknownMetrics.size > 0)
      lines.push(`未知指标 unknown metrics: ${named(naming.unknownMetrics)}`);
    return `${lines.join('\n')}\n`;
  }
}

function named(counts: ReadonlyMap<string, number>): string {
  const most = [...counts].sort(([, a], [, b]) => b - a);
  const told = most.slice(0, NAMED_AT_MOST).map(([name, n]) => `${said(name)} ×${n}`);
  return told.join(', ') + (most.length > NAMED_AT_MOST ? `, … (${most.length})` : '');
}
