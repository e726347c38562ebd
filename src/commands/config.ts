import { givenValues, shownConfig } from '../config/read.ts';
import { EXIT, type Program, WrongUse } from './command.ts';
import { configOf } from './options.ts';

const USAGE = {
  zh: `lifeline config check

读取环境变量和 LIFELINE_CONFIG 指定的文件，与服务启动时一样核对，并打印实际生效的值（密码只显示 ***）。
退出码：0 正确，2 服务会拒绝启动。`,
  en: `lifeline config check

Reads the environment and the file named by LIFELINE_CONFIG as the service does at its start, and prints what is in
force; of secrets only that they are set. Exit codes: 0 right, 2 the service would refuse to start.`,
};

async function run(
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Promise<number> {
  if (args.length !== 1 || args[0] !== 'check') throw new WrongUse('config check would be right');
  const config = configOf(env);
  const given = givenValues(env);
  for (const [key, value] of Object.entries(shownConfig(config))) {
    const isGiven = key in given || `${key}_FILE` in given;
    process.stdout.write(`${isGiven ? '*' : ' '} ${key}=${value ?? ''}\n`);
  }
  process.stdout.write(`${Object.keys(given).length} keys given (*), all known and right\n`);
  return EXIT.done;
}

export const program: Program = { usage: USAGE, run };
