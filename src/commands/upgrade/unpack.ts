import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  createReadStream,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { NotDone, WrongUse } from '../command.ts';
import { type Home, noteOf, releaseIn } from '../lifeline/home.ts';
import { flushFolder, versionInUse } from './link.ts';

async function sumOf(file: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const piece of createReadStream(file)) hash.update(piece as Buffer);
  return hash.digest('hex');
}

/**
 * Holds a file against the SHA256SUMS beside it.
 *
 * @returns false: there is none, or it does not name the file
 * @throws NotDone where they differ
 */
export async function checkSum(file: string): Promise<boolean> {
  const sums = join(dirname(file), 'SHA256SUMS');
  if (!existsSync(sums)) return false;
  const line = readFileSync(sums, 'utf8')
    .split('\n')
    .find((l) => l.slice(66) === basename(file));
  if (line === undefined) return false;
  if ((await sumOf(file)) !== line.slice(0, 64))
    throw new NotDone(
      `${file} differs from ${sums}: it is damaged, or not the file that was made; fetch it again`,
    );
  return true;
}

/** @throws NotDone naming the first file that is missing or differs from what the release says of itself */
export async function checkTree(tree: string): Promise<void> {
  const list = join(tree, 'SHA256SUMS');
  if (!existsSync(list)) throw new NotDone(`${tree} has no SHA256SUMS: it is no release of this program`);
  for (const line of readFileSync(list, 'utf8').split('\n')) {
    const [sum, path] = [line.slice(0, 64), line.slice(66)];
    if (path === '') continue;
    const file = join(tree, path);
    if (!existsSync(file) || (await sumOf(file)) !== sum)
      throw new NotDone(
        `${path} in it is missing or differs from its SHA256SUMS: the file is damaged; fetch it again`,
      );
  }
}

/**
 * Unpacks a .tar.gz beside the versions there are, and into its place only when every file in it is right.
 *
 * @returns its version
 */
export async function unpackRelease(home: Home, file: string): Promise<string> {
  if (!existsSync(file)) throw new WrongUse(`${file} is not there`);
  const releases = join(home.dir, 'releases');
  const arriving = join(releases, '.arriving');
  rmSync(arriving, { recursive: true, force: true });
  mkdirSync(arriving, { recursive: true });
  try {
    const { status, stderr, error } = spawnSync('tar', ['-xzf', file, '-C', arriving, '--no-same-owner'], {
      encoding: 'utf8',
    });
    if (status !== 0) throw new NotDone(`${file} cannot be unpacked: ${error?.message ?? stderr.trim()}`);
    const [name, ...more] = readdirSync(arriving);
    if (name === undefined || more.length > 0 || !existsSync(join(arriving, name, 'release.json')))
      throw new NotDone(
        `${file} is no release of this program: lifeline-watch-VERSION-linux-*.tar.gz would be right`,
      );
    const tree = join(arriving, name);
    const { version, arch } = noteOf(tree);
    if (arch !== process.arch)
      throw new NotDone(`${file} is for ${arch}, and this machine is ${process.arch}: take the other file`);
    if (version === versionInUse(home)) throw new NotDone(`version ${version} is in use already`);
    await checkTree(tree);
    rmSync(releaseIn(home, version), { recursive: true, force: true });
    renameSync(tree, releaseIn(home, version));
    flushFolder(releases);
    return version;
  } finally {
    rmSync(arriving, { recursive: true, force: true });
  }
}
