import { resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { whoServes } from '../adapters/control-socket/client.ts';
import { tlsOf, whereOf } from '../config/read.ts';
import { EXIT, NotDone, type Program, WrongUse } from './command.ts';
import { askReady } from './doctor/ready.ts';
import { configOf, readOptions } from './options.ts';

const USAGE = {
  zh: `lifeline wait-ready [--within 秒] [--data-dir 目录]

等到本机的服务就绪（/readyz 返回 200），或已作为备用机待命，打印其地址。
  --within 秒       最多等多久，默认 60
  --data-dir 目录   默认 LIFELINE_DATA_DIR，与服务一致

退出码：0 就绪或待命，1 到时仍未就绪，2 无法开始。`,
  en: `lifeline wait-ready [--within SECONDS] [--data-dir DIR]

Waits until the service of this machine is ready (/readyz says 200) or stands by, and prints its addresses.
  --within SECONDS  how long at most, default 60
  --data-dir DIR    default: LIFELINE_DATA_DIR, as the service has it

Exit codes: 0 ready or standing by, 1 not ready in time, 2 could not begin.`,
};

const LOOK_EVERY = 200;

async function run(
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Promise<number> {
  const options = readOptions(args, { within: { type: 'string' }, 'data-dir': { type: 'string' } });
  const within = Number(options.within ?? 60);
  if (!(within > 0 && within <= 86_400))
    throw new WrongUse(`--within ${options.within}: seconds, more than 0, would be right`);
  const config = configOf(env);
  const dataDir = resolve(options['data-dir'] ?? config.LIFELINE_DATA_DIR);
  const cert = tlsOf(config, whereOf(env)).https?.cert ?? null;
  const until = performance.now() + within * 1_000;
  let seen = 'no service answers';
  do {
    const hello = await whoServes(dataDir);
    if (hello?.role === 'standby') {
      process.stdout.write(`standby: version ${hello.version}, ${hello.http}\n`);
      return EXIT.done;
    }
    if (hello !== null) {
      const status = await askReady(hello.http, cert).catch((cause: Error) => cause.message);
      if (status === 200) {
        process.stdout.write(`ready: version ${hello.version}, ${hello.http}, mqtt ${hello.mqtt}\n`);
        return EXIT.done;
      }
      seen = `the service answers /readyz with ${status}`;
    }
    await wait(LOOK_EVERY);
  } while (performance.now() < until);
  throw new NotDone(`not ready within ${within} s on ${dataDir}: ${seen}; lifeline doctor says more`);
}

export const program: Program = { usage: USAGE, run };
