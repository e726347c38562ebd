import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

/**
 * Words of citizens are kept sealed, each report's under a key of its own, so that erasing 32 bytes in their place erases whatever
 * copies of the words a page of the file, its log or a disk's spare block may still hold. Against whoever has the file it hides nothing:
 * the keys lie in it.
 */
const KEY_BYTES = 32;
const IV_BYTES = 12;
const TAG_BYTES = 16;

export const newWordsKey = (): Uint8Array => randomBytes(KEY_BYTES);

/** AES-256-GCM: 12 bytes of IV, 16 of the tag, then the words. */
export function sealWords(words: string, key: Uint8Array): Uint8Array {
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, iv);
  const sealed = Buffer.concat([cipher.update(words, 'utf8'), cipher.final()]);
  return Buffer.concat([iv, cipher.getAuthTag(), sealed]);
}

export function openWords(sealed: Uint8Array, key: Uint8Array): string {
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, IV_BYTES));
  decipher.setAuthTag(sealed.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
  const rest = sealed.subarray(IV_BYTES + TAG_BYTES);
  return Buffer.concat([decipher.update(rest), decipher.final()]).toString('utf8');
}

/** A row of a report joined with its sealed words and their key. */
export type SealedCitizen = {
  readonly text: string;
  readonly sealed: Uint8Array | null;
  readonly key: Uint8Array | null;
};

export const SEALED_CITIZEN = `SELECT c.id, c.json AS text, w.sealed, k.key FROM citizen c
  LEFT JOIN citizen_words w ON w.id = c.id LEFT JOIN citizen_key k ON k.slot = w.slot`;

export const opened = ({ text, sealed, key }: SealedCitizen) => ({
  text,
  words: sealed === null || key === null ? null : openWords(sealed, key),
});
