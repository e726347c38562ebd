import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readArguments } from '../../simulators/arguments.ts';
import { readCredentials } from '../../simulators/credentials.ts';
import { drive } from '../../simulators/driver.ts';
import type { SimEvent } from '../../simulators/event.ts';
import { type ApiClient, ServiceProcess } from '../support/service-process.ts';

test('a file of credentials is read as the service gives it, and a line that is none is named', () => {
  const text = '\ufeffcode,secret\r\nGAS-1,abc234\r\n"GAS-2","def567"\r\n';
  expect([...readCredentials(text, 'f.csv')]).toEqual([
    ['GAS-1', 'abc234'],
    ['GAS-2', 'def567'],
  ]);
  expect(() => readCredentials('code,secret\nGAS-1\n', 'f.csv')).toThrow('f.csv: line 2 is not code,secret');
  expect(() => readCredentials('code,secret\n', 'f.csv')).toThrow('there is no code,secret in it');
});

test('who logs in as themselves has a connection of their own', () => {
  expect(readArguments(['--credentials', 'f.csv', '--ca', 'ca.pem'])).toMatchObject({
    credentials: 'f.csv',
    ca: 'ca.pem',
  });
  expect(() => readArguments(['--credentials', 'f.csv', '--connections', 'shared'])).toThrow('each would be');
  expect(() => readArguments(['--credentials', 'f.csv', '--username', 'x'])).toThrow('exclude each other');
});

describe('a service that asks for credentials', () => {
  const dir = mkdtempSync(join(tmpdir(), 'sim-credentials-'));
  let service: ServiceProcess;
  let api: ApiClient;
  beforeAll(async () => {
    service = await ServiceProcess.start(dir, {
      LIFELINE_MQTT_ANONYMOUS: 'false',
      LIFELINE_AUTO_REGISTER: 'false',
    });
    api = await service.client();
  });
  afterAll(async () => {
    await service.stop();
    rmSync(dir, { recursive: true, force: true });
  });

  const importing = async (query: string, csv: string) => {
    const answer = await fetch(`${service.url}/api/v1/register/import?${query}`, {
      method: 'POST',
      headers: { cookie: api.cookie, 'content-type': 'text/csv', origin: service.url },
      body: csv,
    });
    return (await answer.json()) as { created: number; credentials?: { code: string; secret: string }[] };
  };
  const CSV = 'kind,code,name,lifeline,point\npoint,P-1,点,gas,\npoint,P-2,点,gas,\ndevice,D-1,,gas,P-1\n';
  let secret = '';

  test('an import answers the secrets of new devices when asked, of no others, and not when it only tries', async () => {
    expect((await importing('dryRun=true&credentials=true', CSV)).credentials).toBeUndefined();
    const first = await importing('dryRun=false&credentials=true', CSV);
    expect(first.credentials).toEqual([{ code: 'D-1', secret: expect.stringMatching(/^[a-z2-7]{32}$/) }]);
    secret = first.credentials?.[0]?.secret ?? '';
    const second = await importing('credentials=true', `${CSV}device,D-2,,gas,P-2\n`);
    expect(second.credentials?.map((c) => c.code)).toEqual(['D-2']);
    expect((await importing('', CSV)).credentials).toBeUndefined();
  });

  test('simulated devices log in as themselves; one without a credential says which line is missing', async () => {
    const message = (device: string): SimEvent => ({
      is: 'message',
      atMs: 0,
      device,
      topic: `lifeline/v1/gas/${device}/telemetry`,
      payload: '{"values":{"ch4":1}}',
      qos: 1,
      retain: false,
    });
    const url = `mqtt://${service.mqttHost}:${service.mqttPort}`;
    const o = { url, speed: 1, connections: 'each', credentials: new Map([['D-1', secret]]) } as const;
    expect(await drive([message('D-1')], o)).toMatchObject({ sent: 1, acked: 1, failed: 0 });
    expect(await api.get('/points/P-1/latest')).toMatchObject({ items: [{ metric: 'ch4', value: 1 }] });
    await expect(drive([message('D-9')], o)).rejects.toThrow('no credential of D-9');
  });
});
