import { isInstalled } from './adapters/shared/as-called.ts';
import { runProgram } from './commands/command.ts';
import { becomeOwner } from './commands/lifeline/as-owner.ts';
import { overview } from './commands/lifeline/help.ts';
import { languageOf } from './commands/lifeline/language.ts';
import { LOADERS } from './commands/lifeline/loaders.ts';
import { COMMANDS } from './commands/lifeline/table.ts';
import { nearest } from './config/nearest.ts';

/** As of every command (docs/commands.md). */
const CANNOT_BEGIN = 2;
const AS_OPTION: Readonly<Record<string, string>> = { '--version': 'version', '-V': 'version' };
const HELP = ['help', '--help', '-h'];

/**
 * The one program: its first argument says which command, the rest is that command's. Nothing else is loaded before it
 * is chosen, so that `doctor` runs where a package is missing.
 */
async function main(): Promise<void> {
  const language = languageOf(process.env);
  const [first, ...rest] = process.argv.slice(2);
  const asked = first !== undefined && HELP.includes(first) ? rest[0] : first;
  if (asked === undefined) {
    (first === undefined ? process.stderr : process.stdout).write(overview(language));
    if (first === undefined) process.exitCode = CANNOT_BEGIN;
    return;
  }
  const name = AS_OPTION[asked] ?? asked;
  const command = COMMANDS.find((c) => c.name === name);
  if (command === undefined) {
    process.stderr.write(`${unknown(asked, language)}\n`);
    process.exitCode = CANNOT_BEGIN;
    return;
  }
  // What it reads of its arguments is its own, as if it had been started itself.
  process.argv.splice(2, process.argv.length - 2, ...(asked === first ? rest : ['--help']));
  const loader = LOADERS[command.name];
  if (command.asOwner) await becomeOwner(process.argv.slice(2), process.env);
  if (typeof loader === 'function') await runProgram((await loader()).program);
  else await import(new URL(`../${loader.script}`, import.meta.url).href);
}

function unknown(given: string, language: 'zh' | 'en'): string {
  const near = nearest(given, [...COMMANDS.map((c) => c.name), 'help'], 3);
  const meant = near === null ? '' : { zh: `；是不是 ${near}？`, en: `; did you mean ${near}?` }[language];
  return {
    zh: `没有命令“${given}”${meant}（lifeline --help 列出全部命令）`,
    en: `"${given}" is no command${meant} (lifeline --help lists them)`,
  }[language];
}

/** A package or a file of ours that is not there: which, and what brings it, instead of a stack. */
function missing(cause: unknown): string | null {
  const { code, message } = cause as NodeJS.ErrnoException;
  if (code !== 'ERR_MODULE_NOT_FOUND' && code !== 'MODULE_NOT_FOUND') return null;
  const [, what = message] = /Cannot find (?:package|module) '([^']+)'/.exec(message) ?? [];
  const right = isInstalled
    ? { zh: '安装不完整，请重新安装本版本', en: 'the installation is not whole; install this version again' }
    : { zh: '请执行 npm ci', en: 'run npm ci' };
  return { zh: `缺少 ${what}：${right.zh}`, en: `${what} is missing: ${right.en}` }[languageOf(process.env)];
}

try {
  await main();
} catch (cause) {
  const said = missing(cause);
  if (said === null) throw cause;
  process.stderr.write(`${said}\n`);
  process.exitCode = CANNOT_BEGIN;
}
