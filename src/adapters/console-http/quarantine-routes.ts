import { as } from '../../domain/ids.ts';
import { quarantinedJson } from '../../wire/http-quarantine.ts';
import type { Handlers } from './handler.ts';
import type { Parts } from './parts.ts';

/** Packets asked of the journal at a time, and bytes after which a page ends: a packet may be 256 KiB. */
const BATCH = 20;
const BYTES_A_PAGE = 4 * 1_024 * 1_024;

export function quarantineRoutes({ journal }: Parts): Pick<Handlers, 'quarantine'> {
  return {
    quarantine: async ({ query }) => {
      const device = query.device === undefined ? null : as.device(query.device);
      const items: ReturnType<typeof quarantinedJson>[] = [];
      let after: string | null = query.after ?? null;
      let bytes = 0;
      do {
        const batch = await journal.quarantine(device, Math.min(BATCH, query.limit - items.length), after);
        for (const q of batch.items) {
          bytes += q.bytes.byteLength;
          items.push(quarantinedJson(q, Buffer.from(q.bytes).toString('base64')));
        }
        after = batch.next;
      } while (after !== null && items.length < query.limit && bytes < BYTES_A_PAGE);
      return { items, next: after };
    },
  };
}
