import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  type AuditLook,
  type ChainPlace,
  type ChainVerdict,
  lookAtAudit,
  lookAtAuditTables,
} from '../../adapters/audit/look.ts';
import type { Config } from '../../config/read.ts';
import { NotDone } from '../command.ts';

/** The audit journal of an installation, for reading only. @returns `null`: there is none yet */
export async function audited(
  dir: string,
  config: Config,
): Promise<
  | (Omit<AuditLook, 'verify'> & {
      /** @throws NotDone where the key of the seals is not there: then nothing can be told apart */
      verify(anchor: ChainPlace | null): Promise<ChainVerdict>;
    })
  | null
> {
  const audit = await opened(dir, config.LIFELINE_DATABASE_URL);
  if (audit === null) return null;
  return { ...audit, verify: (anchor) => audit.verify(() => keyIn(join(dir, 'audit.key')), anchor) };
}

async function opened(dir: string, url: string | undefined): Promise<AuditLook | null> {
  if (url !== undefined) return lookAtAuditTables(url);
  const file = join(dir, 'audit.db');
  return existsSync(file) ? lookAtAudit(file) : null;
}

function keyIn(path: string): Uint8Array {
  try {
    return Buffer.from(readFileSync(path, 'utf8').trim(), 'base64url');
  } catch (cause) {
    throw new NotDone(`${path} cannot be read: without the key of the seals nothing can be verified`, cause);
  }
}
