import { type ChildProcess, spawn } from 'node:child_process';
import { copyFileSync, mkdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { City } from './city.ts';
import { takePlace } from './demo-place.ts';
import { drive } from './driver.ts';
import { generate } from './generate.ts';
import { importPast } from './past.ts';
import { demo as demoCity } from './profiles/demo.ts';
import { registerCsv } from './register-csv.ts';
import { SCENARIOS } from './scenarios/index.ts';

/** A password that is printed is no secret: it opens a service that listens on loopback only, over invented data. */
const ACCOUNT = { account: 'admin', password: 'Demo-lifeline-2026' } as const;
const PORTS = { http: '8080', mqtt: '1883' } as const;
/** As much as a chart shows at first. */
const PAST_MS = 6 * 3_600_000;
/** The past ends where the first live readings begin. */
const PAST_ENDS_BEFORE_MS = 10_000;
const READY_WITHIN_MS = 30_000;
const STOP_WITHIN_MS = 25_000;

const HELP = `npm run demo -- [options]      the whole service with a simulated city; opens nothing outside loopback

  --keep            go on with the data of the last demo (a fresh start each time)
  --http-port N     console (8080, or any free port; 0: any)
  --mqtt-port N     broker (1883, or any free port; 0: any)
  --seed N          which incidents come when (1)
  --minutes N       end by itself after so long (until Ctrl-C)
`;

const say = (line: string): void => void process.stdout.write(`${line}\n`);

type Options = {
  keep: boolean;
  httpPort: string | null;
  mqttPort: string | null;
  seed: number;
  minutes: number | null;
};

function readOptions(): Options | null {
  const { values } = parseArgs({
    options: {
      keep: { type: 'boolean', default: false },
      'http-port': { type: 'string' },
      'mqtt-port': { type: 'string' },
      seed: { type: 'string', default: '1' },
      minutes: { type: 'string' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) return null;
  const seed = Number(values.seed);
  const minutes = values.minutes === undefined ? null : Number(values.minutes);
  if (!Number.isInteger(seed) || seed < 0)
    throw new Error(`--seed ${values.seed}: a whole number would be right`);
  if (minutes !== null && !(minutes > 0))
    throw new Error(`--minutes ${values.minutes}: a number would be right`);
  return {
    keep: values.keep,
    httpPort: values['http-port'] ?? null,
    mqttPort: values['mqtt-port'] ?? null,
    seed,
    minutes,
  };
}

/** Somebody who only wants to look shall not have to find out what else listens on this machine. */
async function freePort(usual: string): Promise<string> {
  const free = await new Promise<boolean>((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(Number(usual), '127.0.0.1', () => server.close(() => resolve(true)));
  });
  if (!free) say(`  port ${usual} is in use here: the demo takes another`);
  return free ? usual : '0';
}

type Running = { readonly child: ChildProcess; readonly mqtt: string; readonly http: string };

/** The service as `npm start` runs it, with what makes it a demo said in its environment. */
async function startService(o: Options, dataDir: string): Promise<Running> {
  const httpPort = o.httpPort ?? (await freePort(PORTS.http));
  const mqttPort = o.mqttPort ?? (await freePort(PORTS.mqtt));
  try {
    return await serviceAt({ httpPort, mqttPort, dataDir });
  } catch (e) {
    // Another one, started at the same moment, may have taken a port that had just been free.
    const chosen = o.httpPort !== null && o.mqttPort !== null;
    if (chosen || (httpPort === '0' && mqttPort === '0')) throw e;
    say('  再试一次，换用其他端口   (once more, by other ports)');
    return await serviceAt({ httpPort: o.httpPort ?? '0', mqttPort: o.mqttPort ?? '0', dataDir });
  }
}

type At = { readonly httpPort: string; readonly mqttPort: string; readonly dataDir: string };

async function serviceAt({ httpPort, mqttPort, dataDir }: At): Promise<Running> {
  const child = spawn(process.execPath, [fileURLToPath(new URL('../src/main.ts', import.meta.url))], {
    env: {
      ...process.env,
      LIFELINE_DATA_DIR: dataDir,
      LIFELINE_HTTP_HOST: '127.0.0.1',
      LIFELINE_HTTP_PORT: httpPort,
      LIFELINE_MQTT_HOST: '127.0.0.1',
      LIFELINE_MQTT_PORT: mqttPort,
      LIFELINE_MQTT_ANONYMOUS: 'true',
      LIFELINE_AUTO_REGISTER: 'true',
      LIFELINE_ADMIN_PASSWORD: ACCOUNT.password,
      // One account, and nobody beside it who could confirm.
      LIFELINE_SHELVE_LEVEL_1: 'one-person',
      LIFELINE_ASSESS_LEVEL_1: 'one-person',
      LIFELINE_RULE_APPROVAL: 'one',
    },
    // Ctrl-C in a terminal reaches the whole group: the service shall hear it from us, after the simulators have stopped.
    detached: true,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return await new Promise((resolve, reject) => {
    const limit = setTimeout(() => {
      child.kill('SIGKILL');
      reject(new Error(`the service was not ready within ${READY_WITHIN_MS / 1000} s`));
    }, READY_WITHIN_MS);
    child.once('exit', (code) => {
      clearTimeout(limit);
      reject(
        new Error(`the service ended with exit code ${code} before it was ready; its last lines say why`),
      );
    });
    createInterface({ input: child.stdout as NodeJS.ReadableStream }).on('line', (line) => {
      const said = parsed(line);
      if (said?.msg === 'ready' && typeof said.mqtt === 'string' && typeof said.http === 'string') {
        clearTimeout(limit);
        resolve({ child, mqtt: said.mqtt, http: said.http });
        // What a service in earnest warns of (administrators not appointed, …) would only startle a visitor.
      } else if (said?.level !== 'info' && said?.level !== 'warn') say(line);
    });
  });
}

function parsed(line: string): Record<string, unknown> | null {
  try {
    const said: unknown = JSON.parse(line);
    return typeof said === 'object' && said !== null ? (said as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}

function stopService(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) {
      resolve();
      return;
    }
    const limit = setTimeout(() => child.kill('SIGKILL'), STOP_WITHIN_MS);
    child.once('exit', () => {
      clearTimeout(limit);
      resolve();
    });
    child.kill('SIGTERM');
  });
}

/** The invented city's base map, put where an engineer would put that of a real one. */
function layMap(dataDir: string): void {
  const folder = join(dataDir, 'map');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  copyFileSync(
    fileURLToPath(new URL('maps/linlan.pmtiles', import.meta.url)),
    join(folder, 'linlan.pmtiles'),
  );
}

/** The city's register goes in the way an administrator would bring it: as a CSV over HTTP. */
async function importRegister(http: string, csv: string): Promise<string> {
  const origin = new URL(http).origin;
  const session = await fetch(new URL('/api/v1/session', http), {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin },
    body: JSON.stringify(ACCOUNT),
  });
  if (!session.ok) {
    throw new Error(
      `login was answered ${session.status}: with --keep, data of a demo are needed in its folder`,
    );
  }
  const cookie = session.headers
    .getSetCookie()
    .map((c) => c.split(';')[0])
    .join('; ');
  const answer = await fetch(new URL('/api/v1/register/import', http), {
    method: 'POST',
    headers: { 'content-type': 'text/csv; charset=utf-8', cookie, origin },
    body: csv,
  });
  if (!answer.ok)
    throw new Error(`the register import was answered ${answer.status}: ${await answer.text()}`);
  return await answer.text();
}

/** Beside everything else: nobody waits for it, and the demo goes on without it. */
async function givePast(city: City, seed: number, dataDir: string, signal: AbortSignal): Promise<void> {
  const until = Date.now() - PAST_ENDS_BEFORE_MS;
  const file = join(dataDir, 'past.csv');
  try {
    await importPast({ city, dataDir, file, from: until - PAST_MS, until, seed, signal });
  } catch (e) {
    say(`  ${e instanceof Error ? e.message : String(e)}`);
  }
}

async function run(o: Options): Promise<void> {
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stop.abort());
  if (o.minutes !== null) setTimeout(() => stop.abort(), o.minutes * 60_000).unref();

  const dataDir = takePlace('.', o.keep, say);
  layMap(dataDir);
  const service = await startService(o, dataDir);
  service.child.once('exit', () => stop.abort());
  try {
    const city = demoCity();
    await importRegister(service.http, registerCsv(city));
    if (!o.keep) void givePast(city, o.seed, dataDir, stop.signal);
    say(`
  ${city.name}：${city.instruments.length} 个监测点，模拟事件循环进行   (a simulated city; incidents come in a loop)

  console   ${service.http}   控制台
  account   ${ACCOUNT.account}   账号
  password  ${ACCOUNT.password}   密码
  MQTT      mqtt://${service.mqtt}   (no credential needed; loopback only)

  用浏览器打开控制台并登录，几秒后出现第一条报警，按 A 键确认。Ctrl-C 结束。
  Open the console in a browser and log in: the first alarm comes within seconds; press A to acknowledge it.
  Ctrl-C ends it all.
`);
    for (let round = 0; !stop.signal.aborted; round++) {
      const plot = SCENARIOS.storyline.plot(city, o.seed + round);
      const events = generate({
        city,
        plot,
        seed: o.seed + round,
        scale: { start: Date.now(), speed: 1 },
        qos: 1,
        until: plot.durationMs,
        rate: null,
      });
      await drive(events, {
        url: `mqtt://${service.mqtt}`,
        speed: 1,
        connections: 'each',
        signal: stop.signal,
      });
    }
  } finally {
    say('stopping …');
    await stopService(service.child);
  }
}

try {
  const o = readOptions();
  if (o === null) say(HELP);
  else await run(o);
  process.exit(0);
} catch (e) {
  process.stderr.write(`demo: ${e instanceof Error ? e.message : String(e)}\n`);
  process.exit(1);
}
