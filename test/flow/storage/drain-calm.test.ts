import { describe, expect, test } from 'vitest';
import { as } from '../../../src/domain/ids.ts';
import { seconds } from '../../../src/domain/time.ts';
import type { SpooledTurn } from '../../../src/flow/ports/journal.ts';
import { lookedAt } from '../../../src/flow/storage/looked-at-history.ts';
import { MemoryHistory } from '../../memory/history.ts';
import { FlowHarness } from '../flow-harness.ts';

/** Remembers when it committed, and can be told to hang or to refuse. */
class CountingHistory extends MemoryHistory {
  readonly commits: number[] = [];
  mood: 'well' | 'hangs' | 'refuses' = 'well';
  now: () => number = () => 0;

  override async keep(turns: readonly SpooledTurn[]): Promise<void> {
    this.commits.push(this.now());
    if (this.mood === 'hangs') await new Promise(() => undefined);
    if (this.mood === 'refuses') throw Object.assign(new Error('no'), { kind: 'unreachable' });
    return super.keep(turns);
  }
}

const settled = async (w: FlowHarness) => {
  for (let i = 0; i < 20; i++) await w.turn.settle().then(() => new Promise((r) => setImmediate(r)));
};

async function wait(w: FlowHarness, ms: number, step = 250): Promise<void> {
  for (let t = 0; t < ms; t += step) {
    w.clock.forward(step);
    await settled(w);
  }
}

async function begin() {
  const history = new CountingHistory();
  const w = await FlowHarness.begin({ history });
  history.now = () => w.clock.now();
  w.drain.start(w.core.lastTurn);
  await wait(w, 500);
  history.commits.length = 0;
  const chart = (of: Pick<MemoryHistory, 'raw'> = lookedAt(history, w.drain)) =>
    of.raw({
      point: as.point('G-1'),
      metric: as.metric('ch4'),
      from: 0,
      to: w.clock.now() + 1,
      limit: 1_000,
    });
  return { w, history, chart };
}

describe('while little comes in', () => {
  test('the store commits once in five seconds, and has everything soon after the last', async () => {
    const { w, history, chart } = await begin();
    for (let i = 0; i < 80; i++) {
      await w.value('gas', 'G-1', 'ch4', 2);
      await wait(w, 250);
    }
    expect(history.commits.length).toBeGreaterThanOrEqual(3);
    expect(history.commits.length).toBeLessThanOrEqual(5);
    await wait(w, seconds(5.5));
    expect(await chart(history)).toHaveLength(80);
    expect(w.drain.state).toBe('ok');
  });

  test('a chart has what was acknowledged before it was asked for', async () => {
    const { w, history, chart } = await begin();
    for (let i = 1; i <= 3; i++) {
      expect((await w.value('gas', 'G-1', 'ch4', 2)).outcome).toBe('kept');
      expect(await chart(history)).toHaveLength(i - 1);
      expect(await chart()).toHaveLength(i);
      w.clock.forward(10);
    }
    expect(history.commits).toHaveLength(3);
    await chart();
    expect(history.commits).toHaveLength(3);
  });

  test('what is much goes as soon as before', async () => {
    const { w, history } = await begin();
    Object.defineProperty(w.journal, 'spoolBytes', { get: () => 600_000 });
    const before = w.clock.now();
    await w.value('gas', 'G-1', 'ch4', 2);
    await wait(w, 500);
    expect(history.commits).toEqual([before + 250]);
  });

  test('who waits for a turn to be stored waits no longer than before', async () => {
    const { w } = await begin();
    await w.value('gas', 'G-1', 'ch4', 2);
    let reached = false;
    void w.drain.reached(w.core.lastTurn).then(() => {
      reached = true;
    });
    await wait(w, 250);
    expect(reached).toBe(true);
  });
});

describe('who looks at a chart', () => {
  test('waits a second for a store that stands still, and sees what it has', async () => {
    const { w, history, chart } = await begin();
    await w.value('gas', 'G-1', 'ch4', 2);
    history.mood = 'hangs';
    let seen: number | null = null;
    void chart().then((rows) => {
      seen = rows.length;
    });
    await wait(w, 750);
    expect(seen).toBeNull();
    await wait(w, 250);
    expect(seen).toBe(0);
  });

  test('does not wait for a store that refuses', async () => {
    const { w, history, chart } = await begin();
    await w.value('gas', 'G-1', 'ch4', 2);
    history.mood = 'refuses';
    expect(await chart()).toEqual([]);
    expect(w.drain.state).toBe('failing');
    expect(await chart()).toEqual([]);
    expect(history.commits).toHaveLength(1);
  });
});
