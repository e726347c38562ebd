import { writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { type Child, startChild } from './child.ts';
import { type JudgingFigure, judging, median } from './judging.ts';
import { type Latency, rawHop, toConsole } from './latency.ts';
import { type LoadFigure, load } from './load.ts';
import { HELP, type Options, readOptions } from './options.ts';
import { ADMIN, counters, startService } from './service.ts';
import { logIn } from './session.ts';
import { type Soak, soak } from './soak.ts';

/** What `--json` writes. Ratios are service ÷ bare broker, both of this very run. */
export type Report = {
  readonly machine: { readonly cores: number; readonly model: string; readonly node: string };
  readonly options: Options;
  intake?: {
    readonly rounds: readonly LoadFigure[];
    readonly summary: readonly IntakeSummary[];
    /** Not zero: the service refused or set aside part of the load, and the figure is not what it seems. */
    readonly setAside: Readonly<Record<string, number>>;
  };
  latency?: {
    readonly background: number;
    readonly rawHop: Latency;
    readonly toConsole: Latency;
    readonly p50Ratio: number | null;
    readonly p99Ratio: number | null;
  };
  judging?: JudgingFigure;
  soak?: Soak;
};

type IntakeSummary = {
  readonly qos: 0 | 1;
  readonly barePerSecond: number;
  readonly servicePerSecond: number;
  readonly ratio: number;
  readonly bareCpuMicros: number | null;
  readonly serviceCpuMicros: number | null;
  readonly bareAckP99Ms: number | null;
  readonly serviceAckP99Ms: number | null;
  readonly serviceRssMiB: number | null;
};

const say = (line: string): void => void process.stdout.write(`${line}\n`);
const started: Child[] = [];

async function run(o: Options): Promise<Report> {
  const report: Report = {
    machine: { cores: cpus().length, model: cpus()[0]?.model ?? 'unknown', node: process.version },
    options: o,
  };
  if (o.parts.includes('judging') && o.soakMinutes === null) {
    report.judging = judging();
    say(judgingText(report.judging));
  }
  if (o.soakMinutes === null && !o.parts.includes('intake') && !o.parts.includes('latency')) return report;

  const service = keep(await startService(o.data));
  if (o.soakMinutes !== null) {
    report.soak = await soak(service, o.soakMinutes, o, say);
    say(soakText(report.soak));
    return report;
  }
  const bare = keep(
    await startChild('bare aedes', fileURLToPath(new URL('./bare-broker.ts', import.meta.url))),
  );
  if (o.parts.includes('latency')) {
    report.latency = await latency(bare, service, o);
    say(latencyText(report.latency));
  }
  if (o.parts.includes('intake')) {
    report.intake = await intake(bare, service, o);
    say(intakeText(report.intake.summary));
    for (const [name, n] of Object.entries(report.intake.setAside)) {
      if (n > 0) say(`note: ${name} is ${n}: part of the load was not taken as good readings`);
    }
  }
  return report;
}

async function intake(bare: Child, service: Child, o: Options): Promise<NonNullable<Report['intake']>> {
  const rounds: LoadFigure[] = [];
  // Taking turns, so that whatever else the machine does falls on both alike.
  for (let round = 1; round <= o.rounds; round++) {
    for (const qos of [0, 1] as const) {
      for (const target of [bare, service]) {
        const figure = await load(target, {
          label: `q${qos}-${round}`,
          connections: o.connections,
          devicesPerConnection: o.devices,
          window: o.window,
          qos,
          seconds: o.seconds,
          rate: null,
        });
        rounds.push(figure);
        say(
          `round ${round}  QoS ${qos}  ${target.name.padEnd(10)} ${thousands(figure.perSecond).padStart(9)} msg/s` +
            `  ${tenths(figure.cpuMicrosPerMessage)} µs CPU/msg  RSS ${whole(figure.rssMiB)} MiB` +
            (qos === 1
              ? `  PUBACK p50 ${tenths(figure.outcome.ackMs.p50)} p99 ${tenths(figure.outcome.ackMs.p99)} ms`
              : ''),
        );
      }
    }
  }
  return {
    rounds,
    summary: ([0, 1] as const).map((qos) => summarize(rounds, qos, bare, service)),
    setAside: await counters(service, ['dropped_total', 'quarantined_total', 'clock_off_total']),
  };
}

function summarize(rounds: readonly LoadFigure[], qos: 0 | 1, bare: Child, service: Child): IntakeSummary {
  const of = (on: Child, what: (f: LoadFigure) => number | null): number | null => {
    const known = rounds
      .filter((f) => f.qos === qos && f.on === on.name)
      .map(what)
      .filter((n) => n !== null);
    return known.length === 0 ? null : median(known);
  };
  const barePerSecond = of(bare, (f) => f.perSecond) ?? 0;
  const servicePerSecond = of(service, (f) => f.perSecond) ?? 0;
  return {
    qos,
    barePerSecond,
    servicePerSecond,
    ratio: servicePerSecond / barePerSecond,
    bareCpuMicros: of(bare, (f) => f.cpuMicrosPerMessage),
    serviceCpuMicros: of(service, (f) => f.cpuMicrosPerMessage),
    bareAckP99Ms: of(bare, (f) => f.outcome.ackMs.p99),
    serviceAckP99Ms: of(service, (f) => f.outcome.ackMs.p99),
    serviceRssMiB: of(service, (f) => f.rssMiB),
  };
}

async function latency(bare: Child, service: Child, o: Options): Promise<NonNullable<Report['latency']>> {
  if (service.http === null) throw new Error('the service named no HTTP address');
  const cookie = await logIn(service.http, ADMIN.account, ADMIN.password);
  const beside = async <T>(target: Child, label: string, measure: () => Promise<T>): Promise<T> => {
    if (o.background === 0) return measure();
    const background = load(target, {
      label,
      connections: Math.min(50, o.connections),
      devicesPerConnection: o.devices,
      window: o.window,
      qos: 1,
      seconds: o.seconds + 2,
      rate: o.background,
    });
    const [measured] = await Promise.all([measure(), background]);
    return measured;
  };
  const steady = { perSecond: o.alarmsPerSecond, seconds: o.seconds };
  const raw = await beside(bare, 'bg-bare', () => rawHop(bare, { ...steady, label: 'hop' }));
  const live = await beside(service, 'bg-service', () =>
    toConsole(service, cookie, { ...steady, label: 'alarm' }),
  );
  const ratio = (a: number | null, b: number | null): number | null =>
    a === null || b === null ? null : a / b;
  return {
    background: o.background,
    rawHop: raw,
    toConsole: live,
    p50Ratio: ratio(live.p50, raw.p50),
    p99Ratio: ratio(live.p99, raw.p99),
  };
}

function keep(child: Child): Child {
  started.push(child);
  return child;
}

async function stopAll(): Promise<void> {
  await Promise.all(started.splice(0).map((c) => c.stop()));
}

const thousands = (n: number): string => Math.round(n).toLocaleString('en-US');
const tenths = (n: number | null): string => (n === null ? '–' : n.toFixed(1));
const whole = (n: number | null): string => (n === null ? '–' : n.toFixed(0));

function table(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]?.map((_, c) => Math.max(...rows.map((r) => (r[c] ?? '').length))) ?? [];
  return rows
    .map(
      (r) =>
        `  ${r.map((cell, c) => (c === 0 ? cell.padEnd(widths[c] ?? 0) : cell.padStart(widths[c] ?? 0))).join('   ')}`,
    )
    .join('\n');
}

