import { spawn, spawnSync } from 'node:child_process';
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { NotDone } from '../command.ts';
import { currentOf, type Home } from '../lifeline/home.ts';

/** Who starts and stops the service of an installation. */
export type Keeper = {
  readonly name: string;
  isRunning(): boolean;
  /** Returns when it has ended. @throws NotDone */
  stop(): Promise<void>;
  /** Begins the version that `current` names, and does not wait until it is ready. @throws NotDone */
  start(): void;
  /** What was begun has ended by itself, and again where it is begun anew: it will not become ready. */
  hasGivenUp(): boolean;
  /** Takes one that serves already for its own. */
  adopt(pid: number): void;
  /** What it said last, for whoever asks why it is not ready. */
  lastWords(): string;
};

const UNIT = 'lifeline-watch.service';
/** Where the packages install; an installation elsewhere is nobody's unit. */
const OF_PACKAGES = '/opt/lifeline-watch';
const STOP_WITHIN = 60_000;
const LOOK_EVERY = 50;
/** A unit is begun anew for ever; one that has ended so often since it was begun by hand is none that is slow. */
const ENDS = 3;

export function keeperOf(home: Home, dataDir: string): Keeper {
  const isUnits =
    home.dir === OF_PACKAGES &&
    existsSync('/run/systemd/system') &&
    spawnSync('systemctl', ['cat', UNIT], { stdio: 'ignore' }).status === 0;
  return isUnits ? ofSystemd() : ofOurs(home, dataDir);
}

function ofSystemd(): Keeper {
  const ask = (...args: string[]) => spawnSync('systemctl', args, { encoding: 'utf8' });
  const must = (...args: string[]) => {
    const { status, stderr } = ask(...args);
    if (status !== 0) throw new NotDone(`systemctl ${args.join(' ')}: ${stderr.trim() || `exit ${status}`}`);
  };
  return {
    name: 'systemd',
    isRunning: () => ['active', 'activating', 'reloading'].includes(ask('is-active', UNIT).stdout.trim()),
    stop: async () => must('stop', UNIT),
    start: () => must('start', '--no-block', UNIT),
    hasGivenUp: () => Number(ask('show', '--property', 'NRestarts', '--value', UNIT).stdout) >= ENDS,
    adopt: () => undefined,
    lastWords: () =>
      spawnSync('journalctl', ['-u', UNIT, '-n', '5', '-o', 'cat'], { encoding: 'utf8' }).stdout,
  };
}

/** Without systemd: a process of its own, known by a file with its pid and the moment at which it began. */
function ofOurs(home: Home, dataDir: string): Keeper {
  const pidFile = join(home.dir, 'lifeline.pid');
  const log = join(home.dir, 'log', 'lifeline.log');
  const pid = (): number | null => {
    if (!existsSync(pidFile)) return null;
    const [n = 0, began] = readFileSync(pidFile, 'utf8').trim().split(' ').map(Number);
    return beganAt(n) === began ? n : null;
  };
  return {
    name: 'process',
    isRunning: () => pid() !== null,
    stop: async () => {
      const running = pid();
      if (running === null) return;
      process.kill(running, 'SIGTERM');
      const until = performance.now() + STOP_WITHIN;
      while (pid() !== null) {
        if (performance.now() > until)
          throw new NotDone(`process ${running} did not end within 60 s of SIGTERM`);
        await wait(LOOK_EVERY);
      }
      rmSync(pidFile, { force: true });
    },
    start: () => {
      mkdirSync(join(home.dir, 'log'), { recursive: true, mode: 0o700 });
      const out = openSync(log, 'a', 0o600);
      const owner = process.geteuid?.() === 0 ? statSync(dataDir, { throwIfNoEntry: false }) : undefined;
      const child = spawn(join(currentOf(home), 'bin/lifeline'), ['serve'], {
        cwd: '/',
        detached: true,
        stdio: ['ignore', out, out],
        ...(owner === undefined ? {} : { uid: owner.uid, gid: owner.gid }),
      });
      child.once('error', () => undefined);
      closeSync(out);
      child.unref();
      if (child.pid === undefined)
        throw new NotDone(
          `${currentOf(home)}/bin/lifeline could not be started: it, and every folder above it, should be readable for the owner of ${dataDir}`,
        );
      writeFileSync(pidFile, `${child.pid} ${beganAt(child.pid)}\n`, { mode: 0o600 });
    },
    hasGivenUp: () => pid() === null,
    adopt: (running) => writeFileSync(pidFile, `${running} ${beganAt(running)}\n`, { mode: 0o600 }),
    lastWords: () =>
      existsSync(log) ? readFileSync(log, 'utf8').trim().split('\n').slice(-5).join('\n') : '',
  };
}

/** Ticks since boot at which a process began, or null: a pid alone may be somebody else's by now. */
function beganAt(pid: number): number | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? null : Number(fields[19]);
  } catch {
    return null;
  }
}
