import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { auditKeyFault, keyFault } from '../../../adapters/audit/index.ts';
import { faultsOf, lookAtParts } from '../../../adapters/installation/index.ts';
import { bad, type Finding, ok } from '../finding.ts';

/** Journal, accounts, device keys, audit journal and history: of one installation, and of one time. */
export function checkParts(dataDir: string, embedded: boolean): readonly Finding[] {
  if (!existsSync(dataDir)) return [];
  const audit = keyFault(join(dataDir, 'audit.db'), join(dataDir, 'audit.key'));
  const faults = faultsOf(lookAtParts(dataDir, audit, embedded));
  if (faults.length === 0) return [ok('parts', 'belong together')];
  return faults.map((fault) =>
    bad(
      'parts',
      `${fault}: the next start refuses; put back what belongs here, restore the last backup into another directory, or go on with what is there (lifeline parts --accept)`,
    ),
  );
}

/** In a database all is one; the key of the seals lies in the data directory of each machine. */
export async function checkAuditKey(dataDir: string, url: string): Promise<readonly Finding[]> {
  const { Database } = await import('../../../adapters/postgres/database.ts');
  const db = await Database.connect(url, { name: 'lifeline doctor' });
  try {
    const fault = await auditKeyFault(db, join(dataDir, 'audit.key'));
    return [
      fault === null
        ? ok('parts', 'in one database; the key of its audit journal is here')
        : bad('parts', `${fault}: until then this machine cannot take over`),
    ];
  } finally {
    await db.close();
  }
}
