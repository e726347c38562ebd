import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { wallNow } from '../adapters/clock/index.ts';
import { ROLES } from '../domain/account/roles.ts';
import type { AccountListed } from '../flow/ports/accounts.ts';
import { EXIT, NotDone, type Program, WrongUse } from './command.ts';
import { notThere } from './not-there.ts';
import { type Offline, takeOffline } from './offline/take.ts';
import { configOf, wrongOption } from './options.ts';

const USAGE = {
  zh: `lifeline account 动作 …     账号（服务停止时，在本机）

  list                列出账号、角色、区域、状态
  reset 账号          无法登录时：重置密码，解除动态口令，结束会话；打印一次性口令，用它登录后设置密码

  --data-dir 目录     默认 LIFELINE_DATA_DIR，与服务一致

须先停止服务；服务运行时用控制台或 /api/v1/accounts 管理账号。此处操作记入审计日志。
退出码：0 完成，1 未完成，2 无法开始。`,
  en: `lifeline account VERB …     accounts (on the machine itself, the service stopped)

  list                accounts with roles, areas and state
  reset ACCOUNT       for whoever can get in no more: the password, the second factor and the sessions end; prints a
                      one-time code with which to log in and set a password

  --data-dir DIR      default: LIFELINE_DATA_DIR, as the service has it

It needs the service stopped; while it runs, accounts are kept over the console and /api/v1/accounts. What is done here is
in the audit journal. Exit codes: 0 done, 1 not done, 2 could not begin.`,
};

async function run(
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Promise<number> {
  const { verb, account, options } = readArgs(args);
  const config = configOf(env);
  const dir = resolve(options['data-dir'] ?? config.LIFELINE_DATA_DIR);
  if (config.LIFELINE_DATABASE_URL === undefined && !existsSync(join(dir, 'accounts.db')))
    throw notThere(dir, 'accounts.db');
  const offline = await takeOffline(
    dir,
    config,
    `a service runs on ${dir}: stop it first, or use the console`,
  );
  const { accounts } = offline;
  try {
    await accounts.start({ adminPassword: null });
    if (verb === 'list') {
      process.stdout.write(accounts.list().map(lineOf).join(''));
      return EXIT.done;
    }
    return await reset(offline, account);
  } finally {
    await accounts.close();
    await offline.letGo();
  }
}

async function reset({ accounts, audit }: Offline, account: string): Promise<number> {
  await audit.start();
  try {
    if (!(await audit.writable()))
      throw new NotDone('审计日志无法写入，未作任何更改 · nothing was changed: it could not be audited');
    const done = await accounts.resetPassword(account, 'system');
    const entry = {
      at: wallNow(),
      who: 'system',
      from: null,
      what: 'accounts.reset-offline',
      object: account,
    };
    if (!done.ok) {
      await audit.record({ ...entry, outcome: 'refused', why: done.error.code });
      throw new NotDone(`没有账号 ${account} · there is no account ${account}; \`list\` names them`);
    }
    await audit.record({ ...entry, outcome: 'done' });
    process.stdout.write(
      `${account}: 一次性口令 ${done.value.oneTimeCode}，登录后请设置密码 · log in with this one-time code and set a password\n`,
    );
    return EXIT.done;
  } finally {
    await audit.close();
  }
}

function lineOf(a: AccountListed): string {
  const roles = a.roles.map((r) => ROLES[r].say.zh).join('、') || '无角色';
  const state =
    a.disabledAt !== null ? '停用 disabled' : a.passwordSetAt === null ? '待设密码 no password yet' : '启用';
  return `${a.account}\t${a.name}\t${roles}\t${a.areas === null ? '全市' : a.areas.join(',')}\t${state}${a.secondFactor ? '\t动态口令' : ''}\n`;
}

const OPTIONS = { 'data-dir': { type: 'string' } } as const;

function readArgs(args: readonly string[]) {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: OPTIONS,
    });
    const [verb, account = '', ...more] = positionals;
    const right = verb === 'list' ? account === '' : verb === 'reset' && account !== '';
    if (!right || more.length > 0) throw new WrongUse('say what to do: list, or reset ACCOUNT');
    return { verb: verb as 'list' | 'reset', account: account.trim().toLowerCase(), options: values };
  } catch (cause) {
    if (cause instanceof WrongUse) throw cause;
    throw wrongOption(cause, OPTIONS);
  }
}

export const program: Program = { usage: USAGE, run };
