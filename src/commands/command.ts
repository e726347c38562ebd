import { asCalled } from '../adapters/shared/as-called.ts';
import { OF_OWNER_ALONE } from '../config/data-dir.ts';
import type { Language } from '../wire/http/head/language.ts';
import { languageOf } from './lifeline/language.ts';
import { plainLines } from './terminal-text.ts';

/** 0 done · 1 not done, or the answer is bad · 2 could not begin · 70 a fault of ours: as the service itself. */
export const EXIT = { done: 0, failed: 1, wrongUse: 2, fault: 70 } as const;

/** What was asked cannot be begun; the message is one sentence that says what would be right. */
export class WrongUse extends Error {
  constructor(message: string, cause?: unknown) {
    super(message, { cause });
    this.name = 'WrongUse';
  }
}

/** It was begun and did not succeed; the message is one sentence for the person who asked. */
export class NotDone extends Error {
  constructor(message: string, cause?: unknown) {
    super(message, { cause });
    this.name = 'NotDone';
  }
}

export type Program = {
  /** Commands in it as the installed program takes them. */
  readonly usage: Readonly<Record<Language, string>>;
  /** @returns the exit code */
  readonly run: (
    args: readonly string[],
    env: Readonly<Record<string, string | undefined>>,
  ) => Promise<number>;
};

/**
 * Runs a program for a person at a terminal, or for cron: its answer on stdout, all else on stderr. Files that it makes
 * are of the service's user alone: whatever it works on is, or was taken from, the data directory.
 */
export async function runProgram({ usage, run }: Program): Promise<void> {
  process.umask(OF_OWNER_ALONE);
  const args = process.argv.slice(2);
  if (args.includes('--help') || args.includes('-h')) {
    process.stdout.write(`${asCalled(usage[languageOf(process.env)])}\n`);
    return;
  }
  try {
    process.exitCode = await run(args, process.env);
  } catch (cause) {
    process.exitCode = exitCode(cause);
    process.stderr.write(`${plainLines(asCalled(words(cause)))}\n`);
  }
}

function exitCode(cause: unknown): number {
  if (cause instanceof WrongUse) return EXIT.wrongUse;
  return cause instanceof NotDone || isOfTheSystem(cause) ? EXIT.failed : EXIT.fault;
}

function words(cause: unknown): string {
  if (cause instanceof WrongUse) return `${cause.message}\n--help says how it is used.`;
  if (cause instanceof NotDone || isOfTheSystem(cause)) return (cause as Error).message;
  return `a fault of this program: ${cause instanceof Error ? cause.stack : String(cause)}`;
}

/** `EACCES: permission denied, open '…'` and the like: says what and where by itself. */
const isOfTheSystem = (cause: unknown): boolean =>
  typeof (cause as { syscall?: unknown })?.syscall === 'string';
