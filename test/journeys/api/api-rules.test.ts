import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { FlowHarness } from '../../flow/flow-harness.ts';
import { EdgeHarness, PASSWORD } from '../../support/edge-harness.ts';

let edge: EdgeHarness;
beforeEach(async () => {
  edge = await EdgeHarness.open();
});
afterEach(() => edge.close());

const CH4 = { params: { id: 'gas.ch4.limit' } };
const change = (limit: number, more: object = {}) => ({
  scope: { point: 'GAS-1' },
  changes: [{ level: 3, limit }],
  reason: '井深大，本底高',
  ...more,
});

describe('whose number is it', () => {
  test('each number says where it comes from: the source in the pack, or who changed it and why', async () => {
    await edge.raise('GAS-1', 1);
    const put = await edge.ask('changeRule', { ...CH4, body: change(15) });
    expect([put.status, put.json.state, put.json.version]).toEqual([200, 'approved', 2]);
    const { json } = await edge.ask('rule', { ...CH4, query: { point: 'GAS-1' } });
    expect(json).toMatchObject({ version: 2, overridden: true });
    expect(json.steps[0].limit).toEqual({ is: 'above', limit: 15 });
    const [first, second] = json.numbers;
    expect(first.limit).toMatchObject({
      value: { limit: 15 },
      from: {
        is: 'override',
        scope: { kind: 'point', code: 'GAS-1' },
        version: 2,
        by: { account: 'admin' },
        reason: '井深大，本底高',
      },
    });
    expect(first.onDelayMs.from).toMatchObject({ is: 'pack', source: { mark: expect.any(String) } });
    expect(second.limit.from.is).toBe('pack');
    const elsewhere = await edge.ask('rule', CH4);
    expect([elsewhere.json.overridden, elsewhere.json.steps[0].limit.limit]).toEqual([false, 20]);
  });

  test('the list is by lifeline, by area and by point, and pages', async () => {
    await edge.raise('GAS-1', 1);
    await edge.ask('changeRule', { ...CH4, body: change(15) });
    const at = await edge.ask('rules', { query: { point: 'GAS-1' } });
    expect(at.json.items.filter((r: { overridden: boolean }) => r.overridden)).toMatchObject([
      { id: 'gas.ch4.limit' },
    ]);
    const gas = await edge.ask('rules', { query: { lifeline: 'gas', limit: 1 } });
    expect(gas.json.items).toHaveLength(1);
    const rest = await edge.ask('rules', { query: { lifeline: 'gas', after: gas.json.next } });
    expect(rest.json.items.every((r: { lifeline: string }) => r.lifeline === 'gas')).toBe(true);
    expect((await edge.ask('rules', { query: { area: '341602' } })).json.items.length).toBeGreaterThan(10);
    expect((await edge.ask('rules', { query: { point: 'nobody' } })).json.code).toBe('point-unknown');
    expect((await edge.ask('rule', { params: { id: 'no.such' } })).json.code).toBe('rule-unknown');
  });
});

