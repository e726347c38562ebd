import { isUnacked } from '../../../domain/alarm/order.ts';
import type { Histogram } from '../../../flow/ports/meters.ts';
import { METER_WORDS } from '../../../wire/http/meter-words.ts';
import type { Services } from '../answer/services.ts';

/** A name, and labels whose values hold nothing that would need escaping; anything else is not told. */
const SAMPLE = /^([a-zA-Z_:][\w:]*)(\{[a-zA-Z_]\w*="[^"\\\n]*"(,[a-zA-Z_]\w*="[^"\\\n]*")*\})?$/;

/** Names that every service has, in the words of Prometheus' own libraries; all others are ours. */
const EVERYBODYS = /^process_/;
const PREFIX = 'lifeline_';
const outside = (name: string): string => (EVERYBODYS.test(name) ? name : `${PREFIX}${name}`);

/** Meters in Prometheus' text format: the service's own, and what is read at this moment. */
export function metersText({
  meters,
  clock,
  version,
  ...parts
}: Pick<Services, 'meters' | 'service' | 'notices' | 'clock' | 'version'>): string {
  const { counters, gauges, histograms } = meters.snapshot();
  const { user, system } = process.cpuUsage();
  return [
    ...families(
      'counter',
      new Map([...counters, ['process_cpu_seconds_total', (user + system) / 1_000_000]]),
    ),
    ...[...histograms].map(([name, byLabel]) => histogram(name, byLabel)),
    ...families(
      'gauge',
      new Map([...gauges, ...now(parts, clock.now()), [`build_info{version="${version}"}`, 1]]),
    ),
  ].join('');
}

function now({ service, notices }: Pick<Services, 'service' | 'notices'>, at: number): Map<string, number> {
  const health = service.health();
  const samples = new Map<string, number>([
    ['journal_ok', health.journal === 'ok' ? 1 : 0],
    ['history_ok', health.history === 'failing' ? 0 : 1],
    ['spool_waiting_bytes', health.spool.bytes],
    ['spool_waiting_seconds', health.spool.oldest === null ? 0 : (at - health.spool.oldest) / 1_000],
    ['notices_unseen', notices.unseen().length],
    ['notices_unreached_alarms', notices.unreached().length],
    ['journal_seq', service.board.seq()],
    ['process_resident_memory_bytes', process.memoryUsage.rss()],
    ['process_start_time_seconds', health.startedAt / 1_000],
  ]);
  for (const level of [1, 2, 3, 4]) {
    for (const acked of ['no', 'yes']) samples.set(openAlarms(level, acked), 0);
  }
  for (const alarm of service.board.open()) {
    const name = openAlarms(alarm.level, isUnacked(alarm) ? 'no' : 'yes');
    samples.set(name, (samples.get(name) ?? 0) + 1);
  }
  return samples;
}

const openAlarms = (level: number, acked: string) => `alarms_open{level="${level}",acknowledged="${acked}"}`;

const head = (name: string, type: string): string =>
  `# HELP ${outside(name)} ${METER_WORDS[name] ?? ''}\n# TYPE ${outside(name)} ${type}\n`;

function histogram(name: string, byLabel: ReadonlyMap<string, Histogram>): string {
  const lines = [...byLabel].flatMap(([label, { bounds, counts, sum }]) => {
    const upTo = counts.map((_, i) => counts.slice(0, i + 1).reduce((a, b) => a + b, 0));
    const before = label === '' ? '' : `${label},`;
    const braces = label === '' ? '' : `{${label}}`;
    const told = outside(name);
    return [
      ...upTo.map((n, i) => `${told}_bucket{${before}le="${bounds[i] ?? '+Inf'}"} ${n}\n`),
      `${told}_sum${braces} ${sum}\n`,
      `${told}_count${braces} ${upTo.at(-1)}\n`,
    ];
  });
  return `${head(name, 'histogram')}${lines.join('')}`;
}

function families(type: 'counter' | 'gauge', samples: ReadonlyMap<string, number>): string[] {
  const byName = new Map<string, string[]>();
  for (const [sample, value] of samples) {
    const name = SAMPLE.exec(sample)?.[1];
    if (name === undefined) continue;
    byName.set(name, [...(byName.get(name) ?? []), `${outside(sample)} ${value}\n`]);
  }
  return [...byName].map(([name, lines]) => `${head(name, type)}${lines.join('')}`);
}
