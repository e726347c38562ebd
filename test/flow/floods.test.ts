import { expect, test } from 'vitest';
import { minutes, seconds } from '../../src/domain/time.ts';
import { PACKS } from '../../src/packs/index.ts';
import { FlowHarness } from './flow-harness.ts';

async function raise(flow: FlowHarness, n: number, from = 0): Promise<void> {
  for (let i = from; i < from + n; i++) {
    flow.clock.forward(seconds(5));
    await flow.value('gas', `GAS-${i}`, 'ch4', 60);
  }
}
const told = (flow: FlowHarness) => flow.board.floods.list().map((f) => [f.area, f.flood.raised]);

test('a flood opens for the service and for its area, drops nothing, and ends by the clock alone', async () => {
  const flow = await FlowHarness.begin();
  await raise(flow, 10);
  expect(told(flow)).toEqual([]);
  await raise(flow, 5, 10);
  expect(told(flow)).toEqual([
    [null, 15],
    ['000000', 15],
  ]);
  expect(flow.open()).toHaveLength(15);
  expect(flow.board.floods.list()[0]?.flood.firstOut.point).toBe('GAS-0');
  const before = flow.board.floods.revision;
  await flow.pass(minutes(11));
  expect(told(flow)).toEqual([]);
  expect(flow.board.floods.revision).toBeGreaterThan(before);
});

test('after a restart the same floods are on, and end at the same time', async () => {
  const flow = await FlowHarness.begin();
  await raise(flow, 14);
  const before = flow.board.floods.list();
  const again = await flow.restart();
  expect(again.board.floods.list()).toEqual(before);
  await again.pass(minutes(11));
  expect(told(again)).toEqual([]);
});

test('F9: a value that chatters round its limit is one alarm that says how often within the minute', async () => {
  const packs = PACKS.map((p) => ({
    ...p,
    rules: p.rules.map((r) => ({ ...r, steps: r.steps.map((s) => ({ ...s, onDelay: 0, offDelay: 0 })) })),
  }));
  const flow = await FlowHarness.begin({ packs });
  for (let i = 0; i < 6; i++) {
    flow.clock.forward(seconds(1));
    await flow.value('gas', 'GAS-1', 'ch4', 60);
    flow.clock.forward(seconds(8));
    await flow.value('gas', 'GAS-1', 'ch4', 0);
  }
  const [alarm] = flow.open();
  if (alarm === undefined) throw new Error('no alarm');
  expect(flow.open()).toHaveLength(1);
  const { flips } = flow.board.live(alarm);
  expect(flips).toBe(flow.kinds().filter((k) => /raised|recurred|returned/.test(k)).length);
  expect(flips).toBeGreaterThanOrEqual(3);
  const again = await flow.restart();
  expect(again.board.live(alarm).flips).toBe(flips);
  await again.pass(minutes(2));
  expect(again.board.live(alarm).flips).toBe(0);
});
