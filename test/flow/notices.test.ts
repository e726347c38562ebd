import { describe, expect, test } from 'vitest';
import { as } from '../../src/domain/ids.ts';
import type { SendOutcome } from '../../src/domain/notice/notice.ts';
import { aChannel, aRung } from '../domain/notice/a-city.ts';
import {
  accepted,
  CITY,
  channel,
  duty,
  hook,
  LADDER,
  leader,
  ONCE,
  PEOPLE,
  policy,
  Told,
} from './told-harness.ts';

describe('the ladder of an alarm', () => {
  test('climbs by its times, each rung once', async () => {
    const t = await Told.begin();
    await t.gas(60);
    expect(t.story).toEqual(['wang webhook raised']);
    await t.pass(59);
    expect(t.story).toHaveLength(1);
    await t.pass(1);
    expect(t.story).toEqual(['wang webhook raised', 'zhao webhook again']);
    await t.pass(200);
    expect(t.story.slice(2).sort()).toEqual(['wang webhook again', 'zhao webhook again']);
  });

  test('stops with an acknowledgement, and whoever gave it has acted', async () => {
    const t = await Told.begin();
    await t.gas(60);
    await t.pass(60);
    await t.flow.acknowledge(t.open);
    await t.pass(200);
    expect(t.story).toEqual(['wang webhook raised', 'zhao webhook again']);
    expect(t.notices().map((n) => [n.contact, n.state])).toEqual([
      ['wang', 'sent'],
      ['zhao', 'acted'],
    ]);
  });

  test('begins again when it becomes graver', async () => {
    const t = await Told.begin();
    await t.gas(25);
    await t.flow.acknowledge(t.open);
    await t.gas(60);
    await t.pass(60);
    expect(t.story).toEqual(['wang webhook raised', 'wang webhook risen', 'zhao webhook again']);
  });

  test('waits while the alarm is shelved', async () => {
    const t = await Told.begin();
    await t.gas(25);
    await t.flow.turn.act(
      t.open.id,
      {
        do: 'shelve',
        by: { kind: 'operator', account: 'li', name: '李' },
        until: t.flow.clock.now() + 100_000,
        reason: '检修',
        commandId: as.command('s1'),
      },
      null,
    );
    await t.pass(90);
    expect(t.story).toEqual(['wang webhook raised']);
    await t.pass(80);
    expect(t.story).toEqual(['wang webhook raised', 'zhao webhook again']);
  });
});

describe('the end is told', () => {
  test('to exactly those who were told of the beginning, once', async () => {
    const t = await Told.begin([...PEOPLE, channel(hook), policy(ONCE)]);
    await t.gas(60);
    await t.clear();
    expect(t.flow.kinds()).toContain('returned');
    expect(t.story).toEqual(['wang webhook raised', 'wang webhook recovered']);
    expect(t.sent.at(-1)?.message.facts[0]).toMatchObject({ endsAt: expect.any(Number) });
  });

  test('to nobody where nobody was told', async () => {
    const t = await Told.begin([...PEOPLE, channel(hook), policy(ONCE)]);
    t.answer = () => ({ is: 'refused', said: 'no' });
    await t.gas(60);
    t.sent.length = 0;
    t.answer = () => accepted;
    await t.clear();
    expect(t.flow.kinds()).toContain('returned');
    expect(t.notices().map((n) => n.state)).toEqual(['undeliverable']);
    expect(t.story).toEqual([]);
  });
});

