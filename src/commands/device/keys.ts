import { join } from 'node:path';
import { wallNow } from '../../adapters/clock/index.ts';
import { askForKey, Refused } from '../../adapters/control-socket/client.ts';
import { type KeysLooked, lookAtKeys, lookAtKeyTables } from '../../adapters/device-keys/look.ts';
import type { Config } from '../../config/read.ts';
import type { Duration } from '../../domain/time.ts';
import type { AuditEntry } from '../../flow/ports/audit.ts';
import type { DeviceKeys } from '../../flow/ports/device-keys.ts';
import { isDeviceCode } from '../../wire/mqtt/topics.ts';
import { NotDone, WrongUse } from '../command.ts';
import { takeOffline } from '../offline/take.ts';

const STARTING =
  'a service has this data directory and does not answer: is it starting, or stopping? Try again';

/** Whose keys: the service of a data directory, or, where none runs, what it would open. */
export type KeysOf = { readonly dataDir: string; readonly config: Config };

/** By the running service, which knows at once; without one where it keeps them. @returns the secret */
export async function issueKey(
  of: KeysOf,
  o: {
    readonly holder: string;
    readonly keepOld: Duration;
    readonly areas: readonly string[] | null;
    readonly verb: 'add' | 'rotate';
  },
): Promise<string> {
  const { holder, keepOld, areas } = o;
  if (!isDeviceCode(holder) && !/^system:[A-Za-z0-9_-]{1,50}$/.test(holder))
    throw new WrongUse(
      `${JSON.stringify(holder)} is no code: 1 to 64 letters, digits, "_" and "-" would be right, or system:NAME`,
    );
  const told = await asked(askForKey(of.dataDir, { do: 'issue-key', holder, keepOld, areas }));
  if (told !== null) return told.secret;
  return alone(of, async (keys, trace) => {
    const had = keys.has(holder);
    const [issued] = await keys.issue([holder], keepOld, areas);
    if (issued === undefined) throw new Error('nothing was issued');
    await trace(had ? 'device.credential.rotate' : 'device.credential.issue', holder, { key: issued.id });
    return issued.secret;
  });
}

/** @returns how many connections ended; `null`: no service is running */
export async function revokeKey(of: KeysOf, holder: string): Promise<{ readonly cutOff: number | null }> {
  const told = await asked(askForKey(of.dataDir, { do: 'revoke-key', holder }));
  if (told !== null) return { cutOff: told.cutOff };
  return alone(of, async (keys, trace) => {
    if (!keys.has(holder) || keys.isBarred(holder))
      throw new NotDone(`${holder} has no credential, or it was revoked already`);
    await keys.revoke(holder);
    await trace('device.credential.revoke', holder);
    return { cutOff: null };
  });
}

type Trace = (what: string, object: string, after?: AuditEntry['after']) => Promise<void>;

/** With the installation taken, so that no service starts on it meanwhile, and traced as a service would. */
async function alone<T>(
  { dataDir, config }: KeysOf,
  work: (keys: DeviceKeys, trace: Trace) => Promise<T>,
): Promise<T> {
  const { deviceKeys, audit, letGo } = await takeOffline(dataDir, config, STARTING);
  try {
    await deviceKeys.start();
    await audit.start();
    if (!(await audit.writable()))
      throw new NotDone('the audit journal cannot be written: nothing was issued or revoked');
    return await work(deviceKeys, async (what, object, after) => {
      await audit.record({
        at: wallNow(),
        who: 'command',
        from: null,
        what,
        object,
        ...(after === undefined ? {} : { after }),
        outcome: 'done',
      });
    });
  } finally {
    await audit.close();
    await deviceKeys.close();
    await letGo();
  }
}

/** Credentials as they are, whether or not a service runs; without what secrets were kept as. */
export async function keysLooked({ dataDir, config }: KeysOf): Promise<KeysLooked> {
  const url = config.LIFELINE_DATABASE_URL;
  return url === undefined ? lookAtKeys(join(dataDir, 'devices.db')) : lookAtKeyTables(url);
}

async function asked<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (cause) {
    if (cause instanceof Refused) throw new NotDone(cause.message, cause);
    throw cause;
  }
}
