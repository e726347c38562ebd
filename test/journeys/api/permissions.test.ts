import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isWholeCity, may, RIGHTS, type Right } from '../../../src/domain/account/permissions.ts';
import { MACHINE_ROLES, PERSON_ROLES, type Role } from '../../../src/domain/account/roles.ts';
import { as } from '../../../src/domain/ids.ts';
import { DRILL_ROUTES } from '../../../src/wire/http/answering/drill-routes.ts';
import { EXPORT_ROUTES } from '../../../src/wire/http/answering/export-routes.ts';
import { HANDOVER_ROUTES } from '../../../src/wire/http/answering/handover-routes.ts';
import { REPORT_ROUTES } from '../../../src/wire/http/answering/report-routes.ts';
import { RISK_ROUTES } from '../../../src/wire/http/answering/risk-routes.ts';
import { CITIZEN_ROUTES } from '../../../src/wire/http/citizens/routes.ts';
import { DOOR_ROUTES } from '../../../src/wire/http/doors/routes.ts';
import { CREW_ROUTES } from '../../../src/wire/http/response/crew-routes.ts';
import { INCIDENT_ROUTES } from '../../../src/wire/http/response/incident-routes.ts';
import { ORDER_ROUTES } from '../../../src/wire/http/response/order-routes.ts';
import { RESOURCE_ROUTES } from '../../../src/wire/http/response/resource-routes.ts';
import { WARNING_ROUTES } from '../../../src/wire/http/response/warning-routes.ts';
import type { RouteSpec } from '../../../src/wire/http/route.ts';
import { ROUTES, type RouteName } from '../../../src/wire/http/routes.ts';
import { type Ask, EdgeHarness } from '../../support/edge-harness.ts';
import { LiveConsole } from '../../support/live-console.ts';

const OWN = '341602';
const FOREIGN = '341621';
const ROLES: readonly Role[] = ['founder', ...PERSON_ROLES, ...MACHINE_ROLES];

let edge: EdgeHarness;
const tokens = new Map<string, string>();
const alarms: Record<string, string> = {};
const consoles: LiveConsole[] = [];

beforeAll(async () => {
  edge = await EdgeHarness.open();
  tokens.set('founder', edge.token);
  await edge.ask('importRegister', {
    csv: `kind,code,name,parent,lifeline,area,asset,point
area,3416,亳州市,,,,,
area,${OWN},谯城区,3416,,,,
area,${FOREIGN},涡阳县,3416,,,,
${[OWN, FOREIGN].map((a) => `asset,W-${a},井,,gas,${a},,\npoint,P-${a},点,,gas,${a},W-${a},\ndevice,D-${a},,,gas,,,P-${a}`).join('\n')}
`,
  });
  for (const area of [OWN, FOREIGN]) {
    await edge.raise(`D-${area}`);
    alarms[area] = edge.flow.open(`P-${area}`)[0]?.id ?? '';
    await edge.flow.value('gas', `D-${area}`, 'nonsense', 1);
  }
  await edge.stored();
  for (const area of [OWN, FOREIGN])
    await edge.ask('openWorkWindow', {
      params: { code: `P-${area}` },
      body: { until: new Date(edge.flow.clock.now() + 3_600_000).toISOString(), reason: '清淤' },
    });
  for (const role of PERSON_ROLES) {
    tokens.set(role, await edge.person(role, [role]));
    tokens.set(`${role} of ${OWN}`, await edge.person(`${role}-own`, [role], [OWN]));
  }
  for (const role of MACHINE_ROLES) {
    for (const areas of [null, [OWN]]) {
      const name = areas === null ? role : `${role} of ${OWN}`;
      const made = await edge.accounts.addToken(name, { role, areas, expiresAt: null });
      if (made.ok) tokens.set(name, made.value.token);
    }
  }
  // The three would otherwise be appointed, and the first account without rights.
  await edge.accounts.resetPassword('auditor', 'admin');
  await edge.accounts.resetPassword('auditor-own', 'admin');
  for (const name of ['auditor', 'auditor-own']) {
    const reset = await edge.accounts.resetPassword(name, 'admin');
    const token = reset.ok ? await edge.enter(name, reset.value.oneTimeCode) : '';
    tokens.set(name === 'auditor' ? 'auditor' : `auditor of ${OWN}`, token);
  }
});
afterAll(async () => {
  for (const c of consoles) c.leave();
  await edge.close();
});