describe('which readings a rule judges', () => {
  const judges = (word: unknown, more: object = {}) => ({
    scope: { point: 'GAS-1' },
    judges: word,
    reason: '探头量程偏小',
    ...more,
  });
  const rule = async (query = {}) => (await edge.ask('rule', { ...CH4, query })).json;

  test('a rule that nobody gave a word has none in its answer, as before', async () => {
    await edge.raise('GAS-1', 1);
    expect(Object.keys(await rule())).not.toContain('judges');
    expect(JSON.stringify(await rule())).not.toContain('judges');
  });

  test('is said by lifeline, area and point, with who said it; null gives it back', async () => {
    await edge.raise('GAS-1', 1);
    const put = await edge.ask('changeRule', { ...CH4, body: judges('measured') });
    expect([put.status, put.json.change]).toEqual([
      200,
      { do: 'set', scope: { kind: 'point', code: 'GAS-1' }, steps: [], judges: 'measured' },
    ]);
    expect(await rule({ point: 'GAS-1' })).toMatchObject({
      judges: 'measured',
      judgesFrom: { is: 'override', version: 2, by: { account: 'admin' }, reason: '探头量程偏小' },
      overridden: true,
    });
    expect((await rule()).judges).toBeUndefined();
    const { json } = await edge.ask('ruleVersions', CH4);
    expect(json.items[0].overrides).toMatchObject([{ level: null, field: 'judges', value: 'measured' }]);

    await edge.ask('changeRule', { ...CH4, body: judges('strictly-good', { scope: 'lifeline' }) });
    expect([(await rule()).judges, (await rule({ point: 'GAS-1' })).judges]).toEqual([
      'strictly-good',
      'measured',
    ]);
    await edge.ask('changeRule', { ...CH4, body: judges(null) });
    expect((await rule({ point: 'GAS-1' })).judges).toBe('strictly-good');
  });

  test('stands beside numbers in one change', async () => {
    await edge.raise('GAS-1', 1);
    const both = judges('measured', { changes: [{ level: 3, limit: 15 }] });
    await edge.ask('changeRule', { ...CH4, body: both });
    const found = await rule({ point: 'GAS-1' });
    expect([found.judges, found.steps[0].limit.limit]).toEqual(['measured', 15]);
  });

  test('what it cannot be is refused with what would be right', async () => {
    const wrong = await edge.ask('changeRule', { ...CH4, body: judges('everything') });
    expect([wrong.status, wrong.json.code]).toEqual([400, 'invalid']);
    for (const word of ['strictly-good', 'good', 'measured'])
      expect(wrong.json.errors[0].message).toContain(word);
    const silence = await edge.ask('changeRule', {
      params: { id: 'gas.any.silence' },
      body: judges('measured', { scope: 'lifeline' }),
    });
    expect([silence.status, silence.json.code]).toEqual([422, 'rule-change-unsound']);
    expect(silence.json.detail).toContain('judges 只能为 good');
    const nothing = await edge.ask('changeRule', { ...CH4, body: { reason: 'x' } });
    expect([nothing.status, nothing.json.errors[0].at]).toEqual([400, 'body.changes']);
  });
});

