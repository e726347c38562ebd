import { EXIT, type Program, WrongUse } from '../command.ts';
import { VERSION } from '../version.ts';

const USAGE = {
  zh: 'lifeline version      打印版本号',
  en: 'lifeline version      prints the version',
};

async function run(args: readonly string[]): Promise<number> {
  if (args.length > 0) throw new WrongUse(`version takes no argument, not "${args[0]}"`);
  process.stdout.write(`${VERSION}\n`);
  return EXIT.done;
}

export const program: Program = { usage: USAGE, run };
