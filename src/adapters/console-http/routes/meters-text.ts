import { isUnacked } from '../../../domain/alarm/order.ts';
import { METER_WORDS } from '../../../wire/http/meter-words.ts';
import type { Services } from '../answer/services.ts';

/** A name, and labels whose values hold nothing that would need escaping; anything else is not told. */
const SAMPLE = /^([a-zA-Z_:][\w:]*)(\{[a-zA-Z_]\w*="[^"\\\n]*"(,[a-zA-Z_]\w*="[^"\\\n]*")*\})?$/;

/** Meters in Prometheus' text format: the service's own, and what is read at this moment. */
export function metersText({
  meters,
  clock,
  ...parts
}: Pick<Services, 'meters' | 'service' | 'notices' | 'clock'>): string {
  const { counters, gauges, histograms } = meters.snapshot();
  const ofHistogram = (sample: string): string | null =>
    [...histograms].find(
      (h) => /^_(bucket|sum|count)\{/.test(sample.slice(h.length)) && sample.startsWith(h),
    ) ?? null;
  const plain = [...counters].filter(([sample]) => ofHistogram(sample) === null);
  return [
    ...families('counter', new Map(plain)),
    ...[...histograms].map((name) =>
      histogram(
        name,
        [...counters].filter(([s]) => ofHistogram(s) === name),
      ),
    ),
    ...families('gauge', new Map([...gauges, ...now(parts, clock.now())])),
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

function histogram(name: string, samples: readonly (readonly [string, number])[]): string {
  const lines = samples.map(([sample, value]) => `${sample} ${value}\n`).join('');
  return `# HELP ${name} ${METER_WORDS[name] ?? ''}\n# TYPE ${name} histogram\n${lines}`;
}

function families(type: 'counter' | 'gauge', samples: ReadonlyMap<string, number>): string[] {
  const byName = new Map<string, string[]>();
  for (const [sample, value] of samples) {
    const name = SAMPLE.exec(sample)?.[1];
    if (name === undefined) continue;
    byName.set(name, [...(byName.get(name) ?? []), `${sample} ${value}\n`]);
  }
  return [...byName].map(
    ([name, lines]) => `# HELP ${name} ${METER_WORDS[name] ?? ''}\n# TYPE ${name} ${type}\n${lines.join('')}`,
  );
}
