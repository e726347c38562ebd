import { randomBytes } from 'node:crypto';

/** An id for what was given none: what it is, and ten digits that no other has. */
export const newId = (what: string): string => `${what}-${randomBytes(5).toString('hex')}`;
