import { hash, type ScryptOptions, scrypt, timingSafeEqual } from 'node:crypto';

/** scrypt's N, r and p. */
export type Cost = { readonly N: number; readonly r: number; readonly p: number };

/** One of OWASP's equal choices, the one that takes least memory: 32 MiB and about a fifth of a second. */
export const COST: Cost = { N: 32_768, r: 8, p: 3 };

export type RandomSource = (bytes: number) => Uint8Array;

/** A password as kept: its cost and salt stand beside, so that the cost can be raised later. */
export async function sealed(password: string, cost: Cost, random: RandomSource): Promise<string> {
  const salt = Buffer.from(random(16));
  return written(cost, salt, await derive(password, salt, cost));
}

/** What no password opens, at the price of trying. */
export function nobodysSeal(cost: Cost, random: RandomSource): string {
  return written(cost, Buffer.from(random(16)), Buffer.from(random(32)));
}

function written(cost: Cost, salt: Buffer, key: Buffer): string {
  return ['scrypt', cost.N, cost.r, cost.p, salt.toString('base64url'), key.toString('base64url')].join('$');
}

export async function opens(password: string, seal: string): Promise<boolean> {
  const [kind, N, r, p, salt, key] = seal.split('$');
  if (kind !== 'scrypt' || salt === undefined || key === undefined) {
    throw new Error('a kept password is not of the form scrypt$N$r$p$salt$key');
  }
  const kept = Buffer.from(key, 'base64url');
  const cost = { N: Number(N), r: Number(r), p: Number(p) };
  const given = await derive(password, Buffer.from(salt, 'base64url'), cost);
  return timingSafeEqual(given, kept);
}

/** Asynchronous: the work is done beside the loop that watches the city. */
function derive(password: string, salt: Uint8Array, cost: Cost): Promise<Buffer> {
  // Twice what the algorithm needs (128·N·r), for Node counts more than that.
  const options: ScryptOptions = { ...cost, maxmem: 256 * cost.N * cost.r };
  // One person's keyboards may compose 密 or é differently: NFC makes them the same password.
  return new Promise((resolve, reject) => {
    scrypt(password.normalize('NFC'), salt, 32, options, (error, key) =>
      error ? reject(error) : resolve(key),
    );
  });
}

/** 256 bits: cannot be guessed, hence a plain hash of it is enough to keep. */
export function freshToken(random: RandomSource): string {
  return Buffer.from(random(32)).toString('base64url');
}

export function tokenHash(token: string): string {
  return hash('sha256', token, 'base64url');
}

/** Without 0, 1, I and O: it is read from a screen and typed. Sixty bits. */
const LETTERS = 'ABCDEFGHJKLMNPQRSTUVWXYZ23456789';

export function freshCode(random: RandomSource): string {
  const letters = [...random(12)].map((byte) => LETTERS[byte % 32]).join('');
  return `${letters.slice(0, 4)}-${letters.slice(4, 8)}-${letters.slice(8)}`;
}

/** A code as typed: in any case, with or without its hyphens. */
export function typedCode(text: string): string {
  return text.toUpperCase().replace(/[^A-Z0-9]/g, '');
}
