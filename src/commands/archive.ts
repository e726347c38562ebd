import { type ChildProcess, spawn } from 'node:child_process';
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { Transform, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import { NotDone } from './command.ts';
import type { Watched } from './copy.ts';

/** Readings are packed already, the journal is text: beyond this little is won and much time is lost. */
const LEVEL = 3;
/** The one folder within an archive. */
export const FOLDER = 'lifeline-backup';

/** Packs these files of `FOLDER` within a folder, in this order, into a .tar.gz where there is none; flushed. */
export async function pack(
  within: string,
  files: readonly string[],
  to: string,
  watched: Watched,
): Promise<void> {
  const target = await open(to, 'wx', 0o600);
  try {
    const tar = startTar(['-cf', '-', '-C', within, '-T', '-'], watched);
    tar.child.stdin?.end(files.map((f) => `${FOLDER}/${f}\n`).join(''));
    const out = tar.child.stdout as NodeJS.ReadableStream;
    await together(tar, [out, counting(watched), createGzip({ level: LEVEL }), into(target)], watched);
    await target.sync();
  } finally {
    await target.close();
  }
}

/** Unpacks what `pack` packed into a folder that is there. */
export async function unpack(archive: string, folder: string, watched: Watched): Promise<void> {
  const tar = startTar(['-xf', '-', '-C', folder, '--strip-components=1', '--no-same-owner'], watched);
  tar.child.stdout?.resume();
  const source = createReadStream(archive);
  const sink = tar.child.stdin as NodeJS.WritableStream;
  await together(tar, [source, counting(watched), createGunzip(), sink], watched);
}

type Tar = { readonly child: ChildProcess; readonly ended: Promise<void> };

function startTar(args: string[], { signal }: Watched): Tar {
  const child = spawn('tar', args, {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { PATH: process.env.PATH, LC_ALL: 'C' },
    signal,
  });
  let said = '';
  child.stderr?.on('data', (d) => {
    said += String(d).slice(0, 1_000);
  });
  const ended = new Promise<void>((resolve, reject) => {
    child.once('error', (cause) =>
      reject(
        (cause as NodeJS.ErrnoException).code === 'ENOENT'
          ? new NotDone(
              'the program tar is not there: install it, or use a folder instead of a .tar.gz',
              cause,
            )
          : cause,
      ),
    );
    child.once('close', (code) =>
      code === 0 ? resolve() : reject(new NotDone(`tar: ${said.trim() || `exit ${code}`}`)),
    );
  });
  return { child, ended };
}

async function together(tar: Tar, streams: unknown[], { signal }: Watched): Promise<void> {
  const flow = pipeline(streams as never, { signal }) as Promise<void>;
  const [flowed, ended] = await Promise.allSettled([flow, tar.ended]);
  signal.throwIfAborted();
  if (flowed.status === 'rejected' && /^Z_/.test(String((flowed.reason as NodeJS.ErrnoException).code)))
    throw new NotDone('the archive is damaged or was cut short', flowed.reason);
  // Whoever hangs up has a reason that the other end does not know. And tar reads no further than the end of
  // what it unpacks: with the padding behind it, it may be gone already, and all is well.
  if (flowed.status === 'rejected' && !isHungUp(flowed.reason)) throw flowed.reason;
  if (ended.status === 'rejected') throw ended.reason;
}

const isHungUp = (e: unknown): boolean =>
  ['EPIPE', 'ECONNRESET', 'ERR_STREAM_PREMATURE_CLOSE'].includes(String((e as NodeJS.ErrnoException)?.code));

function counting({ bytes }: Watched): Transform {
  return new Transform({
    transform(piece: Buffer, _, next) {
      bytes(piece.length);
      next(null, piece);
    },
  });
}

function into(target: { writeFile(piece: Uint8Array): Promise<void> }): Writable {
  return new Writable({
    write(piece: Buffer, _, next) {
      target.writeFile(piece).then(() => next(), next);
    },
  });
}
