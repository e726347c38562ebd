import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { engineOf } from '../support/engine.ts';
import { eventually } from '../support/eventually.ts';
import { Fleet } from '../support/fleet.ts';
import { ServiceProcess } from '../support/service-process.ts';

// C16: a history that does not answer at all is found out, told, and begun anew.
describe('a history process that hangs', () => {
  const dir = mkdtempSync(join(tmpdir(), 'hanging-history-'));
  let service: ServiceProcess;

  beforeAll(async () => {
    service = await ServiceProcess.start(dir);
  }, 60_000);
  afterAll(async () => {
    await service?.kill();
    rmSync(dir, { recursive: true, force: true });
  });

  test('is ended and renewed; the watch goes on meanwhile, the desk is told, and nothing acknowledged is lost', async () => {
    type Ready = { history: string; troubles: string[] };
    const readyz = async () => (await (await fetch(`${service.url}/readyz`)).json()) as Ready;
    const api = await service.client();
    const fleet = new Fleet(5, () => service.mqttPort, 25, 'HANG');
    fleet.run(100, 40);
    await eventually(async () => fleet.ackedTotal > 100, 30_000);

    const hung = engineOf(service.child.pid as number);
    process.kill(hung, 'SIGSTOP');
    const acked = fleet.ackedTotal;
    await eventually(async () => fleet.ackedTotal > acked + 100, 30_000);
    const told = await eventually(async () => {
      const r = await readyz();
      return r.history === 'failing' && r;
    }, 90_000);
    expect(told.troubles.join()).toMatch(/历史库|history store/);
    await eventually(async () => (await readyz()).history === 'ok', 60_000);
    expect(engineOf(service.child.pid as number)).not.toBe(hung);
    expect(service.log.some((l) => String(l.why).includes('has not answered for 30 s'))).toBe(true);

    await fleet.finish();
    for (const device of fleet.devices) {
      const kept = await eventually(async () => {
        const all = await api.all<{ t: string; value: number }>(
          `/points/${device.code}/readings?metric=open&limit=5000`,
        );
        return all.length >= device.sent.length && all;
      }, 60_000);
      expect(kept.map((r) => [Date.parse(r.t), r.value])).toEqual(device.sent.map((s) => [s.ts, s.value]));
    }
    fleet.close();
    expect(await service.stop()).toBe(0);
  }, 300_000);
});
