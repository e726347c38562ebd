import { createReadStream } from 'node:fs';
import { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import type { BackupManifest } from '../../wire/files/backup.ts';
import { FOLDER } from '../archive.ts';
import { NotDone } from '../command.ts';
import { said } from '../terminal-text.ts';
import { TarHeads } from './tar-heads.ts';

/** A manifest of ten years of days has 1 MB. */
const MANIFEST_AT_MOST = 16 * 1024 * 1024;

/** Everything has been seen; the rest of an archive is padding. */
class Seen extends Error {}

/**
 * Looks through an archive before anything of it is unpacked: it may hold what its manifest says, each file once and
 * of that size, below its one folder, and nothing else. The manifest is its first file, so that what is too
 * large, leads elsewhere or goes on for ever is refused where it begins.
 *
 * @param manifestOf reads and checks the text of the manifest
 * @param accept is given the manifest before the rest is read, and may refuse it
 */
export async function measure(
  archive: string,
  {
    signal,
    manifestOf,
    accept,
  }: {
    readonly signal: AbortSignal;
    readonly manifestOf: (text: string) => BackupManifest;
    readonly accept: (manifest: BackupManifest) => void;
  },
): Promise<void> {
  let sizes: Map<string, number> | null = null;
  const heads = new TarHeads((entry) => {
    if (entry.is === 'folder') {
      pathWithin(`${entry.name.replace(/\/+$/, '')}/x`);
      return null;
    }
    const path = pathWithin(entry.name);
    if (entry.is === 'other') throw new NotDone(`${said(path)} is in the archive, but not in its manifest`);
    if (sizes === null) {
      if (path !== 'manifest.json')
        throw new NotDone(
          'the archive does not begin with manifest.json: lifeline backup makes those that do',
        );
      if (entry.size > MANIFEST_AT_MOST) throw new NotDone('the manifest of the archive is too large');
      return (content) => {
        const manifest = manifestOf(content.toString('utf8'));
        accept(manifest);
        sizes = new Map(manifest.files.map((f) => [f.path, f.bytes]));
      };
    }
    const size = sizes.get(path);
    if (size === undefined) throw new NotDone(`${said(path)} is in the archive, but not in its manifest`);
    if (size !== entry.size)
      throw new NotDone(`${said(path)} is not what was backed up: ${entry.size} bytes of ${size}`);
    sizes.delete(path);
    return null;
  });
  const sink = new Writable({
    write(piece: Buffer, _, next) {
      try {
        next(heads.take(piece) ? new Seen() : null);
      } catch (cause) {
        next(cause as Error);
      }
    },
  });
  try {
    await pipeline(createReadStream(archive), createGunzip(), sink, { signal });
  } catch (cause) {
    signal.throwIfAborted();
    if (!(cause instanceof Seen)) throw /^Z_/.test(codeOf(cause)) ? cutShort(cause) : cause;
  }
  if (!heads.ended) throw cutShort();
  const [missing] = (sizes as Map<string, number> | null)?.keys() ?? ['manifest.json'];
  if (missing !== undefined) throw new NotDone(`${said(missing)} is missing in the backup`);
}

const codeOf = (cause: unknown): string => String((cause as NodeJS.ErrnoException)?.code);
const cutShort = (cause?: unknown): NotDone => new NotDone('the archive is damaged or was cut short', cause);

/** Below the archive's one folder; no part of it begins with a dot, so none leads out. */
function pathWithin(name: string): string {
  const [folder, ...parts] = name.replace(/^\.\//, '').split('/');
  if (folder !== FOLDER || parts.length === 0 || parts.some((p) => p === '' || p.startsWith('.')))
    throw new NotDone(`${said(name)} leads out of the archive's own folder`);
  return parts.join('/');
}
