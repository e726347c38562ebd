import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SteadyClock } from './adapters/clock/index.ts';
import { jsonLine, jsonLog } from './adapters/log/index.ts';
import { LinesOut, writerOf } from './adapters/log/lines-out.ts';
import { RecoveryPage } from './adapters/recovery-page/index.ts';
import { isInstalled } from './adapters/shared/as-called.ts';
import { CannotListen } from './adapters/shared/cannot-listen.ts';
import type { AppOptions } from './app/options.ts';
import type { Pair, Paired } from './app/pair/pair.ts';
import { type App, createApp } from './app.ts';
import { BadConfig } from './config/bad-config.ts';
import { OF_OWNER_ALONE } from './config/data-dir.ts';
import { KEYS } from './config/keys.ts';
import { type Config, readConfig, readTls, whereOf } from './config/read.ts';
import type { Lease } from './flow/pair/lease.ts';
import { isFenced } from './flow/ports/pair/pair.ts';

/**
 * 0 stopped as asked · 1 stopped, but not every stage ended well · 2 could not start · 3 another machine writes, or may: started
 * anew this one stands by · 70 a fault of ours.
 */
const EXIT = { fine: 0, unclean: 1, noStart: 2, lost: 3, fault: 70 } as const;
/** A second signal means it, once the first has had this long. */
const PATIENCE = 5_000;
/** How often renewed certificates are looked for. */
const LOOK_EVERY = 60_000;
/** Of a default in the list of keys. */
const DEFAULT_AT_MOST = 24;
const RESTART_FIRST = 500;
const RESTART_AT_MOST = 30_000;

process.umask(OF_OWNER_ALONE);

const ROOT = join(import.meta.dirname, '..');
const VERSION = (JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string }).version;
const CONSOLE_DIR = join(ROOT, 'dashboards/console/dist');

/** One for the life of the process: starting the app anew does not set it. */
const clock = new SteadyClock();
/** A log that cannot be written, or that nobody reads, is no reason to stop the watch or to hold it up. */
const later = (ms: number, run: () => void) => void setTimeout(run, ms).unref();
const out = new LinesOut({
  write: writerOf(1),
  later,
  missing: (lines, why) =>
    jsonLine(clock.now(), 'warn', 'log lines could not be written and are missing here', { lines, why }),
});
const err = new LinesOut({
  write: writerOf(2),
  later,
  missing: (lines, why) => `${lines} messages could not be written here (${why})\n`,
});
/** The last words may wait for a reader that is slow, not for one that has gone. */
const LAST_WORDS = 500;

const log = jsonLog(
  (line) => out.write(line),
  () => clock.now(),
);

function help(): string {
  const keys = Object.entries(KEYS as Record<string, { default?: string; unit?: string; means: string }>);
  const widest = (texts: readonly string[]) => Math.max(...texts.map((t) => t.length)) + 2;
  const names = widest(keys.map(([name]) => name));
  const short = keys.flatMap(([, k]) =>
    (k.default ?? '').length <= DEFAULT_AT_MOST ? [k.default || '–'] : [],
  );
  const defaults = widest(short);
  // One long list of hosts shall not push what every other key means off the screen.
  const cell = (text: string) =>
    text.length < defaults ? text.padEnd(defaults) : `${text}\n${' '.repeat(2 + names + defaults)}`;
  const rows = keys.map(
    ([name, k]) =>
      `  ${name.padEnd(names)}${cell(k.default || '–')}${k.means}${k.unit ? ` (${k.unit})` : ''}`,
  );
  return [
    `${(isInstalled ? 'lifeline serve' : 'npm start').padEnd(30)}整套服务 the whole service: MQTT broker, rules, alarms, console`,
    '',
    'Configuration is read from the environment, and from the file named by LIFELINE_CONFIG',
    '(lines of KEY=value, or JSON); any key may be read from a file with <KEY>_FILE:',
    '',
    ...rows,
    '',
    'It prints one JSON line {"msg":"ready",…} when it serves, and exits 0 on SIGTERM.',
  ].join('\n');
}

/** The log says it as well, among other lines of JSON; whoever sits at a terminal shall not have to look for it. */
function welcome(enter: { readonly url: string; readonly oneTimeCode: string }): void {
  if (!process.stdout.isTTY) return;
  err.write(`
  第一次启动：用浏览器打开控制台，用一次性口令登录，再设置自己的密码。
  First start: open the console in a browser, log in with the one-time code, and choose a password.

  console   ${enter.url}   控制台
  account   admin   账号
  code      ${enter.oneTimeCode}   一次性口令

`);
}

