import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { as } from '../../src/domain/ids.ts';
import type { Journal } from '../../src/flow/ports/journal.ts';
import type { Loss, LossLedger } from '../../src/flow/ports/losses.ts';
import { T0 } from './journal/journal-records.ts';

type Book = Journal & LossLedger;

const loss = (key: string, more: Partial<Loss> = {}): Loss => ({
  key,
  cause: 'store-refused',
  at: T0,
  until: T0,
  what: 'readings',
  n: 3,
  point: as.point('P-1'),
  device: as.device('D-1'),
  metric: as.metric('ch4'),
  observed: { from: T0 - 2_000.5, to: T0 },
  why: 'field type conflict: "ch4" 冲突',
  kept: 'gas,point=P-1 ch4=1 1\ngas,point=P-1 ch4=2 2',
  file: null,
  ...more,
});

/** What every journal must do that keeps the loss ledger with it. */
export function lossesContract(name: string, makePlace: () => { open(): Book; end(): void }): void {
  describe(`${name}: the loss ledger`, () => {
    let place: ReturnType<typeof makePlace>;
    let book: Book;
    const keys = async (range: { from?: number; to?: number } = {}) =>
      (await book.losses(range, 100, null)).items.map((l) => l.key);

    beforeEach(async () => {
      place = makePlace();
      book = place.open();
      await book.recover();
    });
    afterEach(async () => {
      await book.close();
      place.end();
    });

    test('an entry is there after a start anew, word for word', async () => {
      const entry = loss('a', { until: T0 + 60_000 });
      await book.noteLosses([entry]);
      await book.close();
      book = place.open();
      await book.recover();
      expect((await book.losses({}, 10, null)).items).toEqual([{ ...entry, id: expect.any(Number) }]);
    });

    test('the same loss told twice is one entry, and what comes with it is kept', async () => {
      await book.noteLosses([loss('a')]);
      await book.noteLosses([loss('a', { n: 99, at: T0 + 1 }), loss('b')]);
      const { items } = await book.losses({}, 10, null);
      expect(items.map((l) => [l.key, l.n])).toEqual([
        ['b', 3],
        ['a', 3],
      ]);
    });

    test('the newest come first, in pages that neither repeat nor skip, within the asked time', async () => {
      for (let i = 0; i < 7; i++) await book.noteLosses([loss(`k${i}`, { at: T0 + Math.floor(i / 2) })]);
      const all = ['k6', 'k5', 'k4', 'k3', 'k2', 'k1', 'k0'];
      expect(await keys()).toEqual(all);
      expect(await keys({ from: T0 + 1, to: T0 + 3 })).toEqual(['k5', 'k4', 'k3', 'k2']);
      const paged: string[] = [];
      let after: string | null = null;
      do {
        const page: Awaited<ReturnType<Book['losses']>> = await book.losses({}, 2, after);
        paged.push(...page.items.map((l) => l.key));
        after = page.next;
      } while (after !== null);
      expect(paged).toEqual(all);
    });

    test('a cursor that no page gave is refused', async () => {
      await expect(book.losses({}, 10, 'nonsense')).rejects.toMatchObject({ code: 'bad-cursor' });
    });
  });
}
