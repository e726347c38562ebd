import { unzipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { may } from '../../../src/domain/account/permissions.ts';
import { PERSON_ROLES } from '../../../src/domain/account/roles.ts';
import { ROUTES, type RouteName } from '../../../src/wire/http/routes.ts';
import { type Ask, EdgeHarness } from '../../support/edge-harness.ts';

const OWN = '341602';
const FOREIGN = '341621';

let edge: EdgeHarness;
const tokens: Record<string, string> = {};

beforeAll(async () => {
  edge = await EdgeHarness.open();
  await edge.ask('importRegister', {
    csv: `kind,code,name,parent,lifeline,area,asset,point,lon,lat,crs
area,3416,亳州市,,,,,,,,
area,${OWN},谯城区,3416,,,,,,,
area,${FOREIGN},涡阳县,3416,,,,,,,
point,P-0,"=HYPERLINK(""http://x"")",,gas,${OWN},,,,,
device,D-0,,,gas,,,P-0,,,
`,
  });
  tokens.ban = await edge.person('ban', ['shift-leader']);
  tokens.li = await edge.person('li', ['operator']);
  tokens.foreign = await edge.person('foreign', ['shift-leader'], [FOREIGN]);
  await edge.raise('D-0', 60);
});
afterAll(async () => {
  await edge.close();
});

let n = 0;
const fresh = () => `r-${++n}`;
const as = (who: string, ask: Ask = {}): Ask => ({ ...ask, token: tokens[who] ?? '' });
const now = () => new Date(edge.flow.clock.now()).toISOString();
const make = (who: string, body: object = {}) => {
  edge.flow.clock.forward(1_000);
  return edge.ask('makeReport', as(who, { body: { kind: 'day', from: now(), commandId: fresh(), ...body } }));
};
const act = (name: RouteName, who: string, id: string, body: object = {}) =>
  edge.ask(name, as(who, { params: { id }, body: { commandId: fresh(), ...body } }));
const figure = (report: { figures: { key: string; value: number }[] }, key: string) =>
  report.figures.find((f) => f.key === key);

test('a report of a day that runs: figures, each with the question that made it, as of one place', async () => {
  const made = await make('li', { text: '今日一切正常' });
  expect(made.status).toBe(201);
  expect(made.json).toMatchObject({
    kind: 'day',
    state: 'draft',
    area: null,
    seq: edge.flow.core.lastSeq - 1,
    author: 'li',
    text: '今日一切正常',
    to: now(),
  });
  expect(figure(made.json, 'alarms.raised')).toMatchObject({
    value: 1,
    unit: 'count',
    query: expect.stringContaining('raised'),
    name: { zh: '新发报警' },
  });
  expect(figure(made.json, 'alarms.level1')?.value).toBe(1);
  expect((await make('li', { from: '2100-01-01T00:00:00Z' })).json.code).toBe('report-period');
});

test('a draft is reviewed, issued and corrected, and each step is in its story', async () => {
  const { id } = (await make('li')).json;
  expect((await act('issueReport', 'ban', id)).json.code).toBe('report-state');
  expect((await act('reviewReport', 'li', id)).json.code).toBe('not-permitted');
  expect((await act('reviewReport', 'ban', id, { text: '已核对' })).json).toMatchObject({
    state: 'reviewed',
    text: '已核对',
    reviewed: { by: 'ban' },
  });
  expect((await act('issueReport', 'ban', id)).json).toMatchObject({
    state: 'issued',
    issued: { by: 'ban' },
  });
  const corrected = (await act('correctReport', 'ban', id, { reason: '补记' })).json;
  expect(corrected).toMatchObject({ state: 'corrected', corrected: { reason: '补记', by: 'ban' } });
  const next = await edge.ask('report', as('li', { params: { id: corrected.corrected.to } }));
  expect(next.json).toMatchObject({ state: 'draft', corrects: id, text: '已核对' });
  const { items } = (await edge.ask('reportEvents', as('li', { params: { id } }))).json;
  expect(items.map((e: { event: string }) => e.event)).toEqual([
    'compiled',
    'reviewed',
    'issued',
    'corrected',
  ]);
  const open = (await edge.ask('reports', as('li', { query: { state: 'draft', kind: 'day' } }))).json;
  expect(open.items.map((r: { id: string }) => r.id)).toContain(next.json.id);
});

test('for paper, for spreadsheets and as CSV: all text is text, nothing is a formula', async () => {
  const { id, no } = (await make('li')).json;
  const page = await edge.ask('reportHtml', as('li', { params: { id } }));
  expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
  expect(page.text).toContain(no);
  expect(page.text).toContain('新发报警');
  expect(page.text).toContain('=HYPERLINK(&quot;http://x&quot;)');
  expect(page.text).toMatch(/<svg .*<rect /);
  expect(page.text).not.toContain('<script');
  const csv = await edge.ask('reportCsv', as('li', { params: { id } }));
  expect(csv.text).toContain(`"'=HYPERLINK(""http://x"")"`);
  const book = await fetch(`${edge.url}/api/v1/reports/${id}.xlsx`, {
    headers: { authorization: `Bearer ${tokens.li}` },
  });
  const files = unzipSync(new Uint8Array(await book.arrayBuffer()));
  const sheet = new TextDecoder().decode(files['xl/worksheets/sheet1.xml']);
  expect(sheet).toContain('<t xml:space="preserve">=HYPERLINK("http://x")</t>');
  expect(sheet).not.toContain('<f>');
  await edge.ask('reportXlsx', as('li', { params: { id } }));
});

test('of an incident: its own alarms and orders, and its line of time', async () => {
  const [alarm] = edge.flow.open('P-0');
  const incident = await edge.ask(
    'makeIncident',
    as('li', { body: { name: '泄漏', alarms: [alarm?.id], commandId: fresh() } }),
  );
  const made = await make('li', { kind: 'incident', incident: incident.json.id });
  expect(made.json).toMatchObject({ kind: 'incident', incident: incident.json.id, area: OWN });
  const line = made.json.tables.find((t: { key: string }) => t.key === 'timeline');
  expect(line.rows.map((r: string[]) => [r[1], r[3]])).toContainEqual(['incident', 'made']);
  expect((await make('li', { kind: 'incident', incident: 'I-none' })).json.code).toBe('incident-unknown');
  expect((await make('li', { kind: 'incident' })).json.code).toBe('incident-unknown');
});

describe('whose it is', () => {
  test('a report of the whole city is for those who see all of it, one of a district for its own', async () => {
    const whole = (await make('li')).json;
    expect((await edge.ask('report', as('foreign', { params: { id: whole.id } }))).json.code).toBe(
      'report-unknown',
    );
    expect((await act('reviewReport', 'foreign', whole.id)).json.code).toBe('report-unknown');
    expect((await make('foreign')).json.code).toBe('foreign-area');
    expect((await make('foreign', { area: OWN })).json.code).toBe('foreign-area');
    expect((await make('li', { area: '999999' })).json.code).toBe('unknown-reference');
    const theirs = await make('foreign', { area: FOREIGN });
    expect(figure(theirs.json, 'alarms.raised')?.value).toBe(0);
    const list = (await edge.ask('reports', as('foreign'))).json.items;
    expect(list.map((r: { id: string }) => r.id)).toEqual([theirs.json.id]);
    const [incident] = [...edge.flow.core.incidents.open.values()];
    expect((await make('foreign', { kind: 'incident', incident: incident?.id })).json.code).toBe(
      'incident-unknown',
    );
  });

  test.each(PERSON_ROLES)('%s is refused exactly what is not theirs', async (role) => {
    const token = await edge.person(`only-${role}`, [role]);
    for (const name of [
      'report',
      'reportHtml',
      'reportXlsx',
      'reportCsv',
      'reviewReport',
      'issueReport',
      'correctReport',
    ] as const) {
      const body = name === 'correctReport' ? { reason: 'r', commandId: fresh() } : { commandId: fresh() };
      const ask = ROUTES[name].method === 'POST' ? { body } : {};
      const code = (await edge.ask(name, { params: { id: 'R-none' }, ...ask, token })).json.code;
      const right = ROUTES[name].right as Parameters<typeof may>[1];
      expect([name, code]).toEqual([name, may([role], right) ? 'report-unknown' : 'not-permitted']);
    }
  });
});

test('every route of reports was answered as the table says', () => {
  const left = (Object.keys(ROUTES) as RouteName[]).filter(
    (r) => ROUTES[r].tag === 'reports' && !edge.asked.has(r),
  );
  expect(left).toEqual([]);
});
