import { createHash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';

const PIECE = 1024 * 1024;

export type Seal = { readonly bytes: number; readonly sha256: string };

export type Watched = {
  readonly signal: AbortSignal;
  readonly bytes: (n: number) => void;
};

/** Copies a file's bytes to a place where there is none, flushed, readable by its owner only. */
export async function copyWhole(from: string, to: string, watched: Watched): Promise<Seal> {
  const source = await open(from, 'r');
  try {
    const target = await open(to, 'wx', 0o600);
    try {
      const seal = await through(source, watched, async (piece) => {
        await target.writeFile(piece);
      });
      await target.sync();
      return seal;
    } finally {
      await target.close();
    }
  } finally {
    await source.close();
  }
}

/** Reads a file that is there already. */
export async function sealOf(path: string, watched: Watched): Promise<Seal> {
  const source = await open(path, 'r');
  try {
    return await through(source, watched, async () => undefined);
  } finally {
    await source.close();
  }
}

async function through(
  source: FileHandle,
  { signal, bytes }: Watched,
  take: (piece: Uint8Array) => Promise<void>,
): Promise<Seal> {
  const hash = createHash('sha256');
  const buffer = Buffer.allocUnsafe(PIECE);
  let total = 0;
  for (;;) {
    signal.throwIfAborted();
    const { bytesRead } = await source.read(buffer, 0, PIECE);
    if (bytesRead === 0) return { bytes: total, sha256: hash.digest('hex') };
    const piece = buffer.subarray(0, bytesRead);
    hash.update(piece);
    await take(piece);
    total += bytesRead;
    bytes(bytesRead);
  }
}

/** Names in a directory are only there for good when the directory has been flushed. */
export async function flushDirectory(dir: string): Promise<void> {
  const handle = await open(dir, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
