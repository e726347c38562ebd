import { unzipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { may } from '../../../src/domain/account/permissions.ts';
import { PERSON_ROLES } from '../../../src/domain/account/roles.ts';
import { csvRows } from '../../../src/wire/files/csv.ts';
import { ROUTES, type RouteName } from '../../../src/wire/http/routes.ts';
import { type Ask, EdgeHarness } from '../../support/edge-harness.ts';

const OWN = '341602';
const FOREIGN = '341621';
/** What a spreadsheet would run, were it let. */
const TRAP = '=HYPERLINK("http://x","点我")';

let edge: EdgeHarness;
const tokens: Record<string, string> = {};

beforeAll(async () => {
  edge = await EdgeHarness.open();
  await edge.ask('importRegister', {
    csv: `kind,code,name,parent,lifeline,area
area,3416,亳州市,,,
area,${OWN},谯城区,3416,,
area,${FOREIGN},涡阳县,3416,,
`,
  });
  tokens.ban = await edge.person('ban', ['shift-leader']);
  tokens.li = await edge.person('li', ['operator']);
  tokens.foreign = await edge.person('foreign', ['operator'], [FOREIGN]);
  tokens.an = await edge.person('an', ['analyst']);
  tokens.shen = await edge.person('shen', ['auditor']);
  let newest = '';
  for (let i = 0; i < 3; i++) {
    const made = await edge.ask(
      'createOrder',
      as('li', {
        body: {
          source: { kind: 'manual' },
          title: `${TRAP} ${i}`,
          lifeline: 'gas',
          level: 1 + i,
          place: { area: i === 0 ? FOREIGN : OWN },
          commandId: fresh(),
        },
      }),
    );
    newest = made.json.id;
  }
  await edge.ask(
    'voidOrder',
    as('ban', { params: { id: newest }, body: { reason: '误建', commandId: fresh() } }),
  );
});
afterAll(async () => {
  await edge.close();
});

let n = 0;
function fresh(): string {
  return `e-${++n}`;
}
function as(who: string, ask: Ask = {}): Ask {
  return { ...ask, token: tokens[who] ?? '' };
}
const rowsOf = (text: string) => [...csvRows(text)].map((r) => r.cells);
async function sheet(path: string, who: string): Promise<string> {
  const got = await fetch(`${edge.url}/api/v1/${path}`, {
    headers: { authorization: `Bearer ${tokens[who]}` },
  });
  expect(got.status).toBe(200);
  const files = unzipSync(new Uint8Array(await got.arrayBuffer()));
  return new TextDecoder().decode(files['xl/worksheets/sheet1.xml']);
}

describe('orders that people take away', () => {
  test('all of them, newest first, also those that are over; a formula is text', async () => {
    const [head, ...rows] = rowsOf((await edge.ask('ordersCsv', as('li'))).text);
    expect(head?.slice(0, 2)).toEqual(['编号', '事项']);
    expect(rows.map((r) => r[1])).toEqual([2, 1, 0].map((i) => `'${TRAP} ${i}`));
    expect(rows.map((r) => r[10])).toEqual(['已作废', '待派', '待派']);
    expect(rowsOf((await edge.ask('ordersCsv', as('li', { query: { level: 1 } }))).text)).toHaveLength(2);
    const xml = await sheet('orders.xlsx', 'li');
    expect(xml).toContain(`<t xml:space="preserve">${TRAP} 0</t>`);
    expect(xml).not.toContain('<f>');
    await edge.ask('ordersXlsx', as('li'));
  });

  test('as cases of urban management, page after page; a formula is text', async () => {
    const cases: string[] = [];
    let after: string | null = null;
    do {
      const query = { profile: 'urban-case', format: 'csv', limit: 2, ...(after === null ? {} : { after }) };
      const told = await edge.ask('exportOrders', as('li', { query }));
      const [head, ...rows] = rowsOf(told.text);
      cases.push(...rows.map((r) => r[head?.indexOf('description') ?? 0] ?? ''));
      after = told.headers.get('x-next');
    } while (after !== null);
    expect(cases).toEqual([2, 1, 0].map((i) => `'${TRAP} ${i}`));
  });

  test('of one’s own areas alone', async () => {
    const rows = rowsOf((await edge.ask('ordersCsv', as('foreign'))).text);
    expect(rows.slice(1).map((r) => r[6])).toEqual([FOREIGN]);
  });
});

test('the audit journal as a workbook, for the auditor, and that it was taken is in it', async () => {
  const xml = await sheet('audit.xlsx', 'shen');
  expect(xml).toContain('orders.voidOrder');
  expect(xml).not.toContain('<f>');
  await edge.ask('auditXlsx', as('shen'));
  expect(await sheet('audit.xlsx', 'shen')).toContain('exports.auditXlsx');
  expect((await edge.ask('auditXlsx', as('li'))).json.code).toBe('not-permitted');
});

describe('rules as a file', () => {
  const take = async (): Promise<string> => (await edge.ask('rulesFile', as('an'))).text;
  const put = (rules: readonly object[], more: object = {}, query: Record<string, string> = {}) =>
    edge.ask(
      'putRulesFile',
      as('an', { query, body: { format: 'lifeline-rules/1', rules, reason: '按文件', ...more } }),
    );

  test('nothing was set: nothing stands in it', async () => {
    expect(await take()).toBe('{\n  "format": "lifeline-rules/1",\n  "rules": []\n}\n');
  });

  test('what the house has set stands in it, sorted and a line for each number, whoever set it in whatever order', async () => {
    const change = (id: string, body: object) =>
      edge.ask(
        'changeRule',
        as('an', { params: { id }, body: { reason: '试行', commandId: fresh(), ...body } }),
      );
    await change('gas.ch4.limit', { scope: { area: OWN }, changes: [{ level: 3, limit: 12 }] });
    await change('gas.ch4.limit', { changes: [{ level: 1, limit: 45 }] });
    await change('gas.ch4.limit', { changes: [{ level: 3, onDelayMs: 1_000, limit: 15 }] });
    const text = await take();
    expect(JSON.parse(text).rules).toEqual([
      {
        rule: 'gas.ch4.limit',
        scope: 'lifeline',
        changes: [
          { level: 1, limit: 45 },
          { level: 3, limit: 15, onDelayMs: 1_000 },
        ],
      },
      { rule: 'gas.ch4.limit', scope: { area: OWN }, changes: [{ level: 3, limit: 12 }] },
    ]);
    expect(text.split('\n').filter((l) => l.includes('"limit"'))).toHaveLength(3);
  });

  test('put back as it came it changes nothing; a number changed in it is the only change', async () => {
    const text = await take();
    const file = JSON.parse(text);
    expect((await put(file.rules)).json).toEqual({ items: [], unchanged: 2 });
    file.rules[0].changes[0].limit = 40;
    expect((await put(file.rules, {}, { dryRun: 'true' })).json).toMatchObject({
      items: [{ rule: 'gas.ch4.limit', scope: 'lifeline', became: 'to-change' }],
      unchanged: 1,
    });
    expect(await take()).toBe(text);
    expect((await put(file.rules)).json).toMatchObject({
      items: [{ became: 'in-force', draft: { reason: '按文件' } }],
    });
    const now = await take();
    expect(now).toBe(text.replace('"limit": 45', '"limit": 40'));
  });

  test('what it does not say goes back to the pack; what is no rule is refused by itself', async () => {
    const told = await put([{ rule: 'gas.no.such', scope: 'lifeline', changes: [{ level: 1, limit: 1 }] }]);
    expect(told.json.items).toMatchObject([
      { rule: 'gas.ch4.limit', scope: 'lifeline', became: 'in-force' },
      { rule: 'gas.ch4.limit', scope: { area: OWN }, became: 'in-force' },
      { rule: 'gas.no.such', became: 'refused', code: 'rule-unknown' },
    ]);
    expect(JSON.parse(await take()).rules).toEqual([]);
  });
});

test.each(PERSON_ROLES)('%s is refused exactly what is not theirs', async (role) => {
  const token = await edge.person(`only-${role}`, [role]);
  for (const name of ['ordersCsv', 'ordersXlsx', 'auditXlsx', 'rulesFile', 'exportOrders'] as const) {
    const right = ROUTES[name].right as Parameters<typeof may>[1];
    const query = name === 'exportOrders' ? { profile: 'urban-case' } : {};
    const told = await edge.ask(name, { token, query });
    expect([name, told.status]).toEqual([name, may([role], right) ? 200 : 403]);
  }
  const body = { format: 'lifeline-rules/1', rules: [], reason: 'r' };
  const told = await edge.ask('putRulesFile', { token, query: { dryRun: 'true' }, body });
  expect(told.status).toBe(may([role], 'rule.change') ? 200 : 403);
});

test('every route of exports was answered as the table says', () => {
  const left = (Object.keys(ROUTES) as RouteName[]).filter(
    (r) => ROUTES[r].tag === 'exports' && !edge.asked.has(r),
  );
  expect(left).toEqual([]);
});
