import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Child } from './child.ts';
import { keepOn } from './cores.ts';
import type { FromGenerator, Job, Outcome } from './generator.ts';

export type LoadFigure = {
  readonly on: string;
  readonly qos: 0 | 1;
  readonly perSecond: number;
  /** CPU of the measured process over the load, as seconds and per message. */
  readonly cpuSeconds: number | null;
  readonly cpuMicrosPerMessage: number | null;
  /** With the processes that it has started. */
  readonly familyMicrosPerMessage: number | null;
  /** Of its main thread alone. */
  readonly mainMicrosPerMessage: number | null;
  readonly rssMiB: number | null;
  readonly outcome: Outcome;
};

const GENERATOR = fileURLToPath(new URL('./generator.ts', import.meta.url));

type Beside = {
  /** Every second while the load lasts. */
  readonly beats?: (sinceStartMs: number) => void;
  /** Where the generator runs. Left out: anywhere. */
  readonly core?: number | null;
  /** Waited for before CPU is read: what the load still gives to do counts as its own. */
  readonly settled?: () => Promise<void>;
};

/** One job in a generator process of its own, against `target`. */
export async function load(
  target: Child,
  job: Omit<Job, 'host' | 'port' | 'secured'>,
  { beats = () => {}, core = null, settled = async () => {} }: Beside = {},
): Promise<LoadFigure> {
  const generator = fork(GENERATOR, [], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  if (core !== null && generator.pid !== undefined) keepOn(core, generator.pid);
  const spent = () => Promise.all([target.cpuSeconds(), target.mainThreadSeconds(), target.familySeconds()]);
  let cpuBefore: ReturnType<typeof spent> = Promise.resolve([null, null, null]);
  let pulse: NodeJS.Timeout | undefined;
  const outcome = await new Promise<Outcome>((resolve, reject) => {
    generator.once('exit', (code) =>
      reject(new Error(`the generator ended with ${code} before it reported`)),
    );
    generator.on('message', (m: FromGenerator) => {
      if (m.is === 'started') {
        cpuBefore = spent();
        const startedAt = performance.now();
        pulse = setInterval(() => beats(performance.now() - startedAt), 1000);
      } else if (m.is === 'done') resolve(m.outcome);
      else reject(new Error(`load on ${target.name}: ${m.why}`));
    });
    const { mqtt, secured } = target;
    generator.send({ ...job, host: mqtt.host, port: mqtt.port, secured } satisfies Job);
  }).finally(() => {
    clearInterval(pulse);
    if (generator.exitCode === null && !generator.connected) generator.kill();
  });
  await settled();
  const [before, after, rss] = [await cpuBefore, await spent(), await target.rssMiB()];
  const messages = job.qos === 1 ? outcome.acked : outcome.sent;
  const [cpu, main, family] = [0, 1, 2].map((i) => {
    const [from, to] = [before[i] ?? null, after[i] ?? null];
    return from === null || to === null ? null : to - from;
  }) as [number | null, number | null, number | null];
  const each = (s: number | null) => (s === null || messages === 0 ? null : (s / messages) * 1e6);
  if (outcome.lost.length > 0) {
    throw new Error(
      `${target.name} closed ${outcome.lost.length} of ${job.connections} connections: ${outcome.lost[0]}`,
    );
  }
  return {
    on: target.name,
    qos: job.qos,
    perSecond: (messages / outcome.elapsedMs) * 1000,
    cpuSeconds: cpu,
    cpuMicrosPerMessage: each(cpu),
    familyMicrosPerMessage: each(family),
    mainMicrosPerMessage: each(main),
    rssMiB: rss,
    outcome,
  };
}
