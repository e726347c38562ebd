import { describe, expect, test } from 'vitest';
import { as, type TurnNumber } from '../../../src/domain/ids.ts';
import { seconds } from '../../../src/domain/time.ts';
import type { SpooledTurn } from '../../../src/flow/ports/journal.ts';
import { SelfWatch } from '../../../src/flow/self-watch.ts';
import { SpoolWatch } from '../../../src/flow/storage/spool-watch.ts';
import { MemoryHistory } from '../../memory/history.ts';
import { FlowHarness } from '../flow-harness.ts';

/** A store that can be taken away and given back, and remembers in which order it was given what. */
class MoodyHistory extends MemoryHistory {
  mood: Error | null = null;
  readonly given: { how: 'keep' | 'ahead'; turns: TurnNumber[] }[] = [];

  override async keep(turns: readonly SpooledTurn[]): Promise<void> {
    if (this.mood !== null) throw this.mood;
    this.given.push({ how: 'keep', turns: turns.map((t) => t.turn) });
    return super.keep(turns);
  }
}

const NO_LOSSES = { readings: 0 };

/** Lets promises that were waiting for each other come to their end. */
const settled = async (w: FlowHarness) => {
  for (let i = 0; i < 20; i++) await w.turn.settle().then(() => new Promise((r) => setImmediate(r)));
};

/** The clock moves on in steps, so that every retry gets its turn. */
async function wait(w: FlowHarness, ms: number, step = 250): Promise<void> {
  for (let t = 0; t < ms; t += step) {
    w.clock.forward(step);
    await settled(w);
  }
}

async function begin(history = new MoodyHistory()) {
  const w = await FlowHarness.begin({ history });
  w.drain.start(w.core.lastTurn);
  await wait(w, 500);
  return { w, history };
}

describe('while the history store is away', () => {
  test('readings are acknowledged and alarms raised as ever, and all of them arrive when it is back', async () => {
    const { w, history } = await begin();
    history.mood = Object.assign(new Error('connect ECONNREFUSED'), { kind: 'unreachable' });
    for (let i = 0; i < 100; i++) {
      expect((await w.value('gas', 'G-1', 'ch4', i === 50 ? 60 : 2)).outcome).toBe('kept');
      await wait(w, 1_000, 1_000);
    }
    expect(w.drain.state).toBe('failing');
    expect(w.drain.trouble).toMatchObject({ kind: 'unreachable' });
    expect(w.kinds('G-1')).toContain('raised');
    history.mood = null;
    await wait(w, seconds(15));
    expect(w.drain.state).toBe('ok');
    const q = {
      point: as.point('G-1'),
      metric: as.metric('ch4'),
      from: 0,
      to: w.clock.now() + 1,
      limit: 1_000,
    };
    expect(await history.raw(q)).toHaveLength(100);
    expect((await w.journal.spoolState()).turns).toBeLessThanOrEqual(1);
  });

  test('it is asked again patiently: not at once, and at the latest every ten seconds', async () => {
    const { w, history } = await begin();
    const asked: number[] = [];
    history.keep = async () => {
      asked.push(w.clock.now());
      throw Object.assign(new Error('timeout'), { kind: 'timeout' });
    };
    await w.value('gas', 'G-1', 'ch4', 2);
    await wait(w, seconds(60));
    const pauses = asked.slice(1).map((t, i) => t - (asked[i] as number));
    expect(pauses[0]).toBeGreaterThanOrEqual(1_000);
    expect(Math.max(...pauses)).toBeLessThanOrEqual(10_500);
  });

  test('it is asked with little, however much waits: a large batch costs the thread that judges a pause', async () => {
    const { w, history } = await begin();
    const offered: number[] = [];
    history.keep = async (turns) => {
      offered.push(turns.reduce((bytes, t) => bytes + t.body.length, 0));
      throw Object.assign(new Error('connect ECONNREFUSED'), { kind: 'unreachable' });
    };
    for (let i = 0; i < 3_000; i++) await w.value('gas', 'G-1', 'ch4', 2, w.clock.now() - 3_000 + i);
    await wait(w, seconds(30));
    expect((await w.journal.spoolState()).bytes).toBeGreaterThan(150_000);
    expect(offered.length).toBeGreaterThan(3);
    expect(Math.max(...offered.slice(1))).toBeLessThan(70_000);
  });

  test('a store that asks to be left alone is left alone', async () => {
    const { w, history } = await begin();
    let asked = 0;
    history.keep = async () => {
      asked++;
      throw Object.assign(new Error('503'), { kind: 'busy', retryAfterMs: seconds(40) });
    };
    await w.value('gas', 'G-1', 'ch4', 2);
    await wait(w, seconds(35));
    expect(asked).toBe(1);
    await wait(w, seconds(10));
    expect(asked).toBe(2);
  });

  test('the operators are told by an alarm, which ends when the store is back', async () => {
    const { w, history } = await begin();
    const spool = new SpoolWatch({
      journal: w.journal,
      log: w.log,
      meters: w.meters,
      maxBytes: 1e9,
    });
    const self = new SelfWatch({
      turn: w.turn,
      registrar: w.registrar,
      drain: w.drain,
      spool,
      losses: NO_LOSSES,
      meters: w.meters,
      rssMiB: () => 100,
      clock: { apart: 0 },
      devices: { devicesSay: null },
      probe: { misses: 0 },
    });
    await self.start(w.core.register);
    const minute = async () => {
      for (let i = 0; i < 6; i++) {
        await wait(w, seconds(10), 1_000);
        await spool.look();
        self.report(w.clock.now());
        await settled(w);
      }
    };
    history.mood = Object.assign(new Error('401'), { kind: 'unauthorised' });
    await w.value('gas', 'G-1', 'ch4', 2);
    await minute();
    expect(w.open('PLATFORM').map((a) => [a.metric, a.level])).toEqual(
      expect.arrayContaining([
        ['store', 2],
        ['locked', 2],
      ]),
    );
    history.mood = null;
    await minute();
    await minute();
    expect(w.open('PLATFORM').map((a) => a.phase.is)).toEqual(['returned-unacked', 'returned-unacked']);
  });
});

