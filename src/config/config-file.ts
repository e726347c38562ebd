import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { BadConfig } from './bad-config.ts';

/**
 * The file named by `LIFELINE_CONFIG`: lines of `KEY=value` (`#` begins a comment, quotes hold a value together, over
 * several lines too), or one JSON object.
 *
 * @throws BadConfig with the number of a line that says nothing: what a person wrote there would not be in force
 */
export function readConfigFile(path: string): Record<string, string> {
  const text = textOf(path);
  return text.trimStart().startsWith('{') ? ofJson(path, text) : ofLines(path, text);
}

/** A file's text, without the mark that editors on Windows put before it. @throws BadConfig where it cannot be read */
export function textOf(path: string, named = 'LIFELINE_CONFIG'): string {
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch (cause) {
    throw new BadConfig(
      `${named} names ${path}, which cannot be read (${(cause as NodeJS.ErrnoException).code}).`,
    );
  }
  if (bytes.includes(0))
    throw new BadConfig(
      `${named} names ${path}, which is no text in UTF-8 (UTF-16, perhaps): save it as UTF-8.`,
    );
  return bytes.toString('utf8').replace(/^\uFEFF/, '');
}

const LINE = /^\s*(?:export\s+)?([A-Za-z_][\w.-]*)\s*=\s*(.*)$/;

function ofLines(path: string, text: string): Record<string, string> {
  const lines = text.split(/\r?\n/);
  const setIn = new Map<string, number>();
  for (let i = 0; i < lines.length; i++) {
    const line = (lines[i] as string).trim();
    if (line === '' || line.startsWith('#')) continue;
    const [, key, value] = LINE.exec(line) ?? [];
    if (key === undefined || value === undefined)
      throw new BadConfig(`LIFELINE_CONFIG: ${path}, line ${i + 1}: ${rightOf(line)}`);
    const before = setIn.get(key);
    if (before !== undefined)
      throw new BadConfig(
        `LIFELINE_CONFIG: ${path}, line ${i + 1}: ${key} stands in line ${before} already; leave one of them.`,
      );
    setIn.set(key, i + 1);
    i = lastLineOf(lines, i, value);
  }
  return parseEnv(text) as Record<string, string>;
}

/** A value in quotes may go on over the lines that follow. */
function lastLineOf(lines: readonly string[], from: number, value: string): number {
  const quote = /^["'`]/.exec(value)?.[0];
  if (quote === undefined || value.indexOf(quote, 1) > 0) return from;
  for (let i = from + 1; i < lines.length; i++) if ((lines[i] as string).includes(quote)) return i;
  return from;
}

/** Without its value, which may be a secret. */
function rightOf(line: string): string {
  const [, key] = /^(?:export\s+)?([A-Za-z_][\w.-]*)\s*[:\s]/.exec(`${line} `) ?? [];
  return key === undefined
    ? 'it is no KEY=value, and no comment beginning with #.'
    : `after ${key} there is no "="; ${key}=value would be right.`;
}

function ofJson(path: string, text: string): Record<string, string> {
  let json: Record<string, unknown>;
  try {
    json = JSON.parse(text) as Record<string, unknown>;
  } catch (cause) {
    throw new BadConfig(
      `LIFELINE_CONFIG names ${path}, which begins like JSON but is not (${(cause as Error).message.replace(/, ?"[\s\S]*$/, '')}); lines of KEY=value would also do.`,
    );
  }
  return Object.fromEntries(
    Object.entries(json).map(([key, value]) => {
      if (['string', 'number', 'boolean'].includes(typeof value)) return [key, String(value)];
      throw new BadConfig(
        `LIFELINE_CONFIG: ${path}: ${key} is ${value === null ? 'null' : Array.isArray(value) ? 'a list' : 'an object'}; a text, number, true or false would be right.`,
      );
    }),
  );
}
