import { existsSync, renameSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { keyFault } from '../adapters/audit/index.ts';
import { wallNow } from '../adapters/clock/index.ts';
import { lookAt } from '../adapters/history-duckdb/look.ts';
import { faultsOf, forgetMarks, historyFaults, lookAtParts } from '../adapters/installation/index.ts';
import { journalOf } from '../app/journal-engine.ts';
import { EXIT, NotDone, type Program, WrongUse } from './command.ts';
import { lockFor } from './lock.ts';
import { configOf, readOptions } from './options.ts';

const USAGE = {
  zh: `lifeline parts [--accept] [--data-dir 目录]

检查数据目录各部分是否属于同一安装、同一时刻：流水、账号、设备密钥、审计日志及其密钥、内置读数库。
不一致时服务拒绝启动。最好放回缺失的文件，或把最近的备份恢复到另一目录。

  --accept          按现状继续：下次启动补建缺失部分；缺密钥的审计日志另存，新建一份
  --data-dir 目录   默认 LIFELINE_DATA_DIR，与服务一致

退出码：0 一致或已接受，1 不一致，2 无法开始。`,
  en: `lifeline parts [--accept] [--data-dir DIR]

Says whether the parts of a data directory belong together: journal, accounts, device keys, audit journal with its key,
embedded history. A service refuses to start on those that do not: one is missing, of an earlier time, or of
another installation. Better than to accept that is to put back the file that belongs there, or to restore the last
backup into another directory.

  --accept          go on with what is there: the next start makes what is missing, and takes the rest as it is.
                    An audit journal without its key is put aside, and a new one begun
  --data-dir DIR    default: LIFELINE_DATA_DIR, as the service has it

Exit codes: 0 they belong together, or have been accepted, 1 they do not, 2 could not begin.`,
};

async function run(
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Promise<number> {
  const options = readOptions(args, { 'data-dir': { type: 'string' }, accept: { type: 'boolean' } });
  const config = configOf(env);
  const dir = resolve(options['data-dir'] ?? config.LIFELINE_DATA_DIR);
  if (!existsSync(dir)) throw new WrongUse(`${dir} is not there: --data-dir should name a data directory`);
  const { letGo } = lockFor(
    dir,
    `a service has ${dir}: what it serves belongs together; lifeline doctor looks at it`,
  );
  try {
    const embedded = config.LIFELINE_INFLUX_URL === undefined;
    const audit = keyFault(join(dir, 'audit.db'), join(dir, 'audit.key'));
    const seen = lookAtParts(dir, audit, embedded);
    const { journal } = seen;
    const ofService = journalOf(dir, config);
    const lastTurn = await ofService.lastTurn();
    const history = join(dir, 'history');
    const found = embedded && existsSync(history) ? await lookAt(history) : { cursor: 0, unreadable: [] };
    const { cursor } = found;
    const faults = [
      ...faultsOf(seen),
      ...historyFaults(seen, { cursor, lastTurn, setAside: found.unreadable.length > 0 }),
    ];
    if (faults.length === 0) {
      process.stdout.write(`${dir}: its parts belong together\n`);
      return EXIT.done;
    }
    for (const fault of faults) process.stdout.write(`${fault}\n`);
    if (options.accept !== true) return EXIT.failed;
    if (typeof journal === 'object' && 'unreadable' in journal)
      throw new NotDone(
        'a journal that cannot be read cannot be accepted: see to its owner and mode, or restore a backup',
      );
    if (audit !== null) putAside(dir);
    if (lastTurn > 0 && cursor > lastTurn) await ofService.goOnAfter(cursor);
    forgetMarks(dir);
    process.stdout.write(`${dir}: accepted as it is; the next start goes on with it\n`);
    return EXIT.done;
  } finally {
    letGo();
  }
}

/** Kept, for whoever finds the key again: `lifeline audit verify` can tell then what was changed. */
function putAside(dir: string): void {
  const ending = `without-key-${wallNow()}`;
  for (const name of ['audit.db', 'audit.db-wal', 'audit.db-shm', 'audit.key'])
    if (existsSync(join(dir, name))) renameSync(join(dir, name), join(dir, `${name}.${ending}`));
}

export const program: Program = { usage: USAGE, run };
