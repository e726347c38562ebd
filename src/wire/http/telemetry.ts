import { z } from 'zod';
import { isObject, PAYLOAD_BYTES } from '../mqtt/telemetry-json.ts';
import { framePayload, instantPayload } from '../mqtt/telemetry-schema.ts';
import { codeIn, lifelineIn } from './shapes.ts';
import { flawOut } from './telemetry-check.ts';

/** Items a request may hold. */
export const ITEMS_AT_MOST = 1_000;

/**
 * The documented shape: what a device would have published, with its lifeline and code. What is really taken is
 * anything with those two: intake judges the rest, packet by packet.
 */
const telemetryItem = z
  .intersection(
    z.looseObject({ lifeline: lifelineIn, device: codeIn }),
    z.union([
      instantPayload,
      framePayload,
      z.looseObject({ instants: z.array(instantPayload).describe('several instants, any order') }),
    ]),
  )
  .meta({ id: 'TelemetryItem' });

/** One item, or many. */
export const telemetryBody = z.union([
  telemetryItem,
  z.array(telemetryItem).min(1).max(ITEMS_AT_MOST),
  z.object({ items: z.array(telemetryItem).min(1).max(ITEMS_AT_MOST) }),
]);

export const telemetryOut = z.object({
  accepted: z.number().int(),
  items: z.array(
    z.object({
      index: z.number().int(),
      accepted: z.boolean().describe('true: on disk'),
      flaws: z.array(flawOut).describe('of an accepted item: what of it was set aside'),
    }),
  ),
  next: z.null(),
});

/** An item made ready for the door that the broker uses, or why it cannot be. */
export type Pushed =
  | { readonly ok: true; readonly topic: string; readonly payload: Uint8Array }
  | { readonly ok: false; readonly flaw: z.infer<typeof flawOut> };

/** @returns `null` when the body is none of the three shapes, or holds no item or too many */
export function itemsOf(body: unknown): readonly unknown[] | null {
  const items = Array.isArray(body) ? body : isObject(body) && 'items' in body ? body.items : [body];
  return Array.isArray(items) && items.length >= 1 && items.length <= ITEMS_AT_MOST ? items : null;
}

/** Takes `lifeline` and `device` off an item; the rest is the payload that the device would have published. */
export function pushed(item: unknown): Pushed {
  if (!isObject(item)) return flawed('not-an-object', 'an item is {"lifeline":…,"device":…,"values":{…}}');
  const { lifeline, device, instants, ...rest } = item;
  if (!lifelineIn.safeParse(lifeline).success) {
    return flawed('bad-lifeline', 'lifeline is the key of a pack: gas, waterlogging, manhole, bridge, …');
  }
  if (!codeIn.safeParse(device).success) {
    return flawed('bad-device', 'device is a device code: 1 to 64 of A-Z a-z 0-9 _ -');
  }
  let text: string;
  try {
    text = JSON.stringify(instants ?? rest);
  } catch {
    // JSON.parse takes any depth, JSON.stringify runs out of stack.
    return flawed('too-deep', 'values are plain numbers and booleans, not nested');
  }
  const payload = new TextEncoder().encode(text);
  if (payload.byteLength > PAYLOAD_BYTES) return flawed('too-large', 'an item is at most 256 KiB');
  return { ok: true, topic: `lifeline/v1/${lifeline}/${device}/telemetry`, payload };
}

const flawed = (code: string, detail: string): Pushed => ({ ok: false, flaw: { code, detail } });
