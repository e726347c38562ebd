import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { EXIT, NotDone, type Program, WrongUse } from './command.ts';
import { lockFor } from './lock.ts';
import { formsOf } from './migrate/forms.ts';
import { configOf, readOptions } from './options.ts';

const USAGE = {
  zh: `lifeline migrate [--check] [--json] [--data-dir 目录]
lifeline migrate --to postgres://…      数据目录迁入数据库
lifeline migrate --to-dir 目录          数据库迁回目录

把旧版本的数据目录转换为本版本的格式（服务须停止；服务启动时也会自动转换）。转换后旧版本不能再打开，请先备份。
--to、--to-dir 在数据目录与 PostgreSQL 之间迁移流水、台账、账号、设备密钥、审计日志，逐表打印行数与摘要，证明两边一致；
服务须停止，目标须为空。读数库、附件、audit.key 留在数据目录。

  --check           只查看，不转换
  --json            与 --check 同用：{"data":"same|older|newer|none","files":[…]}
  --to URL          迁入此数据库（空库）；原文件移到数据目录的 moved-to-postgres-… 中
  --to-dir 目录     把 LIFELINE_DATABASE_URL 的内容迁到此目录（其中尚无这些文件）；此后服务不再从该库启动
  --data-dir 目录   默认 LIFELINE_DATA_DIR，与服务一致

退出码：0 已是本版本格式、已转换或已迁移，1 数据属于更新的版本或未完成，2 无法开始。`,
  en: `lifeline migrate [--check] [--json] [--data-dir DIR]
lifeline migrate --to postgres://…      a data directory into a database
lifeline migrate --to-dir DIR           and back

Brings a data directory of an earlier version to this version's form, the service stopped; a start does the same. The
earlier version cannot open it afterwards: a backup first.
--to and --to-dir move journal, register, accounts, device keys and audit journal between a data directory and
PostgreSQL, and print rows and a digest for every table, read anew on both sides. The service is stopped, the target
empty. History, attachments and audit.key stay in the data directory.

  --check           only looks
  --json            with --check: {"data":"same|older|newer|none","files":[…]}
  --to URL          into this database; the files go into a folder moved-to-postgres-… of the data directory
  --to-dir DIR      what lies in LIFELINE_DATABASE_URL into files of DIR, which has none of them; no service starts on
                    that database afterwards
  --data-dir DIR    default: LIFELINE_DATA_DIR, as the service has it

Exit codes: 0 it has this version's form, or was moved, 1 it is of a newer version, or not done, 2 could not begin.`,
};

async function run(
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Promise<number> {
  const options = readOptions(args, {
    check: { type: 'boolean' },
    json: { type: 'boolean' },
    to: { type: 'string' },
    'to-dir': { type: 'string' },
    'data-dir': { type: 'string' },
  });
  const config = configOf(env);
  if (
    [options.check === true, options.to !== undefined, options['to-dir'] !== undefined].filter(Boolean)
      .length > 1
  )
    throw new WrongUse('--check, --to and --to-dir: one of them at a time');
  if (options['to-dir'] !== undefined)
    return (await import('./migrate/move.ts')).moveToDirectory(options['to-dir'], {
      ...config,
      LIFELINE_DATA_DIR: options['data-dir'] ?? config.LIFELINE_DATA_DIR,
    });
  const dir = resolve(options['data-dir'] ?? config.LIFELINE_DATA_DIR);
  // What is moved into a database lies in files, whatever the service is to be started with.
  const of = options.to === undefined ? config : { ...config, LIFELINE_DATABASE_URL: undefined };
  const forms = existsSync(dir) ? await formsOf(dir, of) : [];
  const newer = forms.filter((f) => f.is > f.ours);
  const older = forms.filter((f) => f.is < f.ours);
  if (options.check === true) {
    const data =
      forms.length === 0 ? 'none' : newer.length > 0 ? 'newer' : older.length > 0 ? 'older' : 'same';
    const files = forms.map(({ name, is, ours }) => ({ file: name, is, ours }));
    process.stdout.write(
      options.json === true
        ? `${JSON.stringify({ data, files })}\n`
        : `${files.map((f) => `${f.file}: ${f.is}${f.is === f.ours ? '' : ` → ${f.ours}`}\n`).join('')}${data}\n`,
    );
    return data === 'newer' ? EXIT.failed : EXIT.done;
  }
  if (!existsSync(dir)) throw new WrongUse(`${dir} is not there: --data-dir should name a data directory`);
  if (newer.length > 0)
    throw new NotDone(
      `${newer.map((f) => `${f.name} has form ${f.is}, and this version knows form ${f.ours}`).join('; ')}: ` +
        'the data is of a newer version; start that one, or restore the backup that was made before it',
    );
  const lock = lockFor(dir, `a service runs on ${dir}: stop it first`);
  // Its journal takes the lock itself.
  lock.letGo();
  for (const [n, { name, is, ours, migrate }] of older.entries()) {
    const began = performance.now();
    process.stderr.write(`${n + 1}/${older.length} ${name}: ${is} → ${ours} …`);
    await migrate();
    process.stderr.write(` ${((performance.now() - began) / 1_000).toFixed(1)} s\n`);
  }
  if (options.to !== undefined)
    return (await import('./migrate/move.ts')).moveToDatabase(dir, options.to, of);
  process.stdout.write(`${dir}: ${older.length === 0 ? 'has this version’s form already' : 'migrated'}\n`);
  return EXIT.done;
}

export const program: Program = { usage: USAGE, run };
