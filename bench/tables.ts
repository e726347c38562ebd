import { median } from '../src/domain/median.ts';
import type { CalmFigure } from './calm.ts';
import type { CostFigure } from './cost-figure.ts';
import type { DoorsFigure } from './doors/measure.ts';
import { EXPORT_BOUNDS, type ExportsFigure } from './exports/measure.ts';
import { BOUND_MS, type HistoryFigure } from './history/measure.ts';
import type { JudgingFigure } from './judging.ts';
import type { Latency } from './latency.ts';
import type { IntakeFigure, IntakeSummary, Report } from './report.ts';
import { RESPONSE_BOUNDS, type ResponseFigure } from './response/measure.ts';
import type { Soak } from './soak.ts';
import type { ToldFigure } from './told.ts';

export const thousands = (n: number): string => Math.round(n).toLocaleString('en-US');
export const tenths = (n: number | null): string => (n === null ? '–' : n.toFixed(1));
const whole = (n: number | null): string => (n === null ? '–' : n.toFixed(0));

export function table(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]?.map((_, c) => Math.max(...rows.map((r) => (r[c] ?? '').length))) ?? [];
  return rows
    .map(
      (r) =>
        `  ${r.map((cell, c) => (c === 0 ? cell.padEnd(widths[c] ?? 0) : cell.padStart(widths[c] ?? 0))).join('   ')}`,
    )
    .join('\n');
}

export function intakeText(
  summary: readonly IntakeSummary[],
  [bare, service]: readonly [string, string] = ['bare', 'service'],
): string {
  const rows = summary.map((s) => [
    `QoS ${s.qos}`,
    thousands(s.barePerSecond),
    thousands(s.servicePerSecond),
    s.ratio.toFixed(2),
    tenths(s.bareCpuMicros),
    tenths(s.serviceCpuMicros),
    s.qos === 1 ? tenths(s.bareAckP99Ms) : '–',
    s.qos === 1 ? tenths(s.serviceAckP99Ms) : '–',
    whole(s.serviceRssMiB),
  ]);
  const head = [
    'intake',
    `${bare} msg/s`,
    `${service} msg/s`,
    'ratio',
    `${bare} µs`,
    `${service} µs`,
    `${bare} p99 ms`,
    `${service} p99 ms`,
    'RSS MiB',
  ];
  return `\n${table([head, ...rows])}\n`;
}

/**
 * What credentials and TLS cost the service itself. The generator pays for TLS as well, for every device in one
 * process: where that is the slower side, the rates compare the generator with itself.
 */
export function costText({ rounds, summary }: NonNullable<Report['intake']>): string {
  return summary
    .map(({ qos, bareCpuMicros: open, serviceCpuMicros: secured }) => {
      const of = (on: string) => rounds.filter((r) => r.qos === qos && r.on === on);
      const busy = of('secured').map((r) => (r.outcome.generatorCpuSeconds / r.outcome.elapsedMs) * 1_000);
      const judging = (on: string) => {
        const known = of(on).flatMap((r) => r.mainMicrosPerMessage ?? []);
        return tenths(known.length === 0 ? null : median(known));
      };
      const more = open === null || secured === null ? '–' : `${((secured / open - 1) * 100).toFixed(0)} %`;
      return (
        `QoS ${qos}: ${more} more CPU of the service per message, of its judging thread ${judging('secured')} µs instead of ${judging('open')}; ` +
        `the generator had ${Math.max(...busy).toFixed(2)} cores to pay for its side of TLS`
      );
    })
    .join('\n');
}

export function calmText({ rows }: CalmFigure): string {
  const head = [
    'messages/s',
    'bare µs CPU each',
    'service µs',
    'of its judging thread',
    'ratio',
    'PUBACK p50 ms',
    'p99',
  ];
  return `\n${table([
    head,
    ...rows.map((r) => [
      thousands(r.rate),
      tenths(r.bareMicros),
      tenths(r.serviceMicros),
      tenths(r.mainMicros),
      r.ratio === null ? '–' : r.ratio.toFixed(2),
      tenths(r.ackP50Ms),
      tenths(r.ackP99Ms),
    ]),
  ])}\n`;
}

export function latencyText(l: NonNullable<Report['latency']>): string {
  const row = (x: Latency): string[] => [
    x.path,
    `${x.n}/${x.sent}`,
    tenths(x.p50),
    tenths(x.p99),
    tenths(x.max),
  ];
  const head = [`latency beside ${l.background} readings/s`, 'arrived', 'p50 ms', 'p99 ms', 'max ms'];
  const ratios = ['ratio', '', tenths(l.p50Ratio), tenths(l.p99Ratio), ''];
  return `\n${table([head, row(l.rawHop), row(l.toConsole), ratios])}\n`;
}

