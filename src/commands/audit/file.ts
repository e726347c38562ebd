import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  type AuditLook,
  type ChainPlace,
  type ChainVerdict,
  lookAtAudit,
} from '../../adapters/audit/look.ts';
import { NotDone } from '../command.ts';

/** The audit journal of a data directory, for reading only. */
export function audited(dir: string): Omit<AuditLook, 'verify'> & {
  /** @throws NotDone where the key of the seals is not there: then nothing can be told apart */
  verify(anchor: ChainPlace | null): Promise<ChainVerdict>;
} {
  const audit = lookAtAudit(join(dir, 'audit.db'));
  return { ...audit, verify: (anchor) => audit.verify(() => keyIn(join(dir, 'audit.key')), anchor) };
}

function keyIn(path: string): Uint8Array {
  try {
    return Buffer.from(readFileSync(path, 'utf8').trim(), 'base64url');
  } catch (cause) {
    throw new NotDone(`${path} cannot be read: without the key of the seals nothing can be verified`, cause);
  }
}