function configOrExit(): Config {
  try {
    return readConfig(process.env);
  } catch (cause) {
    if (!(cause instanceof BadConfig)) throw cause;
    err.write(`${cause.message}\n`);
    process.exit(EXIT.noStart);
  }
}

/** Runs the app, and runs it anew from the journal whenever that has failed, until it is told to stop. */
async function serve(config: Config): Promise<number> {
  let stopAsked: (() => void) | null = null;
  const stopping = new Promise<'stop'>((resolve) => {
    stopAsked = () => resolve('stop');
  });
  let pair: Pair | null = null;
  hearSignals(() => stopAsked?.());
  const whereIs = whereOf(process.env);
  const url = config.LIFELINE_DATABASE_URL;
  if (url === undefined) return serveAs(null, { config, whereIs, stopping });
  try {
    // Only where there is one: its client costs every start.
    const { Pair } = await import('./app/pair/pair.ts');
    pair = new Pair({ url, config, whereIs, log, clock, version: VERSION });
    void stopping.then(() => pair?.stop());
    const paired = await pair.becomesActive();
    if (paired !== null) {
      let gaveWay = false;
      void paired.givesWay.then((to) => {
        gaveWay = true;
        log.error('the broker is out of reach here, and another machine reaches it: this one gives way', {
          to,
        });
        stopAsked?.();
      });
      const ended = await serveAs({ pair, paired }, { config, whereIs, stopping });
      return gaveWay && ended === EXIT.fine ? EXIT.lost : ended;
    }
    log.info('stopped', { clean: true });
    return EXIT.fine;
  } catch (cause) {
    log.error('could not start', { cause: explain(cause) });
    return EXIT.noStart;
  } finally {
    await pair?.leave();
  }
}

type Told = {
  readonly config: Config;
  readonly whereIs: ReturnType<typeof whereOf>;
  readonly stopping: Promise<'stop'>;
};

/** At once, without a stop in order: whatever it would still say or write is another machine's to say and write. */
async function endWhenLost(lease: Lease): Promise<void> {
  const why = await lease.lost;
  log.error('another machine writes now, or may: this process says and does nothing more', {
    why,
    epoch: lease.epoch,
  });
  process.exit(EXIT.lost);
}

/** The journal's one writer, until it is told to stop. @param two `null`: nobody else could be */
async function serveAs(
  two: { readonly pair: Pair; readonly paired: Paired } | null,
  { config, whereIs, stopping }: Told,
): Promise<number> {
  if (two !== null) void endWhenLost(two.paired.lease);

  const sign = new RecoveryPage();
  let at: { readonly host: string; readonly port: number } | null = null;
  let wait = RESTART_FIRST;
  let clockMoved: AppOptions['clockMoved'];
  for (let first = true; ; first = false) {
    let fail: (why: Error) => void = () => undefined;
    const failed = new Promise<Error>((resolve) => {
      fail = resolve;
    });
    let settle: () => void = () => undefined;
    const clockSettled = new Promise<'clock'>((resolve) => {
      settle = () => resolve('clock');
    });
    const app: App = createApp({
      config,
      whereIs,
      log,
      clock,
      ...(clockMoved === undefined ? {} : { clockMoved }),
      onClockSettled: settle,
      version: VERSION,
      consoleDir: existsSync(join(CONSOLE_DIR, 'index.html')) ? CONSOLE_DIR : null,
      ...(two === null ? {} : { pair: two.paired, portsNeeded: () => two.pair.letGoOfPorts() }),
      onFailed: (why) => {
        if (isFenced(why)) two?.paired.lease.wasFenced();
        fail(why);
      },
      onFirstStart: welcome,
      droppedLogLines: () => out.dropped + err.dropped,
    });
    try {
      await sign.stop();
      const addresses = await app.start();
      const { hostname, port } = new URL(addresses.http);
      at = { host: hostname.replace(/^\[|\]$/g, ''), port: Number(port) };
      log.info('ready', {
        ...addresses,
        ...(two === null ? {} : { role: 'active', epoch: two.paired.lease.epoch }),
        version: VERSION,
        pid: process.pid,
      });
      wait = RESTART_FIRST;
      if (clockMoved !== undefined) clockMoved = { ...clockMoved, by: 0 };
    } catch (cause) {
      log.error('could not start', { cause: explain(cause) });
      await app.stop();
      if (first) return EXIT.noStart;
      fail(cause as Error);
    }
    const renewing = watchFiles(app, config);
    const ended = await Promise.race([stopping, failed, clockSettled]);
    renewing.end();
    const clean = await app.stop();
    if (ended === 'stop') {
      log.info('stopped', { clean });
      return clean ? EXIT.fine : EXIT.unclean;
    }
    if (ended === 'clock') {
      const by = clock.adopt();
      clockMoved = { by: (clockMoved?.by ?? 0) + by, at: clock.now() };
      log.warn("starting anew with the machine's clock", { movedByMs: by });
      continue;
    }
    log.error('starting anew from the journal', { inMs: wait, cause: explain(ended) });
    // By every way that needs no disk: a log may go to a file on the disk that is full.
    err.write(`nothing is acknowledged until the journal has recovered: ${explain(ended)}\n`);
    if (at !== null) await sign.start({ ...at, why: explain(ended) });
    const again = await Promise.race([
      stopping,
      new Promise<'again'>((resolve) => setTimeout(() => resolve('again'), wait)),
    ]);
    if (again === 'stop') return EXIT.unclean;
    wait = Math.min(wait * 2, RESTART_AT_MOST);
  }
}

