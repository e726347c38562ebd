import { expect, test } from 'vitest';
import { as } from '../../src/domain/ids.ts';
import { minutes, seconds } from '../../src/domain/time.ts';
import { Meters } from '../../src/flow/ports/meters.ts';
import type { ProbeLine } from '../../src/flow/ports/probe-line.ts';
import { PROBE_TOPIC, Probe } from '../../src/flow/probe.ts';
import { FlowHarness } from './flow-harness.ts';

const SILENT = { info: () => undefined, warn: () => undefined, error: () => undefined };

/** The probe over the real flow; its way in and its way out may be cut. */
async function house(hooks?: Parameters<typeof FlowHarness.begin>[0]) {
  const w = await FlowHarness.begin({ ...hooks });
  const faults = { listenerClosed: false, pushStalled: false };
  let tell: (beat: number) => void = () => undefined;
  w.board.join({
    event: () => undefined,
    readings: () => undefined,
    probe: (e) => {
      const beat = w.board.live(e.after).current?.value;
      if (!faults.pushStalled && typeof beat === 'number' && e.event.change.kind !== 'returned') tell(beat);
    },
  });
  const line: ProbeLine = {
    send: (beat) => {
      if (faults.listenerClosed) return;
      const payload = new TextEncoder().encode(JSON.stringify({ values: { beat } }));
      w.turn.intake(
        { topic: PROBE_TOPIC, payload, qos: 1, retain: false, receivedAt: w.clock.now(), own: true },
        () => undefined,
      );
    },
    hears: (t) => {
      tell = t;
    },
    state: () => 'tested',
  };
  const changes: boolean[] = [];
  const probe: Probe = new Probe({
    line,
    clock: w.clock,
    log: SILENT,
    meters: new Meters(),
    firstBeat: 7_000,
    changed: () => void changes.push(probe.failing),
  });
  probe.start(minutes(1));
  const beats = async (n: number) => {
    for (let i = 0; i < n; i++) {
      w.clock.forward(minutes(1));
      // A commit that hangs must not hang the test.
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  return { w, probe, faults, changes, beats };
}

test('beats go in as packets and come out as alarms, one after the other, also after a restart', async () => {
  const h = await house();
  for (let i = 0; i < 5; i++) {
    await h.beats(1);
    await h.w.turn.settle();
    expect(h.probe.misses).toBe(0);
  }
  expect(h.probe.age).toBe(0);
  const again = await house({ clock: h.w.clock, disk: h.w.disk });
  await again.beats(2);
  await again.w.turn.settle();
  expect([again.probe.misses, again.probe.age]).toEqual([0, 0]);
});

test('no person meets it: no alarm, no event, no number of one, no point, no device, no count', async () => {
  const h = await house();
  for (let i = 0; i < 5; i++) {
    await h.beats(1);
    await h.w.turn.settle();
  }
  expect(h.w.events).toEqual([]);
  expect(h.w.board.seq()).toBe(0);
  expect(h.w.board.open()).toEqual([]);
  expect(h.w.board.floods.list()).toEqual([]);
  expect(await h.w.journal.eventsAfter(h.w.core.lastSeq, 10)).toEqual([]);
  expect(h.w.core.register.points().filter((p) => p.lifeline === 'probe')).toEqual([]);
  expect(h.w.core.register.devices().filter((d) => d.lifeline === 'probe')).toEqual([]);
  expect(h.w.core.quality.faults()).toEqual([]);
  expect(await h.w.journal.spooled(as.turn(0), 1e6)).toEqual([]);
});

test('who is not the probe cannot speak for it', async () => {
  const { w } = await house();
  const { flaws } = await w.packet(PROBE_TOPIC, JSON.stringify({ values: { beat: 9 } }));
  expect(flaws.map((f) => f.code)).toEqual(['reserved-lifeline']);
});

test.each(['listenerClosed', 'pushStalled'] as const)(
  '%s: three misses, and the self-check has failed; the first that comes out ends it',
  async (fault) => {
    const h = await house();
    await h.beats(1);
    await h.w.turn.settle();
    h.faults[fault] = true;
    await h.beats(3);
    expect([h.probe.misses, h.probe.failing]).toEqual([2, false]);
    await h.beats(1);
    expect([h.probe.misses, h.probe.failing]).toEqual([3, true]);
    expect(h.probe.age).toBe(minutes(4));
    h.faults[fault] = false;
    await h.beats(1);
    await h.w.turn.settle();
    expect([h.probe.misses, h.probe.failing]).toEqual([0, false]);
    expect(h.changes).toEqual([true, false]);
  },
);

test('a journal that hangs: the self-check fails, and is well when it goes on', async () => {
  let goOn: () => void = () => undefined;
  let hangs = false;
  const h = await house({
    hooks: {
      before: () =>
        hangs
          ? new Promise<void>((resolve) => {
              goOn = resolve;
            })
          : undefined,
    },
  });
  await h.beats(1);
  await h.w.turn.settle();
  hangs = true;
  await h.beats(4);
  expect(h.probe.failing).toBe(true);
  hangs = false;
  goOn();
  await h.w.turn.settle();
  await h.beats(1);
  await h.w.turn.settle();
  expect(h.probe.failing).toBe(false);
});

test('a journal that fails: the self-check fails', async () => {
  let broken = false;
  const h = await house({
    hooks: {
      before: () => {
        if (broken) throw new Error('no space left on device');
      },
    },
  });
  await h.beats(1);
  await h.w.turn.settle();
  broken = true;
  await h.beats(5);
  expect(h.probe.failing).toBe(true);
  expect(h.w.failure).not.toBeNull();
});

test('judging that is held up is missed like any other', async () => {
  const h = await house();
  // The disk takes its time.
  const disk = Promise.withResolvers<void>();
  const commit = h.w.journal.commit.bind(h.w.journal);
  h.w.journal.commit = async (record) => {
    await disk.promise;
    return commit(record);
  };
  await h.beats(4);
  expect(h.probe.failing).toBe(true);
  disk.resolve();
  await h.w.turn.settle();
  await h.beats(1);
  await h.w.turn.settle();
  expect(h.probe.failing).toBe(false);
  expect(seconds(h.probe.age / 1_000)).toBe(0);
});
