import { createHash, randomBytes } from 'node:crypto';
import type { Tokens } from '../../flow/ports/ids.ts';

const BYTES = 16;

const hashOf = (token: string): string => createHash('sha256').update(token).digest('hex');

export const systemTokens: Tokens = {
  mint: () => {
    const token = randomBytes(BYTES).toString('base64url');
    return { token, hash: hashOf(token) };
  },
  hashOf,
};
