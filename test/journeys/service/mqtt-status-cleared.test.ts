import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { RawClient, status, telemetry } from '../../contracts/broker/broker-bench.ts';
import { ServiceProcess } from '../../support/service-process.ts';

/** [MQTT-3.3.1-10] over a restart: the journal brings back what devices last said of their link. */
test('a status that was taken back stays so over a restart, and is no fault', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'status-cleared-'));
  let service = await ServiceProcess.start(dir);
  try {
    const device = await RawClient.connect(service.mqttPort, { clientId: 'C46' });
    const say = async (topic: string, payload: string, id: number, retain: boolean) => {
      device.publish(topic, payload, 1, id, { retain });
      await device.next('puback');
    };
    const online = async () => {
      const api = await service.client();
      const { items } = await api.get<{ items: { code: string; online: boolean | null }[] }>('/devices');
      return items.find((d) => d.code === 'C46')?.online;
    };
    const retained = async () => {
      const reader = await RawClient.connect(service.mqttPort, { clientId: 'reader' });
      const found = await reader.retained(status('C46'), status('C47'));
      reader.disconnect();
      return found.length;
    };
    for (const code of ['C46', 'C47']) {
      await say(telemetry(code), '{"values":{"ch4":1}}', 1, false);
      await say(status(code), '{"online":true}', 2, true);
    }
    expect([await online(), await retained()]).toEqual([true, 1]);
    await say(status('C46'), '', 3, true);
    expect([await online(), await retained()]).toEqual([null, 0]);
    const api = await service.client();
    expect((await api.get<{ items: unknown[] }>('/quarantine')).items).toEqual([]);

    await service.kill();
    service = await ServiceProcess.start(dir);
    expect([await online(), await retained()]).toEqual([null, 0]);
    // Without the flag nothing is taken back: it says nothing that a status says.
    const again = await RawClient.connect(service.mqttPort, { clientId: 'C46' });
    again.publish(status('C46'), '', 1, 4);
    await again.next('puback');
    const { items } = await (await service.client()).get<{ items: { flaw: string }[] }>('/quarantine');
    expect(items.map((row) => row.flaw)).toEqual(['not-json']);
  } finally {
    await service.stop();
    rmSync(dir, { recursive: true, force: true });
  }
}, 60_000);