export function judgingText(j: JudgingFigure): string {
  return `\n${table([
    ['judging', 'ns of CPU'],
    ['JSON.parse of one packet', j.nanosPerParse.toFixed(0)],
    ['one rule over one reading', j.nanosPerEvaluate.toFixed(0)],
    ['rules per parse', j.evaluationsPerParse.toFixed(1)],
  ])}\n\n${table([
    ['one rule over one reading', 'ns, 1,000 points', 'ns, 100,000 points', 'ratio', 'of a parse'],
    ...j.kinds.map((k) => costRow(k, j.nanosPerParse)),
  ])}\n\n${table([
    ['packet bytes to journal bytes', 'ns, 1,000 points', 'ns, 100,000 points', 'ratio', 'of a parse'],
    ...j.whole.map((k) => costRow(k, j.nanosPerParse)),
  ])}\n`;
}

function costRow(k: CostFigure, nanosPerParse: number): string[] {
  return [
    k.kind,
    k.nanosEach.toFixed(0),
    k.nanosEachOfMany.toFixed(0),
    k.ratio.toFixed(2),
    (k.nanosEach / nanosPerParse).toFixed(2),
  ];
}

export function soakText(s: Soak): string {
  const ratio = s.ratio === null ? 'unknown' : s.ratio.toFixed(2);
  return (
    `soak ${s.minutes} min at ${thousands(s.perSecond)} msg/s: RSS ${whole(s.rssMiBAtMinute2)} MiB at minute 2, ` +
    `${whole(s.rssMiBAtEnd)} MiB at the end, ratio ${ratio}`
  );
}

export function historyText({ points, stores }: HistoryFigure): string {
  const charts = stores.flatMap(({ store, readings, charts: of }) =>
    of.map((c) => [
      `${store}, ${thousands(readings)} readings: ${c.chart}`,
      thousands(c.rows),
      tenths(c.p50),
      tenths(c.p95),
      tenths(c.floorP50),
      tenths(c.floorP95),
      c.p50 <= BOUND_MS ? 'yes' : 'NO',
    ]),
  );
  const retention = stores.flatMap(({ store, retention: { ms, before, meanwhile } }) => [
    [
      `${store}: before`,
      '',
      thousands(before.writes),
      tenths(before.longestWrite),
      tenths(before.longestRead),
    ],
    [
      'while a day went',
      tenths(ms),
      thousands(meanwhile.writes),
      tenths(meanwhile.longestWrite),
      tenths(meanwhile.longestRead),
    ],
  ]);
  const fills = stores.map(
    ({ store, fillSeconds, readings, background }) =>
      `${store}: filled in ${fillSeconds.toFixed(0)} s, ${thousands(readings / fillSeconds)} readings/s${background === '' ? '' : `; ${background}`}`,
  );
  return `\n${table([
    [
      `charts over ${thousands(points)} points`,
      'rows',
      'p50 ms',
      'p95 ms',
      "store's own p50",
      'p95',
      `median ≤ ${BOUND_MS} ms`,
    ],
    ...charts,
  ])}\n\n${table([
    ['retention', 'took ms', 'writes', 'longest write ms', 'longest read ms'],
    ...retention,
  ])}\n\n${fills.join('\n')}\n`;
}

export function doorsText({
  stations,
  background,
  costs,
  ratios,
  without,
  beside,
  p99Ratio,
}: DoorsFigure): string {
  const rows = costs.map((c) => [
    c.way,
    thousands(c.readings),
    c.cpuMicros.toFixed(0),
    c.way.startsWith('json') ? '1' : (ratios[c.way] ?? Number.NaN).toFixed(2),
  ]);
  const ms = (n: number | null) => (n === null ? '–' : n.toFixed(1));
  return (
    `\n${stations} stations a way at a report a second\n` +
    `${table([['way', 'readings', 'CPU µs each', '÷ json (bound 2)'], ...rows])}\n` +
    `alarm to console p99 beside ${thousands(background)} MQTT messages/s: ${ms(without.p99)} ms without the doors, ${ms(beside.p99)} ms with both: ` +
    `× ${p99Ratio === null ? '–' : p99Ratio.toFixed(2)} (bound 1.5)`
  );
}

