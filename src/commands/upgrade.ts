import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { EXIT, NotDone, type Program, WrongUse } from './command.ts';
import { type Home, homeOf } from './lifeline/home.ts';
import { lockFor } from './lock.ts';
import { configOf, readArguments } from './options.ts';
import { keeperOf } from './upgrade/keeper.ts';
import { isReleaseThere, versionInUse } from './upgrade/link.ts';
import { settle } from './upgrade/record.ts';
import { switchTo } from './upgrade/switch.ts';
import { tellTo } from './upgrade/tell.ts';
import { checkSum, unpackRelease } from './upgrade/unpack.ts';

const USAGE = {
  zh: `lifeline upgrade 文件.tar.gz|.deb|.rpm [--within 秒]
lifeline upgrade --to 版本

升级：核对校验和，备份，停止，切换，转换数据格式，启动，等到就绪；新版本不能就绪时自动恢复原版本和数据。
随时中断（包括 kill -9、断电）后，原版本或新版本之一可用，数据完整：再执行 lifeline start（systemd 会自行启动）。

  --to 版本       切换到 releases 中已有的版本
  --within 秒     等新版本就绪的时间，默认 300
  --settle        只处理上次中断的升级（服务启动前自动执行）

备份在数据目录旁的 backups/before-版本。退出码：0 完成，1 未完成（原版本仍在用），2 无法开始。`,
  en: `lifeline upgrade FILE.tar.gz|.deb|.rpm [--within SECONDS]
lifeline upgrade --to VERSION

Checks the sums, backs up, stops the service, switches, migrates the data, starts, and waits until it is ready; a new
version that does not become ready is taken back, with the data as it was. Ended at any moment, also by kill -9 or a power
cut, the old or the new version is whole with all data: lifeline start goes on (systemd does by itself).

  --to VERSION      to one that lies in releases already
  --within SECONDS  how long the new version has to become ready, default 300
  --settle          only make whole what an upgrade left that was ended (each start of the service does)

The backup lies in backups/before-VERSION beside the data. Exit codes: 0 done, 1 not done (the old version is in use), 2
could not begin.`,
};

const OPTIONS = {
  to: { type: 'string' },
  within: { type: 'string' },
  settle: { type: 'boolean' },
} as const;

async function run(
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Promise<number> {
  const { values, positionals } = readArguments(args, OPTIONS);
  const home = homeOf();
  const settled = settle(home);
  if (settled !== null) process.stderr.write(`${settled}\n`);
  if (values.settle === true) return EXIT.done;
  const [file, ...more] = positionals;
  if (more.length > 0 || (file === undefined) === (values.to === undefined))
    throw new WrongUse('one file, or --to VERSION, would be right');
  const within = Number(values.within ?? 300);
  if (!(within > 0)) throw new WrongUse(`--within ${values.within}: seconds would be right`);
  const tell = tellTo(
    (text) => process.stderr.write(text),
    () => performance.now(),
  );
  const dataDir = resolve(configOf(env).LIFELINE_DATA_DIR);
  const given = file === undefined ? null : resolve(file);
  if (given !== null) {
    if (!existsSync(given)) throw new WrongUse(`${given} is not there`);
    tell(
      (await checkSum(given)) ? `${given}: its sum is right` : `${given}: no SHA256SUMS beside it names it`,
    );
    const manager = managerOf(given);
    if (manager !== null) return byManager(manager, given);
  }
  const lock = lockFor(home.dir, `another upgrade of ${home.dir} is under way`);
  try {
    const to = given === null ? there(home, values.to as string) : await unpackRelease(home, given);
    await switchTo({ home, to, dataDir, keeper: keeperOf(home, dataDir), within, tell });
    process.stdout.write(`${to}\n`);
  } finally {
    lock.letGo();
  }
  return EXIT.done;
}

function there(home: Home, version: string): string {
  if (!isReleaseThere(home, version)) throw new WrongUse(`${home.dir}/releases has no ${version}`);
  if (versionInUse(home) === version) throw new NotDone(`version ${version} is in use already`);
  return version;
}

const managerOf = (file: string): readonly string[] | null =>
  file.endsWith('.deb') ? ['dpkg', '-i'] : file.endsWith('.rpm') ? ['rpm', '-U'] : null;

/** The packages' own scripts call us with --to. */
function byManager([program = '', ...args]: readonly string[], file: string): number {
  const { status, error } = spawnSync(program, [...args, file], { stdio: 'inherit' });
  if (error !== undefined) throw new NotDone(`${program} is not on this machine: take the .tar.gz`, error);
  return status === 0 ? EXIT.done : EXIT.failed;
}

export const program: Program = { usage: USAGE, run };
