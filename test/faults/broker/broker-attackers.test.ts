import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { run } from '../../commands/run.ts';
import { RawClient, status, telemetry } from '../../contracts/broker/broker-bench.ts';
import { eventually } from '../../support/eventually.ts';
import { ServiceProcess } from '../../support/service-process.ts';

/** What mosquitto's clients end with: the CONNACK's return code, or a connection that was lost. */
const LOST = 7;

type Ran = { readonly code: number | null; readonly text: string };

// promises F12, against the service as it is started, with the tools that an attacker has
describe('somebody with mosquitto’s clients, before a service that asks for credentials', () => {
  const dir = mkdtempSync(join(tmpdir(), 'attackers-'));
  let service: ServiceProcess;
  let rssAtFirst = 0;
  const secrets = new Map<string, string>();

  const mosquitto = async (program: 'pub' | 'sub', args: readonly string[]): Promise<Ran> => {
    const child = spawn(`mosquitto_${program}`, [
      '-h',
      service.mqttHost,
      '-p',
      `${service.mqttPort}`,
      ...args,
    ]);
    let text = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (d) => (text += d));
    const [code] = (await once(child, 'close')) as [number | null];
    return { code, text };
  };
  const as = (user: string, secret = secrets.get(user) ?? '', id = user) => [
    '-u',
    user,
    '-P',
    secret,
    '-i',
    id,
  ];
  const send = (topic: string, payload = '{"values":{"ch4":1}}') => ['-q', '1', '-t', topic, '-m', payload];
  const device = async (...args: string[]) => {
    const ran = await run('device', [...args, '--data-dir', dir]);
    expect(ran.code, ran.err).toBe(0);
    return ran.out;
  };
  const add = async (...codes: string[]) => {
    const lines = (await device('add', ...codes, '--csv', '--unregistered')).trim().split('\n').slice(1);
    for (const line of lines) {
      const [code, secret] = line.split(',') as [string, string];
      secrets.set(code, secret);
    }
  };
  const metrics = async () => (await fetch(`${service.url}/metrics`)).text();
  const rss = async () =>
    Number(/^process_resident_memory_bytes (\d+)/m.exec(await metrics())?.[1]) / 2 ** 20;
  const audited = (): string[] => {
    const db = new DatabaseSync(join(dir, 'audit.db'), { readOnly: true });
    try {
      const [table] = db.prepare("SELECT name FROM sqlite_master WHERE type='table'").all() as {
        name: string;
      }[];
      return db
        .prepare(`SELECT * FROM ${table?.name}`)
        .all()
        .map((row) => JSON.stringify(row));
    } finally {
      db.close();
    }
  };

  beforeAll(async () => {
    service = await ServiceProcess.start(dir, { LIFELINE_MQTT_ANONYMOUS: 'false' });
    await add('DEV-A', 'DEV-B', 'DEV-C', 'system:gis');
    rssAtFirst = await rss();
  });
  afterAll(async () => {
    const at = await rss();
    console.log(
      `F12: resident memory ${rssAtFirst.toFixed(0)} MiB at first, ${(at - rssAtFirst).toFixed(1)} more after it`,
    );
    expect(at - rssAtFirst).toBeLessThan(50);
    expect(await service.stop()).toBe(0);
    rmSync(dir, { recursive: true, force: true });
  });

  test('a device with its credential gets in, and its readings count', async () => {
    expect(await mosquitto('pub', [...as('DEV-A'), ...send(telemetry('DEV-A'))])).toMatchObject({ code: 0 });
    expect(
      await mosquitto('pub', [
        ...as('DEV-A', undefined, 'DEV-A:2'),
        ...send(status('DEV-A'), '{"online":true}'),
        '-r',
      ]),
    ).toMatchObject({ code: 0 });
  });

  test.each<[string, () => string[], number]>([
    ['no credential', () => ['-i', 'DEV-A', ...send(telemetry('DEV-A'))], 5],
    ['a wrong secret', () => [...as('DEV-A', 'a'.repeat(32)), ...send(telemetry('DEV-A'))], 4],
    ['no secret', () => ['-u', 'DEV-A', '-i', 'DEV-A', ...send(telemetry('DEV-A'))], 4],
    ['a name that nobody has', () => [...as('__proto__', 'x'), ...send(telemetry('__proto__'))], 4],
    ['a name with a quote in it', () => [...as(`' OR '1'='1`, 'x'), ...send(telemetry('DEV-A'))], 4],
    [
      'A’s secret under B’s name',
      () => [...as('DEV-B', secrets.get('DEV-A')), ...send(telemetry('DEV-B'))],
      4,
    ],
    [
      'A’s secret and B’s client id',
      () => [...as('DEV-A', undefined, 'DEV-B'), ...send(telemetry('DEV-A'))],
      2,
    ],
    ['A’s secret on B’s topic', () => [...as('DEV-A'), ...send(telemetry('DEV-B'))], LOST],
    ['A’s secret on an alarm topic', () => [...as('DEV-A'), ...send('lifeline/v1/alarms/1/3416')], LOST],
    [
      'A’s secret on its own commands',
      () => [...as('DEV-A'), ...send('lifeline/v1/gas/DEV-A/down/command')],
      LOST,
    ],
    [
      'a will on B’s topic',
      () => [
        ...as('DEV-A'),
        ...send(telemetry('DEV-A')),
        '--will-topic',
        status('DEV-B'),
        '--will-payload',
        '{"online":false}',
      ],
      5,
    ],
    ['a system that publishes', () => [...as('system:gis'), ...send(telemetry('DEV-A'))], LOST],
  ])('%s: refused, and B goes on', async (_what, args, code) => {
    const b = await RawClient.connect(service.mqttPort, {
      clientId: 'DEV-B',
      username: 'DEV-B',
      password: secrets.get('DEV-B') as string,
    });
    const ran = await mosquitto('pub', args());
    expect(ran.code, ran.text).toBe(code);
    b.publish(telemetry('DEV-B'), '{"values":{"ch4":1}}', 1, 7);
    expect((await b.next('puback')).messageId).toBe(7);
    expect(b.closed).toBe(false);
    b.disconnect();
    await b.ended();
  });

  test.each([
    '#',
    '+/+/+/+/#',
    '$SYS/#',
    'lifeline/v1/gas/DEV-B/down/#',
    'lifeline/v1/gas/+/down/#',
    'lifeline/v1/gas/DEV-A/#',
    'lifeline/v1/alarms/#',
  ])('a device may not hear %s', async (filter) => {
    const { text } = await mosquitto('sub', [...as('DEV-A'), '-t', filter, '-W', '20']);
    expect(text).toMatch(/denied/i);
  });

  test('what is sent retained is not kept, but for the state of the link', async () => {
    expect((await mosquitto('pub', [...as('DEV-A'), ...send(telemetry('DEV-A')), '-r'])).code).toBe(0);
    expect(await metrics()).toMatch(/^lifeline_mqtt_retain_ignored_total 1$/m);
  });

  test('a system hears alarms; of its own areas only, where it has some', async () => {
    await device('add', 'system:far', '--areas', '99');
    const hear = (who: string, secret: string) =>
      RawClient.connect(service.mqttPort, { clientId: who, username: who, password: secret });
    const all = await hear('system:gis', secrets.get('system:gis') as string);
    const [far] = (await device('add', 'system:far', '--areas', '99', '--csv')).trim().split('\n').slice(1);
    const other = await hear('system:far', far?.split(',')[1] as string);
    for (const client of [all, other]) expect(await client.subscribe('lifeline/v1/alarms/#', 1)).toBe(1);
    expect(
      (await mosquitto('pub', [...as('DEV-C'), ...send(telemetry('DEV-C'), '{"values":{"ch4":60}}')])).code,
    ).toBe(0);
    expect((await all.next('publish')).topic).toMatch(/^lifeline\/v1\/alarms\/1\//);
    await other.pinged();
    expect(other.got.filter((p) => p.cmd === 'publish')).toEqual([]);
    for (const client of [all, other]) client.drop();
  });

  test('rotated, both secrets open for a while; rotated with no overlap, who came with the old one is cut off', async () => {
    const old = secrets.get('DEV-C') as string;
    await device('rotate', 'DEV-C');
    expect((await mosquitto('pub', [...as('DEV-C', old), ...send(telemetry('DEV-C'))])).code).toBe(0);
    const live = await RawClient.connect(service.mqttPort, {
      clientId: 'DEV-C',
      username: 'DEV-C',
      password: old,
    });
    await device('rotate', 'DEV-C', '--keep-old', '0');
    await live.ended();
    expect((await mosquitto('pub', [...as('DEV-C', old), ...send(telemetry('DEV-C'))])).code).toBe(4);
  });

  test('revoked, its live connection ends at once and it does not come back until it is issued a new one', async () => {
    const secret = secrets.get('DEV-B') as string;
    const live = await RawClient.connect(service.mqttPort, {
      clientId: 'DEV-B',
      username: 'DEV-B',
      password: secret,
    });
    expect(await device('revoke', 'DEV-B')).toContain('1');
    await live.ended();
    expect((await mosquitto('pub', [...as('DEV-B'), ...send(telemetry('DEV-B'))])).code).toBe(4);
    await add('DEV-B');
    expect((await mosquitto('pub', [...as('DEV-B'), ...send(telemetry('DEV-B'))])).code).toBe(0);
    expect((await mosquitto('pub', [...as('DEV-B', secret), ...send(telemetry('DEV-B'))])).code).toBe(4);
  });

  test('over HTTP a credential is shown once, listed without its secret, and revoked', async () => {
    const api = await service.client();
    const issued = await api.post('/devices/DEV-A/credential?keepOldHours=1', {});
    expect(issued).toMatchObject({
      status: 201,
      body: { username: 'DEV-A', secret: expect.stringMatching(/^[a-z2-7]{32}$/) },
    });
    const secret = issued.body.secret as string;
    expect((await mosquitto('pub', [...as('DEV-A', secret), ...send(telemetry('DEV-A'))])).code).toBe(0);
    const list = await api.all<{ username: string }>('/credentials');
    expect(list.filter((k) => k.username === 'DEV-A')).toHaveLength(2);
    expect(JSON.stringify(list)).not.toContain(secret);
    expect((await api.post('/devices/NOBODY/credential', {})).status).toBe(404);
  });

  test('every attempt is counted and in the audit journal, and no secret is in either, nor in the log', async () => {
    const text = await metrics();
    for (const code of [
      'credential',
      'client-id-not-own',
      'will-not-own',
      'topic-forbidden',
      'subscription-forbidden',
    ]) {
      expect(text).toMatch(new RegExp(`^lifeline_mqtt_offences_total\\{.*why="${code}"\\} \\d+$`, 'm'));
      await eventually(async () => audited().some((e) => e.includes(`${code}`)));
    }
    for (const what of ['issue', 'rotate', 'revoke'])
      await eventually(async () => audited().some((e) => e.includes(`device.credential.${what}`)));
    const everything = [
      ...audited(),
      JSON.stringify(service.log),
      text,
      readFileSync(join(dir, 'devices.db'), 'latin1'),
    ].join('\n');
    for (const secret of secrets.values()) expect(everything).not.toContain(secret);
  });
});
