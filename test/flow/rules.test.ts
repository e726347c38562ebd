import { describe, expect, test } from 'vitest';
import { as } from '../../src/domain/ids.ts';
import type { RuleChange, RuleScope } from '../../src/domain/rules/change.ts';
import { minutes, seconds } from '../../src/domain/time.ts';
import { FlowHarness } from './flow-harness.ts';

const CH4 = as.rule('gas.ch4.limit');
const LI = { account: 'li', name: '李值班' };
const WANG = { account: 'wang', name: '王主任' };

const set = (limit: number, scope: RuleScope = { kind: 'lifeline' }, level: 3 | 1 = 3): RuleChange => ({
  do: 'set',
  scope,
  steps: [{ level, limit: { limit } }],
});
const at = (point: string): RuleScope => ({ kind: 'point', point: as.point(point) });

const propose = (w: FlowHarness, change: RuleChange, by = LI, reason = '现场复核') =>
  w.turn.rule({ do: 'propose', rule: CH4, change, reason, submit: true, by, commandId: null });

const decide = (
  w: FlowHarness,
  verb: 'approve' | 'reject' | 'withdraw' | 'submit',
  draft: string,
  by = WANG,
) => w.turn.rule({ do: verb, draft, by, note: '已看' });

const levels = (w: FlowHarness, point: string) => w.open(point).map((a) => a.level);

describe('a commandId of a draft', () => {
  const say = (
    w: FlowHarness,
    over: { rule?: typeof CH4; change?: RuleChange; reason?: string; by?: typeof LI },
  ) =>
    w.turn.rule({
      ...{
        do: 'propose',
        rule: CH4,
        change: set(10, { kind: 'lifeline' }),
        reason: '现场复核',
        submit: true,
        by: LI,
      },
      ...{ ...over, commandId: as.command('same') },
    });

  test.each([
    ['reason', { reason: '另一个原因' }],
    ['number', { change: set(12, { kind: 'lifeline' }) }],
    ['place', { change: set(10, at('G-1')) }],
    ['person', { by: WANG }],
  ] as const)(
    'with the same content is a retry, with another %s refused, also after a restart',
    async (_, over) => {
      let w = await FlowHarness.begin();
      const first = await say(w, {});
      expect(first.ok).toBe(true);
      for (const restarts of [false, true]) {
        if (restarts) w = await w.restart();
        expect(await say(w, {})).toEqual(first);
        expect(await say(w, over)).toMatchObject({ ok: false, error: { code: 'command-reused' } });
      }
    },
  );
});

