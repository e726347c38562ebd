import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { journalOf } from '../app/journal-engine.ts';
import { hours } from '../domain/time.ts';
import { EXIT, type Program, WrongUse } from './command.ts';
import { mustBeRegistered, mustHaveKeys } from './device/holders.ts';
import { issueKey, keysLooked, revokeKey } from './device/keys.ts';
import { listText } from './device/list.ts';
import { notThere } from './not-there.ts';
import { configOf, wrongOption } from './options.ts';

const USAGE = {
  zh: `lifeline device 动作 …      设备凭据：签发、轮换、吊销、列出

  add 编码…       签发凭据，密钥只显示一次
  rotate 编码     换发；旧密钥再用 24 小时
  revoke 编码     吊销；在线连接立即断开
  list            列出凭据（不含密钥）

  编码                设备编码，或 system:名称（只读报警的系统）
  --keep-old 小时     旧密钥再用多少小时，0 为立即作废（rotate、add），默认 24
  --areas A,B         只能读这些区域的报警（system:名称），默认全部
  --unregistered      台账中没有的设备也签发（add）
  --csv               以 code,secret 逐行输出（add）
  --data-dir 目录     默认 LIFELINE_DATA_DIR，与服务一致

服务运行时执行立即生效，停止时也可执行。MQTT 用户名为编码，密码为密钥，客户端标识为“编码”或“编码:任意”。
退出码：0 完成，1 未完成，2 无法开始。`,
  en: `lifeline device VERB …      credentials of devices: issue, rotate, revoke, list

  add CODE…       issue a credential; the secret is shown this once
  rotate CODE     a new one; the old one is good for 24 hours more
  revoke CODE     end it; live connections end at once
  list            all credentials, without secrets

  CODE                a device code, or system:NAME for a program that reads alarms
  --keep-old HOURS    how long the old secret stays good, 0: not at all (rotate, add)   default 24
  --areas A,B         alarms of these areas only (system:NAME)        default: all areas
  --unregistered      also for a device that is not in the register (add)
  --csv               code,secret, a line each (add)
  --data-dir DIR      default: LIFELINE_DATA_DIR, as the service has it

It works beside a running service, which then knows at once, and without one. With MQTT the user name is CODE, the
password is the secret, the client id is CODE or CODE:anything. Exit codes: 0 done, 1 not done, 2 could not begin.`,
};

const VERBS = ['add', 'rotate', 'revoke', 'list'] as const;

async function run(
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Promise<number> {
  const { verb, holders, options } = readArgs(args);
  const config = configOf(env);
  const dataDir = resolve(options['data-dir'] ?? config.LIFELINE_DATA_DIR);
  const journal = journalOf(dataDir, config);
  if (!(await journal.isThere())) throw notThere(dataDir, journal.name);
  const of = { dataDir, config };
  switch (verb) {
    case 'list':
      process.stdout.write(listText(await keysLooked(of)));
      return EXIT.done;
    case 'revoke':
      for (const holder of holders) {
        const { cutOff } = await revokeKey(of, holder);
        process.stdout.write(
          `${holder}: 已吊销，断开 ${cutOff ?? 0} 个连接 · revoked${cutOff === null ? ' (no service is running)' : `, ${cutOff} connections were cut off`}\n`,
        );
      }
      return EXIT.done;
    default: {
      const keepOld = hours(keepOldHours(options['keep-old']));
      const areas = options.areas?.split(',').filter((a) => a !== '') ?? null;
      if (areas !== null && !holders.every((h) => h.startsWith('system:')))
        throw new WrongUse('--areas is for system:NAME; a device reads its own commands only');
      if (verb === 'rotate') mustHaveKeys(await keysLooked(of), holders);
      else if (!options.unregistered && !config.LIFELINE_AUTO_REGISTER)
        mustBeRegistered(await journal.points(), holders);
      if (options.csv) process.stdout.write('code,secret\n');
      for (const holder of holders) {
        const secret = await issueKey(of, { holder, keepOld, areas, verb });
        process.stdout.write(options.csv ? `${holder},${secret}\n` : toldOnce(holder, secret));
      }
      return EXIT.done;
    }
  }
}

function readArgs(args: readonly string[]) {
  let read: ReturnType<typeof parse>;
  try {
    read = parse(args);
  } catch (cause) {
    throw wrongOption(cause, OPTIONS);
  }
  const [given, ...holders] = read.positionals;
  const verb = VERBS.find((v) => v === given);
  if (verb === undefined)
    throw new WrongUse(
      `${given === undefined ? 'a verb is missing' : `${given} is no verb`}: ${VERBS.join(', ')} would be right`,
    );
  if (verb === 'list' ? holders.length > 0 : holders.length === 0)
    throw new WrongUse(
      verb === 'list' ? 'list takes no code' : `${verb} of which device? Its code is missing`,
    );
  return { verb, holders, options: read.values };
}

const OPTIONS = {
  'keep-old': { type: 'string' },
  areas: { type: 'string' },
  csv: { type: 'boolean' },
  unregistered: { type: 'boolean' },
  'data-dir': { type: 'string' },
} as const;

const parse = (args: readonly string[]) =>
  parseArgs({
    args: [...args],
    allowPositionals: true,
    strict: true,
    options: OPTIONS,
  });

function keepOldHours(given = '24'): number {
  const n = Number(given);
  if (given.trim() !== '' && n >= 0 && n <= 720) return n;
  throw new WrongUse(`--keep-old ${given}: hours from 0 to 720 would be right`);
}

const toldOnce = (holder: string, secret: string): string =>
  [
    `username ${holder}`,
    `password ${secret}`,
    holder.startsWith('system:')
      ? `client id ${holder}, 或加后缀 or with a suffix; 可订阅 subscribes to lifeline/v1/alarms/#`
      : `client id ${holder}, 或 or ${holder}:…; 发布到 publishes below lifeline/v1/{lifeline}/${holder}/`,
    '密钥不再显示，请现在保存 · the secret is not shown again: keep it now',
    '',
    '',
  ].join('\n');

export const program: Program = { usage: USAGE, run };
