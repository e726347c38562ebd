import { z } from 'zod';
import { iso } from '../alarm.ts';
import { codeIn, instantOut, paging } from './shapes.ts';

export const quarantineQuery = z.strictObject({ ...paging, device: codeIn.optional() });

export const quarantinedOut = z
  .object({
    id: z.number().int(),
    receivedAt: instantOut,
    topic: z.string(),
    device: z.string().nullable(),
    flaw: z.string().describe('stable code'),
    detail: z.string().describe('what was wrong, and what would have been right'),
    size: z.number().int().describe('bytes'),
    bytes: z.string().describe('the packet as it came, base64'),
    text: z
      .string()
      .describe('its beginning read as UTF-8, for people; what cannot be shown is replaced by U+FFFD'),
  })
  .meta({ id: 'Quarantined' });

const PREVIEW_BYTES = 1_024;
/** Control and invisible direction characters must not reach a screen as they are. */
const UNSHOWABLE = /(?![\n\r\t])[\p{Cc}\p{Cf}]/gu;

/** @param base64 of `bytes`; wire has no Buffer */
export function quarantinedJson(
  q: {
    readonly id: number;
    readonly receivedAt: number;
    readonly topic: string;
    readonly device: string | null;
    readonly bytes: Uint8Array;
    readonly flaw: string;
    readonly detail: string;
  },
  base64: string,
): z.infer<typeof quarantinedOut> {
  return {
    id: q.id,
    receivedAt: iso(q.receivedAt),
    topic: q.topic,
    device: q.device,
    flaw: q.flaw,
    detail: q.detail,
    size: q.bytes.byteLength,
    bytes: base64,
    text: new TextDecoder().decode(q.bytes.subarray(0, PREVIEW_BYTES)).replace(UNSHOWABLE, '\ufffd'),
  };
}
