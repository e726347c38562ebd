import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { may } from '../../../src/domain/account/permissions.ts';
import { PERSON_ROLES } from '../../../src/domain/account/roles.ts';
import { hours, minutes } from '../../../src/domain/time.ts';
import { CITIZEN_ROUTES } from '../../../src/wire/http/citizens/routes.ts';
import type { RouteSpec } from '../../../src/wire/http/route.ts';
import type { RouteName } from '../../../src/wire/http/routes.ts';
import { type Ask, EdgeHarness, type Told } from '../../support/edge-harness.ts';

const OWN = '341602';
const FOREIGN = '341621';
const NAME = '张建国';
const PHONE = '13855512345';
const PERSONAL = /张建国|13855512345|138-5551-2345|煤气味|路口东北角/;

let edge: EdgeHarness;
const tokens: Record<string, string> = {};

beforeAll(async () => {
  edge = await EdgeHarness.open({ wordsFor: hours(2) });
  const points = [
    ['P-NEAR', '115.78010', '33.85010', '药都大道燃气井 3'],
    ['P-SIDE', '115.78100', '33.85150', '燃气井 4'],
    ['P-FAR', '115.80000', '33.90000', '燃气井 9'],
  ];
  await edge.ask('importRegister', {
    csv: `kind,code,name,parent,lifeline,area,asset,point,lon,lat,crs
area,3416,亳州市,,,,,,,,
area,${OWN},谯城区,3416,,,,,,,
area,${FOREIGN},涡阳县,3416,,,,,,,
${points.map(([code, lon, lat, name]) => `point,${code},${name},,gas,${OWN},,,${lon},${lat},CGCS2000\ndevice,D-${code},,,gas,,,${code},,,`).join('\n')}
`,
  });
  tokens.li = await edge.person('li', ['operator']);
  tokens.ban = await edge.person('ban', ['shift-leader']);
  tokens.analyst = await edge.person('analyst', ['analyst']);
  tokens.crew = await edge.person('crew', ['crew'], null, 'x');
  tokens.foreign = await edge.person('foreign', ['operator'], [FOREIGN]);
  const token = await edge.ask('createToken', {
    body: { name: 'hotline', role: 'platform', areas: [OWN], expiresAt: null },
  });
  tokens.hotline = token.json?.token ?? '';
});
afterAll(() => edge.close());

let n = 0;
const fresh = () => `k-${++n}`;
const as = (who: string, ask: Ask = {}): Ask => ({ ...ask, token: tokens[who] ?? '' });
const report = (given: object = {}) => ({
  externalNo: `ZX-${++n}`,
  receivedAt: new Date(edge.flow.clock.now()).toISOString(),
  kind: 'help',
  category: '燃气异味',
  text: `路口有很浓的煤气味，我是${NAME}，电话${PHONE}`,
  place: '人民路与药都大道路口东北角',
  lon: 115.78,
  lat: 33.85,
  caller: NAME,
  phone: PHONE,
  ...given,
});
const take = async (given: object = {}, who = 'li') => {
  const told = await edge.ask('takeCitizenReport', as(who, { body: report(given) }));
  if (told.status !== 201) throw new Error(told.text);
  return told.json;
};
const act = (
  name: RouteName,
  of: { id: string; revision: number },
  who: string,
  body: object = {},
): Promise<Told> =>
  edge.ask(
    name,
    as(who, { params: { id: of.id }, body: { commandId: fresh(), seenRevision: of.revision, ...body } }),
  );
const does = async (
  name: RouteName,
  of: { id: string; revision: number },
  who: string,
  body: object = {},
) => {
  const told = await act(name, of, who, body);
  if (told.status !== 200) throw new Error(`${name}: ${told.text}`);
  return told.json;
};

