import { randomBytes } from 'node:crypto';
import type { Duration, Millis } from '../../domain/time.ts';
import {
  type DeviceKeys,
  type Holder,
  type Issued,
  KEYS_AT_MOST,
  type KeyListed,
} from '../../flow/ports/device-keys.ts';
import { MirroredChanges } from '../shared/mirrored-changes.ts';
import { freshSecret, kept, opens, type RandomBytes } from './secret.ts';
import type { DeviceKeyStore, KeyChange, KeyRow } from './store.ts';

export type DeviceKeysGiven = {
  readonly now: () => Millis;
  readonly random?: RandomBytes;
};

/**
 * Keys over a store, and all of them in memory, so that a CONNECT waits for no disk. A change is in the store before it is in
 * memory, and in both before it resolves.
 */
export class StoredDeviceKeys implements DeviceKeys {
  readonly #store: DeviceKeyStore;
  readonly #now: () => Millis;
  readonly #random: RandomBytes;
  readonly #changes = new MirroredChanges(() => this.#read());
  /** Of each holder the oldest first. */
  readonly #keys = new Map<Holder, readonly KeyRow[]>();
  readonly #barred = new Set<Holder>();
  #lastId = 0;

  constructor(store: DeviceKeyStore, { now, random = randomBytes }: DeviceKeysGiven) {
    this.#store = store;
    this.#now = now;
    this.#random = random;
  }

  async start(): Promise<void> {
    await this.#store.open();
    await this.#read();
  }

  close(): Promise<void> {
    return this.#store.close();
  }

  issue(
    holders: readonly Holder[],
    keepOld: Duration,
    areas: readonly string[] | null = null,
  ): Promise<readonly Issued[]> {
    return this.#changes.run(async () => {
      const now = this.#now();
      const given = new Batch(this.#keys, this.#lastId);
      const issued = holders.map((holder): Issued => {
        given.keep(
          holder,
          given
            .of(holder)
            .map((k) => ({ ...k, until: Math.min(k.until ?? Infinity, now + keepOld) }))
            .filter((k) => k.until > now)
            .slice(1 - KEYS_AT_MOST),
        );
        const secret = freshSecret(this.#random);
        const seal = kept(holder, Buffer.from(secret));
        return { holder, id: given.add({ holder, seal, issuedAt: now, until: null, areas }), secret };
      });
      await this.#store.keep(given.change());
      this.#lastId = given.lastId;
      for (const [holder, keys] of given.changed) {
        this.#keys.set(holder, keys);
        this.#barred.delete(holder);
      }
      return issued;
    });
  }

  revoke(holder: Holder): Promise<boolean> {
    return this.#changes.run(async () => {
      if (this.#barred.has(holder)) return false;
      const remove = (this.#keys.get(holder) ?? []).map((k) => k.id);
      await this.#store.keep({ remove, bar: { holder, at: this.#now() } });
      this.#keys.delete(holder);
      this.#barred.add(holder);
      return true;
    });
  }

  check(holder: Holder, secret: Uint8Array): KeyListed | null {
    const keys = this.#keys.get(holder);
    if (keys === undefined || secret.length > 256) return null;
    const now = this.#now();
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

  sweep(): Promise<readonly number[]> {
    return this.#changes.run(async () => {
      const now = this.#now();
      const over: KeyRow[] = [];
      for (const keys of this.#keys.values())
        if (keys.length > 1 || keys[0]?.until !== null)
          for (const k of keys) if (k.until !== null && k.until <= now) over.push(k);
      if (over.length === 0) return [];
      const ids = over.map((k) => k.id);
      await this.#store.keep({ remove: ids });
      for (const { holder } of over) {
        const left = (this.#keys.get(holder) ?? []).filter((k) => k.until === null || k.until > now);
        if (left.length > 0) this.#keys.set(holder, left);
        else this.#keys.delete(holder);
      }
      return ids;
    });
  }

  list(): readonly KeyListed[] {
    return [...this.#keys.keys()].sort().flatMap((holder) => (this.#keys.get(holder) ?? []).map(listed));
  }

  async #read(): Promise<void> {
    const { keys, barred, lastId } = await this.#store.read();
    this.#keys.clear();
    const byHolder = Map.groupBy(keys, (k) => k.holder);
    for (const [holder, own] of byHolder) this.#keys.set(holder, own);
    this.#barred.clear();
    for (const holder of barred) this.#barred.add(holder);
    this.#lastId = lastId;
  }
}

/** Keys issued together: what each holder has in the end, and what that changes. */
class Batch {
  readonly #before: ReadonlyMap<Holder, readonly KeyRow[]>;
  readonly changed = new Map<Holder, readonly KeyRow[]>();
  readonly #fresh = new Set<number>();
  lastId: number;

  constructor(before: ReadonlyMap<Holder, readonly KeyRow[]>, lastId: number) {
    this.#before = before;
    this.lastId = lastId;
  }

  of(holder: Holder): readonly KeyRow[] {
    return this.changed.get(holder) ?? this.#before.get(holder) ?? [];
  }

  keep(holder: Holder, keys: readonly KeyRow[]): void {
    this.changed.set(holder, keys);
  }

  add(key: Omit<KeyRow, 'id'>): number {
    const id = ++this.lastId;
    this.#fresh.add(id);
    this.changed.set(key.holder, [...this.of(key.holder), { id, ...key }]);
    return id;
  }

  change(): KeyChange {
    const after = [...this.changed.values()].flat();
    const stay = new Set(after.map((k) => k.id));
    const had = [...this.changed.keys()].flatMap((holder) => this.#before.get(holder) ?? []);
    return {
      add: after.filter((k) => this.#fresh.has(k.id)),
      until: after.flatMap(({ id, until }) => (this.#fresh.has(id) || until === null ? [] : [{ id, until }])),
      remove: had.filter((k) => !stay.has(k.id)).map((k) => k.id),
      lastId: this.lastId,
    };
  }
}

function listed({ seal: _, ...key }: KeyRow): KeyListed {
  return key;
}
