import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { AccountsPostgres, AccountsSqlite } from '../../adapters/accounts/index.ts';
import { AuditPostgres, AuditSqlite } from '../../adapters/audit/index.ts';
import { wallNow } from '../../adapters/clock/index.ts';
import { DeviceKeysPostgres, DeviceKeysSqlite } from '../../adapters/device-keys/index.ts';
import type { Config } from '../../config/read.ts';
import type { Accounts } from '../../flow/ports/accounts.ts';
import type { Audit } from '../../flow/ports/audit.ts';
import type { DeviceKeys } from '../../flow/ports/device-keys.ts';
import { lockFor } from '../lock.ts';
import { notThere } from '../not-there.ts';
import { leaseOf } from './lease.ts';

/** Accounts, device keys and audit journal of an installation while no service writes them: not yet started, each. */
export type Offline = {
  readonly accounts: Accounts;
  readonly deviceKeys: DeviceKeys;
  readonly audit: Audit;
  letGo(): Promise<void>;
};

/**
 * Takes an installation for this command alone: its data directory, and where a database is configured the lease of whoever
 * writes there.
 *
 * @param otherwise what to tell when a service has the directory
 */
export async function takeOffline(dir: string, config: Config, otherwise: string): Promise<Offline> {
  if (!existsSync(dir)) throw notThere(dir, 'accounts.db');
  const lock = lockFor(dir, otherwise);
  const log = { info: () => undefined, error: (msg: string) => void process.stderr.write(`${msg}\n`) };
  const given = { now: wallNow, log, keyFile: join(dir, 'audit.key') };
  const url = config.LIFELINE_DATABASE_URL;
  if (url === undefined)
    return {
      accounts: new AccountsSqlite({ file: join(dir, 'accounts.db'), now: wallNow }),
      deviceKeys: new DeviceKeysSqlite({ file: join(dir, 'devices.db'), now: wallNow }),
      audit: new AuditSqlite({ file: join(dir, 'audit.db'), ...given }),
      letGo: async () => lock.letGo(),
    };
  try {
    const lease = await leaseOf(url, { ...config, LIFELINE_DATA_DIR: dir });
    const { Database } = await import('../../adapters/postgres/database.ts');
    const connect = () => Database.connect(url, { name: 'lifeline command', fence: lease.fence });
    return {
      accounts: new AccountsPostgres({ connect, now: wallNow }),
      deviceKeys: new DeviceKeysPostgres({ connect, now: wallNow }),
      audit: new AuditPostgres({ connect, ...given }),
      letGo: async () => {
        await lease.letGo();
        lock.letGo();
      },
    };
  } catch (cause) {
    lock.letGo();
    throw cause;
  }
}
