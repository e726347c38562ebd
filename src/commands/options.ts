import { type ParseArgsOptionsConfig, parseArgs } from 'node:util';
import { type Config, readConfig } from '../config/read.ts';
import { WrongUse } from './command.ts';

type Env = Readonly<Record<string, string | undefined>>;

/** The options given, by name; anything that is not one of them is wrong. */
export function readOptions<T extends ParseArgsOptionsConfig>(args: readonly string[], options: T) {
  try {
    return parseArgs({ args: [...args], options, strict: true, allowPositionals: false }).values;
  } catch (cause) {
    throw new WrongUse((cause as Error).message, cause);
  }
}

/** The configuration of the service, as this program's own environment and file have it. */
export function configOf(env: Env): Config {
  try {
    return readConfig(env);
  } catch (cause) {
    throw new WrongUse((cause as Error).message, cause);
  }
}
