import { existsSync, readFileSync, writeFileSync } from 'node:fs';

/** The key of the seals, made at the first start; beside the file unless the house keeps it elsewhere. */
export function auditKey(keyFile: string, fresh: () => Uint8Array): Uint8Array {
  if (!existsSync(keyFile))
    writeFileSync(keyFile, Buffer.from(fresh()).toString('base64url'), { mode: 0o600, flag: 'wx' });
  const key = Buffer.from(readFileSync(keyFile, 'utf8').trim(), 'base64url');
  if (key.length < 32) throw new Error(`${keyFile} holds no key: it should be 32 random bytes, base64url`);
  return key;
}