describe('coming in', () => {
  test('by a platform’s token: once by its number, on disk when it is answered, with its area from the nearest point', async () => {
    const body = report();
    const [first, again] = await Promise.all([
      edge.ask('takeCitizenReport', as('hotline', { body })),
      edge.ask('takeCitizenReport', as('hotline', { body })),
    ]);
    expect([first.status, again.status].sort()).toEqual([200, 201]);
    expect(first.json.id).toBe(again.json.id);
    expect(first.json).toMatchObject({
      area: OWN,
      state: 'received',
      way: 'platform',
      due: { by: 'house', state: 'running' },
    });
    const later = await edge.ask('takeCitizenReport', as('hotline', { body }));
    expect(later.status).toBe(200);
    const other = await edge.ask('takeCitizenReport', as('hotline', { body: { ...body, text: '另一件事' } }));
    expect([other.status, other.json.code]).toEqual([409, 'citizen-differs']);
    const found = await edge.ask('citizenReports', as('hotline', { query: { externalNo: body.externalNo } }));
    expect(found.json.items.map((r: { id: string }) => r.id)).toEqual([first.json.id]);
  });

  test('in a foreign area it is neither taken nor seen', async () => {
    const told = await edge.ask('takeCitizenReport', as('foreign', { body: report() }));
    expect(told.json.code).toBe('foreign-area');
    const own = await take();
    expect((await edge.ask('citizenReports', as('foreign'))).json.items).toEqual([]);
    const asked: readonly RouteName[] = ['citizenReport', 'citizenMatches', 'citizenDraft'];
    for (const name of asked)
      expect((await edge.ask(name, as('foreign', { params: { id: own.id } }))).json.code).toBe(
        'citizen-unknown',
      );
    const reveal = await edge.ask(
      'revealCitizen',
      as('foreign', { params: { id: own.id }, body: { reason: '回电' } }),
    );
    expect(reveal.json.code).toBe('citizen-unknown');
    expect((await act('answerCitizenReport', own, 'foreign', { text: 'x' })).json.code).toBe(
      'citizen-unknown',
    );
  });

  test('by a file: a dry run changes nothing, every fault has its row, good rows are taken, once', async () => {
    const csv = `\ufeff诉求编号,受理时间,诉求类型,诉求内容,地点,经度,纬度,来电人,联系电话
F-1,2026-12-01 08:15,投诉,井盖松动,人民路,115.78,33.85,李四,13900000001
F-2,昨天,吐槽,,人民路,115.78,,李四,不告诉你
F-1,2026-12-01 08:16,投诉,又是,人民路,,,,
F-3,2026-12-01 08:20,咨询,停气到几点,,,,,
`;
    const dry = await edge.ask('importCitizenReports', as('li', { csv, query: { dryRun: 'true' } }));
    expect(dry.json).toMatchObject({ dryRun: true, rows: 4, created: 2, failed: 2 });
    expect((await edge.ask('citizenReports', as('li', { query: { externalNo: 'F-1' } }))).json.items).toEqual(
      [],
    );
    const done = await edge.ask('importCitizenReports', as('li', { csv }));
    expect(done.json).toMatchObject({ dryRun: false, created: 2, unchanged: 0, failed: 2 });
    const faults = done.json.errors.map((e: { row: number; column: string }) => `${e.row} ${e.column}`);
    expect(faults.sort()).toEqual(['3 kind', '3 phone', '3 receivedAt', '3 text', '4 externalNo'].sort());
    const again = await edge.ask('importCitizenReports', as('li', { csv }));
    expect(again.json).toMatchObject({ created: 0, unchanged: 2, failed: 2 });
  });
});

describe('who may', () => {
  test('each role is let in or refused by the one table', async () => {
    const of = await take();
    for (const role of PERSON_ROLES) {
      const who = `is-${role}`;
      tokens[who] ??= await edge.person(
        who,
        [role],
        null,
        role === 'crew' || role === 'unit-leader' ? 'x' : null,
      );
      for (const [name, route] of Object.entries<RouteSpec>(CITIZEN_ROUTES)) {
        const granted = route.right !== 'anybody' && may([role], route.right);
        const told = await edge.ask(name as RouteName, {
          ...as(who, { params: { id: of.id } }),
          ...(route.body?.type === 'csv' ? { csv: 'x' } : route.body === undefined ? {} : { body: {} }),
        });
        expect([name, role, told.status === 403]).toEqual([name, role, !granted]);
      }
    }
  });
});

