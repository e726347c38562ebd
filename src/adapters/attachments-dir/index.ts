import { createHash } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { type AttachmentId, as } from '../../domain/ids.ts';
import type { Attachment } from '../../domain/response/attachment.ts';
import type { Attachments } from '../../flow/ports/responses.ts';
import { typeOf } from './type-of.ts';

/** In the data directory: one file each, named by its SHA-256, in folders of its first two digits. */
export const ATTACHMENTS = 'attachments';

const ID = /^[0-9a-f]{64}$/;

/**
 * Files beside orders. What a file is is read from its own bytes, never from what somebody called it; nobody but the service's user
 * reads them; and the same bytes are kept once.
 */
export class AttachmentsDir implements Attachments {
  readonly #dir: string;

  constructor(dataDir: string) {
    this.#dir = join(dataDir, ATTACHMENTS);
  }

  async keep(bytes: Uint8Array): Promise<Attachment | null> {
    const type = typeOf(bytes);
    if (type === null) return null;
    const id = as.attachment(createHash('sha256').update(bytes).digest('hex'));
    const kept = { id, size: bytes.byteLength, type };
    if ((await this.find(id)) !== null) return kept;
    const folder = join(this.#dir, id.slice(0, 2));
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const unfinished = join(folder, `${id}.${process.pid}.part`);
    try {
      const file = await open(unfinished, 'w', 0o600);
      try {
        await file.writeFile(bytes);
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(unfinished, this.#path(id));
    } catch (cause) {
      await rm(unfinished, { force: true });
      throw cause;
    }
    // The name as well: an order may refer to it from now on.
    const dir = await open(folder, 'r');
    try {
      await dir.sync();
    } finally {
      await dir.close();
    }
    return kept;
  }

  async find(id: AttachmentId): Promise<Attachment | null> {
    if (!ID.test(id)) return null;
    try {
      const { size } = await stat(this.#path(id));
      const file = await open(this.#path(id), 'r');
      try {
        const head = new Uint8Array(32);
        await file.read(head, 0, 32, 0);
        const type = typeOf(head);
        return type === null ? null : { id, size, type };
      } finally {
        await file.close();
      }
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return null;
      throw cause;
    }
  }

  async read(id: AttachmentId): Promise<Uint8Array | null> {
    if ((await this.find(id)) === null) return null;
    return readFile(this.#path(id));
  }

  /** Every file that is there, by its name. */
  async all(): Promise<readonly AttachmentId[]> {
    const names = await readdir(this.#dir, { recursive: true }).catch((cause: NodeJS.ErrnoException) => {
      if (cause.code === 'ENOENT') return [];
      throw cause;
    });
    return names
      .map((name) => basename(name))
      .filter((name) => ID.test(name))
      .map(as.attachment);
  }

  #path(id: AttachmentId): string {
    return join(this.#dir, id.slice(0, 2), id);
  }
}