describe('a number of the house', () => {
  test('nearest wins: the point before its area, the area before the pack', async () => {
    const w = await FlowHarness.begin();
    for (const [code, parent] of [
      ['3416', null],
      ['341602', '3416'],
    ] as const)
      await w.change([
        {
          kind: 'area',
          area: { code: as.area(code), name: code, parent: parent === null ? null : as.area(parent) },
        },
      ]);
    for (const p of ['G-1', 'G-2', 'G-3']) await w.value('gas', p, 'ch4', 1);
    for (const p of ['G-1', 'G-2']) {
      const point = w.core.register.point(as.point(p));
      if (point) await w.change([{ kind: 'point', point: { ...point, area: as.area('341602') } }]);
    }
    await propose(w, set(10, { kind: 'area', area: as.area('3416') }));
    await propose(w, set(30, at('G-2')));
    await w.pass(seconds(1));
    for (const p of ['G-1', 'G-2', 'G-3']) await w.value('gas', p, 'ch4', 15);
    await w.pass(minutes(2));
    for (const p of ['G-1', 'G-2', 'G-3']) await w.value('gas', p, 'ch4', 15);
    expect([levels(w, 'G-1'), levels(w, 'G-2'), levels(w, 'G-3')]).toEqual([[3], [], []]);
    expect(w.open('G-1')[0]?.trigger.limit).toEqual({ is: 'above', limit: 10 });
  });

  test('a city by its administrative code has its districts below it, registered as such or not', async () => {
    const w = await FlowHarness.begin();
    await w.value('gas', 'G-1', 'ch4', 1);
    const point = w.core.register.point(as.point('G-1'));
    if (point) await w.change([{ kind: 'point', point: { ...point, area: as.area('341602') } }]);
    const version = await propose(w, set(15, { kind: 'area', area: as.area('341600') }));
    expect(version).toMatchObject({ ok: true });
    expect(await propose(w, set(12, { kind: 'area', area: as.area('341602') }))).toMatchObject({ ok: true });
    const limit = () =>
      w.core.points.of(as.point('G-1'))?.plan.rules.get(CH4)?.steps[0]?.limit as { limit: number };
    expect(limit().limit).toBe(12);
    await propose(w, { do: 'revert', version: 2 });
    expect(limit().limit).toBe(15);
    expect(await propose(w, set(10, { kind: 'area', area: as.area('34') }))).toMatchObject({ ok: true });
    expect(limit().limit).toBe(15);
  });

  test('takes effect with the very next reading, and the alarm names the version', async () => {
    const w = await FlowHarness.begin();
    await w.value('gas', 'G-1', 'ch4', 40);
    expect(w.open('G-1').map((a) => [a.level, a.ruleVersion])).not.toContainEqual([1, 1]);
    const done = await propose(w, set(35, at('G-1'), 1));
    expect(done).toMatchObject({ ok: true, value: { state: 'approved', version: 2 } });
    w.clock.forward(seconds(1));
    await w.value('gas', 'G-1', 'ch4', 40);
    expect(w.open('G-1')[0]).toMatchObject({ level: 1 });
    w.clock.forward(seconds(1));
    await w.value('gas', 'G-2', 'ch4', 60);
    expect(w.open('G-2')[0]).toMatchObject({ level: 1, ruleVersion: 2 });
  });

  test('an open alarm stays open through the change, keeps its version, and lives on by the new numbers', async () => {
    const w = await FlowHarness.begin();
    await w.value('gas', 'G-1', 'ch4', 60);
    const [before] = w.open('G-1');
    await propose(w, set(80, { kind: 'lifeline' }, 1));
    expect(w.open('G-1')).toEqual([before]);
    for (let i = 0; i < 20; i++) {
      await w.pass(minutes(1));
      await w.value('gas', 'G-1', 'ch4', 60);
    }
    expect(w.open('G-1')).toMatchObject([
      { id: before?.id, ruleVersion: 1, phase: { is: 'active-unacked' } },
    ]);
    expect(w.kinds('G-1')).not.toContain('closed');
  });

  test('a step that is disabled raises nothing; enabled again it does', async () => {
    const w = await FlowHarness.begin();
    const off = (enabled: boolean): RuleChange => ({
      do: 'set',
      scope: at('G-1'),
      steps: [{ level: 1, enabled }],
    });
    await w.value('gas', 'G-1', 'ch4', 1);
    await propose(w, off(false));
    await w.pass(seconds(1));
    await w.value('gas', 'G-1', 'ch4', 60);
    expect(levels(w, 'G-1')).not.toContain(1);
    await propose(w, off(true));
    await w.pass(seconds(1));
    await w.value('gas', 'G-1', 'ch4', 60);
    expect(levels(w, 'G-1')).toContain(1);
  });

  test('after a kill at any moment the rule book is the same, and judging goes on by the rules of its time', async () => {
    const run = async (cut: number | null) => {
      let w = await FlowHarness.begin();
      const kinds: string[] = [];
      const steps: ((w: FlowHarness) => Promise<unknown>)[] = [
        (x) => x.value('gas', 'G-1', 'ch4', 12),
        (x) => propose(x, set(10, at('G-1'))),
        (x) => x.value('gas', 'G-1', 'ch4', 12),
        (x) => x.value('gas', 'G-1', 'ch4', 12),
        (x) => propose(x, { do: 'set', scope: at('G-1'), steps: [{ level: 3, enabled: false }] }),
        (x) => x.value('gas', 'G-1', 'ch4', 12),
        (x) => x.value('gas', 'G-1', 'ch4', 70),
        (x) => propose(x, { do: 'revert', version: 2 }),
        (x) => x.value('gas', 'G-1', 'ch4', 12),
        (x) => x.value('gas', 'G-1', 'ch4', 1),
        (x) => x.value('gas', 'G-1', 'ch4', 1),
      ];
      for (const [i, step] of steps.entries()) {
        await step(w);
        if (i === cut) {
          kinds.push(...w.kinds('G-1'));
          w = await w.restart();
        }
        await w.pass(minutes(1));
      }
      kinds.push(...w.kinds('G-1'));
      return { kinds, versions: w.core.book.versions(CH4), drafts: w.core.book.drafts() };
    };
    const uncut = await run(null);
    expect(uncut.kinds).toContain('raised');
    expect(uncut.versions.map((v) => v.version)).toEqual([2, 3, 4]);
    for (let cut = 0; cut < 11; cut++) expect(await run(cut)).toEqual(uncut);
  });

  test('going back to an earlier version is a new version with the old numbers', async () => {
    const w = await FlowHarness.begin();
    await propose(w, set(15));
    await propose(w, set(12));
    expect(await propose(w, { do: 'revert', version: 2 })).toMatchObject({ ok: true, value: { version: 4 } });
    const limit = () => w.core.book.effective(as.lifeline('gas'), { areas: [], point: null })[0]?.rule;
    expect(limit()?.steps[0]?.limit).toEqual({ is: 'above', limit: 15 });
    await propose(w, { do: 'revert', version: 1 });
    expect(limit()).toMatchObject({ version: 5, steps: [{ limit: { limit: 20 } }, {}] });
  });
});