describe('changing a rule', () => {
  test('takes effect in under a second, without a restart', async () => {
    await edge.raise('GAS-1', 1);
    const began = performance.now();
    await edge.ask('changeRule', {
      ...CH4,
      body: { scope: 'lifeline', changes: [{ level: 1, limit: 45 }], reason: '应急指挥部要求' },
    });
    expect(performance.now() - began).toBeLessThan(1_000);
    await edge.raise('GAS-1', 47);
    expect(edge.flow.open('GAS-1')).toMatchObject([{ level: 1, ruleVersion: 2 }]);
  });

  test('versions tell the whole story, and going back is a version too', async () => {
    await edge.raise('GAS-1', 1);
    await edge.ask('changeRule', { ...CH4, body: change(15) });
    const undone = await edge.ask('revertRule', { ...CH4, body: { version: 1, reason: '误改' } });
    expect(undone.json).toMatchObject({ version: 3, change: { do: 'revert', version: 1 } });
    const { json } = await edge.ask('ruleVersions', CH4);
    expect(json.items.map((v: { version: number }) => v.version)).toEqual([3, 2, 1]);
    expect(json.items[0]).toMatchObject({ inForce: true, reason: '误改', overrides: [] });
    expect(json.items[1].overrides).toMatchObject([{ field: 'limit', value: { limit: 15 } }]);
    expect(json.items[2]).toMatchObject({ at: null, by: null, inForce: false });
    const page = await edge.ask('ruleVersions', { ...CH4, query: { limit: 2 } });
    const last = await edge.ask('ruleVersions', { ...CH4, query: { limit: 2, after: page.json.next } });
    expect(last.json.items.map((v: { version: number }) => v.version)).toEqual([1]);
    expect((await edge.ask('revertRule', { ...CH4, body: { version: 9, reason: 'x' } })).json.code).toBe(
      'rule-version-unknown',
    );
  });

  test('nonsense is refused with what would be right, in the asked language', async () => {
    const zh = await edge.ask('changeRule', { ...CH4, body: change(60, { scope: 'lifeline' }) });
    expect([zh.status, zh.json.code]).toEqual([422, 'rule-change-unsound']);
    expect(zh.json.detail).toContain('应更大');
    const en = await edge.ask('changeRule', {
      ...CH4,
      body: change(9_999, { scope: 'lifeline' }),
      headers: { 'accept-language': 'en' },
    });
    expect(en.json.detail).toContain('would be right');
    const none = await edge.ask('changeRule', { ...CH4, body: { changes: [{ level: 3 }], reason: 'x' } });
    expect(none.json.code).toBe('invalid');
    const mute = await edge.ask('changeRule', { ...CH4, body: { changes: [{ level: 3, limit: 15 }] } });
    expect([mute.status, mute.json.code]).toEqual([400, 'invalid']);
  });

  test('a retry after a lost answer makes one version', async () => {
    await edge.raise('GAS-1', 1);
    const body = change(15, { commandId: 'c-1' });
    const once = await edge.ask('changeRule', { ...CH4, body });
    const again = await edge.ask('changeRule', { ...CH4, body });
    expect(again.json).toEqual(once.json);
    const other = await edge.ask('changeRule', { ...CH4, body: change(16, { commandId: 'c-1' }) });
    expect(other.json.code).toBe('command-reused');
    expect((await edge.ask('ruleVersions', CH4)).json.items).toHaveLength(2);
  });

  test('a draft may be written down first and submitted later', async () => {
    await edge.raise('GAS-1', 1);
    const put = await edge.ask('changeRule', { ...CH4, body: change(15, { submit: false }) });
    expect([put.status, put.json.state]).toEqual([202, 'draft']);
    const params = { id: put.json.id };
    const sent = await edge.ask('submitRuleDraft', { params, body: {} });
    expect([sent.status, sent.json.state, sent.json.version]).toEqual([200, 'approved', 2]);
    expect((await edge.ask('submitRuleDraft', { params, body: {} })).json.code).toBe('rule-draft-decided');
  });
});

describe('with a second person', () => {
  async function approver(): Promise<string> {
    await edge.operator('wang', '王主任');
    await edge.ask('grantAccount', { params: { account: 'wang' }, body: { roles: ['shift-leader'] } });
    return edge.enter('wang', PASSWORD);
  }

  beforeEach(async () => {
    await edge.close();
    edge = await EdgeHarness.open({ flow: await FlowHarness.begin({ ruleApproval: 'two' }) });
  });

  test('the author waits, another account approves, and both are named', async () => {
    const wang = await approver();
    await edge.raise('GAS-1', 1);
    const put = await edge.ask('changeRule', { ...CH4, body: change(15) });
    expect([put.status, put.json.state]).toEqual([202, 'submitted']);
    const params = { id: put.json.id };
    const waiting = await edge.ask('ruleDrafts', { query: { state: 'submitted' } });
    expect(waiting.json.items).toEqual([put.json]);
    const own = await edge.ask('approveRuleDraft', { params, body: {} });
    expect([own.status, own.json.code]).toEqual([409, 'rule-draft-own']);
    const done = await edge.ask('approveRuleDraft', { params, token: wang, body: { note: '同意' } });
    expect(done.json).toMatchObject({ state: 'approved', version: 2 });
    expect(done.json.story.map((s: { by: { account: string } }) => s.by.account)).toEqual([
      'admin',
      'admin',
      'wang',
    ]);
    const { json } = await edge.ask('rule', { ...CH4, query: { point: 'GAS-1' } });
    expect(json.numbers[0].limit.from).toMatchObject({ approvedBy: { name: '王主任' } });
    expect((await edge.ask('ruleDraft', { params })).json).toEqual(done.json);
  });

  test('rejecting wants a reason; the author may withdraw', async () => {
    const wang = await approver();
    await edge.raise('GAS-1', 1);
    const one = (await edge.ask('changeRule', { ...CH4, body: change(15) })).json.id;
    const two = (await edge.ask('changeRule', { ...CH4, body: change(16) })).json.id;
    const mute = await edge.ask('rejectRuleDraft', { params: { id: one }, token: wang, body: {} });
    expect(mute.json.code).toBe('reason-missing');
    const no = await edge.ask('rejectRuleDraft', {
      params: { id: one },
      token: wang,
      body: { note: '本底未核实' },
    });
    expect(no.json.state).toBe('rejected');
    const gone = await edge.ask('withdrawRuleDraft', { params: { id: two }, body: {} });
    expect(gone.json.state).toBe('withdrawn');
    expect((await edge.ask('ruleVersions', CH4)).json.items).toHaveLength(1);
  });
});

