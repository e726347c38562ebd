import { setTimeout as pause } from 'node:timers/promises';
import { connectAsync, type MqttClient } from 'mqtt';
import { type DoorName, Stations } from '../../simulators/doors/index.ts';

/** Stations that report once a second each: through a door, or in our own JSON. */
export type StationJob = {
  readonly way: DoorName | 'json';
  readonly port: number;
  readonly devices: readonly string[];
  readonly seconds: number;
  /** How finely its standard says the time: a minute in SL 651, a second in HJ 212. */
  readonly grainMs: number;
  /** Each reports once before anything is measured. */
  readonly warmSeconds: number;
};
export type StationOutcome = { readonly sent: number; readonly answered: number };
export type FromStations =
  | { readonly is: 'started' }
  | ({ readonly is: 'done' } & StationOutcome)
  | { readonly is: 'failed'; readonly why: string };

export const METRIC = 'depth';
/** Milliseconds. Stations of a city do not tick together: each has a place of its own in the second. */
const BEAT = 2;

async function run(job: StationJob, started: () => void): Promise<StationOutcome> {
  const report = job.way === 'json' ? await byMqtt(job) : byDoor(job, job.way);
  let [sent, answered] = [0, 0];
  const waiting = new Set<Promise<void>>();
  const began = performance.now();
  const all = (job.warmSeconds + job.seconds) * 1_000;
  let isMeasured = false;
  let next = 0;
  for (let at = 0; at < all; at = performance.now() - began) {
    if (!isMeasured && at >= job.warmSeconds * 1_000) {
      isMeasured = true;
      [sent, answered] = [0, 0];
      started();
    }
    for (const due = Math.floor((at * job.devices.length) / 1_000); next < due; next++) {
      const device = job.devices[next % job.devices.length] as string;
      sent++;
      const one = report(device, 1 + (next % 7) / 10).then(() => {
        answered++;
        waiting.delete(one);
      });
      waiting.add(one);
    }
    await pause(BEAT);
  }
  await Promise.all(waiting);
  return { sent, answered };
}

const instant = (grainMs: number) => Math.floor(Date.now() / grainMs) * grainMs;

function byDoor({ port, devices, grainMs }: StationJob, door: DoorName) {
  const stations = new Stations({ door, devices, metrics: [METRIC], port: () => port });
  return (device: string, value: number) =>
    stations.report(device, { at: instant(grainMs), values: { [METRIC]: value } });
}

async function byMqtt({ port, devices, grainMs }: StationJob) {
  const clients = new Map<string, MqttClient>();
  for (const device of devices)
    clients.set(device, await connectAsync(`mqtt://127.0.0.1:${port}`, { clientId: device }));
  return async (device: string, value: number): Promise<void> => {
    const payload = JSON.stringify({ ts: instant(grainMs), values: { [METRIC]: value } });
    await clients
      .get(device)
      ?.publishAsync(`lifeline/v1/waterlogging/${device}/telemetry`, payload, { qos: 1 });
  };
}

// Run as a child by bench/doors/measure.ts: one job over the channel, then the end.
if (process.send !== undefined && process.argv[1] === import.meta.filename) {
  const tell = (m: FromStations): void => void process.send?.(m);
  process.once('disconnect', () => process.exit());
  process.once('message', (job: StationJob) => {
    run(job, () => tell({ is: 'started' }))
      .then((outcome) => tell({ is: 'done', ...outcome }))
      .catch((e: unknown) => tell({ is: 'failed', why: String(e) }))
      .finally(() => process.exit());
  });
}