/** Certificates are renewed while the service runs: on SIGHUP, and when a look at them finds them changed. Mappings on SIGHUP. */
function watchFiles(app: App, config: Config): { end(): void } {
  const look = () => app.renewCertificates(readTls(process.env));
  const hangUp = () => {
    look();
    app.reloadMappings();
  };
  process.on('SIGHUP', hangUp);
  const hasSome = (config.LIFELINE_MQTTS_CERT ?? config.LIFELINE_HTTP_TLS_CERT) !== undefined;
  const looking = hasSome ? setInterval(look, LOOK_EVERY) : undefined;
  // The configuration is of the process' start: an app that is started anew shall have what was renewed since.
  if (hasSome) look();
  return {
    end: () => {
      process.off('SIGHUP', hangUp);
      clearInterval(looking);
    },
  };
}

/** npm hands SIGTERM on, but a terminal that is closed ends npm alone: nobody would know of a service that goes on. */
const PARENT_LOOK = 2_000;

function hearSignals(stop: () => void): void {
  const parent = process.ppid;
  if (process.env.npm_lifecycle_event !== undefined && parent !== 1)
    setInterval(() => {
      if (process.ppid !== parent) process.kill(process.pid, 'SIGTERM');
    }, PARENT_LOOK).unref();
  // Also while nobody renews certificates, at the start and between two: its default is the end of the process.
  process.on('SIGHUP', () => undefined);
  let firstAt: number | null = null;
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      if (firstAt === null) {
        firstAt = performance.now();
        log.info('stopping', { signal });
        stop();
      } else if (performance.now() - firstAt >= PATIENCE) {
        log.warn('stopping at once', { signal });
        process.exit(EXIT.unclean);
      }
    });
  }
}

function explain(cause: unknown): string {
  const e = cause as Error;
  if (cause instanceof CannotListen) return cause.message;
  const because = e?.cause === undefined ? '' : ` (${explain(e.cause)})`;
  return `${e?.message ?? String(cause)}${because}`;
}

/** Whoever gives `--port=80` shall not believe that it was heard. */
function refusalOf(args: readonly string[]): string | null {
  const [wrong] = args.filter((a) => !['--help', '-h', '--version'].includes(a));
  if (wrong === undefined) return null;
  const key = `_${wrong
    .replace(/^-+|=.*$/g, '')
    .replace(/\W/g, '_')
    .toUpperCase()}`;
  const near = Object.keys(KEYS).filter((k) => k.endsWith(key));
  const meant = near.length === 0 ? '' : `; did you mean ${near.join(' or ')}?`;
  return `"${wrong}" is no argument: the configuration is read from the environment and the file named by LIFELINE_CONFIG${meant} (--help lists every key)`;
}

const refusal = refusalOf(process.argv.slice(2));
if (refusal !== null) {
  process.stderr.write(`${refusal}\n`);
  process.exitCode = EXIT.noStart;
} else if (process.argv.includes('--help') || process.argv.includes('-h')) {
  process.stdout.write(`${help()}\n`);
} else if (process.argv.includes('--version')) {
  process.stdout.write(`${VERSION}\n`);
} else {
  for (const fault of ['uncaughtException', 'unhandledRejection'] as const) {
    process.on(fault, (cause: unknown) => {
      log.error('a fault of this program; the journal has everything that was acknowledged', {
        fault,
        cause: explain(cause),
        stack: String((cause as Error)?.stack ?? ''),
      });
      process.exit(EXIT.fault);
    });
  }
  process.exitCode = await serve(configOrExit());
  await out.flushed(LAST_WORDS);
  process.exit();
}
