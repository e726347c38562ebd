import { createHash } from 'node:crypto';
import { typeOf } from '../../src/adapters/attachments-dir/type-of.ts';
import { type AttachmentId, as } from '../../src/domain/ids.ts';
import type { Attachment } from '../../src/domain/response/attachment.ts';
import type { Attachments } from '../../src/flow/ports/responses.ts';

/** Files beside orders, in memory. */
export class AttachmentsMemory implements Attachments {
  readonly #kept = new Map<AttachmentId, Uint8Array>();

  async keep(bytes: Uint8Array): Promise<Attachment | null> {
    if (typeOf(bytes) === null) return null;
    const id = as.attachment(createHash('sha256').update(bytes).digest('hex'));
    this.#kept.set(id, bytes.slice());
    return this.find(id);
  }

  async find(id: AttachmentId): Promise<Attachment | null> {
    const bytes = this.#kept.get(id);
    const type = bytes === undefined ? null : typeOf(bytes);
    return bytes === undefined || type === null ? null : { id, size: bytes.byteLength, type };
  }

  async read(id: AttachmentId): Promise<Uint8Array | null> {
    return this.#kept.get(id) ?? null;
  }
}