describe('a message that does not arrive', () => {
  test('is tried again, then goes by another channel', async () => {
    const t = await Told.begin([
      ...CITY,
      channel(aChannel('robot')),
      policy({ ...LADDER, version: 2, rungs: [aRung(0, { to: [duty], channels: [as.channel('hook')] })] }),
    ]);
    t.answer = (s) => (s.channel === 'webhook' ? { is: 'failed', said: 'down' } : accepted);
    await t.gas(60);
    await t.pass(700);
    const hooks = t.sent.filter((s) => s.channel === 'webhook').map((s) => s.at);
    expect(hooks.map((at) => (at - (hooks[0] ?? 0)) / 1_000)).toEqual([0, 5, 20, 65, 185, 305, 425, 545]);
    expect(t.story.at(-1)).toBe('wang dingtalk raised');
    expect(t.flow.meters.counter('notices_undeliverable_total')).toBe(1);
  });

  test.each([
    ['acknowledged', (t: Told) => t.flow.acknowledge(t.open)],
    ['over', (t: Told) => t.clear()],
  ] as const)('nor is on its way when its alarm is %s, is not tried again', async (_, ends) => {
    const t = await Told.begin([...PEOPLE, channel(hook), policy(ONCE)]);
    const answers: ((o: SendOutcome) => void)[] = [];
    t.answer = () => new Promise((done) => answers.push(done));
    await t.gas(60);
    t.answer = () => accepted;
    await ends(t);
    answers[0]?.({ is: 'failed', said: 'no answer in time', inDoubt: true });
    await t.pass(200);
    expect(t.story.filter((s) => s.endsWith('raised'))).toHaveLength(1);
    expect(t.notices()[0]).toMatchObject({ state: 'superseded' });
  });

  test('a receiver that hangs keeps no other waiting, and no reading', async () => {
    const t = await Told.begin([...CITY, channel(aChannel('robot'))]);
    t.answer = (s) => (s.channel === 'webhook' ? new Promise(() => undefined) : accepted);
    for (let n = 0; n < 12; n++) await t.gas(60, `G-${n}`);
    expect(t.flow.open()).toHaveLength(12);
    expect(t.sent.filter((s) => s.channel === 'webhook')).toHaveLength(4);
    expect(t.sent.filter((s) => s.channel === 'dingtalk').length).toBeGreaterThanOrEqual(12);
  });
});

describe('what did not arrive', () => {
  test('is there to be read over restarts, also of an alarm that is over, until somebody has', async () => {
    const t = await Told.begin([...PEOPLE, channel(hook), policy(ONCE)]);
    t.answer = () => ({ is: 'refused', said: 'no' });
    await t.gas(60);
    const { id } = t.open;
    await t.flow.acknowledge(t.open);
    await t.clear();
    const by = { kind: 'operator', account: 'li', name: '李' } as const;
    await t.flow.turn.act(id, { do: 'reset', by, note: null, commandId: as.command('r1') }, null);
    await t.kill();
    expect(t.flow.open()).toEqual([]);
    const [lost] = t.flow.core.notices.book.lost();
    expect(lost).toMatchObject({ state: 'undeliverable', contact: 'wang' });
    await t.flow.turn.tell((draft) =>
      t.flow.core.notices.command(lost?.id ?? as.notice(''), { do: 'see', by: '李' }, draft),
    );
    await t.kill();
    expect(t.flow.core.notices.book.lost()).toEqual([]);
  });
});

describe('killed at any moment', () => {
  test('before it was sent: nothing is missing, nothing is sent twice', async () => {
    const t = await Told.begin();
    t.outbox.stop();
    await t.gas(60);
    expect(t.story).toEqual([]);
    await t.kill();
    expect(t.story).toEqual(['wang webhook raised']);
    expect(t.sent[0]?.message.text.marks).toEqual([]);
    await t.kill();
    expect(t.story).toHaveLength(1);
  });

  test('while it is on its way: sent again, and marked', async () => {
    const t = await Told.begin();
    t.answer = () => new Promise(() => undefined);
    await t.gas(60);
    t.answer = () => accepted;
    await t.kill();
    expect(t.sent.map((s) => s.message.text.marks)).toEqual([[], ['again']]);
    expect(new Set(t.sent.map((s) => s.message.id)).size).toBe(1);
  });

  test('the ladder goes on where it was, and an acknowledgement from before still stops it', async () => {
    const t = await Told.begin();
    await t.gas(60);
    await t.kill();
    await t.pass(60);
    expect(t.story).toEqual(['wang webhook raised', 'zhao webhook again']);
    await t.flow.acknowledge(t.open);
    await t.kill();
    await t.pass(200);
    expect(t.story).toHaveLength(2);
  });

  test('after a long time without us the newest rung is called, and not every one that was due', async () => {
    const t = await Told.begin([
      ...PEOPLE,
      channel(hook),
      policy({
        ...LADDER,
        rungs: [0, 60, 120, 180].map((s, i) => aRung(s, { to: [i === 3 ? leader : duty] })),
      }),
    ]);
    await t.gas(60);
    t.outbox.stop();
    t.flow.clock.off(3_600_000);
    await t.kill();
    await t.pass(2);
    expect(t.story).toEqual(['wang webhook raised', 'zhao webhook again']);
  });
});