/** A request that is right in form, and changes as little as it can. */
function asking(name: RouteName, area: string): Ask {
  const spec: RouteSpec = ROUTES[name];
  const ofDevice =
    name.endsWith('Device') ||
    name === 'deviceQuality' ||
    name === 'deviceCommands' ||
    name === 'knownCommands' ||
    name === 'withdrawCommand' ||
    name.endsWith('Credential');
  const code = name === 'changeAsset' ? `W-${area}` : ofDevice ? `D-${area}` : `P-${area}`;
  const params: Record<string, string> = {
    code,
    id: name.includes('ule') ? 'gas.ch4.limit' : (alarms[area] ?? ''),
    account: 'nobody-there',
    name: 'nobody-there',
  };
  return {
    ...(spec.params === undefined
      ? {}
      : { params: Object.fromEntries(Object.keys(spec.params.shape).map((k) => [k, params[k] ?? 'x'])) }),
    ...(name === 'readings' ? { query: { metric: 'ch4' } } : {}),
    ...(spec.body?.type === 'csv'
      ? { csv: 'kind,code\n' }
      : spec.body === undefined
        ? {}
        : { body: { of: 'no kind' } }),
  };
}

describe.each(ROLES)('as %s', (role) => {
  test.each(Object.keys(ROUTES) as RouteName[])(
    '%s is allowed or refused as the table says',
    async (name) => {
      if (name === 'logout') return;
      const right = ROUTES[name].right;
      const session = edge.accounts.peek(tokens.get(role) ?? '');
      const told = await edge.ask(name, { ...asking(name, OWN), token: tokens.get(role) ?? '' });
      if (right === 'anybody' || (session?.mustSetPassword && ROUTES[name].who === 'session')) {
        expect(told.json?.code ?? '').toMatch(
          right === 'anybody' ? /^(?!not-permitted|no-session)/ : /password-must-be-set/,
        );
        return;
      }
      const machine = session?.kind === 'machine' && right === 'self' && name !== 'me';
      const allowed = may([role], right as Right) && !machine;
      expect(told.json?.code === 'not-permitted', `${told.status} ${told.text.slice(0, 200)}`).toBe(!allowed);
      expect(told.status).not.toBe(401);
    },
  );

  test('the live stream opens as the table says', async () => {
    const session = edge.accounts.peek(tokens.get(role) ?? '');
    const joined = LiveConsole.join(edge.url, { token: tokens.get(role) ?? '' });
    if (may([role], 'picture.see') && session?.mustSetPassword === false) consoles.push(await joined);
    else await expect(joined).rejects.toThrow('403');
  });
});

test.each(Object.keys(ROUTES) as RouteName[])(
  'a stranger gets 401 from %s, or it is for anybody',
  async (name) => {
    const told = await edge.ask(name, { ...asking(name, OWN), token: null });
    if (ROUTES[name].right === 'anybody') expect(told.status).not.toBe(403);
    else expect([told.status, told.json.code]).toEqual([401, 'no-session']);
  },
);