describe('a change that makes no sense is refused in words', () => {
  test.each([
    ['outside what can be measured', set(-4), '物理量程'],
    ['milder than the step before it', set(60), '更严重'],
    [
      'no such level',
      { do: 'set', scope: { kind: 'lifeline' }, steps: [{ level: 2, limit: { limit: 30 } }] },
      '没有 2 级',
    ],
    [
      'a deadband with no way back',
      { do: 'set', scope: { kind: 'lifeline' }, steps: [{ level: 3, deadband: 25 }] },
      '小于 20',
    ],
    [
      'a delay of years',
      { do: 'set', scope: { kind: 'lifeline' }, steps: [{ level: 3, onDelay: 1e12 }] },
      '7 天',
    ],
    [
      'a part that the limit has not',
      { do: 'set', scope: { kind: 'lifeline' }, steps: [{ level: 3, limit: { low: 1 } }] },
      'limit',
    ],
    ['an unknown area', set(15, { kind: 'area', area: as.area('99') }), '台账'],
    ['an unknown point', set(15, at('nobody')), '台账'],
  ] as [string, RuleChange, string][])('%s', async (_, change, words) => {
    const w = await FlowHarness.begin();
    const done = await propose(w, change);
    expect(done).toMatchObject({ ok: false, error: { code: 'rule-change-unsound' } });
    if (!done.ok) expect(done.error.detail?.zh).toContain(words);
    expect(w.core.book.drafts()).toEqual([]);
  });

  test('a pack-wide limit that an override of some point would then contradict', async () => {
    const w = await FlowHarness.begin();
    await w.value('gas', 'G-1', 'ch4', 1);
    await propose(w, set(40, at('G-1')));
    const done = await propose(w, set(38, { kind: 'lifeline' }, 1));
    expect(done).toMatchObject({ ok: false, error: { code: 'rule-change-unsound' } });
    if (!done.ok) expect(done.error.detail?.zh).toContain('G-1');
  });

  test('numbers that are in force already; a missing reason; an unknown rule', async () => {
    const w = await FlowHarness.begin();
    await propose(w, set(15));
    expect(await propose(w, set(15))).toMatchObject({ error: { code: 'rule-unchanged' } });
    expect(await propose(w, set(16), LI, '  ')).toMatchObject({ error: { code: 'reason-missing' } });
    const unknown = await w.turn.rule({
      do: 'propose',
      rule: as.rule('no.such'),
      change: set(1),
      reason: 'x',
      submit: true,
      by: LI,
      commandId: null,
    });
    expect(unknown).toMatchObject({ error: { code: 'rule-unknown' } });
  });
});

