import { expect, test } from 'vitest';
import { as } from '../../src/domain/ids.ts';
import { minutes } from '../../src/domain/time.ts';
import { FlowHarness } from './flow-harness.ts';

const faults = (w: FlowHarness) =>
  w.core.quality.faults().map((f) => [f.device, f.kind, f.clearedAt === null]);

async function report(
  flow: FlowHarness,
  device: string,
  value: (i: number) => unknown,
  n: number,
): Promise<void> {
  for (let i = 0; i < n; i++) {
    flow.clock.forward(minutes(1));
    await flow.value('gas', device, 'ch4', value(i));
  }
}
const trembling = (i: number) => 1 + Math.round(Math.sin(i * 12.9898) * 100) / 200;

test('a device that fails is a fault for maintenance and no alarm; it survives a restart and clears', async () => {
  const flow = await FlowHarness.begin();
  await report(flow, 'GAS-1', () => 9999, 12);
  await flow.pass(minutes(1));
  expect(faults(flow)).toEqual([['GAS-1', 'poor-readings', true]]);
  expect(flow.open()).toEqual([]);
  await flow.turn.tick('all');
  const again = await flow.restart();
  expect(faults(again)).toEqual([['GAS-1', 'poor-readings', true]]);
  expect(again.core.quality.of(as.device('GAS-1'))).toEqual(flow.core.quality.of(as.device('GAS-1')));
  await report(again, 'GAS-1', trembling, 120);
  await again.pass(minutes(1));
  expect(faults(again)).toEqual([['GAS-1', 'poor-readings', false]]);
});

test('a stuck reading is marked so, is a fault of the device, and is judged all the same', async () => {
  const flow = await FlowHarness.begin();
  await report(flow, 'GAS-1', trembling, 200);
  await report(flow, 'GAS-1', () => 60, 30);
  const last = flow.records.flatMap((r) => r.readings).at(-1);
  expect(last?.quality).toEqual({ grade: 'doubtful', why: 'stuck' });
  await flow.pass(minutes(1));
  expect(faults(flow)).toEqual([['GAS-1', 'stuck', true]]);
  const [alarm] = flow.open('GAS-1').filter((a) => a.ruleId === 'gas.ch4.limit');
  expect(alarm?.phase.is).toBe('active-unacked');
  await report(flow, 'GAS-1', trembling, 30);
  expect(flow.open('GAS-1').find((a) => a.ruleId === 'gas.ch4.limit')?.phase.is).toBe('latched-unacked');
});

test('one of four points of a well that disagrees with the others is named, after ten minutes of it', async () => {
  const flow = await FlowHarness.begin();
  const well = { lifeline: as.lifeline('gas'), area: as.area('000000') };
  await flow.change([
    { kind: 'asset', asset: { ...well, code: as.asset('W'), name: '井', owner: null, place: null } },
  ]);
  for (let i = 0; i < 4; i++) {
    await flow.value('gas', `G-${i}`, 'ch4', 1);
    const point = flow.core.register.point(as.point(`G-${i}`));
    if (point) await flow.change([{ kind: 'point', point: { ...point, asset: as.asset('W') } }]);
  }
  for (let n = 0; n < 15; n++) {
    flow.clock.forward(minutes(1));
    for (let i = 0; i < 4; i++) await flow.value('gas', `G-${i}`, 'ch4', i === 3 ? 80 : 1 + (n % 3) / 10);
    await flow.turn.tick();
    if (n < 8) expect(faults(flow)).toEqual([]);
  }
  expect(faults(flow)).toEqual([['G-3', 'disagrees', true]]);
});

test('what a device says of its own values counts: doubtful ends no alarm, bad is kept and not judged', async () => {
  const flow = await FlowHarness.begin();
  const say = async (ch4: number | null, quality?: string) => {
    flow.clock.forward(minutes(5));
    await flow.telemetry('gas', 'GAS-1', {
      values: { ch4 },
      ...(quality === undefined ? {} : { quality: { ch4: quality } }),
    });
  };
  const last = () => flow.records.flatMap((r) => r.readings).at(-1);
  const phase = () => flow.open('GAS-1').find((a) => a.ruleId === 'gas.ch4.limit')?.phase.is;
  await say(1);
  await say(90, 'bad:fault');
  expect(last()).toMatchObject({ value: 90, quality: { grade: 'bad', why: 'device-fault' } });
  expect(phase()).toBeUndefined();
  await say(60);
  await say(60);
  expect(phase()).toBe('active-unacked');
  await say(0.5, 'doubtful:over-range');
  await say(0.5, 'doubtful:over-range');
  expect(last()?.quality).toEqual({ grade: 'doubtful', why: 'device-fault' });
  expect(phase()).toBe('active-unacked');
  await say(null, 'bad:sentinel');
  expect(last()?.quality).toEqual({ grade: 'bad', why: 'sentinel' });
});
