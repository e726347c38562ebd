import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { as } from '../../../src/domain/ids.ts';
import { type ClockMemory, rightClock } from '../../../src/domain/judge/clock.ts';
import type { Frame, Quality, Reading } from '../../../src/domain/reading.ts';
import { SelfWatch } from '../../../src/flow/self-watch.ts';
import { SPOOLED_TURN, spoolSize } from '../../../src/flow/storage/spool-size.ts';
import { SpoolWatch } from '../../../src/flow/storage/spool-watch.ts';
import { encodeSpool } from '../../../src/wire/files/spool.ts';
import { FlowHarness } from '../flow-harness.ts';

/** A world whose store takes nothing, and whose spool has room for about so many readings. */
async function withRoomFor(readings: number): Promise<FlowHarness> {
  const w = await FlowHarness.begin();
  await w.value('gas', 'G-1', 'ch4', 1, w.clock.now());
  w.spoolBound = w.journal.spoolBytes + readings * 110;
  return w;
}

const spooled = async (w: FlowHarness) => (await w.journal.spoolState()).bytes;

/** One reading; not waited for. */
const send = (w: FlowHarness, value: number, qos: 0 | 1 = 1) => {
  w.clock.forward(1_000);
  const payload = new TextEncoder().encode(JSON.stringify({ ts: w.clock.now(), values: { ch4: value } }));
  const sent = { outcome: null as string | null };
  w.turn.intake(
    { topic: 'lifeline/v1/gas/G-1/telemetry', payload, qos, retain: false, receivedAt: w.clock.now() },
    (outcome) => {
      sent.outcome = outcome;
    },
  );
  return sent;
};

const text = fc.string({
  unit: fc.oneof(fc.constantFrom('井', '盖', 'é', '"', '\\', '\u001f', '\ud800', '😀'), fc.string()),
});
const instant = fc.integer({ min: 0, max: 8.64e15 - 1 }).map((t) => t % 1e13);
const quality: fc.Arbitrary<Quality> = fc.constantFrom<Quality>(
  { grade: 'good' },
  { grade: 'doubtful', why: 'impossible-jump' },
  { grade: 'bad', why: 'not-a-number' },
);
const value = fc.option(fc.double({ noNaN: true, noDefaultInfinity: true }));
const readings: fc.Arbitrary<Reading[]> = fc.array(
  fc.record(
    {
      point: text.map(as.point),
      metric: text.map(as.metric),
      value,
      quality,
      observedAt: instant,
      receivedAt: instant,
      backfill: fc.boolean(),
      deviceTime: instant,
    },
    { requiredKeys: ['point', 'metric', 'value', 'quality', 'observedAt', 'receivedAt', 'backfill'] },
  ),
);
const frames: fc.Arbitrary<Frame[]> = fc.array(
  fc.record({
    point: text.map(as.point),
    metric: text.map(as.metric),
    device: text.map(as.device),
    observedAt: instant,
    receivedAt: instant,
    dt: fc.double({ min: 1e-3, max: 3.6e6, noNaN: true }),
    samples: fc.array(value),
  }),
);
const clock: fc.Arbitrary<ClockMemory | null> = fc.option(
  fc.record({
    seq: fc.option(fc.maxSafeNat()),
    sentAt: instant,
    receivedAt: instant,
    fromSentAt: instant,
    fromReceivedAt: instant,
    run: fc.nat(),
    back: fc.boolean(),
    falls: fc.nat(),
    due: fc.nat(),
    same: fc.nat(),
    off: fc.constantFrom('steady', 'frozen', 'erratic', null),
    lag: fc.integer({ min: -1e13, max: 1e13 }),
    well: fc.nat(),
  }),
);
const clocks = fc
  .array(
    fc.tuple(
      text.map(as.point),
      fc.oneof(
        clock,
        fc.tuple(fc.maxSafeNat(), instant).map(([n, t]) => rightClock(n, t, t)),
      ),
    ),
  )
  .map((of) => new Map(of));

test('nothing takes more bytes in the spool than it is measured at, whatever it is called', () => {
  fc.assert(
    fc.property(readings, frames, clocks, readings, (r, f, c, stock) => {
      const bytes = new TextEncoder().encode(encodeSpool(r, f, stock, [...c])).length;
      expect(bytes).toBeLessThanOrEqual(SPOOLED_TURN + spoolSize(r, f, c) + spoolSize(stock, []));
    }),
  );
});

