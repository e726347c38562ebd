import { as } from '../../../domain/ids.ts';
import { quarantinedJson } from '../../../wire/http/quarantine.ts';
import type { Handlers } from '../answer/handler.ts';
import type { Services } from '../answer/services.ts';

/** Packets asked of the journal at a time, and bytes after which a page ends: a packet may be 256 KiB. */
const BATCH = 20;
/** Packets looked through for one page of somebody bound to areas. */
const LOOKED_AT = 5_000;
const BYTES_A_PAGE = 4 * 1_024 * 1_024;

export function quarantineRoutes({ journal }: Services): Pick<Handlers, 'quarantine'> {
  return {
    quarantine: async ({ query, session, register }) => {
      const device = query.device === undefined ? null : as.device(query.device);
      const items: ReturnType<typeof quarantinedJson>[] = [];
      let after: string | null = query.after ?? null;
      let bytes = 0;
      let looked = 0;
      // Of a device that nobody has placed only those may look who see the whole city.
      const seen = (code: string | null) =>
        session.areas === null || (code !== null && register.device(as.device(code)) !== undefined);
      do {
        const batch = await journal.quarantine(device, Math.min(BATCH, query.limit - items.length), after);
        for (const q of batch.items) {
          looked += 1;
          if (!seen(q.device)) continue;
          bytes += q.bytes.byteLength;
          items.push(quarantinedJson(q, Buffer.from(q.bytes).toString('base64')));
        }
        after = batch.next;
      } while (after !== null && items.length < query.limit && bytes < BYTES_A_PAGE && looked < LOOKED_AT);
      return { items, next: after };
    },
  };
}
