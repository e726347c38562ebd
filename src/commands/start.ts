import { resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { whoServes } from '../adapters/control-socket/client.ts';
import { isLocked } from '../adapters/shared/directory-lock.ts';
import type { Config } from '../config/read.ts';
import { EXIT, NotDone, type Program, WrongUse } from './command.ts';
import { type Home, homeOf } from './lifeline/home.ts';
import { configOf, readOptions } from './options.ts';
import { type Keeper, keeperOf } from './upgrade/keeper.ts';
import { versionInUse } from './upgrade/link.ts';
import { OtherVersion } from './upgrade/other.ts';
import { recordIn, settle } from './upgrade/record.ts';

type Env = Readonly<Record<string, string | undefined>>;
type Given = { readonly config: Config; readonly dataDir: string; readonly keeper: Keeper };

const LOOK_EVERY = 100;

function given(env: Env): Given {
  const config = configOf(env);
  const dataDir = resolve(config.LIFELINE_DATA_DIR);
  return { config, dataDir, keeper: keeperOf(homeOf(), dataDir) };
}

/** Asked of the version in use by its own program; null: not yet, or not any more. */
function readyNow(home: Home, dataDir: string): string | null {
  const version = new OtherVersion(home, versionInUse(home));
  const { code, out } = version.run(['wait-ready', '--within', '2', '--data-dir', dataDir]);
  return code === 0 ? out : null;
}

const start: Program = {
  usage: {
    zh: `lifeline start [--within 秒]

在后台启动已安装的服务，等到就绪（有 systemd 时经由 systemctl）。上次中断的升级先处理好。
  --within 秒       最多等多久，默认 60

没有 systemd 时日志在安装目录的 log/lifeline.log。退出码：0 就绪，1 未就绪，2 无法开始。`,
    en: `lifeline start [--within SECONDS]

Starts the installed service in the background, and waits until it is ready (through systemctl where systemd keeps it). What
an upgrade left that was ended in the middle is made whole first.
  --within SECONDS  how long at most, default 60

Without systemd its log is log/lifeline.log in the installation. Exit codes: 0 ready, 1 not ready, 2 could not begin.`,
  },
  run: async (args, env) => {
    const options = readOptions(args, { within: { type: 'string' } });
    const within = Number(options.within ?? 60);
    if (!(within > 0)) throw new WrongUse(`--within ${options.within}: seconds would be right`);
    const { dataDir, keeper } = given(env);
    const home = homeOf();
    let begun = false;
    const makeWhole = () => {
      const settled = settle(home);
      if (settled !== null) process.stderr.write(`${settled}\n`);
    };
    const begin = () => {
      makeWhole();
      keeper.start();
      begun = true;
    };
    const until = performance.now() + within * 1_000;
    let ready: string | null = null;
    while (ready === null && performance.now() < until) {
      const hello = await whoServes(dataDir);
      // Somebody was killed between starting it and writing down that it had been started: the one that serves is ours.
      if (hello !== null) keeper.adopt(hello.pid);
      if (hello === null && !keeper.isRunning() && !isLocked(dataDir)) {
        // One of ours that has ended will not become ready: its last words say why. One that was there may have been stopping.
        if (begun) break;
        begin();
      }
      if (hello !== null) ready = readyNow(home, dataDir);
      if (ready === null) await wait(LOOK_EVERY);
    }
    if (ready === null) throw new NotDone(`not ready within ${within} s:\n${keeper.lastWords().trim()}`);
    // Killed after its new version was ready, before it wrote that down. Data is never put back under one that serves.
    if (recordIn(home)?.step === 'switching') makeWhole();
    process.stdout.write(ready);
    return EXIT.done;
  },
};

const stop: Program = {
  usage: {
    zh: 'lifeline stop\n\n停止已安装的服务，等它结束。退出码：0 已停止，1 未完成，2 无法开始。',
    en: 'lifeline stop\n\nStops the installed service, and returns when it has ended. Exit codes: 0 stopped, 1 not done, 2 could not begin.',
  },
  run: async (args, env) => {
    readOptions(args, {});
    const { dataDir, keeper } = given(env);
    const wasRunning = keeper.isRunning();
    if (wasRunning) await keeper.stop();
    const other = wasRunning ? null : await whoServes(dataDir);
    if (other !== null)
      throw new NotDone(
        `process ${other.pid} serves ${dataDir}, and was not started by lifeline start: stop it where it was`,
      );
    process.stdout.write(wasRunning ? '已停止 · stopped\n' : '没有在运行 · it was not running\n');
    return EXIT.done;
  },
};

const status: Program = {
  usage: {
    zh: 'lifeline status\n\n打印在用版本、进程和地址。退出码：0 正在运行，1 没有，2 无法开始。',
    en: 'lifeline status\n\nPrints the version in use, the process and its addresses. Exit codes: 0 it serves, 1 it does not, 2 could not begin.',
  },
  run: async (args, env) => {
    readOptions(args, {});
    const { dataDir } = given(env);
    const hello = await whoServes(dataDir);
    process.stdout.write(
      hello === null
        ? `${versionInUse(homeOf())}  没有在运行 · not serving  ${dataDir}\n`
        : hello.role === 'standby'
          ? `${hello.version}  pid ${hello.pid}  备用机待命 · standing by  ${hello.http}  ${dataDir}\n`
          : `${hello.version}  pid ${hello.pid}  ${hello.http}  mqtt ${hello.mqtt}  ${dataDir}\n`,
    );
    return hello === null ? EXIT.failed : EXIT.done;
  },
};

export const startProgram = { program: start };
export const stopProgram = { program: stop };
export const statusProgram = { program: status };