describe('many at once', () => {
  test('no more than the pace in any minute, red ones first and singly, the others as digests with their number', async () => {
    const t = await Told.begin([...PEOPLE, channel(aChannel('robot')), policy(ONCE)]);
    t.outbox.stop();
    t.flow.clock.forward(1_000);
    await Promise.all([...Array(300).keys()].map((n) => t.flow.value('gas', `Y-${n}`, 'ch4', 25)));
    await Promise.all([...Array(8).keys()].map((n) => t.flow.value('gas', `R-${n}`, 'ch4', 60)));
    await t.flow.turn.settle();
    await t.kill();
    await t.pass(100);
    const kinds = t.sent.map((s) => s.message.about);
    expect(kinds.slice(0, 8)).toEqual(Array(8).fill('raised'));
    const digests = t.sent.filter((s) => s.message.about === 'digest');
    expect(digests[0]?.message.text.title).toContain('300');
    expect(digests[0]?.message.facts).toHaveLength(300);
    for (const { at } of t.sent)
      expect(t.sent.filter((s) => s.at > at - 60_000 && s.at <= at).length).toBeLessThanOrEqual(18);
  });
});

describe('our clock is set back while the service is down', () => {
  const slow = aChannel('hook', 'webhook', { perMinute: 1 });

  test('what was sent before keeps nobody from being told for as long', async () => {
    const t = await Told.begin([...PEOPLE, channel(slow), policy(ONCE)]);
    await t.gas(60);
    await t.kill(-86_400_000);
    await t.gas(60, 'G-2');
    await t.pass(70);
    expect(t.story).toEqual(['wang webhook raised', 'wang webhook raised']);
    expect(t.sent.map((s) => s.message.facts[0]?.alarm)).toHaveLength(2);
  });

  test('what failed before is tried again at once, and not a day later', async () => {
    const t = await Told.begin([...PEOPLE, channel(hook), policy(ONCE)]);
    t.answer = () => ({ is: 'failed', said: 'away' });
    await t.gas(60);
    t.answer = () => accepted;
    await t.kill(-86_400_000);
    await t.pass(3);
    expect(t.story).toEqual(['wang webhook raised', 'wang webhook raised']);
  });
});

describe('nobody is passed over in silence', () => {
  const calls = (t: Told) =>
    t.flow.records.flatMap((r) => r.told ?? []).flatMap((e) => (e.is === 'call' ? [e.made] : []));

  test('who is called for and not found stands in the story of the alarm', async () => {
    const nobody = policy({ ...LADDER, rungs: [aRung(0, { to: [{ unit: 'owner', post: 'duty' }] })] });
    const t = await Told.begin([...PEOPLE, channel(hook), nobody]);
    await t.gas(60);
    expect(t.story).toEqual([]);
    expect(calls(t)[0]?.misses.map((m) => m.why)).toEqual(['no-owner']);
    const kept = await t.flow.journal.toldOf(t.open.id);
    expect(kept.map((e) => e.is)).toEqual(['call']);
  });

  test('what is over stays in its story, and a start does not read it any more', async () => {
    const t = await Told.begin();
    await t.gas(60);
    const { id } = t.open;
    await t.flow.acknowledge(t.open);
    await t.clear();
    await t.pass(1);
    const by = { kind: 'operator', account: 'li', name: '李' } as const;
    await t.flow.turn.act(id, { do: 'reset', by, note: null, commandId: as.command('r1') }, null);
    await t.pass(1);
    expect(t.flow.open()).toEqual([]);
    const kept = await t.flow.journal.toldOf(id);
    expect(kept.flatMap((e) => (e.is === 'notice' ? [`${e.notice.about} ${e.notice.state}`] : []))).toEqual([
      'raised sent',
      'closed sent',
      'recovered sent',
    ]);
    await t.kill();
    expect(t.flow.core.notices.book.notices()).toEqual([]);
  });

  test('without any channel nothing is owed, whatever stands in the policies', async () => {
    const t = await Told.begin([...PEOPLE, policy(LADDER)]);
    await t.gas(60);
    await t.pass(120);
    expect(t.flow.records.every((r) => (r.told ?? []).every((e) => e.is !== 'call'))).toBe(true);
  });
});
