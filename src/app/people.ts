import { join } from 'node:path';
import { AccountsPostgres, AccountsSqlite } from '../adapters/accounts/index.ts';
import { DeviceKeysPostgres, DeviceKeysSqlite } from '../adapters/device-keys/index.ts';
import type { Config } from '../config/read.ts';
import { hours, minutes, seconds } from '../domain/time.ts';
import { LOGIN_LIMITS, type LoginLimits } from '../flow/ports/accounts.ts';
import type { Ground } from './ground.ts';

export type People = Awaited<ReturnType<typeof openPeople>>;

/** Who may come in: accounts of people, credentials of devices. */
export async function openPeople({ options, config, clock, onStop }: Ground) {
  const dir = config.LIFELINE_DATA_DIR;
  const { pair } = options;
  const now = () => clock.now();
  const limits = loginLimits(config);
  const accounts =
    pair === undefined
      ? new AccountsSqlite({ file: join(dir, 'accounts.db'), now, limits })
      : new AccountsPostgres({ connect: () => pair.connect('accounts'), now, limits });
  onStop('close the accounts', seconds(2), () => accounts.close());
  const firstStart = await accounts.start({
    adminPassword: config.LIFELINE_ADMIN_PASSWORD ?? null,
    clockMovedBy: options.clockMoved?.by ?? 0,
  });

  const deviceKeys =
    pair === undefined
      ? new DeviceKeysSqlite({ file: join(dir, 'devices.db'), now })
      : new DeviceKeysPostgres({ connect: () => pair.connect('device keys'), now });
  onStop('close the device keys', seconds(2), () => deviceKeys.close());
  await deviceKeys.start();
  return { accounts, deviceKeys, ...firstStart };
}

function loginLimits(config: Config): LoginLimits {
  const idle = config.LIFELINE_SESSION_IDLE_MINUTES;
  return {
    ...LOGIN_LIMITS,
    failures: config.LIFELINE_LOGIN_TRIES,
    failuresAnywhere: config.LIFELINE_LOGIN_TRIES * 10,
    lockedFor: seconds(config.LIFELINE_LOGIN_LOCK_SECONDS),
    sessionEndsAfter: hours(config.LIFELINE_SESSION_HOURS),
    idleEndsAfter: idle === 0 ? null : minutes(idle),
    passwords: config.LIFELINE_PASSWORD_PROFILE,
    secondFactorFor: config.LIFELINE_SECOND_FACTOR_ROLES,
  };
}