describe('a backtest over HTTP', () => {
  const body = (more: object = {}) => ({
    from: new Date(edge.flow.clock.now() - 3_600_000).toISOString(),
    to: new Date(edge.flow.clock.now() + 1_000).toISOString(),
    draft: { changes: [{ level: 1, limit: 40 }] },
    ...more,
  });

  test('a short one answers at once: the draft beside the rule in force', async () => {
    await edge.raise('GAS-1', 45);
    await edge.raise('GAS-2', 60);
    await edge.stored();
    const told = await edge.ask('backtestRule', { ...CH4, body: body() });
    expect([told.status, told.json.state]).toEqual([200, 'done']);
    expect(told.json.result).toMatchObject({ points: 2, readings: 2 });
    expect(told.json.result.inForce.byLevel[1]).toBe(1);
    expect(told.json.result.draft.byLevel[1]).toBe(2);
    expect(told.json.result.draft.list.map((a: { pointCode: string }) => a.pointCode)).toEqual([
      'GAS-1',
      'GAS-2',
    ]);
    expect((await edge.ask('rule', CH4)).json.version).toBe(1);
  });

  test('one that is not waited for is asked about until it is done', async () => {
    await edge.raise('GAS-1', 45);
    await edge.stored();
    const told = await edge.ask('backtestRule', { ...CH4, body: body({ wait: false }) });
    expect(told.status).toBe(202);
    const params = { id: told.json.id };
    await expect.poll(async () => (await edge.ask('backtest', { params })).json.state).toBe('done');
    const list = await edge.ask('backtests');
    expect(list.json.items).toMatchObject([{ id: told.json.id, result: null }]);
    expect((await edge.ask('backtest', { params: { id: 'B99' } })).json.code).toBe('backtest-unknown');
  });

  test('two drafts side by side', async () => {
    await edge.raise('GAS-1', 45);
    await edge.stored();
    const other = { changes: [{ level: 1, limit: 46 }] };
    const { json } = await edge.ask('backtestRule', { ...CH4, body: body({ other }) });
    expect([json.result.draft.byLevel[1], json.result.other.byLevel[1]]).toEqual([1, 0]);
  });
});

