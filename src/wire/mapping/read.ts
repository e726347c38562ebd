import type { z } from 'zod';
import { no, ok, type Result } from '../../domain/result.ts';
import { lineOfStrangeWord, linesOf } from './lines.ts';
import { type Mapping, mappingFile } from './schema.ts';

/** What is wrong with a file, and where. */
export type FileFault = { readonly line: number; readonly path: string; readonly why: string };

/** A mapping is a page or two; a table of every station of a province fits into this. */
export const MAPPING_BYTES = 1024 * 1024;

/** Text of a mapping file → the mapping, or everything that is wrong with it, each with its line. */
export const readMapping = (text: string): Result<Mapping, readonly FileFault[]> =>
  readJsonFile(text, mappingFile) as Result<Mapping, readonly FileFault[]>;

/** Text of a file that people write → what it says, or everything that is wrong with it, each with its line. */
export function readJsonFile<S extends z.ZodType>(
  text: string,
  schema: S,
): Result<z.output<S>, readonly FileFault[]> {
  if (text.length > MAPPING_BYTES)
    return no([
      { line: 1, path: '', why: `the file has ${text.length} characters; at most ${MAPPING_BYTES}` },
    ]);
  const json = parsed(text);
  if (!json.ok) return json;
  const lines = linesOf(text);
  const faults: FileFault[] = lines.twice.map(({ name, line }) => ({
    line,
    path: name,
    why: `"${name}" stands twice in one object: only the last would count`,
  }));
  const read = schema.safeParse(json.value);
  if (!read.success) {
    for (const issue of read.error.issues.flatMap(plain)) {
      const path = [...issue.path];
      faults.push({ line: lines.lineOf(path), path: path.map(String).join('.'), why: issue.message });
    }
  }
  if (faults.length > 0) return no(faults.sort((a, b) => a.line - b.line));
  return ok(read.data as z.output<S>);
}

type Plain = { readonly path: readonly PropertyKey[]; readonly message: string };

function plain(issue: z.core.$ZodIssue): readonly Plain[] {
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => ({
      path: [...issue.path, key],
      message: `"${key}" is not known here`,
    }));
  if (issue.code !== 'invalid_union') return [issue];
  // The alternative that went farthest is the one that was meant.
  const alternatives = issue.errors.map((alternative) => alternative.flatMap(plain));
  const farthest = Math.max(0, ...alternatives.map(depth));
  const meant = farthest === 0 ? undefined : alternatives.find((a) => depth(a) === farthest);
  return meant?.map((inner) => ({ ...inner, path: [...issue.path, ...inner.path] })) ?? [issue];
}

const depth = (alternative: readonly Plain[]): number =>
  Math.max(0, ...alternative.map((i) => i.path.length));

function parsed(text: string): Result<unknown, readonly FileFault[]> {
  try {
    return ok(JSON.parse(text.startsWith('\uFEFF') ? text.slice(1) : text));
  } catch (cause) {
    const { message } = cause as Error;
    const line = /\(line (\d+) column/.exec(message)?.[1];
    // The engine does not always say where: then it is a strange word, or the end came too early.
    const found =
      line === undefined ? lineOfStrangeWord(text) || text.trimEnd().split('\n').length : Number(line);
    return no([{ line: found, path: '', why: `it is not JSON: ${message}` }]);
  }
}
