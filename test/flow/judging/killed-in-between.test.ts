import { describe, expect, test } from 'vitest';
import type { OperatorCommand } from '../../../src/domain/alarm/commands.ts';
import { as } from '../../../src/domain/ids.ts';
import type { Rule } from '../../../src/domain/rule.ts';
import { minutes, seconds } from '../../../src/domain/time.ts';
import { MemoryDisk } from '../../memory/journal.ts';
import { DERIVED, HOUSE } from '../../months/house.ts';
import { FlowHarness, LI, START } from '../flow-harness.ts';

// F2, F3 and F14 of promises at the one seam where they can be placed to the instant: the commit.

describe('killed between commit and acknowledgement', () => {
  test('the device sends again, and there is one reading and one alarm, shown after the start', async () => {
    const disk = new MemoryDisk();
    const hooks = {
      after: () => {
        throw new Error('killed here');
      },
    };
    const dying = await FlowHarness.begin({ disk, hooks });
    const ts = dying.clock.now();
    expect((await dying.value('gas', 'G-1', 'ch4', 60, ts)).outcome).toBe('failed');
    expect(dying.board.open()).toEqual([]);

    const w = await FlowHarness.begin({ disk, clock: dying.clock });
    expect(w.open('G-1')).toMatchObject([{ level: 1, phase: { is: 'active-unacked' } }]);
    expect((await w.value('gas', 'G-1', 'ch4', 60, ts)).outcome).toBe('kept');
    expect(w.open('G-1')).toHaveLength(1);
    expect(w.events).toEqual([]);
    expect(await w.stored('G-1', 'ch4')).toHaveLength(1);
    expect((await w.journal.eventsAfter(as.seq(0), 10)).map((e) => e.event.change.kind)).toEqual(['raised']);
  });
});

describe('killed before the commit', () => {
  test('nothing happened; the device still holds the message and sends it again', async () => {
    const disk = new MemoryDisk();
    const hooks = {
      before: () => {
        throw new Error('killed here');
      },
    };
    const dying = await FlowHarness.begin({ disk, hooks });
    const ts = dying.clock.now();
    expect((await dying.value('gas', 'G-1', 'ch4', 60, ts)).outcome).toBe('failed');
    const w = await FlowHarness.begin({ disk, clock: dying.clock });
    expect(w.board.open()).toEqual([]);
    await w.value('gas', 'G-1', 'ch4', 60, ts);
    expect(w.kinds('G-1')).toEqual(['raised']);
  });
});

describe('after the first failed commit', () => {
  test('nothing is acknowledged, nobody is promised anything, and the service asks to be started anew', async () => {
    let n = 0;
    const hooks = {
      before: () => {
        if (++n === 3) throw new Error('no space left on device');
      },
    };
    const w = await FlowHarness.begin({ hooks });
    const outcomes = [];
    for (let i = 0; i < 5; i++)
      outcomes.push((await w.value('gas', 'G-1', 'ch4', i, w.clock.now() + i)).outcome);
    expect(outcomes).toEqual(['kept', 'kept', 'failed', 'failed', 'failed']);
    expect(w.failure?.cause).toMatchObject({ message: expect.stringContaining('no space left') });
    await expect(w.turn.tick()).rejects.toThrow(/journal has failed/);
  });
});

describe('two operators at once', () => {
  test('one acknowledgement wins, the other is told who', async () => {
    const w = await FlowHarness.begin();
    await w.value('gas', 'G-1', 'ch4', 60);
    const [alarm] = w.open('G-1');
    if (alarm === undefined) throw new Error('no alarm');
    const wang = { kind: 'operator', account: 'wang', name: '王值班' } as const;
    const [a, b] = await Promise.all([w.acknowledge(alarm), w.acknowledge(alarm, wang)]);
    expect([a.ok, b.ok]).toEqual([true, false]);
    expect(b.ok ? null : b.error).toMatchObject({
      code: 'already-acknowledged',
      detail: { zh: expect.stringContaining('李值班') },
    });
  });

  test('a command repeated because its answer was lost is answered as before, also after a restart', async () => {
    let w = await FlowHarness.begin();
    await w.value('gas', 'G-1', 'ch4', 60);
    const [alarm] = w.open('G-1');
    if (alarm === undefined) throw new Error('no alarm');
    const command = {
      do: 'acknowledge',
      by: LI,
      seenRevision: alarm.revision,
      note: null,
      commandId: as.command('same'),
    } as const;
    const first = await w.turn.act(alarm.id, command, null);
    expect(await w.turn.act(alarm.id, command, null)).toEqual(first);
    w = await w.restart();
    expect(await w.turn.act(alarm.id, command, null)).toMatchObject({ ok: true });
    expect(w.events).toEqual([]);
  });

  test('the same commandId for another act is refused', async () => {
    const w = await FlowHarness.begin();
    await w.value('gas', 'G-1', 'ch4', 60);
    const [alarm] = w.open('G-1');
    if (alarm === undefined) throw new Error('no alarm');
    const commandId = as.command('same');
    await w.turn.act(alarm.id, { do: 'note', by: LI, text: '看过', commandId }, null);
    const again = await w.turn.act(alarm.id, { do: 'reset', by: LI, note: null, commandId }, null);
    expect(again.ok ? null : again.error.code).toBe('command-reused');
  });

  test.each([
    ['note', { do: 'note', text: '看过' }, { do: 'note', text: '有人在现场' }],
    ['assess', { do: 'assess', verdict: 'real', note: null }, { do: 'assess', verdict: 'false', note: null }],
    [
      'acknowledge',
      { do: 'acknowledge', note: null, seenRevision: 1 },
      { do: 'acknowledge', note: '去看', seenRevision: 1 },
    ],
  ] as const)(
    'the same commandId with other content is refused, also after a restart: %s',
    async (_, one, other) => {
      let w = await FlowHarness.begin();
      await w.value('gas', 'G-1', 'ch4', 60);
      const [alarm] = w.open('G-1');
      if (alarm === undefined) throw new Error('no alarm');
      const say = (what: typeof one | typeof other) =>
        w.turn.act(alarm.id, { ...what, by: LI, commandId: as.command('same') } as OperatorCommand, null);
      expect((await say(one)).ok).toBe(true);
      const again = async () => {
        const [same, different] = [await say(one), await say(other)];
        expect([same.ok, different.ok ? null : different.error.code]).toEqual([true, 'command-reused']);
      };
      await again();
      w = await w.restart();
      await again();
    },
  );

  test('nobody acknowledges what they have not seen', async () => {
    const w = await FlowHarness.begin();
    await w.value('waterlogging', 'W-1', 'depth', 16);
    await w.pass(seconds(90));
    await w.value('waterlogging', 'W-1', 'depth', 16);
    const seen = w.open('W-1').find((a) => a.metric === 'depth');
    if (seen === undefined) throw new Error('no alarm');
    await w.value('waterlogging', 'W-1', 'depth', 40, w.clock.now() + 1);
    const late = await w.acknowledge(seen);
    expect(late.ok ? null : late.error.code).toBe('seen-too-old');
  });
});

