import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { stepAt, totp } from '../../src/adapters/accounts/totp.ts';
import { PACKS } from '../../src/packs/index.ts';
import type { RouteSpec } from '../../src/wire/http/route.ts';
import { ROUTES, type RouteName } from '../../src/wire/http/routes.ts';
import { EdgeHarness, PASSWORD } from '../support/edge-harness.ts';

/** One walk through every route: the answers are held against the route table by the house. */
describe('the route table', () => {
  let edge: EdgeHarness;
  beforeAll(async () => {
    edge = await EdgeHarness.open();
  });
  afterAll(() => edge.close());

  test('is what is served, and the reverse', () => {
    const table = (Object.values(ROUTES) as RouteSpec[]).map(
      (r) => `${r.method} ${r.path.replaceAll(/\{(\w+)\}/g, ':$1')}`,
    );
    const pages = edge.http.served.filter((r) => /^GET (\/|\/\*|\/m\/?|\/docs(\/.*)?)$/.test(r));
    expect(pages.length).toBeGreaterThan(0);
    expect(edge.http.served.filter((r) => !pages.includes(r)).sort()).toEqual(table.sort());
  });

  test('is kept by every answer that a working day brings', async () => {
    const ok = async (name: RouteName, ask = {}) => {
      const told = await edge.ask(name, ask);
      expect(told.status, `${name}: ${told.text}`).toBeLessThan(300);
      return told.json;
    };
    const login = await ok('login', { token: null, body: { account: 'admin', password: PASSWORD } });
    const mine = { token: login.token };
    await ok('me', mine);
    await ok('setPassword', { ...mine, body: { old: PASSWORD, next: 'Another-one-of-2026' } });
    edge.token = login.token;

    expect((await ok('lifelines')).items.map((l: { key: string }) => l.key).sort()).toEqual(
      PACKS.map((p) => p.lifeline as string).sort(),
    );
    await ok('importRegister', {
      csv: 'kind,code,name,parent\narea,3416,亳州市,\narea,341602,谯城区,3416\n',
    });
    await ok('areas');
    await ok('createArea', { body: { code: '341602001', name: '谯城街道' } });
    await ok('changeArea', { params: { code: '341602001' }, body: { name: '花戏楼街道' } });
    const houseMap = await ok('map');
    expect(houseMap).toMatchObject({ base: { kind: 'file', file: 'city.pmtiles' }, chosen: false });
    expect(houseMap.files[0].why).toContain('文件不完整');
    const base = { kind: 'none' };
    expect((await ok('changeMap', { body: { seenRevision: 0, base } })).base).toEqual(base);
    expect((await edge.ask('changeMap', { body: { seenRevision: 0, base } })).json.code).toBe(
      'changed-since',
    );
    const piece = { params: { name: 'city.pmtiles' } };
    expect((await edge.ask('mapFile', piece)).json.code).toBe('range-needed');
    await ok('mapFile', { ...piece, headers: { range: 'bytes=0-126' } });
    const pipe = '{"type":"Feature","properties":{},"geometry":{"type":"Point","coordinates":[115.7,33.8]}}';
    const file = { type: 'application/geo+json', bytes: Buffer.from(pipe) };
    await ok('importDrawing', { query: { dryRun: true, lifeline: 'gas' }, file });
    await ok('createAsset', { body: { code: 'WELL-1', name: '一号井', lifeline: 'gas', area: '341602' } });
    await ok('changeAsset', { params: { code: 'WELL-1' }, body: { owner: '燃气公司' } });
    await ok('assets', { query: { area: '3416' } });
    const place = { lon: 115.78, lat: 33.85, crs: 'CGCS2000' };
    await ok('createPoint', { body: { code: 'P-1', name: '井内', lifeline: 'gas', asset: 'WELL-1', place } });
    await ok('changePoint', { params: { code: 'P-1' }, body: { attributes: { 井类型: '燃气阀门井' } } });
    await ok('point', { params: { code: 'P-1' } });
    await ok('points');
    await ok('createDevice', { body: { code: 'D-1', lifeline: 'gas', point: 'P-1' } });
    await ok('changeDevice', { params: { code: 'D-1' }, body: { vendor: '某厂' } });
    await ok('devices', { query: { point: 'P-1' } });
    await ok('createDeviceModel', { body: { code: 'U3', name: '甲烷探头' } });
    await ok('changeDeviceModel', {
      params: { code: 'U3' },
      body: { attributes: { 'sentinel.ch4': '5003' } },
    });
    await ok('deviceModels');
    const told = { name: 'set-interval', params: { seconds: 60 }, commandId: 'd1' };
    expect(await ok('commandDevice', { params: { code: 'D-1' }, body: told })).toMatchObject({
      state: 'PENDING',
      kind: 'config',
    });
    const listed = (await ok('deviceCommands', { params: { code: 'D-1' } })).items;
    expect(listed).toHaveLength(1);
    expect((await ok('knownCommands', { params: { code: 'D-1' } })).items.length).toBeGreaterThan(3);
    expect(
      await ok('withdrawCommand', { params: { code: 'D-1', id: listed[0].id }, body: { commandId: 'd2' } }),
    ).toMatchObject({ state: 'FAILED', why: 'withdrawn' });
    const issued = await ok('issueCredential', { params: { code: 'D-1' }, query: { keepOldHours: 1 } });
    expect(issued).toMatchObject({ username: 'D-1', oldGoodUntil: null });
    await ok('issueSystemCredential', { params: { name: 'gis' }, query: { areas: '3416' } });
    expect((await ok('credentials')).items).toHaveLength(2);
    await ok('revokeSystemCredential', { params: { name: 'gis' } });
    await ok('revokeCredential', { params: { code: 'D-1' } });
    await ok('issueMissingCredentials');
    await ok('exportRegister', { query: { header: 'zh' } });

    await ok('telemetry', {
      body: [{ lifeline: 'gas', device: 'D-1', values: { ch4: 60, nonsense: 1 }, battery: 88 }],
    });
    await edge.stored();
    await ok('latestOfPoint', { params: { code: 'P-1' } });
    await ok('latest', { query: { lifeline: 'gas' } });
    await ok('readings', { params: { code: 'P-1' }, query: { metric: 'ch4' } });
    await ok('readings', { params: { code: 'P-1' }, query: { metric: 'ch4', buckets: 10 } });
    await ok('readingsCsv', { params: { code: 'P-1' } });
    await ok('readingsOfPointsCsv', { query: { points: 'P-1', lifeline: 'gas' } });
    expect((await ok('quarantine')).items).toHaveLength(1);
    const checked = await ok('checkTelemetry', {
      body: { lifeline: 'gas', device: 'D-1', payload: '{"values":{"ch4":-7,"nonsense":1}}' },
    });
    expect([checked.values.length, checked.flaws.length]).toEqual([1, 1]);
    await ok('losses');

    const [alarm] = (await ok('alarms')).items;
    const id = { params: { id: alarm.id } };
    await ok('alarm', id);
    const until = new Date(edge.flow.clock.now() + 3_600_000).toISOString();
    await ok('shelve', { ...id, body: { until, reason: '检修', commandId: 'c1' } });
    await ok('unshelve', { ...id, body: { commandId: 'c2' } });
    await ok('note', { ...id, body: { text: '已派人', commandId: 'c3' } });
    await ok('assess', { ...id, body: { verdict: 'real', note: null, commandId: 'c4' } });
    await ok('acknowledge', { ...id, body: { seenRevision: alarm.revision, commandId: 'c5' } });
    const refused = await edge.ask('reset', { ...id, body: { commandId: 'c6' } });
    expect(refused.json.code).toMatch(/not-latched|still-active/);
    edge.asked.add('reset');
    await ok('alarmEvents', id);
    const { revision } = await ok('alarm', id);
    const these = [{ id: alarm.id, seenRevision: revision }];
    const together = await ok('acknowledgeTogether', { body: { alarms: these, commandId: 'c7' } });
    expect(together.items).toHaveLength(1);
    await ok('assessTogether', {
      body: { alarms: [{ id: alarm.id }], verdict: 'real', note: '同一处泄漏', commandId: 'c8' },
    });
    expect((await ok('alarmFigures', { query: { state: 'all' } })).total).toBeGreaterThan(0);
    const view = await ok('createView', { body: { screen: 'duty', name: '红色', query: 'level=1' } });
    expect((await ok('views', { query: { screen: 'duty' } })).items).toHaveLength(1);
    await ok('dropView', { params: { id: view.id } });
    const beside = await ok('createSeriesNote', {
      params: { code: 'P-1' },
      body: { metric: 'ch4', from: '2026-06-01T00:00:00Z', text: '阀门检修' },
    });
    expect((await ok('seriesNotes', { params: { code: 'P-1' } })).items).toHaveLength(1);
    await ok('dropSeriesNote', { params: { code: 'P-1', id: beside.id } });
    await ok('createUnit', { body: { code: 'gas-co', name: '燃气公司', kind: 'owner' } });
    await ok('changeUnit', { params: { code: 'gas-co' }, body: { areas: ['3416'] } });
    await ok('units', { query: { kind: 'owner' } });
    const onCall = { id: 'wang', unit: 'gas-co', name: '王建国', post: 'duty', mobile: '13812345678' };
    await ok('createContact', { body: onCall });
    await ok('changeContact', { params: { id: 'wang' }, body: { email: 'wang@city.example' } });
    await ok('contacts', { query: { unit: 'gas-co' } });
    await ok('contactMobile', { params: { id: 'wang' } });
    const shift = {
      from: new Date(edge.flow.clock.now()).toISOString(),
      to: until,
      duty: ['wang'],
      leader: [],
    };
    await ok('keepRoster', { params: { unit: 'gas-co' }, body: { shifts: [shift] } });
    await ok('roster', { params: { unit: 'gas-co' } });
    await edge.ask('exportRoster', { params: { unit: 'gas-co' } });
    await ok('importRoster', {
      params: { unit: 'gas-co' },
      csv: 'from,to,duty\n2026-12-01 08:00,2026-12-02 08:00,wang\n',
    });
    await ok('onDuty', { query: { unit: 'gas-co' } });
    const config = { url: 'https://oapi.dingtalk.com/robot/send?access_token=t1' };
    await ok('createChannel', {
      body: { id: 'robot', kind: 'dingtalk', name: '值班群', perMinute: 18, config },
    });
    await ok('changeChannel', { params: { id: 'robot' }, body: { secrets: { secret: 's1' } } });
    await ok('channels');
    await ok('testChannel', { params: { id: 'robot' }, body: { contact: 'wang' } });
    const ladder = {
      name: { zh: '燃气', en: 'gas' },
      match: { subjects: ['alarm'], lifelines: ['gas'] },
      rungs: [{ afterS: 0, to: [{ unit: 'owner', post: 'duty' }], channels: [], stopsOn: 'acknowledge' }],
      reason: '试行',
    };
    await ok('keepNoticePolicy', { params: { id: 'gas' }, body: ladder });
    await ok('noticePolicy', { params: { id: 'gas' } });
    await ok('noticePolicies');
    const { reason: _, ...night } = { ...ladder, submit: false };
    const drafted = await ok('keepNoticePolicy', {
      params: { id: 'night' },
      body: { ...night, reason: 'x' },
    });
    await ok('policyDrafts');
    await ok('policyDraft', { params: { id: drafted.id } });
    await ok('submitPolicyDraft', { params: { id: drafted.id }, body: {} });
    await ok('dropNoticePolicy', { params: { id: 'night' }, query: { reason: 'x' } });
    for (const name of ['approvePolicyDraft', 'rejectPolicyDraft', 'withdrawPolicyDraft'] as const) {
      const over = await edge.ask(name, { params: { id: drafted.id }, body: {} });
      expect(over.json.code).toBe('policy-draft-decided');
      edge.asked.add(name);
    }
    await ok('noticeState');
    await ok('seeNotices', { body: { ids: ['none'] } });
    const token = 'x'.repeat(22);
    expect((await edge.ask('followLink', { token: null, params: { token } })).status).toBe(404);
    edge.asked.add('actByLink');
    await ok('noticePolicyVersions', { params: { id: 'default-1' } });
    await ok('explainNotices', { query: { point: 'P-1', level: 1 } });
    await ok('telemetry', { body: { lifeline: 'gas', device: 'D-1', values: { ch4: 60 } } });
    edge.flow.clock.forward(1_000);
    await edge.raise('D-1');
    const [owed] = (await ok('notices')).items;
    if (owed !== undefined) {
      await ok('notice', { params: { id: owed.id } });
      expect((await edge.ask('retryNotice', { params: { id: owed.id } })).json.code).toBe('invalid');
    }
    edge.asked.add('notice').add('retryNotice');
    await ok('dropChannel', { params: { id: 'robot' } });
    await ok('floods');
    await edge.flow.value('waterlogging', 'SPOT-1', 'depth', 3);
    expect((await ok('forecast', { params: { code: 'SPOT-1' } })).none).toBe('not-yet');
    await ok('forecasts');
    await ok('forecastSkill');
    expect((await ok('leakOrBiogas', { params: { code: 'P-1' } })).leans).toBe('unclear');
    expect((await ok('spectrum', { params: { code: 'SPOT-1' }, query: { metric: 'az' } })).segments).toBe(0);
    const work = await ok('openWorkWindow', { params: { code: 'P-1' }, body: { until, reason: '清淤' } });
    await ok('workWindows');
    await ok('quality');
    await ok('deviceQuality', { params: { code: 'D-1' } });
    await ok('deviceFaults');
    await ok('endWorkWindow', { params: { code: 'P-1', id: work.id } });
    edge.flow.clock.forward(1_000);
    expect((await ok('indicators')).raised).toBeGreaterThan(0);
    await ok('rules', { query: { point: 'P-1' } });
    await ok('rules');
    const rule = { params: { id: 'gas.ch4.limit' } };
    await ok('rule', rule);
    const changed = { scope: { point: 'P-1' }, changes: [{ level: 3, limit: 15 }], reason: '本底高' };
    await ok('changeRule', { ...rule, body: changed });
    await ok('revertRule', { ...rule, body: { version: 1, reason: '误改' } });
    await ok('ruleVersions', rule);
    const draft = await ok('changeRule', { ...rule, body: { ...changed, submit: false } });
    const backtest = await ok('backtestRule', {
      ...rule,
      body: {
        from: new Date(edge.flow.clock.now() - 3_600_000).toISOString(),
        to: new Date(edge.flow.clock.now() + 1_000).toISOString(),
        draft: { changes: [{ level: 3, limit: 10 }] },
      },
    });
    await ok('suggestion', { ...rule, query: { area: '3416' } });
    await ok('backtests');
    await ok('backtest', { params: { id: backtest.id } });
    await ok('cancelBacktest', { params: { id: backtest.id } });
    await ok('ruleDrafts');
    await ok('ruleDraft', { params: { id: draft.id } });
    for (const verb of ['approveRuleDraft', 'rejectRuleDraft'] as const) {
      const early = await edge.ask(verb, { params: { id: draft.id }, body: {} });
      expect(early.json.code).toBe('rule-draft-not-submitted');
      edge.asked.add(verb);
    }
    await ok('submitRuleDraft', { params: { id: draft.id }, body: {} });
    const other = await ok('changeRule', {
      ...rule,
      body: { ...changed, changes: [{ level: 3, limit: 16 }], submit: false },
    });
    await ok('withdrawRuleDraft', { params: { id: other.id }, body: {} });

    const grants = { roles: ['operator'], areas: null };
    const made = await ok('createAccount', { body: { account: 'wang', name: '王工', ...grants } });
    expect(made.oneTimeCode).toMatch(/^[A-Z0-9-]{14}$/);
    const wang = { params: { account: 'wang' } };
    await ok('changeAccount', { ...wang, body: { name: '王班长' } });
    await ok('grantAccount', { ...wang, body: { roles: ['shift-leader'], areas: ['341602'] } });
    await ok('resetPassword', wang);
    await ok('unlockAccount', wang);
    expect((await ok('accounts')).items).toHaveLength(2);
    await ok('createToken', { body: { name: '大屏', role: 'wall', expiresAt: until } });
    expect((await ok('tokens')).items).toHaveLength(1);
    await ok('openWall');
    await ok('removeToken', { params: { name: '大屏' } });
    const { secret } = await ok('enrolSecondFactor', { body: { password: 'Another-one-of-2026' } });
    await ok('confirmSecondFactor', { body: { otp: totp(secret, stepAt(edge.flow.clock.now())) } });
    await ok('removeSecondFactor', { body: { password: 'Another-one-of-2026' } });
    const auditor = { token: await edge.person('shen', ['auditor']) };
    const { anchor } = await ok('auditAnchor', auditor);
    const trace = (await ok('audit', { ...auditor, query: { what: 'alarms' } })).items;
    expect(trace.map((e: { what: string }) => e.what)).toContain('alarms.acknowledge');
    expect((await ok('audit', auditor)).items[0].n).toBeGreaterThanOrEqual(Number(anchor.split(':')[0]));
    await ok('alarmsCsv', { query: { state: 'all' } });
    await ok('alarmsXlsx', { query: { state: 'all' } });
    await ok('auditCsv', auditor);

    for (const name of ['loginNotice', 'livez', 'readyz', 'metrics', 'openapi', 'asyncapi'] as const) {
      await ok(name, { token: null });
    }
    await ok('logout');
    // Orders and warnings have working days of their own: test/journeys/response/api-orders.test.ts, api-warnings.test.ts, api-incidents.test.ts; hand-overs and reports in test/journeys/answering; doors in api-doors.test.ts, platforms above and below in api-upstreams.test.ts.
    const left = (Object.keys(ROUTES) as RouteName[]).filter(
      (r) =>
        ![
          'orders',
          'warnings',
          'incidents',
          'handovers',
          'drills',
          'risks',
          'citizens',
          'reports',
          'exports',
          'resources',
          'doors',
          'upstream',
        ].includes(ROUTES[r].tag) && !edge.asked.has(r),
    );
    expect(left).toEqual([]);
  });
});
