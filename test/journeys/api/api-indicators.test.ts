import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { as } from '../../../src/domain/ids.ts';
import { hours, minutes } from '../../../src/domain/time.ts';
import { EdgeHarness } from '../../support/edge-harness.ts';

let edge: EdgeHarness;
beforeEach(async () => {
  edge = await EdgeHarness.open();
  await edge.ask('importRegister', {
    csv: `kind,code,name,parent,lifeline,area,asset,point
area,3416,亳州市,,,,,
area,341602,谯城区,3416,,,,
area,341621,涡阳县,3416,,,,
${['341602', '341621'].map((a) => `point,P-${a},点,,gas,${a},,\ndevice,P-${a},,,gas,,,P-${a}`).join('\n')}
`,
  });
});
afterEach(() => edge.close());

const acknowledge = async (point: string) => {
  const [alarm] = edge.flow.open(point);
  await edge.ask('acknowledge', {
    params: { id: alarm?.id ?? '' },
    body: { seenRevision: alarm?.revision, commandId: `c-${alarm?.id}` },
  });
  return as.alarm(alarm?.id ?? '');
};

describe('indicators', () => {
  test('of a shift counted by hand: rate, split, top, time to acknowledge, false rate', async () => {
    await edge.raise('P-341602', 60);
    await edge.flow.pass(minutes(2));
    const first = await acknowledge('P-341602');
    await edge.ask('assess', { params: { id: first }, body: { verdict: 'false', commandId: 'x' } });
    await edge.raise('P-341621', 25);
    await edge.flow.pass(minutes(1));
    const { json } = await edge.ask('indicators', {
      query: { from: new Date(edge.flow.clock.now() - minutes(100)).toISOString() },
    });
    expect(json).toMatchObject({
      raised: 2,
      per10min: { average: 0.2, peak: 2 },
      flood: { count: 0, share: 0 },
      byLevel: { '1': 1, '2': 0, '3': 1, '4': 0 },
      acknowledged: { count: 1, p50Seconds: 120, p95Seconds: 120 },
      assessed: { count: 1, false: 1, falseRate: 1 },
      now: { open: 2, unacked: 1, shelved: 0 },
    });
    expect(json.top.map((s: { pointCode: string }) => s.pointCode).sort()).toEqual(['P-341602', 'P-341621']);
  });

  test('say of their own areas alone to somebody bound to them, and are asked of a district or a lifeline', async () => {
    await edge.raise('P-341602');
    await edge.raise('P-341621');
    await edge.flow.pass(1_000);
    const bound = await edge.person('qiao', ['operator'], ['341602']);
    const raised = async (ask: object) => (await edge.ask('indicators', ask)).json.raised;
    expect(await raised({})).toBe(2);
    expect(await raised({ token: bound })).toBe(1);
    expect(await raised({ token: bound, query: { area: '341621' } })).toBe(0);
    expect(await raised({ query: { area: '341621' } })).toBe(1);
    expect(await raised({ query: { lifeline: 'bridge' } })).toBe(0);
  });

  test('a period that is none is refused in words', async () => {
    const at = (t: number) => new Date(edge.flow.clock.now() + t).toISOString();
    const told = await edge.ask('indicators', { query: { from: at(hours(1)), to: at(hours(2)) } });
    expect([told.status, told.json.code]).toEqual([400, 'invalid']);
    const long = await edge.ask('indicators', { query: { from: at(-hours(24 * 400)) } });
    expect(long.json.errors?.[0]?.detail ?? long.text).toMatch(/366/);
  });
});