describe('the board', () => {
  test('shows nothing before it is durable', async () => {
    const seen: number[] = [];
    let w: FlowHarness | null = null;
    const hooks = { after: () => void seen.push(w?.board.open().length ?? -1) };
    w = await FlowHarness.begin({ hooks });
    await w.value('gas', 'G-1', 'ch4', 60);
    expect(seen).toEqual([0]);
    expect(w.board.open()).toHaveLength(1);
  });

  test('tells every listener the same events in the journal’s order, without a gap', async () => {
    const w = await FlowHarness.begin();
    const heard: number[] = [];
    const joined = w.board.join({ event: (e) => void heard.push(e.seq), readings: () => undefined });
    for (let i = 0; i < 20; i++)
      await w.value('manhole', `M-${i % 4}`, 'open', i % 3 === 0 ? 1 : 0, w.clock.now() + i);
    joined.leave();
    expect(heard.length).toBeGreaterThan(4);
    expect(heard).toEqual(heard.map((_, i) => (joined.seq as number) + i + 1));
    expect((await w.journal.eventsAfter(joined.seq, 1_000)).map((e) => e.seq)).toEqual(heard);
  });
});

describe('a combination over readings that came late, in order', () => {
  test('is the same after a kill: it heard them, and hears them again', async () => {
    const disk = new MemoryDisk();
    const w = await FlowHarness.begin({ disk, packs: [HOUSE] });
    const say = (minute: number, ch4: number) =>
      w.telemetry('gas', 'G-1', { ts: START + minutes(minute), values: { ch4, co: 8 } });
    await say(0, 15);
    await w.pass(seconds(20));
    w.clock.forward(minutes(120));
    await say(60, 16);
    const of = (x: FlowHarness) =>
      x.core.points.of(as.point('G-1'))?.memory.rules.get(as.rule(DERIVED.both.rule));
    expect(of(w)?.signal).toMatchObject({ held: { '0@G-1': { now: true, at: START + minutes(60) } } });
    const again = await FlowHarness.begin({ disk, clock: w.clock, history: w.history, packs: [HOUSE] });
    expect(of(again)).toEqual(of(w));
  });
});

test('a combination that goes by another rule is the same after a kill, where one packet held that rule and its end', async () => {
  const limit = { by: 'rule', rule: as.rule('gas.ch4.limit'), level: 3 } as const;
  const byRule = (r: Rule): Rule =>
    r.signal.of === 'together'
      ? {
          ...r,
          signal: {
            ...r.signal,
            members: r.signal.members.map((m, i) => (i === 0 ? { ...m, holds: limit } : m)),
          },
        }
      : r;
  const packs = [{ ...HOUSE, rules: HOUSE.rules.map(byRule) }];
  const disk = new MemoryDisk();
  const w = await FlowHarness.begin({ disk, packs });
  const over = { ts: START - seconds(2), values: { ch4: 15, co: 60 } };
  await w.telemetry('gas', 'G-1', [over, { ts: START - seconds(1), values: { ch4: 1, co: 60 } }]);
  const of = (x: FlowHarness) => {
    const memory = x.core.points.of(as.point('G-1'))?.memory;
    return { rule: memory?.rules.get(as.rule(DERIVED.both.rule)), worst: memory?.worst };
  };
  expect(of(w).rule?.watchers).toMatchObject([{ on: true }]);
  const again = await FlowHarness.begin({ disk, clock: w.clock, history: w.history, packs });
  expect(of(again)).toEqual(of(w));
});