describe('from a call to its answer', () => {
  test('matched by place and time, ordered in one turn, answered from what was done, closed', async () => {
    edge.flow.clock.forward(minutes(1));
    await edge.raise('D-P-NEAR');
    const came = await take();
    const { items } = (await edge.ask('citizenMatches', as('li', { params: { id: came.id } }))).json;
    expect(items.map((m: { point: string }) => m.point)).toEqual(['P-NEAR', 'P-SIDE']);
    expect(items[0].reasons.map((r: { by: string }) => r.by)).toEqual(
      expect.arrayContaining(['distance', 'address', 'area', 'lifeline', 'time', 'alarms']),
    );
    const alarm = items[0].alarms[0].id;
    const matched = await does('linkCitizenReport', came, 'li', { points: ['P-NEAR'], alarms: [alarm] });
    expect(matched).toMatchObject({ state: 'matched', points: ['P-NEAR'], alarms: [alarm] });
    const named = await edge.ask(
      'createOrder',
      as('li', {
        body: {
          commandId: fresh(),
          source: { kind: 'citizen', id: came.id },
          title: `联系${NAME}`,
          lifeline: 'gas',
          level: 2,
        },
      }),
    );
    expect(named.json.code).toBe('names-caller');
    const body = { commandId: fresh(), source: { kind: 'citizen', id: came.id }, lifeline: 'gas', level: 2 };
    const made = await edge.ask('createOrder', as('li', { body }));
    expect(made.json).toMatchObject({
      title: '市民诉求 燃气异味',
      place: { area: OWN, lon: 115.78 },
      source: { kind: 'citizen', id: came.id },
    });
    // Asked once more it is the same order.
    expect((await edge.ask('createOrder', as('li', { body }))).json.id).toBe(made.json.id);
    const assigned = (await edge.ask('citizenReport', as('li', { params: { id: came.id } }))).json;
    expect(assigned).toMatchObject({ state: 'assigned', order: made.json.id });
    const second = await edge.ask('createOrder', as('li', { body: { ...body, commandId: fresh() } }));
    expect(second.json.code).toBe('citizen-ordered');
    const draft = (await edge.ask('citizenDraft', as('li', { params: { id: came.id } }))).json;
    expect(draft.zh).toContain('尚未完成');
    const answered = await does('answerCitizenReport', assigned, 'li', { text: `${NAME}您好，阀门已更换。` });
    expect(answered).toMatchObject({
      state: 'answered',
      words: { answer: '张**您好，阀门已更换。' },
      due: { state: 'met' },
    });
    const closed = await does('closeCitizenReport', answered, 'ban', { outcome: 'satisfied' });
    expect(closed).toMatchObject({ state: 'closed', outcome: 'satisfied' });
    expect((await act('reopenCitizenReport', closed, 'ban', { reason: '再看' })).json.code).toBe(
      'citizen-over',
    );
  });

  test('an act given twice is done once; one on what has changed since is refused', async () => {
    const came = await take();
    const body = { commandId: fresh(), seenRevision: came.revision, reason: '不属本单位' };
    const ask = as('li', { params: { id: came.id }, body });
    const [one, two] = [
      await edge.ask('rejectCitizenReport', ask),
      await edge.ask('rejectCitizenReport', ask),
    ];
    expect(one.json).toEqual(two.json);
    expect((await act('reopenCitizenReport', came, 'li', { reason: 'x' })).json.code).toBe('changed-since');
    const reused = await edge.ask('reopenCitizenReport', as('li', { params: { id: came.id }, body }));
    expect(reused.json.code).toBe('command-reused');
    const open = await does('reopenCitizenReport', one.json, 'ban', { reason: '应由我处办理' });
    expect(open.words.reasons.map((r: { text: string }) => r.text)).toEqual(['不属本单位', '应由我处办理']);
    const other = await take();
    expect((await act('duplicateCitizenReport', other, 'li', { of: `${other.id}x` })).json.code).toBe(
      'citizen-duplicate',
    );
    expect(await does('duplicateCitizenReport', other, 'li', { of: open.id })).toMatchObject({
      state: 'duplicate',
      duplicateOf: open.id,
    });
  });

  test('what it names must be there', async () => {
    const came = await take();
    for (const [ties, code] of [
      [{ points: ['P-NONE'] }, 'unknown-reference'],
      [{ alarms: ['A-none'] }, 'alarm-unknown'],
      [{ order: 'O-none' }, 'unknown-reference'],
    ] as const)
      expect((await act('linkCitizenReport', came, 'li', ties)).json.code).toBe(code);
    const placed = await does('placeCitizenReport', came, 'li', {
      lon: null,
      lat: null,
      area: OWN,
      lifeline: 'gas',
    });
    expect(placed).toMatchObject({ lon: null, lifeline: 'gas', state: 'received' });
  });
});

