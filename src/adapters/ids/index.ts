import { randomBytes } from 'node:crypto';
import { as } from '../../domain/ids.ts';
import type { Ids } from '../../flow/ports/ids.ts';

/** Ids that sort by time: 9 characters of milliseconds in base 36, then 8 of chance. */
export const systemIds: Ids = {
  alarm: (now) => as.alarm(`A${now.toString(36).padStart(9, '0')}${randomBytes(4).toString('hex')}`),
};
