import { describe, expect, test } from 'vitest';
import { LeaseBoard } from '../../../src/adapters/lease-postgres/board.ts';
import { Renewal } from '../../../src/adapters/lease-postgres/renewal.ts';
import type { Lease } from '../../../src/flow/pair/lease.ts';
import { Standby } from '../../../src/flow/pair/standby.ts';
import {
  isFenced,
  LEASE,
  type LeaseRenewal,
  type Machine,
  type WriterRow,
} from '../../../src/flow/ports/pair/pair.ts';
import { ManualClock } from '../../memory/clock.ts';
import { MemoryWriterRow } from '../../memory/writer-row.ts';

const A: Machine = { id: 'a', name: 'A', version: '1' };
const B: Machine = { id: 'b', name: 'B', version: '1' };
const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };

/** Everything that does not wait for a clock has been done when it resolves. */
const settled = async (): Promise<void> => {
  for (let i = 0; i < 50; i++) await Promise.resolve();
};

/** As the thread does it, by the machine's one clock. */
const renewedBy = (clock: ManualClock, row: WriterRow): LeaseRenewal => ({
  passed: () => clock.now(),
  begin: (epoch, goodUntil) => {
    const board = new LeaseBoard();
    board.goodUntil = goodUntil;
    board.aliveAt = clock.now();
    const renewal = new Renewal({ row, epoch, board, passed: () => clock.now(), trouble: () => undefined });
    void renewal.renew();
    return {
      goodUntil: () => board.goodUntil,
      alive: () => {
        board.aliveAt = clock.now();
      },
      end: clock.every(LEASE.renewEvery, () => void renewal.renew()),
    };
  },
});

/** A machine with a clock of its own, at a row that may be cut off from it. */
class House {
  readonly clock = new ManualClock(0);
  readonly row: WriterRow;
  /** How the line to the database is. */
  line: 'good' | 'cut' | 'hangs' = 'good';
  readonly me: Machine;
  lease: Lease | null = null;
  lost: string | null = null;
  standby: Standby;
  stoodBy = 0;

  constructor(me: Machine, row: WriterRow) {
    this.me = me;
    const through =
      <T extends unknown[], R>(ask: (...given: T) => Promise<R>) =>
      async (...given: T): Promise<R> => {
        if (this.line === 'hangs') return new Promise<never>(() => undefined);
        if (this.line === 'cut') throw new Error('connection refused');
        return ask(...given);
      };
    this.row = {
      look: through((...g) => row.look(...g)),
      take: through((...g) => row.take(...g)),
      renew: through((...g) => row.renew(...g)),
      release: through((...g) => row.release(...g)),
      note: through((...g) => row.note(...g)),
      keepNote: through((...g) => row.keepNote(...g)),
      close: async () => undefined,
    };
    this.standby = this.#begin();
  }

  /** A process that starts anew. */
  again(): void {
    this.lease = null;
    this.lost = null;
    this.clock.killed();
    this.standby = this.#begin();
  }

  #begin(): Standby {
    const { row, me, clock } = this;
    const standby = new Standby({
      ...{ row, me, clock, log: silent },
      renewal: renewedBy(clock, row),
      standing: () => {
        this.stoodBy++;
      },
    });
    void standby.becomesActive().then((lease) => {
      this.lease = lease;
      void lease?.lost.then((why) => {
        this.lost = why;
      });
    });
    return standby;
  }

  /** So long goes by; where it is stopped, nothing of it runs. */
  passes(ms: number, isStopped = false): void {
    if (isStopped) this.clock.off(ms);
    else this.clock.forward(ms);
  }

  get writes(): boolean {
    return this.lease?.isGood() === true;
  }
}

function pair() {
  let now = 0;
  const row = new MemoryWriterRow(() => now);
  const a = new House(A, row);
  const b = new House(B, row);
  const pass = async (ms: number, stopped: readonly House[] = []): Promise<void> => {
    for (let left = ms; left > 0; left -= 250) {
      const step = Math.min(250, left);
      now += step;
      for (const house of [a, b]) house.passes(step, stopped.includes(house));
      await settled();
    }
  };
  return { a, b, pass };
}

