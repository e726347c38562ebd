import { fork } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type DoorName, Stations } from '../../simulators/doors/index.ts';
import { atRest, type Child } from '../child.ts';
import { type Latency, toConsole } from '../latency.ts';
import { load } from '../load.ts';
import type { Options } from '../options.ts';
import { ADMIN, startService } from '../service.ts';
import { logIn } from '../session.ts';
import { type FromStations, METRIC, type StationJob, type StationOutcome } from './station-load.ts';

const STATIONS = 500;
const BACKGROUND = 1_000;
const WARM_SECONDS = 3;
const DOORS: readonly DoorName[] = ['sl651', 'hj212'];
/** How finely each says the time; its twin in our JSON says the same instants. */
const GRAIN: Readonly<Record<string, number>> = { sl651: 60_000, hj212: 1_000 };
const WAYS = DOORS.flatMap((door) => [`json-${door}`, door]);
const LOAD = fileURLToPath(new URL('./station-load.ts', import.meta.url));

export type DoorCost = {
  /** A door, or `json-` and the door whose instants it has. */
  readonly way: string;
  readonly readings: number;
  /** CPU of the service for one reading, with what a service at rest costs in it. */
  readonly cpuMicros: number;
};
export type DoorsFigure = {
  readonly stations: number;
  readonly background: number;
  readonly costs: readonly DoorCost[];
  /** Of each door to our JSON. */
  readonly ratios: Readonly<Record<string, number>>;
  readonly without: Latency;
  readonly beside: Latency;
  readonly p99Ratio: number | null;
};

/**
 * 500 stations at a report a second through each door, and 500 devices in our JSON with the same instants, in turns: what a
 * reading costs. Then, beside 1,000 MQTT messages a second, how soon an alarm is on a console, with both doors busy and
 * without, in turns; the median pair counts.
 */
