import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import mqtt from 'mqtt';
import { afterAll, expect, test } from 'vitest';
import { seconds } from '../../../src/domain/time.ts';
import { eventually } from '../../support/eventually.ts';
import { PASSWORD, ServiceProcess } from '../../support/service-process.ts';

const dir = mkdtempSync(join(tmpdir(), 'silence-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

async function logIn(s: ServiceProcess) {
  const said = await fetch(`${s.url}/api/v1/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ account: 'admin', password: PASSWORD }),
  });
  const { token } = (await said.json()) as { token: string };
  return async (method: string, path: string, body?: unknown): Promise<Record<string, unknown>> => {
    const answer = await fetch(`${s.url}/api/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return (await answer.json()) as Record<string, unknown>;
  };
}

test('a device that has gone is found by a service that never runs for as long as its limit; who never spoke says so', {
  timeout: 180_000,
}, async () => {
  let service = await ServiceProcess.start(dir, { LIFELINE_RULE_APPROVAL: 'one' });
  let api = await logIn(service);
  const point = { code: 'NEVER', name: 'NEVER', lifeline: 'gas', area: '000000' };
  await api('POST', '/points', point);
  expect(await api('GET', '/points/NEVER')).toMatchObject({ code: 'NEVER', heardAt: null });

  const device = await mqtt.connectAsync(`mqtt://${service.mqttHost}:${service.mqttPort}`);
  const sent = { values: { ch4: 1 } };
  await device.publishAsync('lifeline/v1/gas/GONE/telemetry', JSON.stringify(sent), { qos: 1 });
  await device.endAsync();
  const limit = { level: 4, limit: 0.5 };
  await api('PUT', '/rules/gas.any.silence', { scope: 'lifeline', changes: [limit], reason: 'a short test' });

  // Half a minute is the limit, and no life of the service comes near it.
  const points = async (): Promise<unknown[]> =>
    ((await api('GET', '/alarms?state=open&limit=100')).items as { ruleId: string; pointCode: string }[])
      .filter((a) => a.ruleId === 'gas.any.silence')
      .map((a) => a.pointCode);
  let found: unknown[] = [];
  for (let life = 0; life < 8 && found.length < 2; life++) {
    const until = performance.now() + seconds(12);
    await eventually(async () => {
      found = await points();
      return found.length === 2 || performance.now() > until;
    }, seconds(60));
    expect(await api('GET', '/points/NEVER')).toMatchObject({ heardAt: null });
    if (found.length === 2) break;
    await (life % 2 === 0 ? service.stop() : service.kill());
    service = await ServiceProcess.start(dir, { LIFELINE_RULE_APPROVAL: 'one' });
    api = await logIn(service);
  }
  expect([...found].sort()).toEqual(['GONE', 'NEVER']);
  await service.stop();
});
