import { afterEach, beforeEach, expect, test } from 'vitest';
import { as } from '../../../src/domain/ids.ts';
import { START } from '../../flow/flow-harness.ts';
import { EdgeHarness } from '../../support/edge-harness.ts';

let edge: EdgeHarness;
beforeEach(async () => {
  edge = await EdgeHarness.open();
});
afterEach(() => edge.close());

test('the loss ledger says what was given up, when, whose, how many, why, and where the data is', async () => {
  expect((await edge.ask('losses')).json).toEqual({ items: [], next: null });
  await edge.flow.journal.noteLosses(
    [1, 2, 3].map((i) => ({
      key: `k${i}`,
      cause: 'store-refused',
      at: START + i,
      until: START + i,
      what: 'readings',
      n: i,
      point: as.point('GAS-1'),
      device: null,
      metric: as.metric('ch4'),
      observed: { from: START, to: START + i },
      why: 'field type conflict',
      kept: 'gas,point=GAS-1 ch4=1 1',
      file: null,
    })),
  );
  const { json } = await edge.ask('losses', { query: { limit: 2 }, headers: { 'accept-language': 'zh' } });
  expect(json.items.map((l: { n: number }) => l.n)).toEqual([3, 2]);
  expect(json.items[0]).toMatchObject({
    cause: 'store-refused',
    title: '历史库永久拒收',
    pointCode: 'GAS-1',
    kept: 'gas,point=GAS-1 ch4=1 1',
  });
  const next = await edge.ask('losses', { query: { limit: 2, after: json.next } });
  expect(next.json.items.map((l: { n: number }) => l.n)).toEqual([1]);
  const iso = (t: number) => new Date(t).toISOString();
  const some = await edge.ask('losses', { query: { from: iso(START + 2), to: iso(START + 3) } });
  expect(some.json.items.map((l: { n: number }) => l.n)).toEqual([2]);
  expect((await edge.ask('losses', { query: { after: 'nonsense' } })).json.code).toBe('bad-cursor');
});
