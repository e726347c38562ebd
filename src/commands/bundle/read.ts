import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { unpackBundle } from '../../adapters/incident-bundle/unpack.ts';
import { NotDone, WrongUse } from '../command.ts';

/**
 * The files of an archive, unpacked or as it was downloaded.
 *
 * @returns by path, from the folder in which its manifest lies
 * @throws WrongUse where nothing is there
 */
export function readBundle(place: string): ReadonlyMap<string, Uint8Array> {
  const found = statSync(place, { throwIfNoEntry: false });
  if (found === undefined)
    throw new WrongUse(`${place}: 没有这个文件或目录 · there is no such file or folder`);
  return fromItsFolder(found.isDirectory() ? inFolder(place) : inZip(place));
}

function inFolder(place: string): Map<string, Uint8Array> {
  const all = readdirSync(place, { recursive: true, withFileTypes: true }).filter((f) => f.isFile());
  return new Map(
    all.map((f) => {
      const path = join(f.parentPath, f.name);
      return [relative(place, path).split(sep).join('/'), readFileSync(path)];
    }),
  );
}

function inZip(place: string): Map<string, Uint8Array> {
  try {
    return unpackBundle(readFileSync(place));
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new NotDone(`${place}: 不是可读的 zip · no zip that can be read: ${why}`, cause);
  }
}

/** All of it lies in one folder named after the incident; whoever unpacked it may name that folder, or what it lies in. */
function fromItsFolder(files: Map<string, Uint8Array>): ReadonlyMap<string, Uint8Array> {
  if (files.has('manifest.json')) return files;
  const tops = new Set([...files.keys()].map((path) => path.split('/')[0] ?? ''));
  const [top] = tops;
  if (tops.size !== 1 || top === undefined) return files;
  return new Map([...files].map(([path, bytes]) => [path.slice(top.length + 1), bytes]));
}
