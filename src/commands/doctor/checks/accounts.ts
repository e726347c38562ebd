import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { openToRead } from '../../../adapters/shared/sqlite.ts';
import { bad, type Finding, ok } from '../finding.ts';

export function checkAccounts(dataDir: string): readonly Finding[] {
  const path = join(dataDir, 'accounts.db');
  if (!existsSync(path)) return [ok('accounts', 'not there yet: the first start makes them')];
  const db = openToRead(path);
  try {
    const checked = db.prepare('PRAGMA quick_check(1)').get()?.quick_check;
    if (checked !== 'ok')
      return [
        bad(
          'accounts',
          `${path} is damaged (${String(checked)}): restore the last backup into another directory`,
        ),
      ];
    const { n } = { ...db.prepare('SELECT count(*) AS n FROM accounts').get() };
    return [ok('accounts', `${String(n)}, whole`)];
  } catch (cause) {
    return [bad('accounts', `${path} cannot be read: ${(cause as Error).message}`)];
  } finally {
    db.close();
  }
}
