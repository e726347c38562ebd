import { readFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import type { BacktestJson } from '../wire/http/rules/backtest.ts';
import { progressText, resultText } from './backtest/text.ts';
import { EXIT, NotDone, type Program, WrongUse } from './command.ts';
import { readOptions } from './options.ts';

const USAGE = {
  zh: `lifeline backtest --rule 规则 --from 时间 --to 时间 --draft JSON [选项]

用运行中的服务所存的读数试算规则改动：会产生哪些报警，与现行规则及人工判定对照。不改变任何东西。

  --rule ID              如 gas.ch4.limit
  --from, --to 时间      ISO 8601，带 Z 或时区偏移；按观测时间，不含 --to
  --draft JSON           同 PUT /rules/{id}，如 '{"changes":[{"level":3,"limit":15}]}'，或 @文件
  --other JSON           第二份草案，并列对照
  --operators 方式       attend（每次越限一条报警；默认）或 absent（再次越限算复发）
  --url 地址             默认 http://127.0.0.1:8080
  --account 账号         默认 admin
  --password-file 文件   该账号的密码；“-”从标准输入读
  --otp 数字             有动态口令的账号：当前六位数字
  --token-file 文件      代替账号密码：会话令牌；“-”从标准输入读
  --json                 以 JSON 输出全部结果

进度写到标准错误，结果写到标准输出。Ctrl-C 同时取消服务中的试算。
退出码：0 完成，1 未完成，2 用法错误。`,
  en: `lifeline backtest --rule ID --from TIME --to TIME --draft JSON [options]

Tries a change of a rule over the readings that a running service has stored, and says what it would have raised,
beside the rule in force and what people have judged since. Nothing changes by it.

  --rule ID              e.g. gas.ch4.limit
  --from, --to TIME      ISO 8601 with Z or an offset, by the time of observation; --to is exclusive
  --draft JSON           as in PUT /rules/{id}, e.g. '{"changes":[{"level":3,"limit":15}]}', or @file
  --other JSON           a second draft, side by side
  --operators WHO        attend (each excursion is one alarm; default) or absent (what comes back is a recurrence)
  --url URL              default http://127.0.0.1:8080
  --account NAME         default admin
  --password-file FILE   the account's password; "-" reads it from standard input
  --otp DIGITS           where the account has a second factor: its six digits of now
  --token-file FILE      instead of account and password: a session's token; "-" reads it from standard input
  --json                 the whole answer as JSON

Progress goes to standard error, the answer to standard output. Ctrl-C cancels the backtest in the service too.
Exit codes: 0 done, 1 not done, 2 wrong use.`,
};

/** How often the service is asked how far it is. */
const ASK_EVERY = 2_000;

async function run(args: readonly string[]): Promise<number> {
  const o = readOptions(args, {
    rule: { type: 'string' },
    from: { type: 'string' },
    to: { type: 'string' },
    draft: { type: 'string' },
    other: { type: 'string' },
    operators: { type: 'string', default: 'attend' },
    url: { type: 'string', default: 'http://127.0.0.1:8080' },
    account: { type: 'string', default: 'admin' },
    'password-file': { type: 'string' },
    otp: { type: 'string' },
    'token-file': { type: 'string' },
    json: { type: 'boolean', default: false },
  });
  const need = (name: 'rule' | 'from' | 'to' | 'draft' | 'password-file'): string => {
    const value = o[name];
    if (value === undefined)
      throw new WrongUse(`--${name} is missing${name === 'password-file' ? ' (or --token-file)' : ''}`);
    return value;
  };
  if (o['token-file'] !== undefined && (o['password-file'] ?? o.otp) !== undefined)
    throw new WrongUse('--token-file stands alone: without --password-file and --otp');
  const asked = {
    from: need('from'),
    to: need('to'),
    draft: draftOf('draft', need('draft')),
    ...(o.other === undefined ? {} : { other: draftOf('other', o.other) }),
    operators: o.operators,
    wait: false,
  };
  const rule = encodeURIComponent(need('rule'));
  const service =
    o['token-file'] === undefined
      ? await Service.enter(o.url, {
          account: o.account,
          password: secretOf(need('password-file')),
          ...(o.otp === undefined ? {} : { otp: o.otp }),
        })
      : Service.with(o.url, secretOf(o['token-file']));
  try {
    let job = await service.ask<BacktestJson>('POST', `/rules/${rule}/backtest`, asked);
    const cancel = (): void => void service.ask('DELETE', `/backtests/${job.id}`).catch(() => undefined);
    process.once('SIGINT', cancel);
    while (job.state === 'waiting' || job.state === 'running') {
      process.stderr.write(`${progressText(job)}\n`);
      await wait(ASK_EVERY);
      job = await service.ask<BacktestJson>('GET', `/backtests/${job.id}`);
    }
    process.removeListener('SIGINT', cancel);
    if (job.state === 'cancelled') throw new NotDone('the backtest was cancelled');
    if (job.state === 'failed') throw new NotDone(`the backtest failed: ${job.says ?? 'no reason given'}`);
    process.stdout.write(o.json ? `${JSON.stringify(job)}\n` : resultText(job));
    return EXIT.done;
  } finally {
    await service.leave();
  }
}

function draftOf(name: string, given: string): unknown {
  const text = given.startsWith('@') ? readFileSync(given.slice(1), 'utf8') : given;
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new WrongUse(
      `--${name} is not JSON; '{"changes":[{"level":3,"limit":15}]}' or @file would be right`,
      cause,
    );
  }
}

function secretOf(file: string): string {
  return readFileSync(file === '-' ? 0 : file, 'utf8').replace(/\r?\n$/, '');
}

/** The service's HTTP interface, with a session of our own. */
class Service {
  readonly #base: string;
  #token: string | null = null;
  #isOurs = false;

  private constructor(url: string) {
    this.#base = `${url.replace(/\/$/, '')}/api/v1`;
  }

  static async enter(
    url: string,
    who: { readonly account: string; readonly password: string; readonly otp?: string },
  ): Promise<Service> {
    const service = new Service(url);
    const { token } = await service.ask<{ token: string }>('POST', '/session', who);
    service.#token = token;
    service.#isOurs = true;
    return service;
  }

  /** Somebody's session goes on after us. */
  static with(url: string, token: string): Service {
    const service = new Service(url);
    service.#token = token;
    return service;
  }

  async leave(): Promise<void> {
    if (this.#isOurs) await this.ask('DELETE', '/session').catch(() => undefined);
  }

  async ask<T>(method: string, path: string, body?: unknown): Promise<T> {
    const response = await fetch(this.#base + path, {
      method,
      headers: {
        'accept-language': 'en',
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(this.#token === null ? {} : { authorization: `Bearer ${this.#token}` }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    }).catch((cause: unknown) => {
      throw new NotDone(`no service answers at ${this.#base}: is it running, and is --url right?`, cause);
    });
    const text = await response.text();
    if (!response.ok) throw new NotDone(refusalOf(text, response.status));
    return (text === '' ? null : JSON.parse(text)) as T;
  }
}

function refusalOf(text: string, status: number): string {
  try {
    const { detail, code } = JSON.parse(text) as { detail?: string; code?: string };
    return `${detail ?? 'refused'} (${code ?? status})`;
  } catch {
    return `the service answered ${status}`;
  }
}

export const program: Program = { usage: USAGE, run };
