import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { open, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { NotDone } from '../command.ts';

/** How far the import of one file has come: everything up to `line` is durable. */
export type Checkpoint = {
  readonly file: string;
  readonly line: number;
  readonly errorBytes: number;
  readonly done: boolean;
  readonly at: string;
};

const HEAD = 64 * 1024;

/** The same bytes, read the same way, are the same import. */
export async function identityOf(path: string, how: unknown): Promise<string> {
  const file = await open(path);
  try {
    const { size, mtimeMs } = await file.stat();
    const hash = createHash('sha256').update(JSON.stringify([size, mtimeMs, how]));
    for (const from of [0, Math.max(0, size - HEAD)]) {
      const { bytesRead, buffer } = await file.read(Buffer.alloc(HEAD), 0, HEAD, from);
      hash.update(buffer.subarray(0, bytesRead));
    }
    return hash.digest('hex').slice(0, 24);
  } finally {
    await file.close();
  }
}

export class CheckpointFile {
  readonly path: string;

  constructor(dataDir: string, identity: string) {
    this.path = join(dataDir, 'imports', `${identity}.json`);
  }

  read(): Checkpoint | null {
    if (!existsSync(this.path)) return null;
    try {
      const read = JSON.parse(readFileSync(this.path, 'utf8')) as Checkpoint;
      if (Number.isInteger(read.line) && Number.isInteger(read.errorBytes)) return read;
    } catch {
      // As below.
    }
    throw new NotDone(
      `${this.path} is damaged: delete it, and the import begins anew, which changes nothing that is stored`,
    );
  }

  async write(checkpoint: Checkpoint): Promise<void> {
    mkdirSync(dirname(this.path), { recursive: true, mode: 0o700 });
    const file = await open(`${this.path}.new`, 'w', 0o600);
    try {
      await file.writeFile(JSON.stringify(checkpoint));
      await file.datasync();
    } finally {
      await file.close();
    }
    await rename(`${this.path}.new`, this.path);
  }
}