describe('where a second person must approve what loosens', () => {
  test('a stricter limit holds at once; a farther one waits, at a point, in an area and by going back too', async () => {
    const w = await FlowHarness.begin({ ruleApproval: 'loosening' });
    await w.value('gas', 'G-1', 'ch4', 1);
    const state = async (change: RuleChange) => {
      const done = await propose(w, change);
      return done.ok ? done.value.state : done.error.code;
    };
    expect(await state(set(10))).toBe('approved');
    expect(await state(set(12))).toBe('submitted');
    expect(await state(set(12, at('G-1')))).toBe('submitted');
    expect(await state(set(8, at('G-1')))).toBe('approved');
    // Stricter everywhere, and at one point as it was: nobody sees less.
    expect(await state(set(9))).toBe('approved');
    expect(await state({ do: 'revert', version: 1 })).toBe('submitted');
    expect(await decide(w, 'approve', 'D2', LI)).toMatchObject({ error: { code: 'rule-draft-own' } });
    expect(await decide(w, 'approve', 'D3')).toMatchObject({ error: { code: 'rule-draft-outdated' } });
    expect(await decide(w, 'approve', 'D6')).toMatchObject({ value: { state: 'approved', version: 5 } });
  });
});

describe('where a second person must approve', () => {
  test('nothing is judged by a draft until another account has approved it', async () => {
    const w = await FlowHarness.begin({ ruleApproval: 'two' });
    const draft = await propose(w, set(15));
    expect(draft).toMatchObject({ ok: true, value: { id: 'D1', state: 'submitted', version: null } });
    expect(w.core.book.versions(CH4)).toEqual([]);
    expect(await decide(w, 'approve', 'D1', LI)).toMatchObject({ error: { code: 'rule-draft-own' } });
    expect(await decide(w, 'approve', 'D1')).toMatchObject({ value: { state: 'approved', version: 2 } });
    expect(w.core.book.versions(CH4)).toMatchObject([{ by: LI, approvedBy: WANG }]);
    expect(await decide(w, 'reject', 'D1')).toMatchObject({ error: { code: 'rule-draft-decided' } });
  });

  test('rejected and withdrawn drafts change nothing, and a restart knows them', async () => {
    let w = await FlowHarness.begin({ ruleApproval: 'two' });
    await propose(w, set(15));
    await propose(w, set(16));
    expect(await decide(w, 'withdraw', 'D1')).toMatchObject({ error: { code: 'rule-draft-not-own' } });
    await decide(w, 'withdraw', 'D1', LI);
    await decide(w, 'reject', 'D2');
    const drafts = w.core.book.drafts();
    w = await w.restart();
    expect(w.core.book.drafts()).toEqual(drafts);
    expect(drafts.map((d) => d.state)).toEqual(['withdrawn', 'rejected']);
  });

  test('a draft over numbers that have changed since is outdated; one over another scope is not', async () => {
    const w = await FlowHarness.begin({ ruleApproval: 'two' });
    await w.value('gas', 'G-1', 'ch4', 1);
    await propose(w, set(15));
    await propose(w, set(16));
    await propose(w, set(12, at('G-1')));
    await decide(w, 'approve', 'D1');
    expect(await decide(w, 'approve', 'D2')).toMatchObject({ error: { code: 'rule-draft-outdated' } });
    expect(await decide(w, 'approve', 'D3')).toMatchObject({ value: { state: 'approved', version: 3 } });
  });
});
