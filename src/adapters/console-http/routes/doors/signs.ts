import { createHash, timingSafeEqual } from 'node:crypto';
import type { Millis } from '../../../../domain/time.ts';
import { minutes } from '../../../../domain/time.ts';
import type { JsonMapping } from '../../../../wire/mapping/schema.ts';
import { isObject } from '../../../../wire/mqtt/telemetry-json.ts';
import { rawMember } from './raw-member.ts';

export type Signed = {
  readonly query: Readonly<Record<string, unknown>>;
  header(name: string): string | undefined;
  /** `null`: the platform asks whether the address is right. */
  readonly bytes: Uint8Array | null;
  readonly now: Millis;
};

/** `nonce`: what may be used once; `null`: this platform sends none. `echo`: what a check of the address is answered with. */
export type Checked = { readonly nonce: string | null; readonly echo: string };

type Sign = JsonMapping['push']['sign'];

/** How far a platform's clock may be from ours. */
const CLOCK_APART = minutes(5);

/**
 * Whether what came is signed as this platform signs.
 *
 * @param secret the token that was agreed on with the platform
 * @returns `null` where it is not
 */
export function checkedSign(sign: Exclude<Sign, 'bearer'>, secret: string, given: Signed): Checked | null {
  switch (sign) {
    case 'path':
      return keyed(secret, given);
    case 'onenet':
      return given.bytes === null ? onenetAsks(secret, given) : onenet(secret, given.bytes, 'signature');
    case 'onenet-old':
      return given.bytes === null ? onenetAsks(secret, given) : onenet(secret, given.bytes, 'msg_signature');
    case 'tencent':
      return tencent(secret, given);
  }
}

/** A key in the address, or in a header that the platform lets one set. */
function keyed(secret: string, { query, header }: Signed): Checked | null {
  const shown = header('x-door-key') ?? text(query.key);
  return shown !== null && isSame(shown, secret) ? { nonce: null, echo: 'ok' } : null;
}

/** `base64(md5(token + nonce + msg))`, of which the platform may have made an address' text. */
function onenetAsks(secret: string, { query }: Signed): Checked | null {
  const [msg, nonce, signature] = [text(query.msg), text(query.nonce), text(query.signature)];
  if (msg === null || nonce === null || signature === null) return null;
  // In an address a plus is a blank, where nobody has written it otherwise.
  return isSame(signature.replaceAll(' ', '+'), md5(secret + nonce + msg))
    ? { nonce: null, echo: msg }
    : null;
}

function onenet(secret: string, bytes: Uint8Array, name: 'signature' | 'msg_signature'): Checked | null {
  const whole = new TextDecoder().decode(bytes);
  const body = parsed(whole);
  if (!isObject(body)) return null;
  const [nonce, signature] = [text(body.nonce), text(body[name])];
  // What is signed is the text itself, as it stands in the body.
  const msg = typeof body.msg === 'string' ? body.msg : rawMember(whole, 'msg');
  if (nonce === null || signature === null || msg === null) return null;
  const right = md5(secret + nonce + msg);
  return isSame(signature, right) || isSame(unescaped(signature), right) ? { nonce, echo: '' } : null;
}

/** `sha1(sort([token, timestamp, nonce]).join(''))`: it says nothing of the body, so that time and nonce must be new. */
function tencent(secret: string, { query, header, now }: Signed): Checked | null {
  const signature = header('signature') ?? null;
  const timestamp = header('timestamp') ?? null;
  const nonce = header('nonce') ?? null;
  if (signature === null || timestamp === null || nonce === null) return null;
  if (Math.abs(Number(timestamp) * 1_000 - now) > CLOCK_APART) return null;
  const right = createHash('sha1').update([secret, timestamp, nonce].sort().join('')).digest('hex');
  if (!isSame(signature.toLowerCase(), right)) return null;
  return { nonce, echo: text(query.Echostr) ?? text(query.echostr) ?? header('echostr') ?? '' };
}

const md5 = (of: string): string => createHash('md5').update(of).digest('base64');

/** Without telling by the time that it takes how much of it was right. */
function isSame(given: string, right: string): boolean {
  const digest = (of: string) => createHash('sha256').update(of).digest();
  return timingSafeEqual(digest(given), digest(right));
}

const text = (x: unknown): string | null =>
  typeof x === 'string' ? x : typeof x === 'number' ? String(x) : null;

function unescaped(x: string): string {
  try {
    return decodeURIComponent(x);
  } catch {
    return x;
  }
}

function parsed(whole: string): unknown {
  try {
    return JSON.parse(whole);
  } catch {
    return null;
  }
}