function intakeText(summary: readonly IntakeSummary[]): string {
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
    'bare msg/s',
    'service msg/s',
    'ratio',
    'bare µs',
    'service µs',
    'bare p99 ms',
    'service p99 ms',
    'RSS MiB',
  ];
  return `\n${table([head, ...rows])}\n`;
}

function latencyText(l: NonNullable<Report['latency']>): string {
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

function judgingText(j: JudgingFigure): string {
  return `\n${table([
    ['judging', 'ns'],
    ['JSON.parse of one packet', j.nanosPerParse.toFixed(0)],
    ['one rule over one reading', j.nanosPerEvaluate.toFixed(0)],
    ['rules per parse', j.evaluationsPerParse.toFixed(1)],
  ])}\n`;
}

function soakText(s: Soak): string {
  const ratio = s.ratio === null ? 'unknown' : s.ratio.toFixed(2);
  return (
    `soak ${s.minutes} min at ${thousands(s.perSecond)} msg/s: RSS ${whole(s.rssMiBAtMinute2)} MiB at minute 2, ` +
    `${whole(s.rssMiBAtEnd)} MiB at the end, ratio ${ratio}`
  );
}

async function main(): Promise<number> {
  let options: Options | null;
  try {
    options = readOptions(process.argv.slice(2));
  } catch (e) {
    process.stderr.write(`${e instanceof Error ? e.message : String(e)}\n\n${HELP}`);
    return 2;
  }
  if (options === null) {
    say(HELP);
    return 0;
  }
  try {
    const report = await run(options);
    if (options.json !== null) await writeFile(options.json, `${JSON.stringify(report, null, 2)}\n`);
    return 0;
  } catch (e) {
    process.stderr.write(`bench: ${e instanceof Error ? e.message : String(e)}\n`);
    return 1;
  } finally {
    await stopAll();
  }
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => void stopAll().finally(() => process.exit(130)));
}
process.exitCode = await main();
