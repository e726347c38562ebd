import { z } from 'zod';
import { isObject, PAYLOAD_BYTES } from '../mqtt/telemetry-json.ts';
import { framePayload, instantPayload } from '../mqtt/telemetry-schema.ts';
import { codeIn, instantOut, lifelineIn, qualityOut, whyOut } from './shapes.ts';

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

const flawOut = z.object({ code: z.string(), detail: z.string() });

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

/** A packet to be looked at and not taken: the very text that the device would publish. */
export const checkBody = z
  .strictObject({
    lifeline: lifelineIn,
    device: codeIn,
    payload: z.string().max(PAYLOAD_BYTES).describe('as it would be published; need not be JSON'),
  })
  .meta({ id: 'TelemetryCheck' });

const checkedFlaw = flawOut.describe('what would be set aside, and what would be right');

export const checkOut = z
  .object({
    pointCode: z.string().nullable().describe('where its readings would go; null: nowhere'),
    wouldRegister: z.boolean().describe('the device is unknown and would be registered as unverified'),
    values: z.array(
      z.object({
        metric: z.string(),
        given: z.number().nullable().describe('as the packet has it; null: no number'),
        value: z.number().nullable().describe('as it would be kept'),
        unit: z.string(),
        quality: qualityOut,
        why: whyOut.optional(),
        deviceTime: instantOut.nullable().describe('null: none that can be read'),
        clockOff: z.boolean().describe('the time of receipt would be taken instead'),
        observedAt: instantOut,
      }),
    ),
    frames: z.array(
      z.object({
        metric: z.string(),
        samples: z.number().int(),
        dt: z.number().describe('milliseconds between samples'),
        observedAt: instantOut.describe('of the first sample'),
        clockOff: z.boolean().describe('it would end at the time of receipt instead'),
      }),
    ),
    flaws: z.array(checkedFlaw),
  })
  .meta({ id: 'TelemetryChecked' });

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