export async function doors(
  o: Options,
  keep: (c: Child) => Child,
  say: (line: string) => void,
): Promise<DoorsFigure> {
  const data = await mkdtemp(join(tmpdir(), 'lifeline-bench-doors-'));
  await mkdir(join(data, 'mappings'));
  const devices = (way: string) => Array.from({ length: STATIONS }, (_, i) => `${way.toUpperCase()}-${i}`);
  const ports: Record<string, number> = {};
  for (const door of DOORS) {
    ports[door] = await freePort();
    const stations = new Stations({ door, devices: devices(door), metrics: [METRIC], port: () => 0 });
    await writeFile(
      join(data, 'mappings', `${door}-simulated.json`),
      JSON.stringify(stations.mapping('waterlogging')),
    );
  }
  const service = keep(
    await startService(data, 'service', {
      LIFELINE_DOOR_SL651_PORT: String(ports.sl651),
      LIFELINE_DOOR_HJ212_PORT: String(ports.hj212),
    }),
  );
  try {
    for (const door of DOORS) ports[`json-${door}`] = service.mqtt.port;
    const stationsAt = (way: string, started: () => void, seconds = o.seconds) =>
      reporting(
        {
          way: way.startsWith('json') ? 'json' : (way as DoorName),
          port: ports[way] as number,
          devices: devices(way),
          grainMs: GRAIN[way.replace('json-', '')] as number,
          seconds,
          warmSeconds: WARM_SECONDS,
        },
        started,
      );
    const background = (label: string, seconds: number, begun: () => void = () => undefined) =>
      load(
        service,
        {
          label,
          connections: 100,
          devicesPerConnection: 10,
          window: o.window,
          qos: 1,
          seconds,
          rate: BACKGROUND,
        },
        { beats: begun },
      );

    /** CPU seconds while `way` reports for `o.seconds`; nothing else is sent, so that nothing else is in the figure. */
    const spentOn = async (way: string): Promise<{ spent: number; readings: number }> => {
      await atRest(service);
      const cpu = async () => (await service.cpuSeconds()) ?? 0;
      let before: Promise<number> = Promise.resolve(0);
      const { sent, answered } = await stationsAt(way, () => {
        before = cpu();
      });
      const spent = (await cpu()) - (await before);
      if (answered < sent) throw new Error(`${way}: ${sent - answered} of ${sent} were not answered`);
      return { spent, readings: sent };
    };
    const rounds: Map<string, { spent: number; readings: number }>[] = [];
    for (let round = 1; round <= o.rounds; round++) {
      const ways = new Map<string, { spent: number; readings: number }>();
      for (const way of WAYS) {
        const figure = await spentOn(way);
        ways.set(way, figure);
        const micros = ((figure.spent / figure.readings) * 1e6).toFixed(0);
        say(`doors round ${round}: ${way} ${figure.readings} readings, ${micros} µs each`);
      }
      rounds.push(ways);
    }
    const costs: DoorCost[] = WAYS.map((way) => {
      const each = rounds.map((ways) => {
        const { spent, readings } = ways.get(way) as { spent: number; readings: number };
        return (spent / readings) * 1e6;
      });
      const readings = rounds.reduce((sum, ways) => sum + (ways.get(way)?.readings ?? 0), 0);
      return { way, readings, cpuMicros: middle(each) };
    });
    const costOf = (way: string) => costs.find((c) => c.way === way)?.cpuMicros ?? Number.NaN;

    const cookie = await logIn(service.http as string, ADMIN.account, ADMIN.password);
    const alarms = (label: string) =>
      toConsole(service, cookie, { label, perSecond: o.alarmsPerSecond, seconds: o.seconds });
    const measuredBeside = async (label: string, ways: readonly DoorName[]) => {
      await atRest(service);
      const behind = background(`lat-${label}`, o.seconds + 2 * WARM_SECONDS + 8);
      let open = ways.length;
      const begun = new Promise<void>((resolve) => {
        if (open === 0) setTimeout(resolve, 1_000 * WARM_SECONDS);
        for (const way of ways)
          void stationsAt(way, () => --open === 0 && resolve(), o.seconds + 3).catch(() => undefined);
      });
      await begun;
      const figure = await alarms(label);
      await behind;
      return figure;
    };
    const pairs: { readonly without: Latency; readonly beside: Latency; readonly ratio: number }[] = [];
    for (let round = 1; round <= o.rounds; round++) {
      const without = await measuredBeside(`without-${round}`, []);
      const beside = await measuredBeside(`beside-${round}`, DOORS);
      const ratio = (beside.p99 ?? Number.NaN) / (without.p99 ?? Number.NaN);
      pairs.push({ without, beside, ratio });
      const ms = ({ p50, p99 }: Latency) => `p50 ${p50?.toFixed(1)} p99 ${p99?.toFixed(1)} ms`;
      say(`doors round ${round}: alarms without ${ms(without)}, beside ${ms(beside)}, × ${ratio.toFixed(2)}`);
    }
    const { without, beside, ratio } = [...pairs].sort((a, b) => a.ratio - b.ratio)[
      Math.floor(pairs.length / 2)
    ] as (typeof pairs)[number];
    return {
      stations: STATIONS,
      background: BACKGROUND,
      costs,
      ratios: Object.fromEntries(DOORS.map((door) => [door, costOf(door) / costOf(`json-${door}`)])),
      without,
      beside,
      p99Ratio: Number.isNaN(ratio) ? null : ratio,
    };
  } finally {
    await service.stop();
    await rm(data, { recursive: true, force: true });
  }
}

const middle = (given: readonly number[]): number => {
  const sorted = [...given].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
};

function reporting(job: StationJob, started: () => void): Promise<StationOutcome> {
  const child = fork(LOAD, [], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  return new Promise((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`the stations ended with ${code} before they reported`)));
    child.on('message', (m: FromStations) => {
      if (m.is === 'started') started();
      else if (m.is === 'done') resolve({ sent: m.sent, answered: m.answered });
      else reject(new Error(`stations by ${job.way}: ${m.why}`));
    });
    child.send(job);
  });
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}
