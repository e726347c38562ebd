import type { Secured } from './child.ts';
import { Histogram } from './histogram.ts';
import { Line } from './line.ts';

/** What the generator is asked to do; comes over the process channel. */
export type Job = {
  readonly host: string;
  readonly port: number;
  /** Part of every client id and device code, so that two jobs never meet. */
  readonly label: string;
  readonly connections: number;
  readonly devicesPerConnection: number;
  readonly qos: 0 | 1;
  /** Unacknowledged publishes per connection at QoS 1. */
  readonly window: number;
  readonly seconds: number;
  /** Messages a second over all connections; `null`: as fast as the broker lets us. */
  readonly rate: number | null;
  readonly secured?: Secured | undefined;
};

export type Outcome = {
  /** At QoS 0 the markers are counted with the rest. */
  readonly sent: number;
  readonly acked: number;
  /** From the first publish until everything sent had been taken in by the broker. */
  readonly elapsedMs: number;
  readonly ackMs: { n: number; p50: number | null; p99: number | null; max: number | null };
  readonly generatorCpuSeconds: number;
  /** Connections the broker closed, with its reason or ours. */
  readonly lost: readonly string[];
};

export type FromGenerator =
  | { readonly is: 'started' }
  | { readonly is: 'done'; readonly outcome: Outcome }
  | { readonly is: 'failed'; readonly why: string };

/**
 * QoS 0 has no answers, and the kernel would buffer gigabytes for a broker that is behind. So every burst
 * ends with one QoS 1 publish as a marker, and a connection keeps at most two markers unanswered.
 */
const BURST = 127;
const MARKERS = 2;

export async function generate(job: Job, started: () => void): Promise<Outcome> {
  const lines = Array.from(
    { length: job.connections },
    (_, c) =>
      new Line({
        host: job.host,
        port: job.port,
        clientId: `${job.label}-${c}`,
        devices:
          job.secured === undefined
            ? Array.from({ length: job.devicesPerConnection }, (_, d) => `${job.label}-${c}-${d}`)
            : [`${job.label}-${c}`],
        ...(job.secured === undefined
          ? {}
          : { ca: job.secured.ca, secret: job.secured.secrets[`${job.label}-${c}`] ?? '' }),
      }),
  );
  const lost: string[] = [];
  for (let i = 0; i < lines.length; i += 20) {
    await Promise.all(lines.slice(i, i + 20).map((l) => l.open((why) => lost.push(why))));
  }

  // Every device once, acknowledged: registration and first-sight costs stay out of the figure.
  await barrier(lines, job.devicesPerConnection);

  const latencies = new Histogram();
  const cpu = process.cpuUsage();
  const before = { sent: total(lines, 'sent'), acked: total(lines, 'acked') };
  const startedAt = performance.now();
  started();
  await (job.rate === null ? fullSpeed(lines, job, latencies) : atRate(lines, job, job.rate, latencies));
  const sent = total(lines, 'sent') - before.sent;
  // A QoS 1 publish behind the others: brokers take a client's packets in order, so its PUBACK says that
  // everything before it has been read. At QoS 0 this is the only honest end of the measurement.
  await barrier(lines, 1);
  const elapsedMs = performance.now() - startedAt;
  const spent = process.cpuUsage(cpu);
  for (const l of lines) l.close();
  return {
    sent,
    acked: total(lines, 'acked') - before.acked - lines.length,
    elapsedMs,
    ackMs: latencies.summary(),
    generatorCpuSeconds: (spent.user + spent.system) / 1e6,
    lost,
  };
}

const total = (lines: readonly Line[], of: 'sent' | 'acked'): number =>
  lines.reduce((sum, l) => sum + l[of], 0);

/** Publishes `n` per line at QoS 1 and waits until nothing is in flight. */
function barrier(lines: readonly Line[], n: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const waiting = new Set(lines);
    const limit = setTimeout(
      () => reject(new Error(`${waiting.size} of ${lines.length} connections were not acknowledged in 60 s`)),
      60_000,
    );
    for (const line of lines) {
      line.watch(null, () => {
        if (line.inFlight > 0) return;
        waiting.delete(line);
        if (waiting.size > 0) return;
        clearTimeout(limit);
        resolve();
      });
      line.publish(n, 1);
    }
  });
}

function fullSpeed(lines: readonly Line[], job: Job, latencies: Histogram): Promise<void> {
  return new Promise((resolve) => {
    let over = false;
    setTimeout(() => {
      over = true;
      resolve();
    }, job.seconds * 1000);
    for (const line of lines) {
      if (job.qos === 1) {
        line.watch(latencies, (freed) => {
          if (!over) line.publish(freed, 1);
        });
        line.publish(job.window, 1);
      } else {
        const burst = (): void => {
          line.publish(BURST, 0);
          line.publish(1, 1);
        };
        line.watch(null, (freed) => {
          for (let i = 0; i < freed && !over; i++) burst();
        });
        for (let i = 0; i < MARKERS; i++) burst();
      }
    }
  });
}

function atRate(lines: readonly Line[], job: Job, rate: number, latencies: Histogram): Promise<void> {
  return new Promise((resolve) => {
    for (const line of lines) line.watch(latencies, () => {});
    const startedAt = performance.now();
    let sent = 0;
    let next = 0;
    const timer = setInterval(() => {
      const elapsed = performance.now() - startedAt;
      if (elapsed >= job.seconds * 1000) {
        clearInterval(timer);
        resolve();
        return;
      }
      for (let due = Math.floor((elapsed * rate) / 1000) - sent; due > 0; due--) {
        const line = lines[next];
        next = (next + 1) % lines.length;
        if (line === undefined || (job.qos === 1 && line.inFlight >= job.window)) continue;
        line.publish(1, job.qos);
        sent++;
      }
    }, 5);
  });
}

// Run as a child by bench/main.ts: one job over the channel, then the end.
if (process.send !== undefined && process.argv[1] === import.meta.filename) {
  const tell = (m: FromGenerator): void => void process.send?.(m);
  // Whoever asked has gone: nobody wants the answer.
  process.once('disconnect', () => process.exit());
  process.once('message', (job: Job) => {
    generate(job, () => tell({ is: 'started' }))
      .then((outcome) => tell({ is: 'done', outcome }))
      .catch((e: unknown) => tell({ is: 'failed', why: e instanceof Error ? e.message : String(e) }))
      .finally(() => process.disconnect());
  });
}
