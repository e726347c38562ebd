import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { EXIT, NotDone, type Program, WrongUse } from './command.ts';
import { lockFor } from './lock.ts';
import { formsOf } from './migrate/forms.ts';
import { configOf, readOptions } from './options.ts';

const USAGE = {
  zh: `lifeline migrate [--check] [--json] [--data-dir 目录]

把旧版本的数据目录转换为本版本的格式（服务须停止；服务启动时也会自动转换）。转换后旧版本不能再打开，请先备份。

  --check           只查看，不转换
  --json            与 --check 同用：{"data":"same|older|newer|none","files":[…]}
  --data-dir 目录   默认 LIFELINE_DATA_DIR，与服务一致

退出码：0 已是本版本格式或已转换，1 数据属于更新的版本或未完成，2 无法开始。`,
  en: `lifeline migrate [--check] [--json] [--data-dir DIR]

Brings a data directory of an earlier version to this version's form, the service stopped; a start does the same. The
earlier version cannot open it afterwards: a backup first.

  --check           only looks
  --json            with --check: {"data":"same|older|newer|none","files":[…]}
  --data-dir DIR    default: LIFELINE_DATA_DIR, as the service has it

Exit codes: 0 it has this version's form, 1 it is of a newer version, or not done, 2 could not begin.`,
};

async function run(
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Promise<number> {
  const options = readOptions(args, {
    check: { type: 'boolean' },
    json: { type: 'boolean' },
    'data-dir': { type: 'string' },
  });
  const config = configOf(env);
  const dir = resolve(options['data-dir'] ?? config.LIFELINE_DATA_DIR);
  const forms = existsSync(dir) ? await formsOf(dir, config) : [];
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
  process.stdout.write(`${dir}: ${older.length === 0 ? 'has this version’s form already' : 'migrated'}\n`);
  return EXIT.done;
}

export const program: Program = { usage: USAGE, run };
