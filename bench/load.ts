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
  /** Of its main thread alone. */
  readonly mainMicrosPerMessage: number | null;
  readonly rssMiB: number | null;
  readonly outcome: Outcome;
};

const GENERATOR = fileURLToPath(new URL('./generator.ts', import.meta.url));

/** One job in a generator process of its own, against `target`. @param core where it runs; `null`: anywhere */
export async function load(
  target: Child,
  job: Omit<Job, 'host' | 'port' | 'secured'>,
  beats: (sinceStartMs: number) => void = () => {},
  core: number | null = null,
): Promise<LoadFigure> {
  const generator = fork(GENERATOR, [], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  if (core !== null && generator.pid !== undefined) keepOn(core, generator.pid);
  const spent = () => Promise.all([target.cpuSeconds(), target.mainThreadSeconds()]);
  let cpuBefore: ReturnType<typeof spent> = Promise.resolve([null, null]);
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
  const [[before, mainBefore], [after, mainAfter], rss] = [
    await cpuBefore,
    await spent(),
    await target.rssMiB(),
  ];
  const messages = job.qos === 1 ? outcome.acked : outcome.sent;
  const cpu = before === null || after === null ? null : after - before;
  const main = mainBefore === null || mainAfter === null ? null : mainAfter - mainBefore;
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
    cpuMicrosPerMessage: cpu === null || messages === 0 ? null : (cpu / messages) * 1e6,
    mainMicrosPerMessage: main === null || messages === 0 ? null : (main / messages) * 1e6,
    rssMiB: rss,
    outcome,
  };
}
