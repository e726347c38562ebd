import { readFileSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { type Arguments, BadArguments, help, readArguments } from './arguments.ts';
import { readCredentials } from './credentials.ts';
import { DOORS, type DoorName, driveDoor, Stations, takenBy } from './doors/index.ts';
import { type DriverOptions, drive, type Progress } from './driver.ts';
import type { Message, SimEvent } from './event.ts';
import { generate } from './generate.ts';
import { PROFILES } from './profiles/index.ts';
import { registerCsv } from './register-csv.ts';
import { recordingsOf } from './replay/index.ts';
import { play } from './replay/recording.ts';
import { scenarioNamed } from './scenarios/index.ts';
import { stage } from './scenarios/scenario.ts';

/** 0 done · 1 the broker could not be used · 2 the command line is wrong. */
const EXIT = { fine: 0, failed: 1, usage: 2 } as const;
/** From here on a connection for each device is more than a simulator on a desk should open. */
const OWN_CONNECTION_UP_TO = 300;

const say = (line: string): void => void process.stderr.write(`${line}\n`);

/** Messages by which the stations of a door and their codes are found. */
const LOOKED_AT = 20_000;

type Run = {
  readonly title: string;
  readonly devices: number;
  readonly durationMs: number | null;
  readonly events: Iterable<SimEvent>;
};

function prepare(a: Arguments): Run {
  const scale = { start: a.start ?? Date.now(), speed: a.speed };
  if (a.replay.length > 0) {
    const recordings = a.replay.flatMap((file) => recordingsOf(readFileSync(file), basename(file)));
    const until = a.durationMs ?? Number.POSITIVE_INFINITY;
    return {
      title: `replay of ${a.replay.map((f) => basename(f)).join(', ')}`,
      devices: recordings.length,
      durationMs: a.durationMs,
      events: play(recordings, { scale, qos: a.qos, until }),
    };
  }
  const scenario = scenarioNamed(a.scenario);
  const city = stage(scenario, PROFILES[a.profile].city());
  const plot = scenario.plot(city, a.seed);
  const durationMs = a.durationMs ?? plot.durationMs;
  if (durationMs < plot.durationMs) {
    say(`shorter than the scenario (${clock(plot.durationMs)}): what is expected holds for the whole of it`);
  }
  for (const absent of city.absent) say(`not simulated: ${absent}`);
  if (a.register !== null) write(a.register, registerCsv(city));
  const tooShort = plot.expected.filter(({ upToSpeed }) => upToSpeed !== undefined && upToSpeed < a.speed);
  if (tooShort.length > 0)
    say(
      `at speed ${a.speed} ${tooShort.length} of ${plot.expected.length} expected alarms cannot come, what they wait for is over too soon: ` +
        tooShort.map((e) => `${e.point} ${e.rule} (up to ${e.upToSpeed})`).join(', '),
    );
  if (a.expect !== null) write(a.expect, expectation(a, durationMs, plot.expected));
  return {
    title: `${city.name}, ${a.scenario}, seed ${a.seed}: ${plot.expected.length} alarms expected`,
    devices: city.instruments.length,
    durationMs,
    events: generate({ city, plot, seed: a.seed, scale, qos: a.qos, until: durationMs, rate: a.rate }),
  };
}

function expectation(a: Arguments, durationMs: number, expected: readonly unknown[]): string {
  const { profile, scenario, seed } = a;
  // Complete: at every point and rule that is not listed no alarm may be raised.
  return `${JSON.stringify({ profile, scenario, seed, durationMs, expected }, null, 2)}\n`;
}

function write(file: string, text: string): void {
  if (file === '-') process.stdout.write(text);
  else writeFileSync(file, text);
}

/** Through a door: what it measures is looked at first, since the stations' own codes are made of it. */
async function sendThroughDoor(
  run: Run,
  a: Arguments & { readonly door: DoorName },
  signal: AbortSignal,
): Promise<number> {
  const messages = (run: Run): Message[] => {
    const all: Message[] = [];
    for (const event of run.events) {
      if (event.is === 'message') all.push(event);
      if (all.length >= LOOKED_AT) break;
    }
    return all;
  };
  const first = messages(prepare({ ...a, register: null, expect: null }));
  const { door } = a;
  const { devices, metrics } = takenBy(door, first);
  if (devices.length === 0) {
    say(
      `nothing in ${run.title} measures what ${door} can say (${metrics.join(', ')}): another --profile would be right, such as bozhou`,
    );
    return EXIT.failed;
  }
  const { hostname: host, port: given } = new URL(a.url);
  const port = Number(given);
  const stations = new Stations({ door, devices, metrics, host, port: () => port });
  if (a.mapping !== null) write(a.mapping, `${JSON.stringify(stations.mapping(), null, 2)}\n`);
  if (a.dry) return EXIT.fine;
  say(`${run.title}; ${devices.length} stations of ${DOORS[door].title} → ${host}:${port}`);
  const done = await driveDoor(run.events, stations, { speed: a.speed, signal, onProgress: say });
  say(`${done.sent} reports sent, ${done.answered} answered; ${done.leftOut} messages no station could say`);
  return done.answered < done.sent && !signal.aborted ? EXIT.failed : EXIT.fine;
}

async function send(run: Run, a: Arguments): Promise<number> {
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());
  const { door } = a;
  if (door !== null) return sendThroughDoor(run, { ...a, door }, stop.signal);
  const credentials =
    a.credentials === null ? null : readCredentials(readFileSync(a.credentials, 'utf8'), a.credentials);
  // Nobody publishes for another: with credentials of their own each has a connection of its own.
  const few = credentials !== null || run.devices <= OWN_CONNECTION_UP_TO;
  const connections = a.connections ?? (few ? 'each' : 'shared');
  const o: DriverOptions = {
    url: a.url,
    speed: a.speed,
    connections,
    signal: stop.signal,
    onProgress: (p) => say(progressLine(p, run)),
    ...(a.username === null ? {} : { username: a.username }),
    ...(a.password === null ? {} : { password: a.password }),
    ...(credentials === null ? {} : { credentials }),
    ...(a.ca === null ? {} : { ca: readFileSync(a.ca, 'utf8') }),
  };
  say(
    `${run.title}; ${run.devices} devices over ${connections === 'each' ? 'a connection each' : 'one connection'} → ${a.url}`,
  );
  if (a.speed > 1) {
    say(
      `speed ${a.speed}: device clocks are compressed; a rule that waits 60 s waits for ${a.speed} minutes of the city`,
    );
  }
  const done = await drive(run.events, o);
  const rate = done.seconds > 0 ? done.sent / done.seconds : 0;
  say(
    `${done.stopped ? 'stopped' : 'done'}: ${done.sent} sent, ${done.acked} acknowledged, ${done.failed} failed, ` +
      `${rate.toFixed(1)}/s over ${done.seconds.toFixed(1)} s (${clock(done.atMs)} of the city)`,
  );
  return done.failed > 0 && !done.stopped ? EXIT.failed : EXIT.fine;
}

