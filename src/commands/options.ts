import { type ParseArgsOptionsConfig, parseArgs } from 'node:util';
import { nearest } from '../config/nearest.ts';
import { type Config, readConfig } from '../config/read.ts';
import { WrongUse } from './command.ts';

type Env = Readonly<Record<string, string | undefined>>;

/** The options given, by name; anything that is not one of them is wrong. */
export function readOptions<T extends ParseArgsOptionsConfig>(args: readonly string[], options: T) {
  try {
    return parseArgs({ args: [...args], options, strict: true, allowPositionals: false }).values;
  } catch (cause) {
    throw wrongOption(cause, options);
  }
}

/** As `readOptions`, with what is no option beside them. */
export function readArguments<T extends ParseArgsOptionsConfig>(args: readonly string[], options: T) {
  try {
    return parseArgs({ args: [...args], options, strict: true, allowPositionals: true });
  } catch (cause) {
    throw wrongOption(cause, options);
  }
}

/** Of an option that is none: which one may be meant. @param cause of `parseArgs` */
export function wrongOption(cause: unknown, options: ParseArgsOptionsConfig): WrongUse {
  const { message, code } = cause as NodeJS.ErrnoException;
  const [, given] = /'(--?[\w-]+)/.exec(message) ?? [];
  if (code !== 'ERR_PARSE_ARGS_UNKNOWN_OPTION' || given === undefined) return new WrongUse(message, cause);
  const near = nearest(given.replace(/^-+/, ''), Object.keys(options), 3);
  const right = near === null ? '' : `; did you mean --${near}?`;
  return new WrongUse(`Unknown option ${given}${right}`, cause);
}

/** The configuration of the service, as this program's own environment and file have it. */
export function configOf(env: Env): Config {
  try {
    return readConfig(env);
  } catch (cause) {
    throw new WrongUse((cause as Error).message, cause);
  }
}
