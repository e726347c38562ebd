import { afterEach, beforeEach, expect, test } from 'vitest';
import { hours, minutes } from '../../../src/domain/time.ts';
import { EdgeHarness, PASSWORD } from '../../support/edge-harness.ts';

let edge: EdgeHarness;
beforeEach(async () => {
  edge = await EdgeHarness.open();
  await edge.ask('importRegister', {
    csv: `kind,code,name,parent,lifeline,area,asset,point
area,341602,谯城区,,,,,
area,341621,涡阳县,,,,,
point,M-1,井,,manhole,341602,,
point,M-2,井,,manhole,341621,,
device,M-1,,,manhole,,,M-1
device,M-2,,,manhole,,,M-2
`,
  });
});
afterEach(() => edge.close());

const at = (t: number) => new Date(edge.flow.clock.now() + t).toISOString();
const M1 = { params: { code: 'M-1' } };
const cover = async (value: number) => {
  edge.flow.clock.forward(1_000);
  await edge.flow.value('manhole', 'M-1', 'open', value);
};

test('works are authorised, hide the open cover, are listed, and end early; the alarm then shows', async () => {
  const li = await edge.operator('li', '李值班');
  const opened = await edge.ask('openWorkWindow', {
    ...M1,
    token: li,
    body: { until: at(hours(2)), reason: '清淤' },
  });
  expect(opened.json).toMatchObject({ pointCode: 'M-1', active: true, by: '李值班', ended: null });
  await cover(1);
  const shown = await edge.ask('alarms', { query: { overlay: 'none' } });
  const hidden = await edge.ask('alarms', { query: { overlay: 'hidden' } });
  expect([shown.json.items.length, hidden.json.items.length]).toEqual([0, 1]);
  expect(hidden.json.items[0]).toMatchObject({
    overlay: 'suppressed',
    overlayReason: '授权作业：清淤（李值班）',
  });
  const past = await edge.ask('alarms', { query: { state: 'all', overlay: 'suppressed' } });
  expect(past.json.items).toHaveLength(1);
  expect((await edge.ask('workWindows')).json.items).toHaveLength(1);
  const id = { params: { code: 'M-1', id: opened.json.id } };
  expect((await edge.ask('endWorkWindow', id)).json).toMatchObject({ active: false });
  expect((await edge.ask('workWindows')).json.items).toHaveLength(0);
  expect((await edge.ask('workWindows', { query: { state: 'all' } })).json.items).toHaveLength(1);
  expect((await edge.ask('alarms', { query: { overlay: 'none' } })).json.items).toHaveLength(1);
  expect(edge.audit.kept.map((e) => e.what)).toEqual(
    expect.arrayContaining([expect.stringMatching(/work/i)]),
  );
});

test('a window that cannot be is refused in words, and foreign districts are not there', async () => {
  const ask = (body: object, more = {}) => edge.ask('openWorkWindow', { ...M1, body, ...more });
  expect((await ask({ until: at(-1), reason: 'x' })).json.code).toBe('invalid');
  expect((await ask({ until: at(hours(25)), reason: 'x' })).json.code).toBe('invalid');
  expect((await ask({ until: at(minutes(5)), reason: ' ' })).json.code).toBe('invalid');
  const bound = await edge.person('woyang', ['shift-leader'], ['341621']);
  const foreign = await ask({ until: at(minutes(5)), reason: 'x' }, { token: bound });
  expect([foreign.status, foreign.json.code]).toEqual([404, 'point-unknown']);
  await ask({ until: at(minutes(5)), reason: 'x' });
  expect((await edge.ask('workWindows', { token: bound })).json.items).toEqual([]);
  const unknown = await edge.ask('endWorkWindow', { params: { code: 'M-1', id: 'W0' } });
  expect(unknown.json.code).toBe('not-found');
});

test('where the house wants two for red, works say whether a second one agreed, and they must be one who may', async () => {
  const two = await EdgeHarness.open({ secondPersonForLevel1: true });
  try {
    await two.flow.value('manhole', 'M-1', 'tilt', 0);
    const li = await two.person('li', ['operator']);
    await two.person('wang', ['maintainer']);
    await two.person('zhao', ['analyst']);
    const until = new Date(two.flow.clock.now() + hours(2)).toISOString();
    const permit = (second?: { account: string; password: string }) =>
      two.ask('openWorkWindow', {
        ...M1,
        token: li,
        body: { until, reason: '清淤', ...(second ? { second } : {}) },
      });
    const red = async () => {
      const { items } = (await two.ask('alarms', { query: { state: 'open', level: 1 } })).json;
      return [items[0]?.overlay, items[0]?.works?.by];
    };
    expect((await permit({ account: 'li', password: PASSWORD })).json.code).toBe('second-person-needed');
    expect((await permit({ account: 'zhao', password: PASSWORD })).json.code).toBe('second-person-needed');
    expect((await permit({ account: 'wang', password: 'guess' })).json.code).toBe('wrong-credentials');
    expect((await permit()).json).toMatchObject({ second: null, by: 'li' });
    two.flow.clock.forward(1_000);
    await two.flow.value('manhole', 'M-1', 'tilt', 95);
    expect(await red()).toEqual(['none', 'li']);
    expect((await permit({ account: 'wang', password: PASSWORD })).json).toMatchObject({ second: 'wang' });
    expect(await red()).toEqual(['suppressed', undefined]);
    expect(JSON.stringify(two.audit.kept)).not.toContain(PASSWORD);
  } finally {
    await two.close();
  }
});
