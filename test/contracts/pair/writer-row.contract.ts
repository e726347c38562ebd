import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { LEASE, type Machine, type WriterRow } from '../../../src/flow/ports/pair/pair.ts';

export const MACHINE_A: Machine = { id: 'a-1', name: 'A', version: '1.0.0' };
export const MACHINE_B: Machine = { id: 'b-1', name: 'B', version: '1.0.1' };

export type RowsUnderTest = {
  /** Another process at the same row. */
  open(): WriterRow;
  /** The row as it was before anybody came. */
  erase(): Promise<void> | void;
  /** So much time passes, for the database. */
  pass(ms: number): Promise<void>;
  end(): Promise<void> | void;
};

export function writerRowContract(name: string, make: () => Promise<RowsUnderTest> | RowsUnderTest): void {
  describe(`${name}, as the row that says who writes`, () => {
    let under: RowsUnderTest;
    let a: WriterRow;
    let b: WriterRow;
    beforeEach(async () => {
      under ??= await make();
      await a?.close();
      await b?.close();
      await under.erase();
      a = under.open();
      b = under.open();
    });
    afterAll(async () => {
      await a?.close();
      await b?.close();
      await under?.end();
    });

    test('nobody has written yet', async () => {
      expect(await a.look(MACHINE_A, 'standby', null)).toEqual({
        at: expect.any(Number),
        epoch: 0,
        holder: null,
        left: 0,
        switched: null,
        others: [],
      });
    });

    test('of two that ask at once one gets it', async () => {
      const [one, other] = await Promise.all([a.take(MACHINE_A), b.take(MACHINE_B)]);
      expect([one, other].toSorted()).toEqual([1, null].toSorted());
    });

    test('it is good for as long as a lease lasts, and shows whose it is', async () => {
      await a.take(MACHINE_A);
      await a.look(MACHINE_A, 'active', true);
      const seen = await b.look(MACHINE_B, 'standby', null);
      expect(seen).toMatchObject({ epoch: 1, holder: { id: 'a-1', name: 'A' }, switched: null });
      expect(seen.left).toBeGreaterThan(LEASE.lasts - 2_000);
      expect(seen.left).toBeLessThanOrEqual(LEASE.lasts);
      expect(seen.others).toEqual([
        { ...MACHINE_A, role: 'active', seenAt: expect.any(Number), reachesBroker: true },
      ]);
    });

    test('nobody else gets it before it has run out, and renewing puts that off', async () => {
      await a.take(MACHINE_A);
      await under.pass(LEASE.lasts - 1_000);
      expect(await b.take(MACHINE_B)).toBeNull();
      expect(await a.renew(1)).toBe(true);
      await under.pass(LEASE.lasts - 1_000);
      expect(await b.take(MACHINE_B)).toBeNull();
      await under.pass(2_000);
      expect(await b.take(MACHINE_B)).toBe(2);
      expect((await b.look(MACHINE_B, 'active', true)).switched).toMatchObject({ from: 'A', why: 'run-out' });
    });

    test('an epoch that is over is never renewed, and lets nothing go', async () => {
      await a.take(MACHINE_A);
      await under.pass(LEASE.lasts + 1_000);
      await b.take(MACHINE_B);
      expect(await a.renew(1)).toBe(false);
      await a.release(1);
      expect(await a.take(MACHINE_A)).toBeNull();
      expect(await b.renew(2)).toBe(true);
    });

    test('what is released is to be had at once, and that is what the switch says', async () => {
      await a.take(MACHINE_A);
      await a.release(1);
      const seen = await b.look(MACHINE_B, 'standby', null);
      expect(seen.left).toBeLessThanOrEqual(0);
      expect(seen.holder?.name).toBe('A');
      // A renewal that was still under way takes nothing back.
      expect(await a.renew(1)).toBe(false);
      expect(await b.take(MACHINE_B)).toBe(2);
      expect((await a.look(MACHINE_A, 'standby', null)).switched).toMatchObject({
        from: 'A',
        why: 'released',
      });
    });

    test('a machine that comes back has it at once, under another epoch, and that is no switch', async () => {
      await a.take(MACHINE_A);
      const again = under.open();
      expect(await again.take(MACHINE_A)).toBe(2);
      expect(await a.renew(1)).toBe(false);
      expect((await again.look(MACHINE_A, 'active', true)).switched).toBeNull();
      await again.close();
    });

    test('what both must know is kept', async () => {
      expect(await a.note('client')).toBeNull();
      await a.keepNote('client', 'one');
      await b.keepNote('client', 'two');
      expect(await a.note('client')).toBe('two');
    });
  });
}
