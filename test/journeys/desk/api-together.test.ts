import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { TurnRecord } from '../../../src/flow/ports/journal.ts';
import { EdgeHarness } from '../../support/edge-harness.ts';

let edge: EdgeHarness;
/** How many acknowledgements each turn brought to the disk. */
let turns: number[] = [];
beforeEach(async () => {
  turns = [];
  const before = ({ events }: TurnRecord) => {
    const n = events.filter((e) => e.event.change.kind === 'acknowledged').length;
    if (n > 0) turns.push(n);
  };
  edge = await EdgeHarness.open({ hooks: { before } });
});
afterEach(() => edge.close());

const seen = () => edge.flow.open().map((a) => ({ id: a.id as string, seenRevision: a.revision }));

describe('one act for many alarms', () => {
  test('all are acknowledged in one turn, with an event for each', async () => {
    for (const code of ['GAS-1', 'GAS-2', 'GAS-3']) await edge.raise(code);
    const told = await edge.ask('acknowledgeTogether', {
      body: { alarms: seen(), note: '同一起', commandId: 'c-1' },
    });
    expect(told.json.done).toBe(3);
    expect(turns).toEqual([3]);
    expect(edge.flow.kinds().filter((k) => k === 'acknowledged')).toHaveLength(3);
    expect(
      told.json.items.every((i: { alarm: { ack: { note: string } } }) => i.alarm.ack.note === '同一起'),
    ).toBe(true);
  });

  test('what has risen since it was seen is refused for itself, and the others are done', async () => {
    await edge.raise('GAS-1', 25);
    await edge.raise('GAS-2', 25);
    const alarms = seen();
    await edge.raise('GAS-1', 60);
    const told = await edge.ask('acknowledgeTogether', { body: { alarms, commandId: 'c-1' } });
    expect(told.status).toBe(200);
    expect(told.json.done).toBe(1);
    const refused = told.json.items.filter((i: { problem: unknown }) => i.problem !== null);
    expect(refused.map((i: { problem: { code: string } }) => i.problem.code)).toEqual(['seen-too-old']);
    expect(edge.flow.kinds('GAS-1')).not.toContain('acknowledged');
    expect(edge.flow.kinds('GAS-2')).toContain('acknowledged');
  });

  test('the same act again is answered as the first was, and happens once', async () => {
    await edge.raise('GAS-1');
    await edge.raise('GAS-2');
    const body = { alarms: seen(), commandId: 'c-1' };
    const once = await edge.ask('acknowledgeTogether', { body });
    const again = await edge.ask('acknowledgeTogether', { body });
    expect(again.json).toEqual(once.json);
    expect(edge.flow.kinds('GAS-1').filter((k) => k === 'acknowledged')).toHaveLength(1);
  });

  test('an alarm of another district is told to be none, and nothing is done to it', async () => {
    await edge.raise('GAS-1');
    const district = await edge.person('district', ['operator'], ['341621']);
    const told = await edge.ask('acknowledgeTogether', {
      token: district,
      body: { alarms: seen(), commandId: 'c-1' },
    });
    expect([told.json.done, told.json.items[0].problem.code]).toEqual([0, 'alarm-unknown']);
    expect(edge.flow.kinds('GAS-1')).toEqual(['raised']);
  });

  test('a verdict for several keeps the readings of each point with it', async () => {
    await edge.raise('GAS-1', 60);
    await edge.raise('GAS-2', 70);
    const told = await edge.ask('assessTogether', {
      body: {
        alarms: seen().map(({ id }) => ({ id })),
        verdict: 'real',
        note: '同一处泄漏',
        commandId: 'c-1',
      },
    });
    expect(told.json.done).toBe(2);
    const values = told.json.items.map(
      (i: { alarm: { assessment: { readings: { value: number }[] } } }) =>
        i.alarm.assessment.readings[0]?.value,
    );
    expect([...values].sort()).toEqual([60, 70]);
  });
});

describe('a red alarm is judged to be no danger by two, also among several', () => {
  test('the one is refused, and the milder ones are judged', async () => {
    await edge.close();
    edge = await EdgeHarness.open({ secondPersonToAssess: true });
    await edge.person('leader', ['shift-leader']);
    await edge.raise('GAS-1', 60);
    await edge.raise('GAS-2', 25);
    const body = { alarms: seen().map(({ id }) => ({ id })), verdict: 'false', note: '', commandId: 'c-1' };
    const told = await edge.ask('assessTogether', { body: { ...body, note: '传感器' } });
    const codes = told.json.items.map((i: { problem: { code: string } | null }) => i.problem?.code ?? null);
    expect(codes.sort()).toEqual(['assess-second-needed', null]);
  });
});

describe('what the desk keeps', () => {
  test('a view is its keeper’s, or everybody’s; only its keeper takes it away', async () => {
    const li = await edge.operator('li', '李值班');
    const mine = await edge.ask('createView', {
      body: { screen: 'duty', name: '红色', query: 'level=1' },
    });
    await edge.ask('createView', {
      body: { screen: 'duty', name: '谯城区', query: 'area=341602', shared: true },
    });
    expect(mine.status).toBe(201);
    const names = async (token: string) =>
      (await edge.ask('views', { token, query: { screen: 'duty' } })).json.items.map(
        (v: { name: string }) => v.name,
      );
    expect(await names(edge.token)).toEqual(['红色', '谯城区']);
    expect(await names(li)).toEqual(['谯城区']);
    const gone = await edge.ask('dropView', { token: li, params: { id: mine.json.id } });
    expect(gone.json.code).toBe('not-found');
    expect((await edge.ask('dropView', { params: { id: mine.json.id } })).status).toBe(204);
    expect(await names(edge.token)).toEqual(['谯城区']);
  });

  test('views and notes are there after a restart', async () => {
    await edge.raise('GAS-1');
    await edge.ask('createView', { body: { screen: 'trend', name: '甲烷', query: 'points=GAS-1:ch4' } });
    await edge.ask('createSeriesNote', {
      params: { code: 'GAS-1' },
      body: { metric: 'ch4', from: '2026-06-01T00:00:00Z', text: '阀门检修' },
    });
    await edge.flow.restart();
    expect(edge.flow.core.kept.views().map((v) => v.name)).toEqual(['甲烷']);
    expect(edge.flow.core.kept.notesAt('GAS-1' as never).map((n) => n.text)).toEqual(['阀门检修']);
  });

  test('a note beside a curve names who wrote it, and only they take it back', async () => {
    await edge.raise('GAS-1');
    const li = await edge.operator('li', '李值班');
    const kept = await edge.ask('createSeriesNote', {
      token: li,
      params: { code: 'GAS-1' },
      body: { metric: 'ch4', from: '2026-06-01T00:00:00Z', to: '2026-06-01T01:00:00Z', text: '阀门检修' },
    });
    const [note] = (await edge.ask('seriesNotes', { params: { code: 'GAS-1' } })).json.items;
    expect(note).toMatchObject({ by: '李值班', mine: false, text: '阀门检修' });
    const params = { code: 'GAS-1', id: kept.json.id };
    expect((await edge.ask('dropSeriesNote', { params })).json.code).toBe('not-found');
    const district = await edge.person('district', ['operator'], ['341621']);
    expect((await edge.ask('dropSeriesNote', { token: district, params })).json.code).toBe('point-unknown');
    expect((await edge.ask('dropSeriesNote', { token: li, params })).status).toBe(204);
    expect((await edge.ask('seriesNotes', { params: { code: 'GAS-1' } })).json.items).toEqual([]);
  });
});
