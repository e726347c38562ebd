import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import { LoginQueue, type Rank, TurnedAway } from '../../src/adapters/accounts/login-queue.ts';

/** Work that ends when told, in the order in which it was begun. */
class Works {
  readonly begun: string[] = [];
  readonly turnedAway: string[] = [];
  readonly #end: (() => void)[] = [];
  readonly #queue: LoginQueue;

  constructor(queue: LoginQueue) {
    this.#queue = queue;
  }

  enter(name: string, rank: Rank, client = name): boolean {
    const done = this.#queue.enter(client, rank, () => {
      this.begun.push(name);
      return new Promise<void>((resolve) => this.#end.push(resolve));
    });
    done?.catch((e: unknown) => {
      if (e instanceof TurnedAway) this.turnedAway.push(name);
    });
    return done !== null;
  }

  async endOne(): Promise<boolean> {
    const end = this.#end.shift();
    end?.();
    // What was woken up by it has its turn now.
    for (let i = 0; i < 10; i++) await Promise.resolve();
    return end !== undefined;
  }

  async endAll(): Promise<void> {
    while (await this.endOne());
  }
}

let works: Works;
beforeEach(() => {
  works = new Works(new LoginQueue(4));
});

describe('logins that wait for their turn', () => {
  test('whoever is known comes before all strangers, and a newcomer before who has failed', async () => {
    works.enter('first', 3);
    works.enter('failed', 3);
    works.enter('newcomer', 2);
    works.enter('address', 1);
    works.enter('desk', 0);
    await works.endAll();
    expect(works.begun).toEqual(['first', 'desk', 'address', 'newcomer', 'failed']);
  });

  test('one client with many tries takes turns with the others', async () => {
    for (let i = 0; i < 3; i++) works.enter(`a${i}`, 3, 'a');
    works.enter('b', 3);
    await works.endAll();
    expect(works.begun).toEqual(['a0', 'a1', 'b', 'a2']);
  });

  test('when all places are taken, whoever is last gives theirs to somebody who comes first, and only to them', async () => {
    works.enter('at work', 3);
    for (const name of ['a', 'b', 'c', 'd']) expect(works.enter(name, 3)).toBe(true);
    expect(works.enter('e', 3)).toBe(false);
    expect(works.enter('desk', 0)).toBe(true);
    await works.endAll();
    expect(works.turnedAway).toEqual(['d']);
    expect(works.begun).toEqual(['at work', 'desk', 'a', 'b', 'c']);
  });

  test('of those who are last, the one who has most waiting gives', async () => {
    works.enter('at work', 3);
    for (const name of ['a1', 'a2', 'a3']) works.enter(name, 3, 'a');
    works.enter('b', 3);
    works.enter('newcomer', 2);
    await works.endAll();
    expect(works.turnedAway).toEqual(['a3']);
  });

  test('a newcomer who asks again before their turn is none any more', async () => {
    works.enter('at work', 3);
    works.enter('s1', 2, 's');
    works.enter('s2', 2, 's');
    works.enter('person', 2);
    await works.endAll();
    expect(works.begun).toEqual(['at work', 'person', 's1', 's2']);
  });

  test('a work that fails does not stop the others', async () => {
    const queue = new LoginQueue(4);
    const failed = queue.enter('a', 0, () => Promise.reject(new Error('disk')));
    const after = queue.enter('b', 0, async () => 'done');
    await expect(failed).rejects.toThrow('disk');
    expect(await after).toBe('done');
    expect(await queue.admit(async () => 'admitted')).toBe('admitted');
  });

  test('whoever asks, in whatever order: a bounded number waits, one works, and each is told', async () => {
    const entry = fc.tuple(fc.integer({ min: 0, max: 5 }), fc.constantFrom<Rank>(0, 1, 2, 3), fc.boolean());
    await fc.assert(
      fc.asyncProperty(fc.array(entry, { maxLength: 80 }), async (entries) => {
        const queue = new LoginQueue(4);
        let [working, told, refused] = [0, 0, 0];
        for (const [client, rank, breathe] of entries) {
          const done = queue.enter(`${client}`, rank, async () => {
            expect(++working).toBe(1);
            await Promise.resolve();
            working--;
          });
          if (done === null) refused++;
          else
            done.then(
              () => told++,
              () => told++,
            );
          expect(queue.waiting).toBeLessThanOrEqual(4);
          if (breathe) await Promise.resolve();
        }
        await queue.admit(async () => undefined);
        for (let i = 0; i < 100; i++) await Promise.resolve();
        expect(told + refused).toBe(entries.length);
      }),
    );
  });
});
