import { as } from '../../domain/ids.ts';
import { no, ok, type Result } from '../../domain/result.ts';
import type { Duration } from '../../domain/time.ts';
import { deviceToken, nameToShow } from '../../wire/mqtt/token.ts';
import { isDeviceCode } from '../../wire/mqtt/topics.ts';
import type { Audit, AuditEntry } from '../ports/audit.ts';
import type { Admission, Broker, Credential } from '../ports/broker.ts';
import type { Clock } from '../ports/clock.ts';
import type {
  DeviceCredentials,
  DeviceKeys,
  Holder,
  Issued,
  KeyKeeper,
  KeyListed,
  KeyRefusal,
} from '../ports/device-keys.ts';
import type { Log } from '../ports/log.ts';
import type { RegisterView } from '../ports/service.ts';

const SYSTEM = /^system:[A-Za-z0-9_-]{1,50}$/;

/** The gate of the broker, and the desk at which its keys are issued and taken back. */
export class KeyDesk implements DeviceCredentials {
  readonly #keys: DeviceKeys;
  readonly #audit: Pick<Audit, 'record' | 'writable'>;
  readonly #clock: Pick<Clock, 'now'>;
  readonly #log: Log;
  readonly #register: Pick<RegisterView, 'device'>;
  readonly #anonymous: boolean;
  readonly #cutOff: Broker['cutOff'];
  readonly #forget: Broker['forget'];
  #sweeping = false;

  /** @param o.anonymous whoever shows no key is let in all the same, as nobody in particular */
  constructor(o: {
    keys: DeviceKeys;
    audit: Pick<Audit, 'record' | 'writable'>;
    clock: Pick<Clock, 'now'>;
    log: Log;
    register: Pick<RegisterView, 'device'>;
    anonymous: boolean;
    cutOff: Broker['cutOff'];
    forget: Broker['forget'];
  }) {
    this.#keys = o.keys;
    this.#audit = o.audit;
    this.#clock = o.clock;
    this.#log = o.log;
    this.#register = o.register;
    this.#anonymous = o.anonymous;
    this.#cutOff = o.cutOff;
    this.#forget = o.forget;
  }

