import { hash, timingSafeEqual } from 'node:crypto';

export type RandomBytes = (bytes: number) => Uint8Array;

/** Letters and digits that survive a form, a shell, a spreadsheet and being read aloud (RFC 4648 §6, lower case). */
const LETTERS = 'abcdefghijklmnopqrstuvwxyz234567';
const LENGTH = 32;

/** 160 bits as 32 letters and digits. */
export function freshSecret(random: RandomBytes): string {
  return [...random(LENGTH)].map((byte) => LETTERS[byte & 31]).join('');
}

/**
 * What is kept of a secret. It has 160 bits, so that guessing costs 2¹⁶⁰ tries however cheap each is, and a slow
 * hash would only slow the devices that come back after a power cut. The holder is the salt
 * (docs/decisions/0007).
 */
export function kept(holder: string, secret: Uint8Array): Buffer {
  return hash('sha256', Buffer.concat([Buffer.from(`lifeline device key 1\0${holder}\0`), secret]), 'buffer');
}

export const opens = (given: Buffer, seal: Uint8Array): boolean =>
  given.length === seal.length && timingSafeEqual(given, seal);
