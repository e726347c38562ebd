import { chmod, mkdir, readdir, stat, statfs } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { BackupFile, BackupManifest } from '../../wire/files/backup.ts';
import { unpack } from '../archive.ts';
import { NotDone } from '../command.ts';
import { copyWhole, type Seal, sealOf, type Watched } from '../copy.ts';
import { megabytes } from '../progress.ts';
import { manifestOf, readManifest } from './manifest.ts';
import { measure } from './measure.ts';

/**
 * Brings a backup, a folder or an archive, into an empty folder: measured before, and every byte that has arrived
 * is held against the manifest. All of it is of the owner alone, whatever the archive says.
 */
export async function bring(from: string, to: string, watched: Watched): Promise<BackupManifest> {
  if ((await stat(from)).isDirectory()) {
    const manifest = await readManifest(from);
    await measureFolder(from, manifest);
    refuseWithoutRoom(manifest, to, await roomAt(to));
    for (const file of manifest.files) {
      await mkdir(dirname(join(to, file.path)), { recursive: true, mode: 0o700 });
      check(
        file,
        await copyWhole(join(from, file.path), join(to, file.path), watched).catch(isMissing(file)),
      );
    }
    return manifest;
  }
  const room = await roomAt(to);
  await measure(from, {
    signal: watched.signal,
    manifestOf: (text) => manifestOf(text, `${from}: manifest.json`),
    accept: (manifest) => refuseWithoutRoom(manifest, to, room),
  });
  await unpack(from, to, watched);
  const manifest = await readManifest(to);
  for (const file of manifest.files)
    check(
      file,
      await sealOf(join(to, file.path), { ...watched, bytes: () => undefined }).catch(isMissing(file)),
    );
  await refuseStrangers(to, manifest);
  await closeToOthers(to);
  return manifest;
}

/** What lies there has the sizes that its manifest says, before a byte of it is copied. */
async function measureFolder(folder: string, { files }: BackupManifest): Promise<void> {
  for (const file of files) {
    const is = await stat(join(folder, file.path)).catch(isMissing(file));
    if (!is.isFile()) throw new NotDone(`${file.path} in the backup is not a plain file`);
    if (is.size !== file.bytes) throw notWhatItWas(file, is.size);
  }
}

async function roomAt(dir: string): Promise<number> {
  const { bavail, bsize } = await statfs(dir);
  return bavail * bsize;
}

function refuseWithoutRoom({ files }: BackupManifest, to: string, room: number): void {
  const bytes = files.reduce((n, f) => n + f.bytes, 0);
  if (bytes > room)
    throw new NotDone(
      `it needs ${megabytes(bytes)}, and ${dirname(to)} has ${megabytes(room)} free: make room, or choose another place`,
    );
}

/** tar gives files the modes that the archive says, where it is run by root. */
async function closeToOthers(folder: string): Promise<void> {
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true }))
    await chmod(join(entry.parentPath, entry.name), entry.isDirectory() ? 0o700 : 0o600);
}

/** Holds a backup against its manifest where it lies; an archive is unpacked into `scratch` for it. */
export async function verify(from: string, scratch: string, watched: Watched): Promise<BackupManifest> {
  if (!(await stat(from)).isDirectory()) return bring(from, scratch, watched);
  const manifest = await readManifest(from);
  await measureFolder(from, manifest);
  for (const file of manifest.files)
    check(file, await sealOf(join(from, file.path), watched).catch(isMissing(file)));
  return manifest;
}

function check(file: BackupFile, seal: Seal): void {
  if (seal.bytes !== file.bytes || seal.sha256 !== file.sha256) throw notWhatItWas(file, seal.bytes);
}

const notWhatItWas = (file: BackupFile, bytes: number): NotDone =>
  new NotDone(
    `${file.path} is not what was backed up: ${bytes} bytes of ${file.bytes}, or other ones; take another backup`,
  );

const isMissing =
  (file: BackupFile) =>
  (cause: unknown): never => {
    if ((cause as NodeJS.ErrnoException).code !== 'ENOENT') throw cause;
    throw new NotDone(`${file.path} is missing in the backup`, cause);
  };

/** An archive holds what its manifest says, as plain files, and nothing else. */
async function refuseStrangers(folder: string, manifest: BackupManifest): Promise<void> {
  const known = new Set(['manifest.json', ...manifest.files.map((f) => f.path)]);
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (entry.isDirectory()) continue;
    const path = join(entry.parentPath, entry.name).slice(folder.length + 1);
    if (!entry.isFile() || !known.has(path))
      throw new NotDone(`${path} is in the archive, but not in its manifest`);
  }
}
