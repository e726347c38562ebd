import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { PASSWORD, ServiceProcess } from '../../support/service-process.ts';

const ROOT = join(import.meta.dirname, '../../..');

/** What a vendor does with `docs/devices.md` beside a fresh service, line by line. */
test('the steps of docs/devices.md end in a reading, and nothing is set aside', async () => {
  const page = readFileSync(join(ROOT, 'docs/devices.md'), 'utf8');
  const steps = /^## 从零到第一条读数.*?^```sh\n(.*?)^```/ms.exec(page)?.[1] ?? '';
  expect(steps).toContain('mosquitto_pub');
  const dir = mkdtempSync(join(tmpdir(), 'devices-guide-'));
  const service = await ServiceProcess.start(dir, {
    LIFELINE_MQTT_ANONYMOUS: 'false',
    LIFELINE_AUTO_REGISTER: 'false',
  });
  try {
    const { stdout, stderr } = await promisify(execFile)('bash', ['--norc', '-eo', 'pipefail', '-c', steps], {
      env: {
        PATH: process.env.PATH,
        WATCH: service.url,
        MQTT_HOST: '127.0.0.1',
        MQTT_PORT: String(service.mqttPort),
        PASSWORD,
      },
    });
    expect(stderr).toBe('');
    const [latest, quarantine] = stdout.trim().split('\n').slice(-2) as [string, string];
    expect(JSON.parse(latest)).toMatchObject({ items: [{ metric: 'ch4', value: 0.4, quality: 'good' }] });
    expect(JSON.parse(quarantine)).toMatchObject({ items: [] });
  } finally {
    await service.stop();
    rmSync(dir, { recursive: true, force: true });
  }
}, 60_000);
