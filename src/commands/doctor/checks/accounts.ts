import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { lookAtAccounts, lookAtAccountTables } from '../../../adapters/accounts/look.ts';
import { bad, type Finding, ok } from '../finding.ts';

export async function checkAccounts(dataDir: string, url: string | undefined): Promise<readonly Finding[]> {
  if (url !== undefined)
    return [ok('accounts', `${(await lookAtAccountTables(url)).count}, in the database`)];
  const path = join(dataDir, 'accounts.db');
  if (!existsSync(path)) return [ok('accounts', 'not there yet: the first start makes them')];
  try {
    const { damage, count } = lookAtAccounts(path);
    return damage === null
      ? [ok('accounts', `${count}, whole`)]
      : [bad('accounts', `${path} is damaged (${damage}): restore the last backup into another directory`)];
  } catch (cause) {
    return [bad('accounts', `${path} cannot be read: ${(cause as Error).message}`)];
  }
}
