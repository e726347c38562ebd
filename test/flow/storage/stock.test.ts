import { describe, expect, test } from 'vitest';
import { as } from '../../../src/domain/ids.ts';
import { GOOD, type Reading } from '../../../src/domain/reading.ts';
import { BESIDE_THE_PRESENT, StockDesk } from '../../../src/flow/storage/stock-desk.ts';
import { FlowHarness } from '../flow-harness.ts';

// Stock data 存量数据 shares the journal's turn with the present, and the present goes first.

const old = (n: number, from = 0): Reading[] =>
  Array.from({ length: n }, (_, i) => ({
    point: as.point('G-1'),
    metric: as.metric('ch4'),
    value: i,
    quality: GOOD,
    observedAt: Date.UTC(2026, 0, 1) + (from + i) * 1_000,
    receivedAt: Date.UTC(2026, 5, 1),
    backfill: true,
  }));

async function worldWithPoint(): Promise<FlowHarness> {
  const w = await FlowHarness.begin();
  await w.value('gas', 'G-1', 'ch4', 1);
  w.records.length = 0;
  return w;
}

const kept = (w: FlowHarness) =>
  w.records.map((r) => ({ packets: r.readings.length, stock: r.stock?.length ?? 0 }));

describe('stock data beside the present', () => {
  test('never goes ahead of a packet that waits, and one piece a turn at most', async () => {
    const w = await worldWithPoint();
    const pieces = [0, 1, 2].map((i) => w.turn.stock(old(500, i * 500)));
    const packets = Array.from({ length: 600 }, (_, i) =>
      w.value('gas', 'G-1', 'ch4', 1, w.clock.now() + 1 + i),
    );
    await Promise.all([...packets, ...pieces]);
    expect(kept(w)).toEqual([
      { packets: 512, stock: 0 },
      { packets: 88, stock: 500 },
      { packets: 0, stock: 500 },
      { packets: 0, stock: 500 },
    ]);
  });

  test('an alarm that comes behind a whole file of it is in the very next turn', async () => {
    const w = await worldWithPoint();
    const pieces = Array.from({ length: 20 }, (_, i) => w.turn.stock(old(500, i * 500)));
    await w.value('gas', 'G-2', 'ch4', 60);
    expect(w.open('G-2')).toHaveLength(1);
    expect(w.records.findIndex((r) => r.events.length > 0)).toBe(0);
    await Promise.all(pieces);
    expect(kept(w).filter((r) => r.stock === 500)).toHaveLength(20);
  });

  test('comes in small turns with a rest after each, whoever brings it and however much at once', async () => {
    const w = await worldWithPoint();
    const { readings, rest } = BESIDE_THE_PRESENT;
    const desk = new StockDesk({
      core: w.core,
      turn: w.turn,
      drain: w.drain,
      history: w.history,
      keepDays: 365,
      clock: w.clock,
      pace: BESIDE_THE_PRESENT,
    });
    const all = Promise.all([desk.keep(old(readings + 1)), desk.keep(old(readings, 5_000))]);
    const turns = async () => {
      await new Promise(setImmediate);
      await w.turn.settle();
      return kept(w).map((r) => r.stock);
    };
    expect(await turns()).toEqual([readings]);
    w.clock.forward(rest - 1);
    expect(await turns()).toEqual([readings]);
    w.clock.forward(1);
    expect(await turns()).toEqual([readings, readings]);
    w.clock.forward(rest);
    expect(await turns()).toEqual([readings, readings, 1]);
    await all;
  });

  test('waits while packets wait for room in the spool, and goes on with them', async () => {
    const w = await worldWithPoint();
    w.spoolBound = 0;
    const piece = w.turn.stock(old(500));
    const packet = w.value('gas', 'G-1', 'ch4', 1, w.clock.now() + 1);
    await w.turn.tick();
    expect(kept(w)).toEqual([{ packets: 0, stock: 0 }]);
    w.spoolBound = Number.POSITIVE_INFINITY;
    await w.turn.tick();
    await Promise.all([piece, packet]);
    expect(kept(w)).toEqual([
      { packets: 0, stock: 0 },
      // Judged before, and now in the spool.
      { packets: 0, stock: 0 },
      { packets: 0, stock: 500 },
    ]);
    expect(w.records.flatMap((r) => r.owed?.readings ?? [])).toHaveLength(1);
  });
});