describe('a suggestion over HTTP', () => {
  /** A noisy gauge, one reading in ten minutes; for a third of the time it stands at the limit of level 2. */
  async function tremble(device: string, n = 240): Promise<void> {
    const noise = [-0.016, 0.012, -0.009, 0.016, -0.013, 0.005, 0.014];
    for (let i = 0; i < n; i++) {
      const stands = i % 90 < 60 ? 0.2 : 0.06;
      await edge.flow.value('gas', device, 'pressure', stands + (noise[i % noise.length] as number));
      await edge.flow.pass(600_000);
    }
    await edge.stored();
    // Two days have gone by.
    edge.token = await edge.enter('admin', PASSWORD);
  }
  const PRESSURE = { params: { id: 'gas.pressure.limit' } };
  const O2 = { params: { id: 'gas.o2.limit' } };

  test('is a number by which the rule would have been quieter, with its backtest', async () => {
    await tremble('GAS-1');
    const { status, json } = await edge.ask('suggestion', { ...PRESSURE, query: { point: 'GAS-1' } });
    expect(status).toBe(200);
    expect(json.points).toMatchObject([{ pointCode: 'GAS-1' }]);
    expect(json.scope).toEqual({ kind: 'point', code: 'GAS-1' });
    const two = json.steps.find((s: { level: number }) => s.level === 2);
    expect(two.found).toMatchObject({ is: 'deadband', was: 0.01 });
    expect(two.found.value).toBeGreaterThan(0.01);
    expect(json.draft).toMatchObject({ do: 'set', steps: [{ level: 2, deadband: two.found.value }] });
    expect(json.backtest).toMatchObject({ state: 'done', by: { account: 'admin' } });
    // Nothing has changed by it.
    expect((await edge.ask('rule', PRESSURE)).json.version).toBe(1);
  });

  test('asked again, the same backtest answers', async () => {
    await tremble('GAS-1');
    const query = { point: 'GAS-1' };
    const one = await edge.ask('suggestion', { ...PRESSURE, query });
    const two = await edge.ask('suggestion', { ...PRESSURE, query });
    expect(two.json).toEqual(one.json);
    expect((await edge.ask('backtests')).json.items).toHaveLength(1);
  });

  test('measures the readings that the rule judges', async () => {
    for (const v of [0.2, 0.2, 11, 0.2, 12]) {
      await edge.flow.value('gas', 'GAS-1', 'pressure', v);
      await edge.flow.pass(60_000);
    }
    await edge.stored();
    const ask = { ...PRESSURE, query: { point: 'GAS-1' } };
    const readings = async () => (await edge.ask('suggestion', ask)).json.points[0].readings;
    expect(await readings()).toBe(3);
    const body = { judges: 'measured', reason: '压力表量程偏小' };
    expect((await edge.ask('changeRule', { ...PRESSURE, body })).status).toBe(200);
    expect(await readings()).toBe(5);
  });

  test('for a whole lifeline looks at the points where the rule spoke, and says where safety forbids to wait', async () => {
    await edge.raise('GAS-9', 1);
    for (let i = 0; i < 130; i++) {
      await edge.flow.value('gas', 'GAS-1', 'h2s', i % 9 === 0 ? 150 : 1);
      await edge.flow.pass(60_000);
    }
    await edge.stored();
    const { json } = await edge.ask('suggestion', { params: { id: 'gas.h2s.limit' } });
    expect(json.points.map((p: { pointCode: string }) => p.pointCode)).toEqual(['GAS-1']);
    expect(json.scope).toEqual({ kind: 'lifeline', code: null });
    const ch4 = await edge.ask('suggestion', { ...CH4, query: { point: 'GAS-1' } });
    expect(ch4.json).toMatchObject({ draft: null, backtest: null });
  });

  test('where there is nothing to suggest it says why', async () => {
    await edge.raise('GAS-1', 1);
    const why = async (ask: object) =>
      (await edge.ask('suggestion', ask)).json.steps.map((s: { found: { why?: string } }) => s.found.why);
    expect(await why(O2)).toEqual(['too-little-data']);
    expect(await why({ params: { id: 'gas.any.silence' } })).toEqual(['kind']);
    const codes = async (ask: object) => (await edge.ask('suggestion', ask)).json.code;
    expect(await codes({ params: { id: 'no.such' } })).toBe('rule-unknown');
    expect(await codes({ ...CH4, query: { point: 'nobody' } })).toBe('point-unknown');
    const later = { from: '2026-06-02T00:00:00Z', to: '2026-06-01T00:00:00Z' };
    expect(await codes({ ...CH4, query: later })).toBe('backtest-range');
  });
});