describe('of two machines', () => {
  test('one writes and the other stands by, for as long as both are well', async () => {
    const { a, b, pass } = pair();
    await settled();
    await pass(3_600_000);
    expect([a.writes, b.writes]).toEqual([true, false]);
    expect([a.stoodBy, b.stoodBy]).toEqual([0, 1]);
    expect(a.lease?.epoch).toBe(1);
    expect(a.lease?.seen?.others).toMatchObject([{ name: 'B', role: 'standby' }]);
    expect(b.standby.state).toMatchObject({
      since: 0,
      away: null,
      seen: { epoch: 1, holder: { name: 'A' } },
    });
  });

  test('the other writes when the first has been gone for a lease, and not before', async () => {
    const { a, b, pass } = pair();
    await settled();
    await pass(20_000);
    a.clock.killed();
    await pass(LEASE.lasts - LEASE.renewEvery - LEASE.lookEvery, [a]);
    expect(b.writes).toBe(false);
    await pass(LEASE.renewEvery + 3 * LEASE.lookEvery, [a]);
    expect([b.writes, b.lease?.epoch]).toEqual([true, 2]);
  });

  test('one that stood still knows at once that it writes no longer, before any timer of its own', async () => {
    const { a, b, pass } = pair();
    await settled();
    await pass(20_000, []);
    await pass(30_000, [a]);
    expect([a.writes, b.writes]).toEqual([false, true]);
    await settled();
    expect(a.lost).toMatch(/could not be renewed in time/);
  });

  test.each(['cut', 'hangs'] as const)(
    'one whose line to the database is bad (%s) ends before the other begins',
    async (line) => {
      const { a, b, pass } = pair();
      await settled();
      await pass(20_000);
      a.line = line;
      let both = 0;
      let ended = 0;
      for (let ms = 0; ms < 20_000; ms += 250) {
        await pass(250);
        if (a.writes && b.writes) both++;
        if (ended === 0 && a.lost !== null) ended = ms;
      }
      expect(both).toBe(0);
      expect(ended).toBeGreaterThan(LEASE.lasts - LEASE.margin - LEASE.renewEvery - 500);
      expect(ended).toBeLessThanOrEqual(LEASE.lasts - LEASE.margin);
      expect(b.writes).toBe(true);
    },
  );

  test('a line that is bad for three seconds changes nothing', async () => {
    const { a, b, pass } = pair();
    await settled();
    await pass(19_000);
    a.line = 'cut';
    await pass(3_000);
    a.line = 'good';
    await pass(60_000);
    expect([a.writes, a.lost, b.writes]).toEqual([true, null, false]);
  });

  test('one that lets go is followed within a second', async () => {
    const { a, b, pass } = pair();
    await settled();
    await pass(20_000);
    await a.lease?.release();
    expect(a.writes).toBe(false);
    await pass(LEASE.lookEvery + 250);
    expect([b.writes, b.lease?.epoch]).toEqual([true, 2]);
    expect(a.lost).toBeNull();
  });

  test('a turn that was refused ends it at once', async () => {
    const { a, pass } = pair();
    await settled();
    await pass(1_000);
    a.lease?.wasFenced();
    await settled();
    expect([a.writes, a.lost]).toEqual([false, 'a turn was refused: another machine writes']);
  });

  test('a standby that cannot ask says so, and goes on asking', async () => {
    const { a, b, pass } = pair();
    await settled();
    b.line = 'cut';
    await pass(5_000);
    expect(b.standby.state.away).toBe('connection refused');
    b.line = 'good';
    await pass(1_000);
    expect(b.standby.state.away).toBeNull();
    expect([a.writes, b.writes]).toEqual([true, false]);
  });

  test('one that is told to stop while it stands by, stops', async () => {
    const { b, pass } = pair();
    await settled();
    b.standby.stop();
    await pass(60_000);
    expect(b.lease).toBeNull();
  });

  test('at no instant do both write, whatever stops, hangs and comes back', async () => {
    let seed = 20_261_201;
    const chance = (): number => {
      seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31;
      return seed / 2 ** 31;
    };
    const { a, b, pass } = pair();
    const houses = [a, b];
    await settled();
    const wrote = new Set<number>();
    let noneFor = 0;
    let both = 0;
    for (let i = 0; i < 3_000; i++) {
      const stopped: House[] = [];
      for (const house of houses) {
        const luck = chance();
        if (luck < 0.1) house.line = luck < 0.04 ? 'cut' : luck < 0.07 ? 'hangs' : 'good';
        else if (luck < 0.4) house.line = 'good';
        if (chance() < 0.05) stopped.push(house);
        // The process ends where it has lost its lease, and is started anew.
        if (house.lost !== null || chance() < 0.01) house.again();
      }
      const stretch = chance() < 0.1 ? 20_000 : 1_000;
      for (let ms = 0; ms < stretch; ms += 250) {
        await pass(250, stopped);
        if (a.writes && b.writes) both++;
      }
      for (const { lease } of houses) if (lease?.isGood()) wrote.add(lease.epoch);
      noneFor = a.writes || b.writes ? 0 : noneFor + 1;
    }
    expect(both).toBe(0);
    expect(wrote.size).toBeGreaterThan(50);
    for (const house of houses) {
      house.line = 'good';
      house.again();
    }
    await pass(30_000);
    expect([a.writes, b.writes].filter(Boolean)).toHaveLength(1);
  }, 30_000);
});

test('a refusal of a turn is known under whatever it was told as', () => {
  const fenced = Object.assign(new Error('epoch 1 is over'), { code: 'fenced' });
  expect(isFenced(new Error('the journal has failed', { cause: new Error('x', { cause: fenced }) }))).toBe(
    true,
  );
  expect(isFenced(new Error('disk full'))).toBe(false);
});

test('a service whose judging thread has not run for half a minute is left to the other machine', async () => {
  const clock = new ManualClock(1_000_000);
  const row = new MemoryWriterRow(() => clock.now());
  const epoch = (await row.take(A)) ?? 0;
  const board = new LeaseBoard();
  board.goodUntil = clock.now() + LEASE.lasts - LEASE.margin;
  board.aliveAt = clock.now();
  const told: string[] = [];
  const trouble = ({ cause }: { cause: string }) => void told.push(cause);
  const renewal = new Renewal({ row, epoch, board, passed: () => clock.now(), trouble });
  for (let ms = 0; ms < LEASE.deafAtMost; ms += LEASE.renewEvery) {
    clock.forward(LEASE.renewEvery);
    await renewal.renew();
  }
  expect(board.goodUntil).toBe(clock.now() + LEASE.lasts - LEASE.margin);
  for (let ms = 0; ms < LEASE.lasts; ms += LEASE.renewEvery) {
    clock.forward(LEASE.renewEvery);
    await renewal.renew();
  }
  expect(board.goodUntil).toBeLessThanOrEqual(clock.now());
  expect(told).toEqual([expect.stringMatching(/has not run for 32 s: it is not renewed/)]);
  clock.forward(1_000);
  expect(await row.take(B)).toBe(2);
});
