import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { may } from '../../../src/domain/account/permissions.ts';
import { PERSON_ROLES } from '../../../src/domain/account/roles.ts';
import { ROUTES, type RouteName } from '../../../src/wire/http/routes.ts';
import { type Ask, EdgeHarness } from '../../support/edge-harness.ts';
import { attributesOf, isUnknown, PIPES } from '../../support/pipes.ts';

const OWN = '341602';
const FOREIGN = '341621';
let edge: EdgeHarness;
const tokens: Record<string, string> = {};
const as = (who: string, ask: Ask = {}): Ask => ({ ...ask, token: tokens[who] ?? '' });

beforeAll(async () => {
  edge = await EdgeHarness.open();
  await edge.ask('importRegister', {
    csv: `kind,code,name,parent,lifeline,area,asset,point,attributes
area,3416,亳州市,,,,,,
area,${OWN},谯城区,3416,,,,,
area,${FOREIGN},涡阳县,3416,,,,,
${PIPES.map((p) => `asset,${p.code},管段${p.code},,gas,${p.isOwn ? OWN : FOREIGN},,,${attributesOf(p)}`).join('\n')}
point,P-G003,点,,gas,${OWN},G003,,
device,D-G003,,,gas,,,P-G003,
`,
  });
  tokens.analyst = await edge.person('analyst', ['analyst']);
  tokens.li = await edge.person('li', ['operator']);
  tokens.foreign = await edge.person('foreign', ['analyst'], [FOREIGN]);
});
afterAll(() => edge.close());

type Risk = {
  asset: string;
  area: string;
  colour: string;
  product: number | null;
  missing: string[];
  revision: number;
  likelihood: { score: number | null; parts: { key: string; score: number | null; source: string | null }[] };
  live: { level: number | null; alarms: number };
};
const all = async (who: string, query: Record<string, string> = {}) =>
  (await edge.ask('risks', as(who, { query: { limit: '500', ...query } }))).json as {
    items: Risk[];
    areas: { area: string; colour: string; counts: Record<string, number> }[];
  };

describe('200 pipes', () => {
  test('each is grey exactly where something is not known, and names it; the others have a colour by their product', async () => {
    const { items } = await all('analyst');
    expect(items).toHaveLength(200);
    for (const [i, pipe] of PIPES.entries()) {
      const risk = items[i] as Risk;
      expect([risk.asset, risk.colour === 'grey', risk.missing.length > 0]).toEqual([
        pipe.code,
        isUnknown(pipe),
        isUnknown(pipe),
      ]);
      // Every part is there, whether it is known or not.
      expect(risk.likelihood.parts).toHaveLength(6);
    }
    const colours = new Set(items.map((r) => r.colour));
    expect([...colours].sort()).toEqual(['blue', 'grey', 'orange', 'red', 'yellow']);
    for (const r of items.filter((x) => x.product !== null))
      expect(r.colour).toBe(
        (r.product ?? 0) >= 20
          ? 'red'
          : (r.product ?? 0) >= 12
            ? 'orange'
            : (r.product ?? 0) >= 6
              ? 'yellow'
              : 'blue',
      );
  });

  test('for a map of many they are told without their parts, and are the same otherwise', async () => {
    const { items } = await all('analyst');
    const brief = (await all('analyst', { brief: 'true' })).items;
    expect(brief[0]?.likelihood.parts).toEqual([]);
    const bare = ({ asset, colour, product, missing }: Risk) => ({ asset, colour, product, missing });
    expect(brief.map(bare)).toEqual(items.map(bare));
  });

  test('an area wears its gravest colour beside the counts; a colour is asked for alone', async () => {
    const { areas, items } = await all('analyst', { colour: 'red' });
    expect(items.every((r) => r.colour === 'red')).toBe(true);
    expect(areas.map((a) => a.area)).toEqual([OWN, FOREIGN]);
    expect(areas[0]?.colour).toBe('red');
    expect(Object.values(areas[0]?.counts ?? {}).reduce((a, b) => a + b, 0)).toBe(150);
  });

  test('how it stands now is another layer: a red alarm makes nothing redder, and is told beside', async () => {
    const before = (await edge.ask('assetRisk', as('li', { params: { code: 'G003' } }))).json as Risk;
    await edge.raise('D-G003', 70);
    const after = (await edge.ask('assetRisk', as('li', { params: { code: 'G003' } }))).json as Risk;
    expect(after.live).toEqual({ level: 1, alarms: 1 });
    expect({ ...after, live: null }).toEqual({ ...before, live: null });
  });

  test('what is assessed goes before the register, by who may, on what they saw', async () => {
    const grey =
      PIPES.find(({ attributes: a }) => a.年代 === '' && a.材质 !== '不详' && a.影响人数 !== '')?.code ?? '';
    const put = (who: string, body: object) =>
      edge.ask('assessRisk', as(who, { params: { code: grey }, body }));
    expect((await put('li', { inputs: {}, seenRevision: 0 })).json.code).toBe('not-permitted');
    const done = await put('analyst', { inputs: { builtYear: 1990 }, seenRevision: 0 });
    expect(done.json).toMatchObject({ revision: 1, missing: [] });
    expect(done.json.colour).not.toBe('grey');
    expect(done.json.likelihood.parts[0]).toMatchObject({ input: 1990, source: 'assessed', score: 5 });
    expect((await put('analyst', { inputs: {}, seenRevision: 0 })).json.code).toBe('changed-since');
    expect((await edge.ask('assetRisk', as('analyst', { params: { code: 'none' } }))).json.code).toBe(
      'not-found',
    );
    // After a start it is known as before.
    expect(edge.flow.disk.state.filed.has(`risk-inputs/${grey}`)).toBe(true);
  });

  test('each sees their own areas', async () => {
    const { items, areas } = await all('foreign');
    expect([items.length, areas.map((a) => a.area)]).toEqual([50, [FOREIGN]]);
    expect((await edge.ask('assetRisk', as('foreign', { params: { code: 'G003' } }))).json.code).toBe(
      'not-found',
    );
  });
});