describe('a stop while the store hangs', () => {
  test('is not held up by it, and what was not stored stays in the spool', async () => {
    const { w, history } = await begin();
    let answer: () => void = () => undefined;
    const keep = history.keep.bind(history);
    history.keep = () => new Promise((resolve) => (answer = resolve));
    await w.value('gas', 'G-1', 'ch4', 2);
    await wait(w, 500);
    let stopped = false;
    const stopping = w.drain.stop().then(() => (stopped = true));
    await wait(w, seconds(4), 1_000);
    expect(stopped).toBe(false);
    await wait(w, seconds(2), 1_000);
    await stopping;
    expect(stopped).toBe(true);
    expect((await w.journal.spoolState()).turns).toBe(1);
    // An answer that comes after all is of no use to anybody, and does no harm.
    answer();
    await settled(w);
    history.keep = keep;
    expect(await w.stored('G-1', 'ch4')).toHaveLength(1);
  });
});

describe('a device cannot speak for the service', () => {
  test('a packet under its lifeline from outside is set aside', async () => {
    const { w } = await begin();
    const spool = new SpoolWatch({
      journal: w.journal,
      log: w.log,
      meters: w.meters,
      maxBytes: 1e9,
    });
    const self = new SelfWatch({
      turn: w.turn,
      registrar: w.registrar,
      drain: w.drain,
      spool,
      losses: NO_LOSSES,
      meters: w.meters,
      rssMiB: () => 100,
      clock: { apart: 0 },
      devices: { devicesSay: null },
      probe: { misses: 0 },
    });
    await self.start(w.core.register);
    self.report(w.clock.now());
    const { flaws } = await w.value('platform', 'PLATFORM', 'spool', 99);
    expect(flaws.map((f) => f.code)).toEqual(['reserved-lifeline']);
    expect((await w.value('platform', 'OTHER', 'spool', 99)).flaws[0]?.code).toBe('reserved-lifeline');
    expect(w.open('PLATFORM')).toEqual([]);
  });
});

describe('after a long outage', () => {
  test('the newest readings go to the store between two batches of the backlog', async () => {
    class Ahead extends MoodyHistory {
      async keepAhead(turns: readonly SpooledTurn[]): Promise<void> {
        this.given.push({ how: 'ahead', turns: turns.map((t) => t.turn) });
      }
      readonly moved: TurnNumber[] = [];
      async moveCursor(upTo: TurnNumber): Promise<void> {
        this.moved.push(upTo);
      }
    }
    const history = new Ahead();
    const { w } = await begin(history);
    history.mood = new Error('away');
    // More than one batch (4 MB) of backlog.
    const many = {
      values: Object.fromEntries(['ch4', 'o2', 'h2s', 'co', 'temp', 'humidity'].map((k) => [k, 1.25])),
    };
    for (let i = 0; i < 90; i++) {
      const start = w.clock.now() - 400;
      const batch = Array.from({ length: 200 }, (_, j) => ({ ts: start + j, ...many }));
      await w.telemetry('gas', 'G-1', batch);
      w.clock.forward(1_000);
    }
    history.mood = null;
    const before = w.core.lastTurn;
    // One reading arrives in the middle of the draining.
    const keep = history.keep.bind(history);
    let once = true;
    history.keep = async (turns) => {
      if (once) await w.value('gas', 'G-2', 'ch4', 7);
      once = false;
      return keep(turns);
    };
    await wait(w, seconds(20));
    const ahead = history.given.filter((g) => g.how === 'ahead').flatMap((g) => g.turns);
    expect(ahead.some((t) => t > before)).toBe(true);
    const kept = history.given.filter((g) => g.how === 'keep').flatMap((g) => g.turns);
    expect(kept).toEqual([...kept].sort((a, b) => a - b));
    expect(w.drain.state).toBe('ok');
  });
});

describe('a new journal beside an older store', () => {
  test('its readings reach the store all the same', async () => {
    const history = new MoodyHistory();
    const old = (await begin(history)).w;
    for (let i = 0; i < 50; i++) await old.value('gas', 'G-1', 'ch4', 2, old.clock.now() + i);
    await wait(old, 2_000);
    await old.drain.stop();
    const w = await FlowHarness.begin({ history, clock: old.clock });
    w.drain.start(w.core.lastTurn);
    await w.value('gas', 'G-2', 'ch4', 3);
    await wait(w, 2_000);
    const q = { point: as.point('G-2'), metric: as.metric('ch4'), from: 0, to: w.clock.now() + 1, limit: 10 };
    expect(await history.raw(q)).toHaveLength(1);
  });
});
