import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import mqtt from 'mqtt';
import { importPast } from '../../simulators/past.ts';
import { demo as demoCity } from '../../simulators/profiles/demo.ts';
import { registerCsv } from '../../simulators/register-csv.ts';
import { stepAt, totp } from '../../src/adapters/accounts/totp.ts';
import type { AlarmJson } from '../../src/wire/alarm.ts';
import { type ApiClient, PASSWORD, type ServiceProcess } from '../../test/support/service-process.ts';

const HOUR = 3_600_000;
const SIMULATOR = join(import.meta.dirname, '../../simulators/main.ts');

/** The demo city with a day behind it, and the storyline going on; people have begun to deal with what came. */
export type Stage = { readonly alarm: AlarmJson; readonly ids: StageIds; end(): Promise<void> };
/** What screens of one thing show, by the screen's name. */
export type StageIds = { readonly order: string; readonly warning: string; readonly incident: string };

export async function setStage(
  service: ServiceProcess,
  scratch: string,
  dataDir: string,
  o: { speed: string; seconds: number },
): Promise<Stage> {
  const city = demoCity();
  const api = await service.client();
  const imported = await fetch(`${service.url}/api/v1/register/import`, {
    method: 'POST',
    headers: { cookie: api.cookie, 'content-type': 'text/csv', origin: service.url },
    body: registerCsv(city),
  });
  if (!imported.ok)
    throw new Error(`the register import was answered ${imported.status}: ${await imported.text()}`);
  const until = Date.now();
  const file = join(scratch, 'past.csv');
  await importPast({ city, dataDir, file, from: until - 6 * HOUR, until, seed: 1 });

  const url = `mqtt://${service.mqttHost}:${service.mqttPort}`;
  const simulator = spawn(
    process.execPath,
    [SIMULATOR, '--url', url, '--profile', 'demo', '--scenario', 'storyline', '--speed', o.speed],
    { stdio: 'ignore' },
  );
  await sendFlawed(url);
  // The storyline needs its time: pictures of an empty list say nothing.
  await new Promise((resolve) => setTimeout(resolve, o.seconds * 1_000));
  const alarm = await dealWith(api);
  const ids = await respond(service, api, alarm);
  return {
    alarm,
    ids,
    async end() {
      if (simulator.exitCode !== null) return;
      const gone = once(simulator, 'exit');
      simulator.kill('SIGTERM');
      await gone;
    },
  };
}

/** What devices really send at times: half a packet, a word for a number, a metric that nobody knows. */
async function sendFlawed(url: string): Promise<void> {
  const sensor = await mqtt.connectAsync(url);
  for (const [topic, payload] of [
    ['lifeline/v1/gas/GAS-01/telemetry', '{"ts":1764547200000,"values":{"ch4":'],
    ['lifeline/v1/gas/GAS-02/telemetry', '{"values":{"ch4":"高"}}'],
    ['lifeline/v1/waterlogging/WL-01/telemetry', '{"values":{"depth":3.2,"colour":7}}'],
    ['lifeline/v1/manhole/MH-01/telemetry', '\u0001\u0002MH-01;tilt=3'],
  ] as const)
    await sensor.publishAsync(topic, payload, { qos: 1 });
  await sensor.endAsync();
}

/** Some are acknowledged, one assessed and noted, one shelved, a rule is to be changed: a desk at work. */
async function dealWith(api: ApiClient): Promise<AlarmJson> {
  const alarms = await api.all<AlarmJson>('/alarms?state=open');
  const [first, second, ...rest] = alarms.filter((a) => a.level === 1);
  if (first === undefined) throw new Error('the storyline has raised no red alarm yet: more --seconds');
  const command = (a: AlarmJson, does: string, body: object): Promise<unknown> =>
    api.post(`/alarms/${a.id}/${does}`, { ...body, commandId: crypto.randomUUID() });
  const acknowledge = (a: AlarmJson) => command(a, 'acknowledge', { seenRevision: a.revision });
  for (const a of [second, ...rest.slice(0, 2)]) if (a !== undefined) await acknowledge(a);
  if (second !== undefined) {
    await command(second, 'note', { text: '已电话通知燃气集团抢险队，预计 15 分钟到场。' });
    await command(second, 'assess', { verdict: 'real', note: '现场确认，疏散周边行人。' });
  }
  const mild = alarms.find((a) => a.level > 1);
  if (mild !== undefined)
    await command(mild, 'shelve', {
      until: new Date(Date.now() + HOUR / 2).toISOString(),
      reason: '施工单位现场作业，已核实',
    });
  return second ?? first;
}

