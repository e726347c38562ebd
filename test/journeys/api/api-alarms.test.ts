import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { isUnacked } from '../../../src/domain/alarm/order.ts';
import { as } from '../../../src/domain/ids.ts';
import { minutes } from '../../../src/domain/time.ts';
import type { AlarmJson } from '../../../src/wire/alarm.ts';
import { EdgeHarness } from '../../support/edge-harness.ts';

let edge: EdgeHarness;
beforeEach(async () => {
  edge = await EdgeHarness.open();
});
afterEach(() => edge.close());

const first = () => edge.flow.open()[0];
const idOf = () => ({ params: { id: first()?.id ?? '' } });

describe('an operator acts', () => {
  test('F14: of two who acknowledge in the same moment one wins, and the other is told who', async () => {
    const li = await edge.operator('li', '李值班');
    const wang = await edge.operator('wang', '王值班');
    await edge.raise('GAS-1');
    const seenRevision = first()?.revision;
    const both = await Promise.all(
      [li, wang].map((token, i) =>
        edge.ask('acknowledge', { ...idOf(), token, body: { seenRevision, commandId: `c-${i}` } }),
      ),
    );
    expect(both.map((t) => t.status).sort()).toEqual([200, 409]);
    const won = both.find((t) => t.status === 200)?.json as AlarmJson;
    const lost = both.find((t) => t.status === 409)?.json;
    expect(['already-acknowledged', 'alarm-closed']).toContain(lost.code);
    expect(lost.detail).toContain(won.ack?.by);
    expect(edge.flow.kinds('GAS-1').filter((k) => k === 'acknowledged')).toHaveLength(1);
  });

  test('F14: a retry after a lost answer is answered as the first was, and happens once', async () => {
    await edge.raise('GAS-1');
    const body = { seenRevision: first()?.revision, note: '收到', commandId: 'c-1' };
    const id = idOf();
    const once = await edge.ask('acknowledge', { ...id, body });
    const again = await edge.ask('acknowledge', { ...id, body });
    expect([once.status, again.status]).toEqual([200, 200]);
    expect(again.json).toEqual(once.json);
    expect(edge.flow.kinds('GAS-1').filter((k) => k === 'acknowledged')).toHaveLength(1);
  });

  test('a commandId of another act or another account is refused', async () => {
    const li = await edge.operator('li', '李值班');
    await edge.raise('GAS-1');
    const id = idOf();
    const body = { seenRevision: first()?.revision, commandId: 'c-1' };
    expect((await edge.ask('acknowledge', { ...id, body })).status).toBe(200);
    const other = await edge.ask('acknowledge', { ...id, token: li, body });
    const otherAct = await edge.ask('note', { ...id, body: { text: 'x', commandId: 'c-1' } });
    expect([other.json.code, otherAct.json.code]).toEqual(['command-reused', 'command-reused']);
  });

  test('nobody acknowledges a level that they have not seen', async () => {
    await edge.raise('GAS-1', 25);
    const seenRevision = first()?.revision;
    const before = first()?.level;
    await edge.raise('GAS-1', 60);
    expect(first()?.level).toBeLessThan(before ?? 0);
    const told = await edge.ask('acknowledge', { ...idOf(), body: { seenRevision, commandId: 'c' } });
    expect([told.status, told.json.code]).toEqual([409, 'seen-too-old']);
  });

  test('the answer is the alarm as it then is, with the name of who acted', async () => {
    const li = await edge.operator('li', '李值班');
    await edge.raise('GAS-1');
    const { json } = await edge.ask('acknowledge', {
      ...idOf(),
      token: li,
      body: { seenRevision: first()?.revision, note: '派人去看', commandId: 'c' },
    });
    expect(json).toMatchObject({ phase: 'active-acked', ack: { by: '李值班', note: '派人去看' } });
    expect(json).toEqual((await edge.ask('alarm', { params: { id: json.id } })).json);
  });

  test('the whole story can be read, and paged', async () => {
    await edge.raise('GAS-1', 25);
    await edge.raise('GAS-1', 60);
    const id = idOf();
    await edge.ask('note', { ...id, body: { text: '第一条', commandId: 'n1' } });
    await edge.ask('assess', {
      ...id,
      body: { verdict: 'biogas', note: '乙烷未检出', seenRevision: 1, commandId: 'n2' },
    });
    const { json } = await edge.ask('alarmEvents', id);
    expect(json.items.map((e: { event: string }) => e.event)).toEqual([
      'raised',
      'escalated',
      'noted',
      'assessed',
    ]);
    expect(json.items[2]).toMatchObject({ note: '第一条', account: 'admin', revision: 3 });
    expect(json.items[0]).toMatchObject({ by: '系统', account: null, value: 25 });
    const page = await edge.ask('alarmEvents', { ...id, query: { limit: 3 } });
    const rest = await edge.ask('alarmEvents', { ...id, query: { limit: 3, after: page.json.next } });
    expect([...page.json.items, ...rest.json.items]).toEqual(json.items);
    expect(rest.json.next).toBeNull();
  });

  test('what does not exist is a 404 of the desk, in both languages', async () => {
    const ask = { params: { id: 'A-none' }, body: { seenRevision: 1, commandId: 'c' } };
    const zh = await edge.ask('acknowledge', ask);
    const en = await edge.ask('acknowledge', { ...ask, headers: { 'accept-language': 'en' } });
    expect([zh.status, zh.json.code, zh.json.detail]).toEqual([404, 'alarm-unknown', '没有这条报警']);
    expect(en.json.detail).toBe('There is no such alarm.');
    expect((await edge.ask('alarm', { params: { id: 'A-none' } })).status).toBe(404);
    expect((await edge.ask('alarmEvents', { params: { id: 'A-none' } })).status).toBe(404);
  });
});

