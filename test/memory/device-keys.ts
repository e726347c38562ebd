import type { Duration, Millis } from '../../src/domain/time.ts';
import {
  type DeviceKeys,
  type Holder,
  type Issued,
  KEYS_AT_MOST,
  type KeyListed,
} from '../../src/flow/ports/device-keys.ts';

/** What is left when the service stops. */
export class DeviceKeysDisk {
  keys: (KeyListed & { readonly secret: string })[] = [];
  readonly barred = new Set<Holder>();
  lastId = 0;
}

/** Keys without a disk; secrets lie open in it, so it is for tests only. */
export class DeviceKeysMemory implements DeviceKeys {
  readonly #disk: DeviceKeysDisk;
  readonly #now: () => Millis;

  constructor(given: { disk?: DeviceKeysDisk; now: () => Millis }) {
    this.#disk = given.disk ?? new DeviceKeysDisk();
    this.#now = given.now;
  }

  async start(): Promise<void> {}
  async close(): Promise<void> {}

  async issue(
    holders: readonly Holder[],
    keepOld: Duration,
    areas: readonly string[] | null = null,
  ): Promise<Issued[]> {
    const disk = this.#disk;
    const now = this.#now();
    return holders.map((holder) => {
      disk.keys = disk.keys
        .map((k) => (k.holder === holder ? { ...k, until: Math.min(k.until ?? Infinity, now + keepOld) } : k))
        .filter((k) => k.holder !== holder || (k.until ?? Infinity) > now);
      const id = ++disk.lastId;
      // Of the form of the real ones: 32 letters.
      const secret = `secret${String(id).replace(/\d/g, (d) => 'abcdefghij'[Number(d)] as string)}`.padEnd(
        32,
        'x',
      );
      disk.keys.push({ id, holder, issuedAt: now, until: null, areas, secret });
      const own = disk.keys.filter((k) => k.holder === holder);
      const tooMany = new Set(own.slice(0, Math.max(0, own.length - KEYS_AT_MOST)).map((k) => k.id));
      disk.keys = disk.keys.filter((k) => !tooMany.has(k.id));
      disk.barred.delete(holder);
      return { holder, id, secret };
    });
  }

  async revoke(holder: Holder): Promise<boolean> {
    if (this.#disk.barred.has(holder)) return false;
    this.#disk.keys = this.#disk.keys.filter((k) => k.holder !== holder);
    this.#disk.barred.add(holder);
    return true;
  }

  check(holder: Holder, secret: Uint8Array): KeyListed | null {
    const given = Buffer.from(secret).toString();
    const key = this.#good().findLast((k) => k.holder === holder && k.secret === given);
    return key === undefined ? null : open(key);
  }

  isBarred(holder: Holder): boolean {
    return this.#disk.barred.has(holder);
  }

  has(holder: Holder): boolean {
    return this.#disk.keys.some((k) => k.holder === holder);
  }

  async sweep(): Promise<readonly number[]> {
    const good = this.#good();
    const over = this.#disk.keys.filter((k) => !good.includes(k)).map((k) => k.id);
    this.#disk.keys = good;
    return over;
  }

  list(): readonly KeyListed[] {
    const order = (a: KeyListed, b: KeyListed) =>
      a.holder === b.holder ? a.id - b.id : a.holder < b.holder ? -1 : 1;
    return this.#disk.keys.map(open).sort(order);
  }

  #good() {
    return this.#disk.keys.filter((k) => k.until === null || k.until > this.#now());
  }
}

const open = ({ secret: _, ...key }: KeyListed & { readonly secret: string }): KeyListed => key;