describe('a finding of the six steps', () => {
  test('ends in an order or a rule, and is taken on by what was seen', async () => {
    const made = await edge.ask(
      'makeDiagnosis',
      as('analyst', {
        body: {
          title: '管网漏损率',
          area: OWN,
          asset: 'G003',
          standard: '城市体检指标',
          value: 18,
          unit: '%',
        },
      }),
    );
    expect(made.json).toMatchObject({ next: 'evaluate', examine: { value: 18, by: 'analyst' } });
    let revision = 1;
    const { id } = made.json;
    const step = async (given: object) => {
      const told = await edge.ask(
        'stepDiagnosis',
        as('analyst', { params: { id }, body: { seenRevision: revision, step: given } }),
      );
      if (told.status === 200) revision = told.json.revision;
      return told.json;
    };
    expect((await step({ do: 'diagnose', cause: '老旧' })).code).toBe('diagnosis-order');
    expect(await step({ do: 'evaluate', target: 10, better: 'lower' })).toMatchObject({
      next: 'diagnose',
      evaluate: { meets: false },
    });
    await step({ do: 'diagnose', cause: '老旧管网' });
    expect((await step({ do: 'treat', measure: '换管' })).code).toBe('diagnosis-measure');
    expect((await step({ do: 'treat', measure: '换管', order: 'O-none' })).code).toBe('unknown-reference');
    const order = await edge.ask(
      'createOrder',
      as('li', {
        body: {
          source: { kind: 'manual' },
          title: '换管',
          lifeline: 'gas',
          level: 4,
          place: { area: OWN },
          commandId: 'r-1',
        },
      }),
    );
    expect(await step({ do: 'treat', measure: '换管', order: order.json.id })).toMatchObject({
      next: 'recheck',
    });
    await step({ do: 'recheck', value: 9 });
    expect((await step({ do: 'watch', rule: 'no.such' })).code).toBe('unknown-reference');
    expect(await step({ do: 'watch', rule: 'gas.ch4.limit' })).toMatchObject({
      next: null,
      watch: { rule: 'gas.ch4.limit' },
    });
    expect((await step({ do: 'recheck', value: 9 })).code).toBe('diagnosis-over');
    expect((await edge.ask('diagnoses', as('analyst'))).json.items).toMatchObject([{ id }]);
    expect((await edge.ask('diagnoses', as('analyst', { query: { open: 'true' } }))).json.items).toEqual([]);
    expect((await edge.ask('diagnoses', as('foreign'))).json.items).toEqual([]);
  });
});

describe('the index', () => {
  test('never stands alone: worst item, coverage, missing share, and each indicator with the five', async () => {
    const { json } = await edge.ask('healthIndex', as('li', { query: { area: OWN } }));
    expect(json).toMatchObject({ coverage: 1 / 150, worst: { key: expect.any(String) } });
    for (const i of json.indicators) {
      for (const key of ['standard', 'definitionVersion', 'asOf', 'place', 'numerator', 'denominator'])
        expect(i).toHaveProperty(key);
      if (i.value !== null) expect(i.value).toBeCloseTo(i.numerator / i.denominator);
    }
    // Where there is nothing to divide by nothing is known: no zero, and no index.
    const empty = (await edge.ask('healthIndex', as('foreign'))).json;
    expect([empty.index, empty.missingShare > 0.5, empty.coverage]).toEqual([null, true, 0]);
  });
});

test.each(PERSON_ROLES)('%s is refused exactly what is not theirs', async (role) => {
  const token = await edge.person(`only-${role}`, [role]);
  const asks: Partial<Record<RouteName, Ask>> = {
    stepDiagnosis: { params: { id: 'X-none' }, body: { seenRevision: 1, step: { do: 'recheck', value: 1 } } },
    assessRisk: { params: { code: 'none' }, body: { inputs: {}, seenRevision: 0 } },
    assetRisk: { params: { code: 'none' } },
  };
  for (const [name, ask] of Object.entries(asks) as [RouteName, Ask][]) {
    const right = ROUTES[name].right as Parameters<typeof may>[1];
    const { code } = (await edge.ask(name, { ...ask, token })).json;
    const gone = name === 'stepDiagnosis' ? 'diagnosis-unknown' : 'not-found';
    expect([name, code]).toEqual([name, may([role], right) ? gone : 'not-permitted']);
  }
});

test('every route of risks was answered as the table says', () => {
  const left = (Object.keys(ROUTES) as RouteName[]).filter(
    (r) => ROUTES[r].tag === 'risks' && !edge.asked.has(r),
  );
  expect(left).toEqual([]);
});
