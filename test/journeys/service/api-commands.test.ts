import { afterAll, beforeAll, expect, test } from 'vitest';
import { EdgeHarness, PASSWORD } from '../../support/edge-harness.ts';
import { LiveConsole } from '../../support/live-console.ts';

let edge: EdgeHarness;
let n = 0;
beforeAll(async () => {
  edge = await EdgeHarness.open();
  await edge.ask('importRegister', {
    csv: `kind,code,name,parent,lifeline,area,asset,point
area,341602,谯城区,,,,,
area,341621,涡阳县,,,,,
point,P-1,井内,,gas,341602,,
device,D-1,,,gas,,,P-1
`,
  });
});
afterAll(() => edge.close());

const tell = (body: Record<string, unknown>, token?: string) =>
  edge.ask('commandDevice', {
    params: { code: 'D-1' },
    body: { commandId: `c${++n}`, ...body },
    ...(token === undefined ? {} : { token }),
  });

test('a valve is closed by two: the second shows who they are, has the right, and has the area', async () => {
  const told = await tell({ name: 'close-valve' });
  expect([told.status, told.json.code]).toEqual([409, 'command-second-missing']);
  await edge.person('wang', ['shift-leader']);
  await edge.person('zhao', ['shift-leader'], ['341621']);
  await edge.person('sun', ['analyst']);
  const by = async (account: string, password = PASSWORD) => {
    const { status, json } = await tell({ name: 'close-valve', second: { account, password } });
    return [status, json.code ?? json.second];
  };
  expect((await tell({ name: 'close-valve' })).json.code).toBe('command-second-needed');
  expect(await by('wang', 'wrong')).toEqual([401, 'wrong-credentials']);
  expect(await by('zhao')).toEqual([409, 'command-second-needed']);
  expect(await by('sun')).toEqual([409, 'command-second-needed']);
  expect(await by('admin')).toEqual([409, 'command-second-needed']);
  expect(await by('wang')).toEqual([201, 'wang']);
  const traces = edge.audit.kept.filter((e) => e.what === 'devices.commandDevice' || /command/i.test(e.what));
  expect(traces.filter((e) => e.outcome === 'refused').length).toBeGreaterThanOrEqual(5);
  expect(JSON.stringify(traces)).not.toContain(PASSWORD);
});

test('what is wrong with it is said, in the language of whoever asks', async () => {
  const bad = await tell({ name: 'set-interval', params: { seconds: 0 } });
  expect([bad.status, bad.json.code]).toEqual([422, 'command-unsound']);
  expect(bad.text).toMatch(/1–86400 s/);
  expect((await tell({ name: 'drop table' })).status).toBe(400);
  expect((await tell({ name: 'read-now', expiresInS: 1 })).status).toBe(400);
});

test('what becomes of a command is told on the live stream, to who sees the place of its device', async () => {
  await edge.person('he', ['operator'], ['341602']);
  await edge.person('far', ['operator'], ['341621']);
  const join = async (account: string) => {
    const { json } = await edge.ask('login', { body: { account, password: PASSWORD }, token: null });
    return LiveConsole.join(edge.url, { token: json.token });
  };
  const [near, far] = [await join('he'), await join('far')];
  try {
    for (const c of [near, far]) await c.until(() => c.of('snapshot').length === 1);
    const { json: made } = await tell({ name: 'set-clock' });
    const withdraw = (params: { code: string; id: string }) =>
      edge.ask('withdrawCommand', { params, body: { commandId: `w${++n}` } });
    expect((await withdraw({ code: 'D-1', id: 'NOSUCH' })).status).toBe(404);
    expect((await withdraw({ code: 'D-1', id: made.id })).json).toMatchObject({
      state: 'FAILED',
      why: 'withdrawn',
    });
    const again = await withdraw({ code: 'D-1', id: made.id });
    expect([again.status, again.json.code]).toEqual([409, 'command-left']);
    await near.until(() => near.of('deviceCommand').length === 2);
    expect(near.of('deviceCommand').map(({ command: c }) => [c.id, c.state, c.revision])).toEqual([
      [made.id, 'PENDING', 1],
      [made.id, 'FAILED', 2],
    ]);
    await edge.raise('GAS-9');
    expect(far.of('deviceCommand')).toEqual([]);
    const traces = edge.audit.kept.filter((e) => e.what.includes('withdrawCommand'));
    expect(traces.map((e) => e.outcome)).toEqual(['refused', 'done', 'refused']);
  } finally {
    near.leave();
    far.leave();
  }
});

test('one page after the other gives every command of a device once, the newest first', async () => {
  for (let i = 0; i < 5; i++) expect((await tell({ name: 'read-now' })).status).toBe(201);
  const seen: string[] = [];
  let after: string | null = null;
  do {
    const page = await edge.ask('deviceCommands', {
      params: { code: 'D-1' },
      query: { limit: 2, ...(after === null ? {} : { after }) },
    });
    seen.push(...page.json.items.map((c: { id: string }) => c.id));
    after = page.json.next;
  } while (after !== null);
  expect(seen).toEqual([...new Set(seen)].sort().reverse());
  expect(seen.length).toBe(7);
});