describe('a spool that is full', () => {
  test('does not grow by what is believed of the clocks of devices that count their packets', async () => {
    const w = await withRoomFor(3);
    w.history.keep = () => Promise.reject(new Error('away'));
    const counted = (seq: number, qos: 0 | 1) => {
      w.clock.forward(1_000);
      const payload = new TextEncoder().encode(
        JSON.stringify({ ts: w.clock.now(), seq, values: { ch4: 1 } }),
      );
      const topic = 'lifeline/v1/gas/G-1/telemetry';
      w.turn.intake({ topic, payload, qos, retain: false, receivedAt: w.clock.now() }, () => undefined);
      return w.turn.settle();
    };
    for (let n = 0; n < 200; n++) await counted(n, n % 2 === 0 ? 0 : 1);
    expect(w.holdings.at(-1)).toBe(true);
    expect(await spooled(w)).toBeLessThanOrEqual(w.spoolBound);
    // And what is held has the clock of its packet with it, when its turn comes.
    w.spoolBound = Number.POSITIVE_INFINITY;
    await w.turn.tick();
    await w.turn.settle();
    expect(w.records.at(-1)?.clocks?.map(([point, c]) => [point, c?.seq])).toEqual([['G-1', 199]]);
  });

  test('takes no piece of stock data for which there is no room, and takes it once there is', async () => {
    const w = await withRoomFor(50);
    const piece = Array.from(
      { length: 100 },
      (_, i): Reading => ({
        point: as.point('G-1'),
        metric: as.metric('ch4'),
        value: 1,
        quality: { grade: 'good' },
        observedAt: i as never,
        receivedAt: w.clock.now(),
        backfill: true,
      }),
    );
    let isKept = false;
    void w.turn.stock(piece).then(() => {
      isKept = true;
    });
    await w.turn.tick();
    expect(isKept).toBe(false);
    expect(await spooled(w)).toBeLessThanOrEqual(w.spoolBound);
    w.spoolBound = Number.POSITIVE_INFINITY;
    await w.turn.tick();
    await w.turn.settle();
    expect(isKept).toBe(true);
  });

  test('keeps within its bound at full speed, judges on, and acknowledges nothing that it has not kept', async () => {
    const w = await withRoomFor(1_000);
    const sent = Array.from({ length: 3_000 }, () => send(w, 1));
    await w.turn.settle();
    expect(await spooled(w)).toBeLessThanOrEqual(w.spoolBound);
    expect(await spooled(w)).toBeGreaterThan(0.5 * w.spoolBound);
    const kept = sent.filter((s) => s.outcome === 'kept').length;
    expect(kept).toBeGreaterThan(500);
    expect(sent.slice(kept).every((s) => s.outcome === null)).toBe(true);
    expect(w.holdings.at(-1)).toBe(true);

    for (let i = 0; i < 60; i++) send(w, 60);
    await w.turn.settle();
    expect(w.open('G-1').length).toBeGreaterThan(0);
    expect(await spooled(w)).toBeLessThanOrEqual(w.spoolBound);
  });

  test('with room again everything is kept, in order and once, and acknowledged', async () => {
    const w = await withRoomFor(20);
    const sent = Array.from({ length: 700 }, (_, i) => send(w, i / 100));
    await w.turn.settle();
    const alarms = w.events.length;
    w.spoolBound = Number.POSITIVE_INFINITY;
    await w.turn.tick();
    await w.turn.settle();
    expect(sent.every((s) => s.outcome === 'kept')).toBe(true);
    expect(w.holdings.at(-1)).toBe(false);
    expect(w.events.length, 'nothing is judged twice').toBe(alarms);
    w.drain.start(w.core.lastTurn);
    w.clock.forward(60_000);
    await w.drain.stop();
    const stored = await w.stored('G-1', 'ch4');
    expect(stored.map((r) => r.value)).toEqual([1, ...Array.from({ length: 700 }, (_, i) => i / 100)]);
  });

  test('QoS 0 is judged and counted as dropped', async () => {
    const w = await withRoomFor(0);
    const sent = send(w, 1, 0);
    await w.turn.settle();
    expect(sent.outcome).toBe('dropped');
    expect(w.meters.sum('packets_dropped_total')).toBe(1);
  });

  test('a failing journal refuses what is held, each packet once', async () => {
    const w = await withRoomFor(0);
    const told: string[] = [];
    const packet = (ts: number) => ({
      topic: 'lifeline/v1/gas/G-1/telemetry',
      payload: new TextEncoder().encode(JSON.stringify({ ts, values: { ch4: 1 } })),
      qos: 1 as const,
      retain: false,
      receivedAt: ts,
    });
    w.turn.intake(packet(w.clock.now() + 1), (o) => told.push(`first ${o}`));
    await w.turn.settle();
    w.journal.commit = () => Promise.reject(new Error('no disk'));
    w.turn.intake(packet(w.clock.now() + 2), (o) => told.push(`second ${o}`));
    await w.turn.settle();
    expect(told.sort()).toEqual(['first failed', 'second failed']);
  });

  test('once full, it has room again when a twentieth of it is free', async () => {
    const w = await FlowHarness.begin();
    const at = (bytes: number) =>
      new SpoolWatch({ ...w, journal: { ...w.journal, spoolBytes: bytes } as never, maxBytes: 1_000 });
    const full = at(970);
    expect(full.room()).toBe(30);
    full.isHolding = true;
    expect(full.room()).toBe(0);
    const emptier = at(940);
    emptier.isHolding = true;
    expect(emptier.room()).toBe(60);
  });

  test('the desk is told by an alarm of its own, at once, and that ends with the room that comes', async () => {
    const w = await withRoomFor(0);
    const spool = new SpoolWatch({ journal: w.journal, log: w.log, meters: w.meters, maxBytes: 1e9 });
    const self = new SelfWatch({
      turn: w.turn,
      drain: w.drain,
      spool,
      losses: { readings: 0 },
      meters: w.meters,
      rssMiB: () => 100,
      registrar: w.registrar,
      clock: { apart: 0 },
      devices: { devicesSay: null },
      probe: { misses: 0 },
    });
    await self.start(w.core.register);
    const look = async (isHolding: boolean) => {
      w.clock.forward(10_000);
      await spool.holding(isHolding);
      self.report(w.clock.now());
      await w.turn.settle();
    };
    await look(true);
    expect(spool.full).toBe(1);
    expect(w.open('PLATFORM').map((a) => [a.metric, a.level])).toContainEqual(['held', 1]);
    for (let i = 0; i < 6; i++) await look(false);
    const held = w.open('PLATFORM').find((a) => a.metric === 'held');
    expect(held?.phase.is).toBe('returned-unacked');
  });
});
