import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { hours, minutes } from '../../src/domain/time.ts';
import { type DeviceKeys, KEYS_AT_MOST } from '../../src/flow/ports/device-keys.ts';

export type DeviceKeysUnderTest = {
  /** Keys over what is kept; a second call is a restart. */
  open(now: () => number): DeviceKeys;
  erase(): void | Promise<void>;
  end(): void;
};

const DAY = hours(24);

/** What every adapter of the device keys promises. */
export function deviceKeysContract(name: string, make: () => DeviceKeysUnderTest): void {
  describe(name, () => {
    const under = make();
    let now: number;
    let keys: DeviceKeys;
    const open = async () => {
      keys = under.open(() => now);
      await keys.start();
    };
    const add = async (holder: string, keepOld = 0): Promise<string> =>
      (await keys.issue([holder], keepOld as typeof DAY))[0]?.secret as string;
    const opens = (holder: string, secret: string) => keys.check(holder, Buffer.from(secret)) !== null;

    beforeEach(async () => {
      await under.erase();
      now = 1_764_547_200_000;
      await open();
    });
    afterAll(() => under.end());

    test('a secret opens for its holder and for nobody else', async () => {
      const a = await add('DEV-A');
      const b = await add('DEV-B');
      expect(a).not.toBe(b);
      expect(keys.check('DEV-A', Buffer.from(a))).toEqual({
        id: expect.any(Number),
        holder: 'DEV-A',
        issuedAt: now,
        until: null,
        areas: null,
      });
      expect([opens('DEV-B', a), opens('DEV-A', b), opens('DEV-A', ''), opens('DEV-A', `${a} `)]).toEqual([
        false,
        false,
        false,
        false,
      ]);
      expect(opens('DEV-A', 'x'.repeat(100_000))).toBe(false);
    });

    test.each(['__proto__', 'constructor', 'toString', ''])(
      'nobody has a key by the name of %j',
      (holder) => {
        expect(opens(holder, 'x')).toBe(false);
      },
    );

    test('rotated, the old one is good for as long as was said, and the new one from now on', async () => {
      const old = await add('DEV-A');
      const next = await add('DEV-A', DAY);
      expect([opens('DEV-A', old), opens('DEV-A', next)]).toEqual([true, true]);
      now += DAY - 1;
      expect(opens('DEV-A', old)).toBe(true);
      now += 1;
      expect([opens('DEV-A', old), opens('DEV-A', next)]).toEqual([false, true]);
    });

    test('rotated with no overlap, the old one ends at once', async () => {
      const old = await add('DEV-A');
      const next = await add('DEV-A', 0);
      expect([opens('DEV-A', old), opens('DEV-A', next)]).toEqual([false, true]);
    });

    test('rotated again, an old one does not live longer than it was to', async () => {
      const first = await add('DEV-A');
      await add('DEV-A', hours(1));
      await add('DEV-A', DAY);
      now += hours(1);
      expect(opens('DEV-A', first)).toBe(false);
    });

    test(`a holder has at most ${KEYS_AT_MOST} good keys: the oldest goes`, async () => {
      const all = await Promise.all(Array.from({ length: KEYS_AT_MOST + 2 }, () => add('DEV-A', DAY)));
      expect(all.map((s) => opens('DEV-A', s))).toEqual([false, false, true, true, true, true]);
      expect(keys.list()).toHaveLength(KEYS_AT_MOST);
    });

    test('revoked, none of its keys opens, and it is barred until it is issued a new one', async () => {
      const old = await add('DEV-A');
      const newer = await add('DEV-A', DAY);
      const other = await add('DEV-B');
      expect(await keys.revoke('DEV-A')).toBe(true);
      expect([opens('DEV-A', old), opens('DEV-A', newer), keys.isBarred('DEV-A')]).toEqual([
        false,
        false,
        true,
      ]);
      expect(await keys.revoke('DEV-A')).toBe(false);
      expect([opens('DEV-B', other), keys.isBarred('DEV-B')]).toEqual([true, false]);
      const again = await add('DEV-A', DAY);
      expect([opens('DEV-A', again), opens('DEV-A', old), keys.isBarred('DEV-A')]).toEqual([
        true,
        false,
        false,
      ]);
    });

    test('who has no key, and comes by certificate alone, can be barred too', async () => {
      expect([keys.isBarred('DEV-X'), await keys.revoke('DEV-X'), keys.isBarred('DEV-X')]).toEqual([
        false,
        true,
        true,
      ]);
    });

    test('all of it outlives a restart', async () => {
      const old = await add('DEV-A');
      const next = await add('DEV-A', DAY);
      await add('DEV-B');
      await keys.revoke('DEV-B');
      await keys.issue(['system:gis'], 0 as typeof DAY, ['3416']);
      const before = keys.list();
      await keys.close();
      await open();
      expect(keys.list()).toEqual(before);
      expect([opens('DEV-A', old), opens('DEV-A', next), keys.isBarred('DEV-B')]).toEqual([true, true, true]);
      now += DAY;
      expect(opens('DEV-A', old)).toBe(false);
    });

    test('the list has no secrets, is in order, and says whose areas', async () => {
      await add('DEV-B');
      await add('DEV-A');
      const { secret } = (await keys.issue(['system:gis'], 0 as typeof DAY, ['3416', '3412']))[0] as {
        secret: string;
      };
      const list = keys.list();
      expect(list.map((k) => [k.holder, k.areas])).toEqual([
        ['DEV-A', null],
        ['DEV-B', null],
        ['system:gis', ['3416', '3412']],
      ]);
      expect(JSON.stringify(list)).not.toContain(secret);
    });

    test('a sweep forgets what is over, once, and says which', async () => {
      await add('DEV-A');
      const [first] = keys.list();
      await add('DEV-A', minutes(5));
      expect(await keys.sweep()).toEqual([]);
      now += minutes(5);
      expect(await keys.sweep()).toEqual([first?.id]);
      expect(await keys.sweep()).toEqual([]);
      expect(keys.list()).toHaveLength(1);
    });

    test('many at once come back in their order, each with its own', async () => {
      const holders = Array.from({ length: 2_000 }, (_, i) => `D-${i}`);
      const issued = await keys.issue(holders, DAY);
      expect(issued.map((k) => k.holder)).toEqual(holders);
      expect(new Set(issued.map((k) => k.secret)).size).toBe(2_000);
      expect(issued.every((k) => opens(k.holder, k.secret))).toBe(true);
    });
  });
}