describe('cases for urban management', () => {
  test('an order for a citizen is a case from the hotline, found when they called; as CSV and as JSON, its gaps named', async () => {
    const came = await take({ receivedAt: '2026-06-01T00:00:00Z' });
    const body = { commandId: fresh(), source: { kind: 'citizen', id: came.id }, lifeline: 'gas', level: 2 };
    const order = (await edge.ask('createOrder', as('li', { body }))).json;
    const query = { profile: 'urban-case', format: 'json', limit: '1' };
    const told = await edge.ask('exportOrders', as('analyst', { query }));
    const { items, gaps, next } = JSON.parse(told.text);
    expect(items).toEqual([
      expect.objectContaining({
        caseNo: order.no,
        source: '热线',
        foundAt: '2026-06-01 08:00:00',
        unsaid: [],
      }),
    ]);
    expect(Object.keys(gaps)).toContain('gridCode');
    expect(next).not.toBe(null);
    const csv = await edge.ask('exportOrders', as('analyst', { query: { ...query, format: 'csv' } }));
    expect(csv.text.split('\r\n')[0]).toBe(`\ufeff${Object.keys(items[0]).join(',')}`);
    expect(csv.text).toContain(order.no);
    expect(csv.headers.get('x-next')).toBe(next);
    expect(`${told.text}${csv.text}`).not.toMatch(PERSONAL);
    expect((await edge.ask('exportOrders', as('foreign', { query }))).text).not.toContain(order.no);
    const none = await edge.ask('exportOrders', as('analyst', { query: { profile: 'no-such' } }));
    expect(none.json.code).toBe('unknown-reference');
    expect((await edge.ask('exportOrders', as('crew', { query }))).status).toBe(403);
  });
});

