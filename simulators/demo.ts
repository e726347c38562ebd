import { type ChildProcess, spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { drive } from './driver.ts';
import { generate } from './generate.ts';
import { demo as demoCity } from './profiles/demo.ts';
import { registerCsv } from './register-csv.ts';
import { SCENARIOS } from './scenarios/index.ts';

/** A password that is printed is no secret: it opens a service that listens on loopback only, over invented data. */
const ACCOUNT = { account: 'admin', password: 'Demo-lifeline-2026' } as const;
const DATA_DIR = './demo-data';
const READY_WITHIN_MS = 30_000;
const STOP_WITHIN_MS = 25_000;

const HELP = `npm run demo -- [options]      the whole service with a simulated city; opens nothing outside loopback

  --keep            go on with the data of the last demo (a fresh start each time)
  --http-port N     console (8080; 0: any free port)
  --mqtt-port N     broker (1883; 0: any free port)
  --seed N          which incidents come when (1)
  --minutes N       end by itself after so long (until Ctrl-C)
`;

const say = (line: string): void => void process.stdout.write(`${line}\n`);

type Options = { keep: boolean; httpPort: string; mqttPort: string; seed: number; minutes: number | null };

function readOptions(): Options | null {
  const { values } = parseArgs({
    options: {
      keep: { type: 'boolean', default: false },
      'http-port': { type: 'string', default: '8080' },
      'mqtt-port': { type: 'string', default: '1883' },
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
  return { keep: values.keep, httpPort: values['http-port'], mqttPort: values['mqtt-port'], seed, minutes };
}

type Running = { readonly child: ChildProcess; readonly mqtt: string; readonly http: string };

/** The service as `npm start` runs it, with what makes it a demo said in its environment. */
function startService(o: Options): Promise<Running> {
  const child = spawn(process.execPath, [fileURLToPath(new URL('../src/main.ts', import.meta.url))], {
    env: {
      ...process.env,
      LIFELINE_DATA_DIR: DATA_DIR,
      LIFELINE_HTTP_HOST: '127.0.0.1',
      LIFELINE_HTTP_PORT: o.httpPort,
      LIFELINE_MQTT_HOST: '127.0.0.1',
      LIFELINE_MQTT_PORT: o.mqttPort,
      LIFELINE_MQTT_ANONYMOUS: 'true',
      LIFELINE_AUTO_REGISTER: 'true',
      LIFELINE_ADMIN_PASSWORD: ACCOUNT.password,
    },
    // Ctrl-C in a terminal reaches the whole group: the service shall hear it from us, after the simulators have stopped.
    detached: true,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return new Promise((resolve, reject) => {
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
      } else if (said?.level !== 'info') say(line);
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
      `login was answered ${session.status}: with --keep, data of a demo are needed in ${DATA_DIR}`,
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

async function run(o: Options): Promise<void> {
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stop.abort());
  if (o.minutes !== null) setTimeout(() => stop.abort(), o.minutes * 60_000).unref();

  if (!o.keep) rmSync(DATA_DIR, { recursive: true, force: true });
  const service = await startService(o);
  service.child.once('exit', () => stop.abort());
  try {
    const city = demoCity();
    await importRegister(service.http, registerCsv(city));
    say(`
  ${city.name}：${city.instruments.length} 个监测点，模拟事件循环进行   (a simulated city; incidents come in a loop)

  console   ${service.http}
  account   ${ACCOUNT.account}
  password  ${ACCOUNT.password}
  MQTT      mqtt://${service.mqtt}   (no credential needed; loopback only)

  The first alarm comes within seconds. Ctrl-C ends it all.
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
