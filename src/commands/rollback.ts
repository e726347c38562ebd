import { resolve } from 'node:path';
import { EXIT, NotDone, type Program, WrongUse } from './command.ts';
import { type Home, homeOf } from './lifeline/home.ts';
import { lockFor } from './lock.ts';
import { configOf, readOptions } from './options.ts';
import { keeperOf } from './upgrade/keeper.ts';
import { isReleaseThere, versionInUse } from './upgrade/link.ts';
import { OtherVersion } from './upgrade/other.ts';
import { lastUpgrade, putBack, settle, type UpgradeRecord, writeRecord } from './upgrade/record.ts';
import { bringBack, switchTo } from './upgrade/switch.ts';
import { tellTo } from './upgrade/tell.ts';

const USAGE = {
  zh: `lifeline rollback [--with-backup] [--within 秒]

回到上次升级之前的版本。数据格式未变时数据原样保留；格式已变时，旧版本打不开现在的数据，须加 --with-backup
恢复升级前的备份：升级之后的读数和报警不再可见，现在的数据另存在旁边。

  --with-backup   恢复升级前的备份
  --within 秒     等旧版本就绪的时间，默认 300

退出码：0 完成，1 未完成，2 无法开始。`,
  en: `lifeline rollback [--with-backup] [--within SECONDS]

Goes back to the version before the last upgrade. Data whose form has not changed stays as it is; where it has, the old
version cannot open it, and --with-backup brings the backup back that was made then: what came since is not in it, and
stays aside.

  --with-backup     bring back the backup that was made before the upgrade
  --within SECONDS  how long the old version has to become ready, default 300

Exit codes: 0 done, 1 not done, 2 could not begin.`,
};

type Env = Readonly<Record<string, string | undefined>>;

async function run(args: readonly string[], env: Env): Promise<number> {
  const options = readOptions(args, { 'with-backup': { type: 'boolean' }, within: { type: 'string' } });
  const within = Number(options.within ?? 300);
  if (!(within > 0)) throw new WrongUse(`--within ${options.within}: seconds would be right`);
  const home = homeOf();
  settle(home);
  const last = lastUpgrade(home);
  if (last === null || last.to !== versionInUse(home))
    throw new NotDone(`no upgrade led to ${versionInUse(home)}: there is nothing to go back to`);
  if (!isReleaseThere(home, last.from))
    throw new NotDone(`version ${last.from} is no longer in ${home.dir}/releases`);
  const lock = lockFor(home.dir, `an upgrade of ${home.dir} is under way`);
  try {
    await goBackTo(home, last, { env, within, withBackup: options['with-backup'] === true });
    process.stdout.write(`${last.from}\n`);
    return EXIT.done;
  } finally {
    lock.letGo();
  }
}

type Asked = { readonly env: Env; readonly within: number; readonly withBackup: boolean };

async function goBackTo(home: Home, last: UpgradeRecord, { env, within, withBackup }: Asked): Promise<void> {
  const tell = tellTo(
    (text) => process.stderr.write(text),
    () => performance.now(),
  );
  const dataDir = resolve(configOf(env).LIFELINE_DATA_DIR);
  const keeper = keeperOf(home, dataDir);
  const old = new OtherVersion(home, last.from);
  if (!withBackup && old.formOf(dataDir) !== 'newer') {
    await switchTo({ home, to: last.from, dataDir, keeper, within, tell });
    return;
  }
  if (!withBackup || last.backup === null)
    throw new NotDone(
      `${last.from} cannot open the data as it is now${last.backup === null ? ', and no backup was made' : `: --with-backup brings back ${last.backup}, without what came since`}`,
    );
  tell('stopping the service');
  const wasRunning = keeper.isRunning();
  await keeper.stop();
  await bringBack(old, last.backup, dataDir, tell);
  const record = { ...last, dataDir, step: 'putting-back' } as const;
  writeRecord(home, record);
  putBack(home, record);
  if (wasRunning) {
    keeper.start();
    tell(old.must(['wait-ready', '--within', String(within), '--data-dir', dataDir]).trim());
  }
}

export const program: Program = { usage: USAGE, run };