/** Somebody is sent, districts are warned, the plan's first step is done: what follows an alarm. */
async function respond(service: ServiceProcess, api: ApiClient, alarm: AlarmJson): Promise<StageIds> {
  const does = async (client: ApiClient, path: string, body: object): Promise<{ readonly id: string }> => {
    const told = await client.post(path, body);
    if (told.status >= 300) throw new Error(`${path}: ${told.status} ${JSON.stringify(told.body)}`);
    return told.body as unknown as { id: string };
  };
  const commanded = (client: ApiClient, path: string, body: object) =>
    does(client, path, { ...body, commandId: crypto.randomUUID() });
  const { areaCode: area, lifeline } = alarm;
  for (const [code, name, kind] of [
    ['city-centre', '城市安全运行监测中心', 'centre'],
    ['gas-company', '临澜燃气有限公司', 'owner'],
    ['gas-crew', '燃气抢修一队', 'crew'],
    ['drain-crew', '排水抢险队', 'crew'],
  ] as const)
    await does(api, '/units', { code, name, kind });
  await does(api, '/resources', {
    ...{ code: 'team-1', kind: 'team', name: '燃气抢修一队驻点', area, quantity: 6, measure: '人' },
    keeper: 'gas-crew',
  });
  await does(api, '/plans', {
    ...{ code: 'leak', name: '燃气泄漏应急预案', kind: '燃气泄漏', lifelines: [lifeline], levels: [1, 2] },
    steps: [
      { text: '通知燃气公司关闭上下游阀门', who: '值班员' },
      { text: '封控周边 200 米，疏散行人', who: '公安交警' },
      { text: '稀释通风，复测合格', who: '燃气抢修一队' },
    ],
  });
  const alarms = await api.all<AlarmJson>('/alarms?state=open');
  const reds = alarms.filter((a) => a.level === 1 && a.lifeline === lifeline);
  const order = await commanded(api, '/orders', {
    source: { kind: 'alarm', id: alarm.id },
    alarms: [alarm.id],
    unit: 'gas-crew',
  });
  await commanded(api, `/orders/${order.id}/accept`, {});
  await commanded(api, `/orders/${order.id}/arrive`, { placeText: alarm.pointName });
  for (const a of reds.filter((r) => r.id !== alarm.id).slice(0, 2))
    await commanded(api, '/orders', {
      source: { kind: 'alarm', id: a.id },
      alarms: [a.id],
      unit: 'drain-crew',
    });
  // Red is never issued by who drafted it.
  const chen = await service.client('chen');
  const warning = await commanded(chen, '/warnings', {
    basis: { alarms: [alarm.id] },
    recipients: ['gas-company', 'gas-crew'],
  });
  await commanded(chen, `/warnings/${warning.id}/submit`, {});
  await commanded(api, `/warnings/${warning.id}/issue`, { documentNo: '临安办〔2026〕12号' });
  await commanded(api, `/warnings/${warning.id}/confirm`, { unit: 'gas-company' });
  await commanded(chen, '/warnings', {
    basis: { alarms: reds.slice(0, 1).map((a) => a.id) },
    recipients: ['drain-crew'],
  });
  const { items } = await api.get<{ items: { id: string; level: number; alarms: string[] }[] }>('/incidents');
  const incident = items.find((i) => i.alarms.includes(alarm.id)) ?? items[0];
  if (incident === undefined) throw new Error('the storyline has made no incident yet: more --seconds');
  return { order: order.id, warning: warning.id, incident: incident.id };
}

/** The auditor, who alone may read the audit journal: none of the first account's own rights. */
export const AUDITOR = 'zhou';

/** The people of the house, one of them with a second factor, and a machine: for the pictures of who may what. */
export async function appointPeople(service: ServiceProcess): Promise<void> {
  const founder = await service.client();
  const appoint = async (account: string, name: string, roles: readonly string[]): Promise<void> => {
    const made = await founder.post('/accounts', { account, name, roles });
    if (made.status !== 201) throw new Error(`${account}: ${made.status} ${JSON.stringify(made.body)}`);
    const first = await service.client(account, String(made.body.oneTimeCode));
    await first.post('/me/password', { next: PASSWORD });
  };
  await appoint('li', '李明', ['operator']);
  await appoint('chen', '陈静', ['shift-leader', 'analyst']);
  await appoint(AUDITOR, '周敏', ['auditor']);
  await founder.post('/tokens', { name: 'wall-1', role: 'wall', areas: null, expiresAt: null });
  const own = await service.client('li');
  // What is refused is in the journal, too.
  await own.post('/accounts', { account: 'x', name: 'x', roles: [] });
  const begun = await own.post('/me/second-factor', { password: PASSWORD });
  await own.post('/me/second-factor/confirm', { otp: totp(String(begun.body.secret), stepAt(Date.now())) });
}
