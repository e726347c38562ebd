import { describe, expect, test } from 'vitest';
import { seconds } from '../../src/domain/time.ts';
import { MemoryRests } from '../../src/flow/core/memory-rests.ts';
import { MEMORIES_PER_TURN } from '../../src/flow/core/points.ts';
import { FlowHarness } from './flow-harness.ts';

const POINTS = 2.5 * MEMORIES_PER_TURN;

/** @returns memories in each turn since */
async function passed(flow: FlowHarness, ms: number): Promise<readonly number[]> {
  const before = flow.records.length;
  await flow.pass(ms);
  await flow.turn.settle();
  return flow.records.slice(before).map((r) => r.memories.length);
}

describe('memories of points', () => {
  test('go into the journal a few in a turn, so that a packet waits behind no more of them', async () => {
    const flow = await FlowHarness.begin();
    for (let p = 0; p < POINTS; p++) await flow.value('gas', `G-${p}`, 'ch4', 1);
    expect(await passed(flow, seconds(59))).toEqual([0]);
    expect(await passed(flow, seconds(1))).toEqual([MEMORIES_PER_TURN, MEMORIES_PER_TURN, POINTS / 5]);
    expect(await passed(flow, seconds(60))).toEqual([0]);
    expect(flow.records.at(-1)?.memoriesKeptUpTo).toBe(flow.core.lastTurn);
  });

  test('let what comes meanwhile into their turns', async () => {
    const flow = await FlowHarness.begin();
    for (let p = 0; p < POINTS; p++) await flow.value('gas', `G-${p}`, 'ch4', 1);
    flow.clock.forward(seconds(60));
    const before = flow.records.length;
    const ticked = flow.turn.tick();
    const rang = flow.value('gas', 'RED', 'ch4', 60).then(() => flow.records.length - before);
    await ticked;
    expect(await rang).toBeLessThanOrEqual(2);
    await flow.turn.settle();
    expect(flow.records.length - before).toBe(3);
  });

  test('all go at once when the service is stopped', async () => {
    const flow = await FlowHarness.begin();
    for (let p = 0; p < POINTS; p++) await flow.value('gas', `G-${p}`, 'ch4', 1);
    await flow.turn.tick('all');
    expect(flow.records.at(-1)?.memories).toHaveLength(POINTS);
  });
});

describe('how long they rest', () => {
  const rest = (perSecond: number): number => {
    const rests = new MemoryRests();
    let due = 0;
    for (let s = 0; s <= 120; s++) {
      due = rests.dueUpTo(seconds(s));
      rests.took(perSecond);
    }
    return 120 - due / 1_000;
  };

  test('is a minute while a start would have little to judge again', () => {
    expect(rest(0)).toBe(60);
    expect(rest(1_000)).toBe(60);
  });

  test('is shorter the more comes, so that a start has no more than 100,000 readings', () => {
    expect(rest(4_000)).toBe(25);
    expect(rest(5_000)).toBe(20);
  });

  test('is never less than ten seconds', () => {
    expect(rest(50_000)).toBe(10);
  });
});