/** Requests that would succeed in one's own area, by route. */
const DOES: { readonly [name in RouteName]?: (area: string) => Ask } = {
  point: () => ({}),
  latestOfPoint: () => ({}),
  readings: () => ({ query: { metric: 'ch4' } }),
  readingsCsv: () => ({}),
  alarm: () => ({}),
  alarmEvents: () => ({}),
  createArea: (area) => ({ body: { code: `A-${fresh()}`, name: '新', parent: area } }),
  changeArea: (area) => ({ params: { code: area }, body: { name: `改名${fresh()}` } }),
  changeAsset: () => ({ body: { name: '改名' } }),
  changePoint: () => ({ body: { name: '改名' } }),
  changeDevice: () => ({ body: { vendor: '某厂' } }),
  note: (area) => ({ body: { text: '看过', commandId: `n-${area}-${Math.random()}` } }),
  assess: (area) => ({ body: { verdict: 'test', commandId: `a-${area}-${Math.random()}` } }),
  acknowledge: (area) => ({
    body: {
      seenRevision: edge.flow.board.openAlarm(as.alarm(alarms[area] ?? ''))?.revision,
      commandId: `c-${area}-${Math.random()}`,
    },
  }),
  createAsset: (area) => ({
    body: { code: `N-${area}-${Date.now() % 1e6}`, name: '新', lifeline: 'gas', area },
  }),
  createPoint: (area) => ({ body: { code: `M-${fresh()}`, name: '新', lifeline: 'gas', area } }),
  createDevice: (area) => ({ body: { code: `M-${fresh()}`, lifeline: 'gas', point: `P-${area}` } }),
  deviceQuality: () => ({}),
  deviceCommands: () => ({}),
  knownCommands: () => ({}),
  commandDevice: () => ({ body: { name: 'read-now', commandId: `d-${fresh()}` } }),
  withdrawCommand: (area) => ({
    params: {
      code: `D-${area}`,
      id: edge.flow.core.commands.ofDevice(as.device(`D-${area}`)).at(-1)?.id ?? 'none',
    },
    body: { commandId: `d-${fresh()}` },
  }),
  issueCredential: () => ({}),
  revokeCredential: () => ({}),
  readingsOfPointsCsv: (area) => ({ query: { points: `P-${area}`, from: A_DAY[0], to: A_DAY[1] } }),
  rules: (area) => ({ query: { point: `P-${area}` } }),
  rule: (area) => ({ query: { point: `P-${area}` } }),
  shelve: () => ({ body: { until: soon(), reason: '检修', commandId: `s-${fresh()}` } }),
  unshelve: () => ({ body: { commandId: `u-${fresh()}` } }),
  reset: () => ({ body: { commandId: `r-${fresh()}` } }),
  seriesNotes: () => ({}),
  createSeriesNote: () => ({ body: { from: soon(), text: '阀门检修' } }),
  openWorkWindow: () => ({ body: { until: soon(), reason: '清淤' } }),
  endWorkWindow: (area) => ({
    params: {
      code: `P-${area}`,
      id: edge.service.register.works().findLast((w) => w.point === `P-${area}`)?.id ?? 'none',
    },
  }),
};
let made = 0;
const fresh = () => `${++made}`;
const soon = () => new Date(edge.flow.clock.now() + 3_600_000).toISOString();
const A_DAY = ['2026-06-01T00:00:00Z', '2026-06-02T00:00:00Z'] as const;

/** Those that answer with whatever is theirs: below. */
const LISTS = [
  'areas',
  'assets',
  'points',
  'devices',
  'latest',
  'alarms',
  'quarantine',
  'quality',
  'workWindows',
  'exportRegister',
  'alarmsCsv',
] as const;

/** A foreign area is asked of these in tests of their own, here or where it is said. */
const IN_TESTS_OF_THEIR_OWN = {
  importDrawing: 'api-drawing.test.ts',
  importRegister: 'here',
  createDeviceModel: 'api-register.test.ts',
  changeDeviceModel: 'api-register.test.ts',
  issueSystemCredential: 'here',
  revokeSystemCredential: 'here',
  credentials: 'here',
  issueMissingCredentials: 'here',
  telemetry: 'here',
  checkTelemetry: 'here',
  deviceFaults: 'api-quality.test.ts',
  indicators: 'api-indicators.test.ts',
  alarmFigures: 'desk/api-alarm-figures.test.ts',
  alarmsXlsx: 'desk/api-alarm-figures.test.ts',
  acknowledgeTogether: 'desk/api-together.test.ts',
  assessTogether: 'desk/api-together.test.ts',
  dropSeriesNote: 'desk/api-together.test.ts',
  forecast: 'desk/api-forecast.test.ts',
  forecasts: 'desk/api-forecast.test.ts',
  spectrum: 'desk/api-spectrum.test.ts',
  leakOrBiogas: 'desk/api-leak-or-biogas.test.ts',
  floods: 'api-live.test.ts',
  notices: 'api-notices.test.ts',
  notice: 'api-notices.test.ts',
  retryNotice: 'api-notices.test.ts',
  noticeState: 'api-notices.test.ts',
  seeNotices: 'api-notices.test.ts',
  explainNotices: 'api-notices.test.ts',
  ...Object.fromEntries(Object.keys(DOOR_ROUTES).map((name) => [name, 'api-doors.test.ts'])),
  feedUpstream: 'api-upstreams.test.ts',
  tallyUpstream: 'api-upstreams.test.ts',
  ...Object.fromEntries(Object.keys(ORDER_ROUTES).map((name) => [name, 'api-orders.test.ts'])),
  ...Object.fromEntries(Object.keys(CREW_ROUTES).map((name) => [name, 'api-orders.test.ts'])),
  ...Object.fromEntries(Object.keys(RESOURCE_ROUTES).map((name) => [name, 'api-resources.test.ts'])),
  ...Object.fromEntries(Object.keys(CITIZEN_ROUTES).map((name) => [name, 'citizens/api-citizens.test.ts'])),
  ...Object.fromEntries(Object.keys(RISK_ROUTES).map((name) => [name, 'answering/api-risks.test.ts'])),
  ...Object.fromEntries(Object.keys(DRILL_ROUTES).map((name) => [name, 'answering/api-drills.test.ts'])),
  ...Object.fromEntries(
    Object.keys(HANDOVER_ROUTES).map((name) => [name, 'answering/api-handovers.test.ts']),
  ),
  ...Object.fromEntries(Object.keys(EXPORT_ROUTES).map((name) => [name, 'answering/api-exports.test.ts'])),
  ...Object.fromEntries(Object.keys(REPORT_ROUTES).map((name) => [name, 'answering/api-reports.test.ts'])),
  ...Object.fromEntries(Object.keys(INCIDENT_ROUTES).map((name) => [name, 'api-incidents.test.ts'])),
  ...Object.fromEntries(Object.keys(WARNING_ROUTES).map((name) => [name, 'api-warnings.test.ts'])),
} as const;

