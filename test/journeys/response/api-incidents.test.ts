import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { unzipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { may } from '../../../src/domain/account/permissions.ts';
import { PERSON_ROLES } from '../../../src/domain/account/roles.ts';
import { as as named } from '../../../src/domain/ids.ts';
import type { RouteSpec } from '../../../src/wire/http/route.ts';
import { ROUTES, type RouteName } from '../../../src/wire/http/routes.ts';
import { FlowHarness } from '../../flow/flow-harness.ts';
import { type Ask, EdgeHarness, type Told } from '../../support/edge-harness.ts';
import { LiveConsole } from '../../support/live-console.ts';

const OWN = '341602';
const FOREIGN = '341621';
/** A hundred metres apart, along one street. */
const WELLS = [0, 1, 2, 3, 4, 5, 6].map((i) => ({ code: `W${i}`, lat: (33.85 + i * 0.0009).toFixed(5) }));
const FAR = { code: 'W9', lat: '33.95000' };

let edge: EdgeHarness;
const tokens: Record<string, string> = {};

beforeAll(async () => {
  edge = await EdgeHarness.open();
  await edge.ask('importRegister', {
    csv: `kind,code,name,parent,lifeline,area,asset,point,lon,lat,crs
area,3416,亳州市,,,,,,,,
area,${OWN},谯城区,3416,,,,,,,
area,${FOREIGN},涡阳县,3416,,,,,,,
${[...WELLS, FAR].map(({ code, lat }) => `asset,${code},井${code},,gas,${OWN},,,115.78000,${lat},CGCS2000\npoint,P-${code},点${code},,gas,${OWN},${code},,115.78000,${lat},CGCS2000\ndevice,D-${code},,,gas,,,P-${code},,,`).join('\n')}
`,
  });
  tokens.li = await edge.person('li', ['operator']);
  tokens.ban = await edge.person('ban', ['shift-leader']);
  tokens.foreign = await edge.person('foreign', ['operator'], [FOREIGN]);
  tokens.crew = await edge.person('crew', ['crew'], null, 'x');
});
afterAll(async () => {
  await edge.close();
});

let n = 0;
const fresh = () => `i-${++n}`;
const as = (who: string, ask: Ask = {}): Ask => ({ ...ask, token: tokens[who] ?? '' });
const act = (name: RouteName, id: string, who: string, body: object = {}): Promise<Told> =>
  edge.ask(name, as(who, { params: { id }, body: { commandId: fresh(), ...body } }));
const does = async (name: RouteName, id: string, who: string, body: object = {}) => {
  const told = await act(name, id, who, body);
  if (told.status !== 200) throw new Error(`${name}: ${told.text}`);
  return told.json;
};
const alarmAt = (well: string): string => edge.flow.open(`P-${well}`)[0]?.id ?? '';
const open = async () => (await edge.ask('incidents', as('li'))).json.items;

describe('what the machine takes for one', () => {
  test('gas in three wells of a street is one incident, a level up, with its reasons; a far one is none of it', async () => {
    await edge.raise('D-W0', 25);
    expect(await open()).toEqual([]);
    await edge.raise('D-W1', 25);
    await edge.raise('D-W9', 25);
    await edge.raise('D-W2', 25);
    const [incident, ...others] = await open();
    expect(others).toEqual([]);
    expect(incident).toMatchObject({
      state: 'open',
      kind: 'gas-spread',
      level: 2,
      area: OWN,
      alarms: ['W0', 'W1', 'W2'].map(alarmAt),
    });
    expect(incident.reasons).toHaveLength(3);
    expect(incident.reasons[0]).toMatchObject({
      by: 'k-of-n',
      confidence: 0.7,
      detail: { zh: expect.stringContaining('300 米内') },
    });
    expect((await edge.ask('alarm', { params: { id: alarmAt('W1') } })).json.incident).toBe(incident.id);
    expect((await edge.ask('alarm', { params: { id: alarmAt('W9') } })).json).not.toHaveProperty('incident');
  });

  test('it hides none of its alarms, and rises with them', async () => {
    expect(edge.flow.board.open().filter((a) => a.overlay.is !== 'none')).toEqual([]);
    await edge.raise('D-W1', 60);
    expect((await open())[0].level).toBe(1);
  });

  test('killed and started again it is the same, and the next alarm joins it', async () => {
    const flow = await FlowHarness.begin({ clock: edge.flow.clock, disk: edge.flow.disk.copied() });
    expect([...flow.core.incidents.open.values()]).toEqual([...edge.flow.core.incidents.open.values()]);
    await flow.value('gas', 'D-W3', 'ch4', 25);
    expect([...flow.core.incidents.open.values()].map((i) => i.members.length)).toEqual([4]);
  });
});

describe('what people make of it', () => {
  test('split, joined, merged, with their reasons; the machine does not undo it', async () => {
    const [{ id }] = await open();
    const split = await does('splitIncident', id, 'li', { alarms: [alarmAt('W2')], reason: '另一处' });
    expect(split.alarms).toEqual([alarmAt('W0'), alarmAt('W1')]);
    const two = await open();
    expect(two.map((i: { alarms: string[] }) => i.alarms.length).sort()).toEqual([1, 2]);
    const other = two.find((i: { id: string }) => i.id !== id);
    expect(other).toMatchObject({ kind: 'person', reasons: [{ by: 'person', confidence: 1 }] });
    expect(
      (await act('splitIncident', id, 'li', { alarms: [alarmAt('W0'), alarmAt('W1')], reason: 'x' })).json
        .code,
    ).toBe('incident-empty');
    expect((await act('mergeIncident', other.id, 'li', { into: other.id, reason: 'x' })).json.code).toBe(
      'invalid',
    );
    const merged = await does('mergeIncident', other.id, 'li', { into: id, reason: '确为同一起' });
    expect(merged).toMatchObject({ state: 'closed', mergedInto: id });
    expect((await act('controlIncident', other.id, 'li')).json.code).toBe('incident-over');
    expect((await open())[0].alarms).toHaveLength(3);
    await does('joinIncident', id, 'li', { alarms: [alarmAt('W9')] });
    expect((await open())[0].alarms).toHaveLength(4);
  });

  test('an alarm is in one incident at a time: whoever takes it takes it from where it was', async () => {
    const [{ id }] = await open();
    const body = { name: '单独处置', alarms: [alarmAt('W9')], commandId: fresh() };
    const made = await edge.ask('makeIncident', as('li', { body }));
    expect((await edge.ask('makeIncident', as('li', { body }))).json.id).toBe(made.json.id);
    expect(made.json).toMatchObject({ state: 'open', kind: 'person', name: { zh: '单独处置' }, level: 3 });
    expect((await edge.ask('incident', as('li', { params: { id } }))).json.alarms).toHaveLength(3);
    // All that is left of it goes along: an incident of nothing is none.
    await does('joinIncident', id, 'li', { alarms: [alarmAt('W9')] });
    expect((await edge.ask('incident', as('li', { params: { id: made.json.id } }))).json).toMatchObject({
      state: 'closed',
      mergedInto: id,
    });
  });

  test('a step of a plan is ticked by its words as they were read, once, and taken back; of a plan that has changed it is refused', async () => {
    const [{ id }] = await open();
    const steps = [{ text: '关闭上下游阀门' }, { text: '疏散 200 米' }];
    const plan = { code: 'gas-1', name: '燃气泄漏预案', kind: '燃气泄漏', steps };
    await edge.ask('createPlan', { body: plan });
    const tick = { plan: 'gas-1', planRevision: 1, step: 1 };
    const ticked = await does('tickPlanStep', id, 'li', tick);
    expect(ticked.steps).toEqual([
      { plan: 'gas-1', step: 1, text: '关闭上下游阀门', by: 'li', at: expect.any(String) },
    ]);
    expect((await does('tickPlanStep', id, 'li', tick)).revision).toBe(ticked.revision);
    expect((await act('tickPlanStep', id, 'li', { ...tick, step: 3 })).json.code).toBe('not-found');
    expect((await act('tickPlanStep', id, 'li', { ...tick, plan: 'none' })).json.code).toBe('not-found');
    const [first, second] = steps;
    await edge.ask('changePlan', {
      params: { code: 'gas-1' },
      body: { steps: [second, first], seenRevision: 1 },
    });
    expect((await act('tickPlanStep', id, 'li', tick)).json.code).toBe('changed-since');
    const undone = await does('tickPlanStep', id, 'li', { ...tick, planRevision: 2, step: 2, done: false });
    expect(undone.steps).toEqual([]);
    await does('tickPlanStep', id, 'li', { ...tick, planRevision: 2 });
    const story = (await edge.ask('incidentEvents', as('li', { params: { id } }))).json.items;
    expect(story.slice(-3).map((e: { event: string; text: string }) => [e.event, e.text])).toEqual([
      ['step-done', '关闭上下游阀门'],
      ['step-undone', '关闭上下游阀门'],
      ['step-done', '疏散 200 米'],
    ]);
  });

  test('controlled, closed, reviewed, in this order; its orders and warnings are shown with it', async () => {
    const [{ id }] = await open();
    await edge.ask('createUnit', { body: { code: 'gas-crew', name: '抢修', kind: 'crew' } });
    const order = (
      await edge.ask('createOrder', {
        body: { source: { kind: 'alarm', id: alarmAt('W0') }, commandId: fresh() },
      })
    ).json;
    const warning = (
      await edge.ask('draftWarning', {
        body: { basis: { alarms: [alarmAt('W1')], incident: id }, commandId: fresh() },
      })
    ).json;
    expect((await edge.ask('incident', as('li', { params: { id } }))).json).toMatchObject({
      orders: [order.id],
      warnings: [warning.id],
    });
    expect((await act('closeIncident', id, 'li')).json.code).toBe('incident-state');
    await does('controlIncident', id, 'li');
    await does('closeIncident', id, 'li');
    expect((await act('joinIncident', id, 'li', { alarms: [alarmAt('W9')] })).json.code).toBe(
      'incident-over',
    );
    expect(await does('reviewIncident', id, 'li', { text: '关阀及时' })).toMatchObject({
      state: 'reviewed',
      review: { by: 'li' },
    });
    const story = (await edge.ask('incidentEvents', as('li', { params: { id } }))).json.items;
    expect(story.map((e: { event: string }) => e.event).slice(-3)).toEqual([
      'controlled',
      'closed',
      'reviewed',
    ]);
    expect(await open()).toEqual([]);
    const over = (await edge.ask('incidents', as('li', { query: { state: 'over' } }))).json.items;
    expect(over.map((i: { id: string }) => i.id)).toContain(id);
  });
});

test('its archive holds all of it, and sha256sum and SM3 agree that nothing was changed', async () => {
  const [{ id }] = (await edge.ask('incidents', as('li', { query: { state: 'reviewed' } }))).json.items;
  const photo = Buffer.concat([Buffer.from([0xff, 0xd8, 0xff]), Buffer.from('a photo of the valve')]);
  const kept = (await edge.ask('keepAttachment', { file: { bytes: photo, type: 'image/jpeg' } })).json;
  const [order] = edge.flow.board.responses.orders();
  await edge.ask('feedbackOnOrder', {
    params: { id: order?.id ?? '' },
    body: { text: '已关阀 <b>', attachments: [kept.id], commandId: fresh() },
  });
  const [warning] = edge.flow.board.responses.warnings();
  for (const verb of ['submitWarning', 'issueWarning'] as const)
    await edge.ask(verb, {
      params: { id: warning?.id ?? '' },
      body: { commandId: fresh() },
      token: tokens.ban ?? '',
    });
  await edge.stored();

  const told = await edge.ask('incidentBundle', as('li', { params: { id } }));
  expect([told.headers.get('content-type'), told.headers.get('content-disposition')]).toEqual([
    'application/zip',
    `attachment; filename="${id}.zip"`,
  ]);
  const path = `${edge.url}/api/v1/incidents/${id}/bundle`;
  const zip = await fetch(path, { headers: { authorization: `Bearer ${tokens.li}` } });
  const files = unzipSync(new Uint8Array(await zip.arrayBuffer()));
  const names = Object.keys(files).map((f) => f.slice(id.length + 1));
  for (const name of [
    'incident.json',
    'incident.events.jsonl',
    'index.html',
    'README.txt',
    'manifest.json',
    'readings/P-W0.csv',
  ])
    expect(names).toContain(name);
  expect(names.filter((f) => f.startsWith('alarms/'))).toHaveLength(8);
  expect(names).toContain(`orders/${order?.id}.events.jsonl`);
  expect(names).toContain(`attachments/${kept.id}.jpeg`);
  expect(names.filter((f) => /^warnings\/.*\.xml$/.test(f))).toHaveLength(1);
  expect(Buffer.from(files[`${id}/index.html`] ?? []).toString()).not.toContain('<b>');
  expect(Buffer.from(files[`${id}/readings/P-W0.csv`] ?? []).toString()).toContain('P-W0');

  const dir = mkdtempSync(join(tmpdir(), 'bundle-'));
  try {
    for (const [name, bytes] of Object.entries(files)) {
      mkdirSync(dirname(join(dir, name)), { recursive: true });
      writeFileSync(join(dir, name), bytes);
    }
    const said = execFileSync('sha256sum', ['-c', 'SHA256SUMS'], { cwd: join(dir, id), encoding: 'utf8' });
    expect(said.trim().split('\n')).toHaveLength(names.length - 2);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
  const manifest = JSON.parse(Buffer.from(files[`${id}/manifest.json`] ?? []).toString());
  expect(manifest).toMatchObject({ format: 'lifeline-incident', incident: id, madeBy: 'li', leftOut: [] });
  for (const f of manifest.files) {
    const bytes = files[`${id}/${f.path}`] ?? new Uint8Array();
    expect([f.path, f.bytes, f.sm3]).toEqual([
      f.path,
      bytes.length,
      createHash('sm3').update(bytes).digest('hex'),
    ]);
  }
  expect((await edge.ask('incidentBundle', as('foreign', { params: { id } }))).json.code).toBe(
    'incident-unknown',
  );
});

test('neighbours that fall silent at once are one incident of communication, and a real alarm among them stands apart', async () => {
  const flow = await FlowHarness.begin({ clock: edge.flow.clock, disk: edge.flow.disk.copied() });
  for (const { code } of WELLS) await flow.value('gas', `D-${code}`, 'o2', 20.9);
  for (let m = 0; m < 260; m += 5) {
    await flow.value('gas', 'D-W6', 'ch4', m > 100 ? 25 : 1);
    await flow.pass(5 * 60_000);
  }
  const incidents = [...flow.core.incidents.open.values()];
  const silent = incidents.filter((i) => i.members.some((m) => m.rule.endsWith('.silence')));
  expect(silent.map((i) => [i.kind, i.state])).toEqual([['neighbours-silent', 'open']]);
  expect(silent[0]?.members.every((m) => m.rule.endsWith('.silence'))).toBe(true);
  const real = flow.open('P-W6').find((a) => a.ruleId === 'gas.ch4.limit');
  expect([real?.overlay.is, flow.core.incidents.incidentOf(named.alarm(real?.id ?? ''))?.kind]).not.toContain(
    'neighbours-silent',
  );
  expect(real?.overlay.is).toBe('none');
});

describe('who sees and does what', () => {
  const BODIES: { readonly [name in RouteName]?: object } = {
    joinIncident: { alarms: ['A1'] },
    splitIncident: { alarms: ['A1'], reason: 'r' },
    mergeIncident: { into: 'I2', reason: 'r' },
    tickPlanStep: { plan: 'gas-1', planRevision: 1, step: 1 },
    controlIncident: {},
    closeIncident: {},
    reviewIncident: { text: 't' },
  };
  const VERBS = Object.keys(BODIES) as RouteName[];
  test('every verb is tried here', () => {
    const verbs = (Object.entries(ROUTES) as [RouteName, RouteSpec][]).filter(
      ([, r]) => r.tag === 'incidents' && r.method === 'POST' && r.path.includes('{id}'),
    );
    expect(verbs.map(([name]) => name).sort()).toEqual([...VERBS].sort());
  });
  test('another district sees none of it, and does nothing to it; a crew neither', async () => {
    const [past] = (await edge.ask('incidents', as('li', { query: { state: 'over' } }))).json.items;
    expect(
      (await edge.ask('incidents', as('foreign', { query: { state: 'open,over' } }))).json.items,
    ).toEqual([]);
    for (const name of ['incident', 'incidentEvents'] as const)
      expect((await edge.ask(name, as('foreign', { params: { id: past.id } }))).json.code).toBe(
        'incident-unknown',
      );
    for (const verb of VERBS) {
      const body = verb === 'joinIncident' ? { alarms: [alarmAt('W0')] } : BODIES[verb];
      const code = (await act(verb, past.id, 'foreign', body)).json.code;
      expect([verb, code]).toEqual([verb, verb === 'joinIncident' ? 'alarm-unknown' : 'incident-unknown']);
    }
    const made = await edge.ask(
      'makeIncident',
      as('foreign', { body: { name: 'x', alarms: [alarmAt('W0')], commandId: fresh() } }),
    );
    expect(made.json.code).toBe('alarm-unknown');
    expect((await edge.ask('incidents', as('crew'))).json.code).toBe('not-permitted');
  });
  test.each(PERSON_ROLES)('%s is refused exactly the verbs that are not theirs', async (role) => {
    const token = await edge.person(`only-${role}`, [role]).catch(() => '');
    for (const verb of VERBS) {
      const body = verb === 'joinIncident' ? { alarms: [alarmAt('W0')] } : BODIES[verb];
      const told = await edge.ask(verb, {
        params: { id: 'I-none' },
        body: { commandId: fresh(), ...body },
        token,
      });
      const right = ROUTES[verb].right as Parameters<typeof may>[1];
      expect([verb, told.json.code]).toEqual([
        verb,
        may([role], right) ? 'incident-unknown' : 'not-permitted',
      ]);
    }
  });
});

test('the live stream tells incidents in one sequence with everything else, and in its snapshot', async () => {
  const joined = await LiveConsole.join(edge.url, { token: tokens.li ?? '' });
  const [snapshot] = await joined.until(() => joined.of('snapshot').length > 0 && joined.of('snapshot'));
  expect(snapshot?.incidents.map((i) => i.id)).toEqual(
    edge.flow.board.responses.incidents().map((i) => i.id),
  );
  const made = await edge.ask(
    'makeIncident',
    as('li', { body: { name: '一起', alarms: [alarmAt('W9')], commandId: fresh() } }),
  );
  const frames = await joined.until(() => joined.of('incident').length > 0 && joined.of('incident'));
  expect(frames.at(-1)).toMatchObject({ event: 'made', by: 'li', incident: { id: made.json.id } });
  joined.leave();
});

test('every route of incidents was answered as the table says', () => {
  const left = (Object.keys(ROUTES) as RouteName[]).filter(
    (r) => ROUTES[r].tag === 'incidents' && !edge.asked.has(r),
  );
  expect(left).toEqual([]);
});
