import { randomBytes } from 'node:crypto';
import type { Duration, Millis } from '../../domain/time.ts';
import {
  type DeviceKeys,
  type Holder,
  type Issued,
  KEYS_AT_MOST,
  type KeyListed,
} from '../../flow/ports/device-keys.ts';
import { type FileForm, fileForm } from '../shared/file-form.ts';
import { freshSecret, kept, opens, type RandomBytes } from './secret.ts';
import { DEVICE_KEY_STEPS, DeviceKeyStore, type KeyRow } from './store.ts';

/** How the file looks, and how this version writes it. */
export const deviceKeysForm = (file: string): FileForm => fileForm(file, DEVICE_KEY_STEPS, true);

export type DeviceKeysOptions = {
  readonly file: string;
  readonly now: () => Millis;
  readonly random?: RandomBytes;
};

/** Keys in a SQLite file of their own, and all of them in memory, so that a CONNECT waits for no disk. */
export class DeviceKeysSqlite implements DeviceKeys {
  readonly #options: DeviceKeysOptions;
  /** Oldest first. */
  readonly #keys = new Map<Holder, readonly KeyRow[]>();
  readonly #barred = new Set<Holder>();
  #opened: DeviceKeyStore | null = null;

  constructor(options: DeviceKeysOptions) {
    this.#options = options;
  }

  async start(): Promise<void> {
    this.#opened = new DeviceKeyStore(this.#options.file);
    for (const row of this.#store.keys())
      this.#keys.set(row.holder, [...(this.#keys.get(row.holder) ?? []), row]);
    for (const holder of this.#store.barred()) this.#barred.add(holder);
  }

  async close(): Promise<void> {
    this.#opened?.close();
    this.#opened = null;
  }

  issue(
    holders: readonly Holder[],
    keepOld: Duration,
    areas: readonly string[] | null = null,
  ): readonly Issued[] {
    const now = this.#options.now();
    const random = this.#options.random ?? randomBytes;
    const changed = new Map<Holder, readonly KeyRow[]>();
    const issued = this.#store.together(() =>
      holders.map((holder): Issued => {
        const had = changed.get(holder) ?? this.#keys.get(holder) ?? [];
        const old = had
          .map((k) => ({ ...k, until: Math.min(k.until ?? Infinity, now + keepOld) }))
          .filter((k) => k.until > now)
          .slice(1 - KEYS_AT_MOST);
        const stay = new Set(old.map((k) => k.id));
        this.#store.remove(had.filter((k) => !stay.has(k.id)).map((k) => k.id));
        for (const k of old) this.#store.setUntil(k.id, k.until);
        const secret = freshSecret(random);
        const row = { holder, seal: kept(holder, Buffer.from(secret)), issuedAt: now, until: null, areas };
        const id = this.#store.add(row);
        changed.set(holder, [...old, { id, ...row }]);
        return { holder, id, secret };
      }),
    );
    for (const [holder, keys] of changed) {
      this.#keys.set(holder, keys);
      this.#barred.delete(holder);
    }
    return issued;
  }

  revoke(holder: Holder): boolean {
    if (this.#barred.has(holder)) return false;
    this.#store.together(() => this.#store.bar(holder, this.#options.now()));
    this.#keys.delete(holder);
    this.#barred.add(holder);
    return true;
  }

  check(holder: Holder, secret: Uint8Array): KeyListed | null {
    const keys = this.#keys.get(holder);
    if (keys === undefined || secret.length > 256) return null;
    const now = this.#options.now();
    const given = kept(holder, secret);
    const key = keys.findLast((k) => (k.until === null || k.until > now) && opens(given, k.seal));
    return key === undefined ? null : listed(key);
  }

  isBarred(holder: Holder): boolean {
    return this.#barred.has(holder);
  }

  has(holder: Holder): boolean {
    return this.#keys.has(holder);
  }

  sweep(): readonly number[] {
    const now = this.#options.now();
    const over: KeyRow[] = [];
    for (const keys of this.#keys.values())
      if (keys.length > 1 || keys[0]?.until !== null)
        for (const k of keys) if (k.until !== null && k.until <= now) over.push(k);
    if (over.length === 0) return [];
    const ids = over.map((k) => k.id);
    this.#store.together(() => this.#store.remove(ids));
    for (const { holder } of over) {
      const left = (this.#keys.get(holder) ?? []).filter((k) => k.until === null || k.until > now);
      if (left.length > 0) this.#keys.set(holder, left);
      else this.#keys.delete(holder);
    }
    return ids;
  }

  list(): readonly KeyListed[] {
    return [...this.#keys.keys()].sort().flatMap((holder) => (this.#keys.get(holder) ?? []).map(listed));
  }

  get #store(): DeviceKeyStore {
    if (this.#opened === null)
      throw new Error('the device keys are not open: start() them first, use none after close()');
    return this.#opened;
  }
}

function listed({ seal: _, ...key }: KeyRow): KeyListed {
  return key;
}