/** Of nobody's area: packs, models of devices, the seal of the audit journal, who a wall is, the map of the house, views, which hold no data, and how good forecasts of a kind are. */
const OF_NO_AREA = [
  'lifelines',
  'deviceModels',
  'auditAnchor',
  'openWall',
  'map',
  'changeMap',
  'mapFile',
  'views',
  'createView',
  'dropView',
  'forecastSkill',
];

test('a foreign area is asked of every route, or the route is of none', () => {
  const asked = new Set<string>([
    ...Object.keys(DOES),
    ...LISTS,
    ...Object.keys(IN_TESTS_OF_THEIR_OWN),
    ...OF_NO_AREA,
  ]);
  const left = Object.entries<RouteSpec>(ROUTES).filter(
    ([name, { right }]) => right !== 'anybody' && right !== 'self' && !isWholeCity(right) && !asked.has(name),
  );
  expect(left.map(([name]) => name)).toEqual([]);
});

describe.each(PERSON_ROLES)('%s bound to one district', (role) => {
  const token = () => tokens.get(`${role} of ${OWN}`) ?? '';
  const mine = (Object.keys(DOES) as RouteName[]).filter((n) => may([role], ROUTES[n].right as Right));

  test.each(mine.length > 0 ? mine : (['me'] as RouteName[]))(
    '%s: own yes, foreign no, and the attempt is audited',
    async (name) => {
      if (name === 'me') return expect((await edge.ask('me', { token: token() })).json.areas).toEqual([OWN]);
      const own = await edge.ask(name, { ...asking(name, OWN), ...DOES[name]?.(OWN), token: token() });
      // Acknowledged by the role before: their own area answers with the alarm's state, never with its absence.
      expect([200, 201, 202, 409], own.text.slice(0, 200)).toContain(own.status);
      const before = edge.audit.kept.length;
      const foreign = await edge.ask(name, {
        ...asking(name, FOREIGN),
        ...DOES[name]?.(FOREIGN),
        token: token(),
      });
      // 422: what it refers to is not there, as for a code that nobody has.
      expect([403, 404, 422], foreign.text.slice(0, 200)).toContain(foreign.status);
      expect(edge.audit.kept.slice(before)).toMatchObject([
        { outcome: 'refused', why: 'foreign-area', who: `${role}-own` },
      ]);
    },
  );
});