function progressLine(p: Progress, run: Run): string {
  const of = run.durationMs === null ? '' : ` of ${clock(run.durationMs)}`;
  const behind = p.behindMs > 1_000 ? `, ${(p.behindMs / 1000).toFixed(1)} s behind its timetable` : '';
  return `${clock(p.atMs)}${of}: ${p.sent} sent, ${p.acked} acknowledged, ${p.failed} failed${behind}`;
}

function clock(ms: number): string {
  const s = Math.floor(ms / 1000);
  const two = (n: number): string => String(n).padStart(2, '0');
  return `${Math.floor(s / 3600)}:${two(Math.floor(s / 60) % 60)}:${two(s % 60)}`;
}

async function main(): Promise<number> {
  try {
    const a = readArguments(process.argv.slice(2));
    if (a === null) {
      process.stdout.write(help());
      return EXIT.fine;
    }
    const run = prepare(a);
    if (!a.dry || (a.door !== null && a.mapping !== null)) return await send(run, a);
    for (const event of run.events) {
      if (!process.stdout.write(`${JSON.stringify(event)}\n`)) {
        await new Promise<void>((resolve) => process.stdout.once('drain', () => resolve()));
      }
    }
    return EXIT.fine;
  } catch (e) {
    const why = e instanceof Error ? e.message : String(e);
    say(
      e instanceof BadArguments
        ? `${why}\nnpm run simulate -- --help shows what there is`
        : `simulate: ${why}`,
    );
    return e instanceof BadArguments ? EXIT.usage : EXIT.failed;
  }
}

// A reader that has seen enough (| head) is no fault of ours.
process.stdout.on('error', (e: NodeJS.ErrnoException) =>
  process.exit(e.code === 'EPIPE' ? EXIT.fine : EXIT.failed),
);
process.exitCode = await main();
