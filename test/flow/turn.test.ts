import { describe, expect, test } from 'vitest';
import { FlowHarness } from './flow-harness.ts';

/** A disk whose flushes end when the test says so. */
async function begin() {
  const flushes: (() => void)[] = [];
  let isSlow = false;
  const flow = await FlowHarness.begin({
    hooks: { before: () => (isSlow ? new Promise<void>((done) => flushes.push(done)) : undefined) },
  });
  await flow.value('gas', 'G-0', 'ch4', 1);
  isSlow = true;
  const committed: number[] = [];
  const { commit } = flow.journal;
  flow.journal.commit = (record) => {
    committed.push(record.readings.length);
    return commit.call(flow.journal, record);
  };
  let said = 0;
  const say = (n: number) => Array.from({ length: n }, () => flow.value('gas', `G-${++said}`, 'ch4', 1));
  const soon = () => new Promise((r) => setImmediate(r));
  const flush = async () => {
    flushes.shift()?.();
    await soon();
  };
  return { flow, committed, say, soon, flush };
}

describe('a turn', () => {
  test('takes what came while the one before it was flushed, with one flush for all of it', async () => {
    const { committed, say, soon, flush } = await begin();
    const all = say(1);
    await soon();
    for (let i = 0; i < 20; i++) {
      all.push(...say(1));
      await soon();
    }
    expect(committed).toEqual([1]);
    await flush();
    expect(committed).toEqual([1, 20]);
    await flush();
    expect((await Promise.all(all)).map((o) => o.outcome)).toEqual(Array(21).fill('kept'));
  });

  test('an alarm that came meanwhile rings after the very next flush', async () => {
    const { flow, say, soon, flush } = await begin();
    void say(1);
    await soon();
    void say(1);
    void flow.value('gas', 'RED', 'ch4', 60);
    await soon();
    await flush();
    expect(flow.kinds('RED')).toEqual([]);
    await flush();
    expect(flow.kinds('RED')).toContain('raised');
  });

  test('is judged while the one before it is flushed, where there is much of it', async () => {
    const { committed, say, soon, flush } = await begin();
    const all = say(1);
    await soon();
    all.push(...say(40));
    await soon();
    expect(committed).toEqual([1, 40]);
    await flush();
    await flush();
    expect((await Promise.all(all)).every((o) => o.outcome === 'kept')).toBe(true);
  });
});