  /** Who a client is. Synchronous: twenty thousand devices come back at once after a power cut. */
  admit(given: Credential): Admission {
    const { certificate } = given;
    const { username, password } = untangled(given);
    if (certificate !== null) return this.#byCertificate(certificate, username, password);
    if (username === null) {
      return this.#anonymous
        ? { as: 'anonymous' }
        : refused(
            'it gave no user name; the device code, with the device’s secret as password, would be right',
          );
    }
    const key = this.#keys.check(username, password ?? new Uint8Array());
    if (key !== null) return admission(key);
    // Trying out: a name that has a key is its holder's, any other is a label.
    if (this.#anonymous && !this.#keys.isBarred(username) && !this.#keys.has(username))
      return { as: 'anonymous' };
    return refused(
      this.#keys.isBarred(username)
        ? `the credential of ${JSON.stringify(nameToShow(username))} was revoked; it needs a new one`
        : `${JSON.stringify(nameToShow(username))} has no such secret`,
    );
  }

  #byCertificate(name: string, username: string | null, password: Uint8Array | null): Admission {
    const whose = JSON.stringify(name);
    if (!isDeviceCode(name)) return refused(`its certificate is of ${whose}, which is no device code`);
    if (username !== null && username !== name)
      return refused(
        `its certificate is of ${whose}, and it calls itself ${JSON.stringify(nameToShow(username))}`,
      );
    if (this.#keys.isBarred(name))
      return refused(`the credential of ${whose} was revoked; it needs a new one`);
    if (password === null) return { as: 'device', device: name };
    const key = this.#keys.check(name, password);
    return key === null ? refused(`${whose} has no such secret`) : admission(key);
  }

  async issue(
    holders: readonly Holder[],
    by: KeyKeeper,
    o: { keepOld: Duration; strict: boolean; areas?: readonly string[] | null },
  ): Promise<Result<readonly Issued[], KeyRefusal>> {
    for (const holder of holders) {
      const device = isDeviceCode(holder);
      if (!device && !SYSTEM.test(holder)) return no(INVALID(holder));
      if (device && o.strict && this.#register.device(as.device(holder)) === undefined)
        return no(UNKNOWN(holder));
    }
    if (!(await this.#audit.writable())) return no(UNWRITABLE);
    const had = new Set(holders.filter((h) => this.#keys.has(h)));
    const issued = await this.#keys.issue(holders, o.keepOld, o.areas ?? null);
    if (o.keepOld === 0 && had.size > 0) this.#cutOffReplaced(issued);
    await Promise.all(
      issued.map(({ holder, id }) =>
        this.#trace(by, had.has(holder) ? 'device.credential.rotate' : 'device.credential.issue', holder, {
          key: id,
          ...(had.has(holder) ? { oldGoodForSeconds: o.keepOld / 1_000 } : {}),
          ...(o.areas == null ? {} : { areas: o.areas }),
        }),
      ),
    );
    this.#log.info('credentials were issued', {
      by: by.who,
      holders: issued.length,
      first: issued[0]?.holder ?? '',
    });
    return ok(issued);
  }

  async revoke(holder: Holder, by: KeyKeeper): Promise<Result<{ cutOff: number }, KeyRefusal>> {
    const known =
      this.#keys.has(holder) ||
      (isDeviceCode(holder) && this.#register.device(as.device(holder)) !== undefined);
    if (!known || this.#keys.isBarred(holder)) return no(NO_KEY(holder));
    if (!(await this.#audit.writable())) return no(UNWRITABLE);
    await this.#keys.revoke(holder);
    const cutOff = this.#cutOff(
      (who) => nameOf(who) === holder,
      'revoked',
      `the credential of ${holder} was revoked`,
    );
    // Whoever is issued the name next shall not hear what waited for this one.
    this.#forget(holder);
    await this.#trace(by, 'device.credential.revoke', holder, { connectionsCutOff: cutOff });
    this.#log.info('a credential was revoked', { by: by.who, holder, connectionsCutOff: cutOff });
    return ok({ cutOff });
  }

  list(): readonly KeyListed[] {
    return this.#keys.list();
  }

  isBarred(holder: Holder): boolean {
    return this.#keys.isBarred(holder);
  }

  has(holder: Holder): boolean {
    return this.#keys.has(holder);
  }

  /** Ends what an overlap has run out for: keys, and connections that they opened. Never rejects: the next beat tries again. */
  async sweep(): Promise<void> {
    if (this.#sweeping) return;
    this.#sweeping = true;
    try {
      this.#runOut(await this.#keys.sweep());
    } catch (cause) {
      // None of them opens any more: what could not be done is to forget them.
      this.#log.warn('old credentials could not be forgotten', { cause: (cause as Error).message });
    } finally {
      this.#sweeping = false;
    }
  }

  #runOut(keys: readonly number[]): void {
    const over = new Set(keys);
    if (over.size === 0) return;
    const cutOff = this.#cutOff(
      (who) => 'key' in who && who.key !== undefined && over.has(who.key),
      'key-over',
      'its old secret is good no longer: the new one would be right',
    );
    this.#log.info('old credentials have run out', { keys: over.size, connectionsCutOff: cutOff });
  }

  /** Whoever came with an earlier key goes; the new ones cannot have been used yet. */
  #cutOffReplaced(issued: readonly Issued[]): void {
    const ids = new Map(issued.map(({ holder, id }) => [holder, id]));
    this.#cutOff(
      (who) => {
        const id = ids.get(nameOf(who) ?? '');
        return id !== undefined && 'key' in who && who.key !== undefined && who.key !== id;
      },
      'key-over',
      'its secret was replaced: the new one would be right',
    );
  }

  async #trace(by: KeyKeeper, what: string, holder: Holder, after: AuditEntry['after']): Promise<void> {
    await this.#audit.record({
      at: this.#clock.now(),
      who: by.who,
      from: by.from,
      what,
      object: holder,
      ...(after === undefined ? {} : { after }),
      outcome: 'done',
    });
  }
}

/** A token in the place of the user name is both: who it is, and their secret. */
function untangled({ username, password }: Credential): Pick<Credential, 'username' | 'password'> {
  const token = username === null || (password?.length ?? 0) > 0 ? null : deviceToken(username);
  return token === null
    ? { username, password }
    : { username: token.device, password: Buffer.from(token.secret) };
}

function nameOf(who: Admission): string | null {
  if (who.as === 'device') return who.device;
  return who.as === 'system' && who.name !== undefined ? `system:${who.name}` : null;
}

function admission({ holder, id, areas }: KeyListed): Admission {
  return isDeviceCode(holder)
    ? { as: 'device', device: holder, key: id }
    : { as: 'system', name: holder.slice('system:'.length), key: id, areas };
}

const refused = (why: string): Admission => ({ as: 'refused', why });

const INVALID = (holder: string): KeyRefusal => ({
  code: 'holder-invalid',
  detail: {
    zh: `${JSON.stringify(holder)} 不是设备编码（1 至 64 个字母、数字、“_”“-”），也不是 system:名称`,
    en: `${JSON.stringify(holder)} is neither a device code (1 to 64 letters, digits, "_" and "-") nor system:<name>.`,
  },
});
const UNKNOWN = (holder: string): KeyRefusal => ({
  code: 'device-unknown',
  detail: { zh: `台账中没有设备 ${holder}`, en: `There is no device ${holder} in the register.` },
});
const NO_KEY = (holder: string): KeyRefusal => ({
  code: 'no-key',
  detail: {
    zh: `${holder} 没有凭据，或已吊销`,
    en: `${holder} has no credential, or it was revoked already.`,
  },
});
const UNWRITABLE: KeyRefusal = {
  code: 'audit-unwritable',
  detail: {
    zh: '审计日志无法写入，暂不能签发或吊销；接入不受影响',
    en: 'The audit journal cannot be written: nothing is issued or revoked until it can; intake goes on.',
  },
};
