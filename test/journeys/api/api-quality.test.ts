import { afterEach, beforeEach, expect, test } from 'vitest';
import { minutes } from '../../../src/domain/time.ts';
import { EdgeHarness } from '../../support/edge-harness.ts';

let edge: EdgeHarness;
beforeEach(async () => {
  edge = await EdgeHarness.open();
  await edge.ask('importRegister', {
    csv: `kind,code,name,parent,lifeline,area,asset,point
area,341602,谯城区,,,,,
area,341621,涡阳县,,,,,
point,G-1,井,,gas,341602,,
point,G-2,井,,gas,341621,,
device,G-1,,,gas,,,G-1
device,G-2,,,gas,,,G-2
`,
  });
  for (let i = 0; i < 12; i++) {
    edge.flow.clock.forward(minutes(1));
    await edge.flow.telemetry('gas', 'G-1', {
      ts: edge.flow.clock.now(),
      values: { ch4: 9999, battery: 12 },
    });
    await edge.flow.value('gas', 'G-2', 'ch4', 1);
  }
  await edge.flow.pass(minutes(1));
});
afterEach(() => edge.close());

test('a device says how well it measures; the worst comes first', async () => {
  const { json } = await edge.ask('deviceQuality', { params: { code: 'G-1' } });
  expect(json).toMatchObject({
    device: 'G-1',
    pointCode: 'G-1',
    days: [{ good: 12, doubtful: 0, bad: 12, why: { sentinel: 12 } }],
    poorShare: 0.5,
    battery: { percent: 12 },
    clockOffsetSeconds: 0,
    interval: { seenSeconds: 60 },
  });
  expect(json.faults.map((f: { kind: string }) => f.kind).sort()).toEqual(['low-battery', 'poor-readings']);
  const list = await edge.ask('quality', { query: { limit: 1 } });
  expect(list.json.items.map((d: { device: string }) => d.device)).toEqual(['G-1']);
  const next = await edge.ask('quality', { query: { limit: 1, after: list.json.next } });
  expect(next.json.items.map((d: { device: string }) => d.device)).toEqual(['G-2']);
  expect((await edge.ask('quality', { query: { area: '341621' } })).json.items).toHaveLength(1);
});

test('device faults are a list of their own, for those who see the district', async () => {
  const all = await edge.ask('deviceFaults');
  expect(all.json.items.map((f: { kind: string }) => f.kind)).toEqual(['low-battery', 'poor-readings']);
  expect((await edge.ask('deviceFaults', { query: { kind: 'low-battery' } })).json.items).toHaveLength(1);
  const page = await edge.ask('deviceFaults', { query: { limit: 1 } });
  const rest = await edge.ask('deviceFaults', { query: { limit: 1, after: page.json.next } });
  expect(rest.json.items[0].kind).toBe('poor-readings');
  const bound = await edge.person('woyang', ['maintainer'], ['341621']);
  expect((await edge.ask('deviceFaults', { token: bound })).json.items).toEqual([]);
  const foreign = await edge.ask('deviceQuality', { token: bound, params: { code: 'G-1' } });
  expect([foreign.status, foreign.json.code]).toEqual([404, 'not-found']);
});

test('by harm: what guards the gravest and stands alone comes first, with what it is made of', async () => {
  const { json } = await edge.ask('deviceFaults', { query: { order: 'harm' } });
  expect(json.items.map((f: { kind: string }) => f.kind)).toEqual(['poor-readings', 'low-battery']);
  const [first, second] = json.items;
  // Methane guards level 1; nobody else stands at the place; the register knows of no people.
  expect(first.harm).toMatchObject({ doubt: 2, guards: 1, alone: true, people: null, score: 16 });
  expect(first.harm.rules).toBeGreaterThan(0);
  expect(first.place).toMatchObject({ point: '井', asset: null, area: '341602', lifeline: 'gas' });
  expect(second.harm).toMatchObject({ doubt: 1, guards: 1, score: 8 });
  const page = await edge.ask('deviceFaults', { query: { order: 'harm', limit: 1 } });
  const rest = await edge.ask('deviceFaults', { query: { order: 'harm', limit: 1, after: page.json.next } });
  expect([rest.json.items[0].kind, rest.json.next]).toEqual(['low-battery', null]);
});
