import { createHmac, timingSafeEqual } from 'node:crypto';

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
const STEP_MS = 30_000;

/** Base32 (RFC 4648, no padding): how authenticator apps take a secret. */
export function base32(bytes: Uint8Array): string {
  let bits = '';
  for (const byte of bytes) bits += byte.toString(2).padStart(8, '0');
  return (bits.match(/.{1,5}/g) ?? [])
    .map((five) => LETTERS[Number.parseInt(five.padEnd(5, '0'), 2)])
    .join('');
}

function bytesOf(text: string): Buffer {
  const bits = [...text].map((c) => LETTERS.indexOf(c).toString(2).padStart(5, '0')).join('');
  return Buffer.from((bits.match(/.{8}/g) ?? []).map((eight) => Number.parseInt(eight, 2)));
}

/** The six digits of a step (RFC 4226 §5.3, with the step as counter: RFC 6238). */
export function totp(secret: string, step: number): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const mac = createHmac('sha1', bytesOf(secret)).update(counter).digest();
  const at = (mac.at(-1) ?? 0) & 0xf;
  return String((mac.readUInt32BE(at) & 0x7fffffff) % 1_000_000).padStart(6, '0');
}

export const stepAt = (now: number): number => Math.floor(now / STEP_MS);

/**
 * The step that these digits belong to: this one, or one to either side for clocks that differ; `null` for wrong
 * digits, and for those of a step that was used already.
 */
export function stepOf(secret: string, digits: string, now: number, usedUpTo: number): number | null {
  const plain = digits.replaceAll(/\s/g, '');
  if (!/^[0-9]{6}$/.test(plain)) return null;
  const given = Buffer.from(plain);
  let found: number | null = null;
  for (const step of [stepAt(now) - 1, stepAt(now), stepAt(now) + 1]) {
    if (timingSafeEqual(Buffer.from(totp(secret, step)), given) && step > usedUpTo) found = step;
  }
  return found;
}
