import { expect, test } from 'vitest';
import { minutes, seconds } from '../../src/domain/time.ts';
import { PACKS } from '../../src/packs/index.ts';
import { World } from './world.ts';

async function raise(world: World, n: number, from = 0): Promise<void> {
  for (let i = from; i < from + n; i++) {
    world.clock.forward(seconds(5));
    await world.value('gas', `GAS-${i}`, 'ch4', 60);
  }
}
const told = (world: World) => world.board.floods.list().map((f) => [f.area, f.flood.raised]);

test('a flood opens for the service and for its area, drops nothing, and ends by the clock alone', async () => {
  const world = await World.begin();
  await raise(world, 10);
  expect(told(world)).toEqual([]);
  await raise(world, 5, 10);
  expect(told(world)).toEqual([
    [null, 15],
    ['000000', 15],
  ]);
  expect(world.open()).toHaveLength(15);
  expect(world.board.floods.list()[0]?.flood.firstOut.point).toBe('GAS-0');
  const before = world.board.floods.revision;
  await world.pass(minutes(11));
  expect(told(world)).toEqual([]);
  expect(world.board.floods.revision).toBeGreaterThan(before);
});

test('after a restart the same floods are on, and end at the same time', async () => {
  const world = await World.begin();
  await raise(world, 14);
  const before = world.board.floods.list();
  const again = await world.restart();
  expect(again.board.floods.list()).toEqual(before);
  await again.pass(minutes(11));
  expect(told(again)).toEqual([]);
});

test('F9: a value that chatters round its limit is one alarm that says how often within the minute', async () => {
  const packs = PACKS.map((p) => ({
    ...p,
    rules: p.rules.map((r) => ({ ...r, steps: r.steps.map((s) => ({ ...s, onDelay: 0, offDelay: 0 })) })),
  }));
  const world = await World.begin({ packs });
  for (let i = 0; i < 6; i++) {
    world.clock.forward(seconds(1));
    await world.value('gas', 'GAS-1', 'ch4', 60);
    world.clock.forward(seconds(8));
    await world.value('gas', 'GAS-1', 'ch4', 0);
  }
  const [alarm] = world.open();
  if (alarm === undefined) throw new Error('no alarm');
  expect(world.open()).toHaveLength(1);
  const { flips } = world.board.live(alarm);
  expect(flips).toBe(world.kinds().filter((k) => /raised|recurred|returned/.test(k)).length);
  expect(flips).toBeGreaterThanOrEqual(3);
  const again = await world.restart();
  expect(again.board.live(alarm).flips).toBe(flips);
  await again.pass(minutes(2));
  expect(again.board.live(alarm).flips).toBe(0);
});
