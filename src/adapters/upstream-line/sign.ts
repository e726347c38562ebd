import { createCipheriv, createHash, createHmac, randomBytes } from 'node:crypto';
import type { UpstreamSecrets } from '../../domain/upstream/setup.ts';
import type { UpstreamProfile } from '../../wire/upstream/profile.ts';

export type Signing = {
  readonly method: string;
  readonly path: string;
  /** Before it is signed. */
  readonly body: string;
  /** Of a form. */
  readonly fields: readonly (readonly [string, string])[];
  /** The world's time, epoch milliseconds. */
  readonly now: number;
  readonly nonce: string;
};

const PLACE = /\{(method|path|time|nonce|key|secret|body|digest|fields|signature)\}/g;
const filled = (template: string, values: Readonly<Record<string, string>>): string =>
  template.replaceAll(PLACE, (whole, place: string) => values[place] ?? whole);

/** What goes with a request so that the receiver knows that it is ours: heads, and fields of a form. */
export function signed(
  auth: UpstreamProfile['auth'],
  secrets: UpstreamSecrets,
  of: Signing,
): { readonly headers: Record<string, string>; readonly fields: readonly (readonly [string, string])[] } {
  const key = secrets.key ?? '';
  if (auth.kind === 'none') return { headers: {}, fields: [] };
  if (auth.kind !== 'hmac') {
    const values = { key, secret: secrets.secret ?? '' };
    return { headers: entries(auth.headers, values), fields: [] };
  }
  const { method, path, body, nonce } = of;
  const time = String(auth.time === 'ms' ? of.now : Math.floor(of.now / 1_000));
  const digest = createHash(auth.hash).update(body).digest('hex');
  const byName = [...of.fields].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  const fields = byName.map(([name, value]) => `${name}=${value}`).join('&');
  const before = { method, path, time, nonce, key, body, digest, fields, secret: '' };
  const mac = createHmac(auth.hash, secrets.secret ?? '').update(filled(auth.over, before));
  const hex = auth.write === 'base64' ? mac.digest('base64') : mac.digest('hex');
  const signature = auth.write === 'HEX' ? hex.toUpperCase() : hex;
  const values = { ...before, signature };
  return { headers: entries(auth.headers, values), fields: Object.entries(entries(auth.fields, values)) };
}

const entries = (templates: Readonly<Record<string, string>>, values: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(templates).map(([name, t]) => [name, filled(t, values)]));

/** SM4 (GB/T 32907) in CBC with PKCS#7; the IV of 16 random bytes stands in front. @param key 16 bytes in hex */
export function enciphered(text: string, key: string, write: 'base64' | 'hex'): string {
  const iv = randomBytes(16);
  const cipher = createCipheriv('sm4-cbc', Buffer.from(key, 'hex'), iv);
  return Buffer.concat([iv, cipher.update(text, 'utf8'), cipher.final()]).toString(write);
}

export const sm3 = (text: string): string => createHash('sm3').update(text).digest('hex');