describe.each(PERSON_ROLES)('%s bound to one district, of what concerns the whole city', (role) => {
  const city = (Object.keys(ROUTES) as RouteName[]).filter((name) => {
    const right = ROUTES[name].right;
    return isWholeCity(right as Right) && may([role], right as Right);
  });
  test.runIf(city.length > 0)('is refused, and it is audited', async () => {
    const token = tokens.get(`${role} of ${OWN}`) ?? '';
    const unset = edge.accounts.peek(token)?.mustSetPassword === true;
    for (const name of city) {
      const before = edge.audit.kept.length;
      const told = await edge.ask(name, { ...asking(name, OWN), token });
      const code = unset ? 'password-must-be-set' : 'foreign-area';
      expect([name, told.status, told.json.code]).toEqual([name, 403, code]);
      expect(edge.audit.kept.slice(before)).toMatchObject([{ outcome: 'refused', why: code }]);
    }
  });
});

describe('lists of somebody bound to one district', () => {
  const as_ = { token: '' };
  beforeAll(() => {
    as_.token = tokens.get(`maintainer of ${OWN}`) ?? '';
  });

  test.each(LISTS)('%s hold their district and nothing else', async (name) => {
    const text = (await edge.ask(name, as_)).text;
    expect(text).toContain(OWN);
    expect(text).not.toContain(FOREIGN);
  });

  test('past alarms too, and alarms asked for by the foreign district', async () => {
    const all = await edge.ask('alarms', { ...as_, query: { state: 'all' } });
    expect(all.json.items).toHaveLength(1);
    expect((await edge.ask('alarms', { ...as_, query: { area: FOREIGN } })).json.items).toEqual([]);
  });

  test('credentials are listed, and issued in bulk, for their devices alone; of systems they revoke none', async () => {
    for (const area of [OWN, FOREIGN])
      await edge.ask('createDevice', { body: { code: `K-${area}`, lifeline: 'gas', point: `P-${area}` } });
    const issued = (await edge.ask('issueMissingCredentials', as_)).text;
    expect(issued).toContain(`K-${OWN}`);
    expect(issued).not.toContain(FOREIGN);
    await edge.ask('issueMissingCredentials');
    const listed = (await edge.ask('credentials', as_)).text;
    expect(listed).toContain(`K-${OWN}`);
    expect(listed).not.toContain(FOREIGN);
    const gone = await edge.ask('revokeSystemCredential', { ...as_, params: { name: 'city' } });
    expect([gone.status, gone.json.code]).toEqual([403, 'foreign-area']);
  });

  test('an import cannot take over, move or make what lies elsewhere', async () => {
    const told = await edge.ask('importRegister', {
      ...as_,
      csv: `kind,code,name,lifeline,area,parent,point
point,P-${FOREIGN},geraubt,gas,${OWN},,
point,P-NEW,neu,gas,${FOREIGN},,
area,341623,利辛县,,,3416,
device,D-${FOREIGN},,gas,,,P-${OWN}
point,P-MINE,meins,gas,${OWN},,
`,
    });
    expect(told.json).toMatchObject({ created: 1, failed: 4 });
    expect(edge.service.register.point(as.point(`P-${FOREIGN}`))?.name).not.toBe('geraubt');
  });

  test('a thing of their own cannot be moved out of their sight', async () => {
    const told = await edge.ask('changePoint', {
      ...as_,
      params: { code: `P-${OWN}` },
      body: { area: FOREIGN },
    });
    expect([told.status, told.json.code]).toEqual([403, 'foreign-area']);
  });

  test('the name of a system that hears more than they do is not theirs to issue', async () => {
    const token = tokens.get(`maintainer of ${OWN}`) ?? '';
    const issue = (name: string, areas: string, by = token) =>
      edge.ask('issueSystemCredential', { params: { name }, query: { areas, keepOldHours: 0 }, token: by });
    expect((await issue('city', `${OWN},${FOREIGN}`, edge.token)).status).toBe(201);
    expect((await issue('city', OWN)).json.code).toBe('foreign-area');
    expect((await issue('theirs', OWN)).status).toBe(201);
    expect((await issue('theirs', OWN)).status).toBe(201);
  });

  test('a packet is checked for devices of their own alone', async () => {
    const check = async (area: string) => {
      const body = { lifeline: 'gas', device: `D-${area}`, payload: '{"values":{"ch4":1}}' };
      const { json } = await edge.ask('checkTelemetry', { ...as_, body });
      return [json.pointCode, json.flaws.map((f: { code: string }) => f.code)];
    };
    expect(await check(OWN)).toEqual([`P-${OWN}`, []]);
    expect(await check(FOREIGN)).toEqual([null, ['foreign-area']]);
  });

  test('a platform pushes for devices of its areas alone', async () => {
    const told = await edge.ask('telemetry', {
      token: tokens.get(`platform of ${OWN}`) ?? '',
      body: [OWN, FOREIGN].map((a) => ({ lifeline: 'gas', device: `D-${a}`, values: { ch4: 1 } })),
    });
    expect(told.json.items.map((i: { accepted: boolean }) => i.accepted)).toEqual([true, false]);
    expect(told.json.items[1].flaws[0].code).toBe('foreign-area');
  });
});