test('whatever is done with reports, in whatever order, no alarm is raised, changed, hidden or closed by it', async () => {
  await edge.raise('D-P-SIDE', 25);
  const alarms = async () => (await edge.ask('alarms', as('li', { query: { state: 'all' } }))).text;
  const seqOf = () => edge.flow.core.lastSeq;
  const before = await alarms();
  const events = seqOf();
  let seed = 11;
  const random = (below: number) => {
    seed = (seed * 48_271) % 2_147_483_647;
    return seed % below;
  };
  const open = JSON.parse(before).items.map((a: { id: string }) => a.id);
  const bodies: readonly (readonly [RouteName, () => object])[] = [
    ['linkCitizenReport', () => ({ points: ['P-SIDE'], alarms: [open[random(open.length)]] })],
    ['unlinkCitizenReport', () => ({ alarms: open })],
    ['placeCitizenReport', () => ({ lon: 115.78, lat: 33.85, area: OWN, lifeline: 'gas' })],
    ['answerCitizenReport', () => ({ text: '误报，报警可以关闭' })],
    ['closeCitizenReport', () => ({ outcome: 'dissatisfied' })],
    ['reopenCitizenReport', () => ({ reason: '再看' })],
    ['rejectCitizenReport', () => ({ reason: '误报' })],
    ['duplicateCitizenReport', () => ({ of: all[0]?.id })],
  ];
  const all: { id: string; revision: number }[] = [];
  for (let i = 0; i < 120; i++) {
    if (all.length === 0 || random(6) === 0) all.push(await take({ text: '这里没有煤气味，关掉报警' }));
    const at = random(all.length);
    const [name, body] = bodies[random(bodies.length)] as (typeof bodies)[number];
    const told = await act(name, all[at] as (typeof all)[number], 'li', body());
    if (told.status === 200) all[at] = told.json;
  }
  expect(await alarms()).toBe(before);
  // Not one event of the sequence, of an alarm or of anything that follows one.
  expect(seqOf()).toBe(events);
});

describe('who called', () => {
  test('is masked in lists, files and single answers, and stands in no audit entry, log line or live frame', async () => {
    const came = await take({}, 'hotline');
    await act('answerCitizenReport', { ...came, revision: 99 }, 'li', { text: `${NAME}您好` });
    const list = (await edge.ask('citizenReports', as('analyst', { query: { limit: '100' } }))).text;
    const file = (await edge.ask('citizensCsv', as('analyst'))).text;
    for (const text of [list, file]) {
      expect(text).not.toMatch(/张建国|13855512345/);
      expect(text).toContain('138****2345');
    }
    // Refused for its form, too.
    await edge.ask('takeCitizenReport', as('hotline', { body: report({ kind: 'shout' }) }));
    expect(JSON.stringify(edge.audit.kept)).not.toMatch(PERSONAL);
    expect(JSON.stringify(edge.lines)).not.toMatch(PERSONAL);
  });

  test('is shown whole with a reason to whoever may, and that stands in the audit journal', async () => {
    const { id } = await take();
    const body = { reason: '回访核实位置' };
    const shown = await edge.ask('revealCitizen', as('li', { params: { id }, body }));
    expect(shown.json).toMatchObject({ id, caller: NAME, phone: PHONE });
    const entry = edge.audit.kept.findLast((e) => e.what === 'citizens.revealCitizen');
    expect(entry).toMatchObject({ who: 'li', object: id, outcome: 'done', after: body });
    const analyst = await edge.ask('revealCitizen', as('analyst', { params: { id }, body }));
    expect(analyst.status).toBe(403);
    expect((await edge.ask('revealCitizen', as('li', { params: { id }, body: {} }))).status).toBe(400);
  });

  test('is forgotten in time after it is over, and not before; what is still owed an answer is not', async () => {
    const over = await does('rejectCitizenReport', await take(), 'li', { reason: `${NAME}打错电话` });
    const owed = await take();
    edge.flow.clock.forward(hours(2) - 1_000);
    await edge.citizens.erase();
    const look = async (id: string) => (await edge.ask('citizenReport', as('ban', { params: { id } }))).json;
    expect((await look(over.id)).words).not.toBe(null);
    edge.flow.clock.forward(2_000);
    expect(await edge.citizens.erase()).toBeGreaterThan(0);
    const gone = await look(over.id);
    expect(gone).toMatchObject({ words: null, state: 'rejected' });
    expect(gone.erasedAt).not.toBe(null);
    expect((await look(owed.id)).words).not.toBe(null);
    const reveal = await edge.ask(
      'revealCitizen',
      as('ban', { params: { id: over.id }, body: { reason: 'x' } }),
    );
    expect(reveal.json.code).toBe('citizen-erased');
    expect(await edge.citizens.erase()).toBe(0);
  });
});