describe('the list of alarms', () => {
  async function many(): Promise<void> {
    for (let i = 0; i < 12; i++) {
      await edge.raise(`GAS-${i}`, [25, 60][i % 2]);
      await edge.flow.pass(minutes(1));
    }
    for (const alarm of edge.flow.open().slice(0, 5)) await edge.flow.acknowledge(alarm);
  }

  const pages = async (query: Record<string, string | number>) => {
    const items: AlarmJson[] = [];
    let after: string | null = null;
    do {
      const { json } = await edge.ask('alarms', { query: { ...query, ...(after ? { after } : {}) } });
      items.push(...json.items);
      after = json.next;
    } while (after !== null);
    return items;
  };

  test('open ones come in the order of the board, whatever the page', async () => {
    await many();
    const board = edge.flow.open().map((a) => a.id);
    for (const limit of [1, 2, 5, 12, 100]) {
      expect((await pages({ limit })).map((a) => a.id)).toEqual(board);
    }
    const unacked = edge.flow
      .open()
      .filter(isUnacked)
      .map((a) => a.id);
    expect((await pages({ state: 'unacked', limit: 3 })).map((a) => a.id)).toEqual(unacked);
  });

  test('an alarm that is acknowledged between two pages makes no other one vanish', async () => {
    await many();
    const before = edge.flow.open().map((a) => a.id);
    const page = await edge.ask('alarms', { query: { limit: 3 } });
    const last = edge.flow.open()[2];
    if (last) await edge.flow.acknowledge(last);
    const rest = await edge.ask('alarms', { query: { limit: 100, after: page.json.next } });
    const seen = new Set([...page.json.items, ...rest.json.items].map((a: AlarmJson) => a.id));
    expect([...seen].sort()).toEqual([...before].sort());
  });

  test('closed ones and all are asked of the journal, newest raise first', async () => {
    await many();
    // Gas alarms are latched: the gas must be gone for five minutes, and then somebody must let them go.
    for (let i = 0; i < 12; i++) await edge.raise(`GAS-${i}`, 0);
    await edge.flow.pass(minutes(6));
    for (let i = 0; i < 12; i++) await edge.raise(`GAS-${i}`, 0);
    const toReset = edge.flow.open().filter((a) => a.phase.is === 'latched-acked');
    for (const [i, { id }] of toReset.entries()) {
      const reset = await edge.ask('reset', { params: { id }, body: { commandId: `r${i}` } });
      expect([reset.status, reset.json.phase]).toEqual([200, 'closed']);
    }
    const closed = await pages({ state: 'closed', limit: 2 });
    const all = await pages({ state: 'all', limit: 5 });
    expect(closed).toHaveLength(5);
    expect(closed.every((a) => a.phase === 'closed' && a.closedAt !== undefined)).toBe(true);
    expect(all).toHaveLength(12);
    expect(new Set(all.map((a) => a.id)).size).toBe(all.length);
    expect(all.map((a) => a.raisedAt)).toEqual(
      all
        .map((a) => a.raisedAt)
        .sort()
        .reverse(),
    );
  });

  test('filters narrow it', async () => {
    await many();
    await edge.flow.value('waterlogging', 'W-1', 'depth', 80);
    const level = edge.flow.open()[0]?.level ?? 1;
    expect((await pages({ level })).every((a) => a.level === level)).toBe(true);
    expect((await pages({ lifeline: 'gas' })).every((a) => a.lifeline === 'gas')).toBe(true);
    expect((await pages({ point: 'GAS-3' })).map((a) => a.pointCode)).toEqual(['GAS-3']);
    expect(await pages({ area: '99' })).toEqual([]);
    const from = new Date(edge.flow.clock.now() + 1).toISOString();
    expect(await pages({ from })).toEqual([]);
    expect(await pages({ to: from.replace('Z', '+00:00') })).not.toEqual([]);
  });

  test('10,000 alarms are paged, and other requests are answered in between', async () => {
    const one = Array.from({ length: 10_000 }, (_, i) => edge.raise(`G${i}`));
    await Promise.all(one);
    expect(edge.flow.open()).toHaveLength(10_000);
    const walk = pages({ limit: 1_000 });
    const alive = await edge.ask('livez', { token: null });
    expect(alive.status).toBe(200);
    const items = await walk;
    expect(new Set(items.map((a) => a.id)).size).toBe(10_000);
    const unacked = await edge.ask('metrics', { token: null });
    expect(unacked.text).toMatch(/alarms_open\{level="\d",acknowledged="no"\} 10000/);
    expect(as.alarm(items[0]?.id ?? '')).toBe(edge.flow.open()[0]?.id);
  });
});