describe('the live stream of somebody bound to one district', () => {
  const join = async (query = '') => {
    const c = await LiveConsole.join(edge.url, { token: tokens.get(`operator of ${OWN}`) ?? '', query });
    consoles.push(c);
    return c;
  };
  const note = (area: string, id: string) =>
    edge.ask('note', { params: { id: alarms[area] ?? '' }, body: { text: id, commandId: id } });

  test('shows their alarms, tells their events in order, and nothing of the other district', async () => {
    const seq = edge.flow.board.seq();
    const live = await join();
    await live.until(() => live.of('snapshot').length);
    expect(live.of('snapshot')[0]?.alarms.map((a) => a.areaCode)).toEqual([OWN]);
    live.socket.send(JSON.stringify({ type: 'watch', points: [`P-${FOREIGN}`, `P-${OWN}`] }));
    for (const [i, area] of [FOREIGN, OWN, FOREIGN, OWN].entries()) await note(area, `l${i}`);
    await live.until(() => live.of('alarm').length === 2);
    expect(live.of('alarm').map((f) => f.alarm.areaCode)).toEqual([OWN, OWN]);
    edge.flow.clock.forward(1_000);
    await live.until(() => live.of('readings').length);
    expect(JSON.stringify(live.frames)).not.toContain(FOREIGN);

    const back = await join(`?after=${seq}&epoch=${encodeURIComponent(edge.flow.board.epoch)}`);
    await back.until(() => back.of('alarm').length === 2);
    expect(back.of('alarm')).toEqual(live.of('alarm'));
    expect(back.of('resync')).toEqual([]);
  });

  test('tells no more readings of a point that has moved to another district', async () => {
    const live = await join();
    await live.until(() => live.of('snapshot').length === 1);
    live.socket.send(JSON.stringify({ type: 'watch', points: [`P-${OWN}`] }));
    await note(OWN, 'm1');
    await live.until(() => live.of('alarm').length === 1);
    edge.flow.clock.forward(1_000);
    await live.until(() => live.of('readings').length === 1);
    const move = (area: string) => edge.ask('changePoint', { params: { code: `P-${OWN}` }, body: { area } });
    await edge.flow.value('gas', `D-${OWN}`, 'ch4', 1);
    expect((await move(FOREIGN)).status).toBe(200);
    await edge.flow.value('gas', `D-${OWN}`, 'ch4', 2);
    edge.flow.clock.forward(1_000);
    await note(OWN, 'm2');
    await live.until(() => live.of('alarm').length === 2);
    expect(live.of('readings')).toHaveLength(1);
    await move(OWN);
    await edge.flow.value('gas', `D-${OWN}`, 'ch4', 3);
    edge.flow.clock.forward(1_000);
    await live.until(() => live.of('readings').length === 2);
  });

  test('begins anew when they are given another district, and ends when one is taken from them', async () => {
    const live = await join();
    await live.until(() => live.of('snapshot').length);
    await edge.accounts.change('operator-own', 'admin', { areas: [OWN, FOREIGN] });
    edge.flow.clock.forward(1_000);
    await live.until(() => live.of('snapshot').length === 2);
    expect(
      live
        .of('snapshot')[1]
        ?.alarms.map((a) => a.areaCode)
        .sort(),
    ).toEqual([OWN, FOREIGN].sort());
    await edge.accounts.change('operator-own', 'admin', { areas: [FOREIGN] });
    edge.flow.clock.forward(1_000);
    while (live.closed === null) await live.change();
    expect(live.closed.code).toBe(4401);
  });
});

test('every right was asked for by some route', () => {
  const asked = new Set([...Object.values(ROUTES).map((r) => r.right), 'device.credential', 'meters.see']);
  expect(Object.keys(RIGHTS).filter((r) => !asked.has(r as Right))).toEqual([]);
});
