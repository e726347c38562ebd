import { join } from 'node:path';
import { AuditSqlite } from '../../adapters/audit/index.ts';
import { wallNow } from '../../adapters/clock/index.ts';
import { askForKey, Refused } from '../../adapters/control-socket/client.ts';
import { DeviceKeysSqlite } from '../../adapters/device-keys/index.ts';
import type { Duration } from '../../domain/time.ts';
import type { AuditEntry } from '../../flow/ports/audit.ts';
import { isDeviceCode } from '../../wire/mqtt/topics.ts';
import { NotDone, WrongUse } from '../command.ts';
import { lockFor } from '../lock.ts';

const STARTING =
  'a service has this data directory and does not answer: is it starting, or stopping? Try again';

/** By the running service, which knows at once; without one in the file itself. @returns the secret */
export async function issueKey(
  dataDir: string,
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
  const told = await asked(askForKey(dataDir, { do: 'issue-key', holder, keepOld, areas }));
  if (told !== null) return told.secret;
  return alone(dataDir, async (keys, trace) => {
    const had = keys.has(holder);
    const [issued] = await keys.issue([holder], keepOld, areas);
    if (issued === undefined) throw new Error('nothing was issued');
    await trace(had ? 'device.credential.rotate' : 'device.credential.issue', holder, { key: issued.id });
    return issued.secret;
  });
}

/** @returns how many connections ended; `null`: no service is running */
export async function revokeKey(
  dataDir: string,
  holder: string,
): Promise<{ readonly cutOff: number | null }> {
  const told = await asked(askForKey(dataDir, { do: 'revoke-key', holder }));
  if (told !== null) return { cutOff: told.cutOff };
  return alone(dataDir, async (keys, trace) => {
    if (!keys.has(holder) || keys.isBarred(holder))
      throw new NotDone(`${holder} has no credential, or it was revoked already`);
    await keys.revoke(holder);
    await trace('device.credential.revoke', holder);
    return { cutOff: null };
  });
}

type Trace = (what: string, object: string, after?: AuditEntry['after']) => Promise<void>;

/** With the directory locked, so that no service starts on it meanwhile, and traced as a service would. */
async function alone<T>(
  dataDir: string,
  work: (keys: DeviceKeysSqlite, trace: Trace) => Promise<T>,
): Promise<T> {
  const lock = lockFor(dataDir, STARTING);
  const keys = new DeviceKeysSqlite({ file: join(dataDir, 'devices.db'), now: wallNow });
  const audit = new AuditSqlite({
    file: join(dataDir, 'audit.db'),
    keyFile: join(dataDir, 'audit.key'),
    now: wallNow,
    log: { info: () => undefined, error: (msg) => void process.stderr.write(`${msg}\n`) },
  });
  try {
    await keys.start();
    await audit.start();
    if (!(await audit.writable()))
      throw new NotDone('the audit journal cannot be written: nothing was issued or revoked');
    return await work(keys, async (what, object, after) => {
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
    await keys.close();
    lock.letGo();
  }
}

async function asked<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (cause) {
    if (cause instanceof Refused) throw new NotDone(cause.message, cause);
    throw cause;
  }
}