export function toldText({ background, phases, ratio, faulty }: ToldFigure): string {
  const rows = phases.map((p) => [
    p.receivers,
    `${p.told}/${p.alarms}`,
    tenths(p.webhookMs.p50),
    tenths(p.webhookMs.p95),
    tenths(p.consoleMs.p50),
    tenths(p.consoleMs.p95),
    tenths(p.ackMs.p50),
    tenths(p.ackMs.p99),
    thousands(p.perSecond),
  ]);
  const head = [
    'receivers',
    'told',
    'webhook p50',
    'p95',
    'console p50',
    'p95',
    'PUBACK p50',
    'p99',
    'readings/s',
  ];
  const failing = faulty.map(
    (f) => `  ${f.channel}: ${f.undeliverable} given up, ${f.waiting} tried again; ${f.said}`,
  );
  return (
    `\nred alarms told beside ${thousands(background)} readings/s, ms\n${table([head, ...rows])}\n` +
    `failing ÷ well, medians of this run: intake ${ratio.intake?.toFixed(2) ?? '–'}, PUBACK p99 ${ratio.ack?.toFixed(2) ?? '–'}, console ${ratio.console?.toFixed(2) ?? '–'}, webhook ${ratio.webhook?.toFixed(2) ?? '–'}\n${failing.join('\n')}\n`
  );
}

export function responseText({ tick, orders, startMs, lists }: ResponseFigure): string {
  const rows = lists.map((l) => [
    l.list,
    whole(l.items),
    tenths(l.p50),
    tenths(l.p95),
    l.p95 <= RESPONSE_BOUNDS.listMs ? 'yes' : 'NO',
  ]);
  const head = [
    `${thousands(orders.all)} orders, ${thousands(orders.open)} open`,
    'items',
    'p50 ms',
    'p95 ms',
    `p95 ≤ ${RESPONSE_BOUNDS.listMs} ms`,
  ];
  return (
    `\na tick over ${thousands(tick.open)} open orders, ms of CPU: p50 ${tick.p50.toFixed(3)}, p95 ${tick.p95.toFixed(3)}, ` +
    `max ${tick.max.toFixed(3)} (bound ${RESPONSE_BOUNDS.tickMs}); ${thousands(tick.told)} clocks told in ${tick.ticks} ticks\n` +
    `start with ${thousands(orders.events)} events of orders: ${whole(startMs)} ms\n\n${table([head, ...rows])}\n`
  );
}

export function exportsText({ alarms, files, restMiB, desk }: ExportsFigure): string {
  const rows = files.map((f) => [
    f.file,
    whole(f.ms),
    (f.bytes / 2 ** 20).toFixed(1),
    f.rssMiB === null ? '–' : whole(f.rssMiB),
    f.rssMiB === null || restMiB === null ? '–' : whole(f.rssMiB - restMiB),
    f.rssMiB === null || restMiB === null ? '–' : f.rssMiB - restMiB <= EXPORT_BOUNDS.moreMiB ? 'yes' : 'NO',
  ]);
  const head = [
    `${thousands(alarms)} alarms`,
    'ms',
    'MiB of file',
    'RSS at most, MiB',
    'more than at rest',
    `≤ ${EXPORT_BOUNDS.moreMiB}`,
  ];
  const ms = ({ n, sent, p50, p99, max }: ExportsFigure['desk']['alone']) =>
    `p50 ${tenths(p50)}, p99 ${tenths(p99)}, max ${tenths(max)} ms (${n} of ${sent})`;
  return (
    `\n${table([head, ...rows])}\nthe service at rest: ${restMiB === null ? '–' : whole(restMiB)} MiB\n` +
    `an alarm at the desk, alone: ${ms(desk.alone)}\n  beside exports without end: ${ms(desk.beside)}\n`
  );
}

export function roundText(round: number, f: IntakeFigure): string {
  const ack =
    f.qos === 1 ? `  PUBACK p50 ${tenths(f.outcome.ackMs.p50)} p99 ${tenths(f.outcome.ackMs.p99)} ms` : '';
  const dropped = f.dropped > 0 ? `  ${((100 * f.dropped) / f.outcome.sent).toFixed(0)} % dropped` : '';
  return (
    `round ${round}  QoS ${f.qos}  ${f.on.padEnd(10)} ${thousands(f.keptPerSecond).padStart(9)} msg/s` +
    `  ${tenths(f.cpuMicrosPerMessage)} µs CPU/msg  RSS ${whole(f.rssMiB)} MiB${ack}${dropped}`
  );
}
