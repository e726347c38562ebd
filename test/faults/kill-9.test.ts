import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { excursions, Fleet, type Sample } from '../support/fleet.ts';
import { type ApiClient, ServiceProcess } from '../support/service-process.ts';

// F1: kill -9 under 5,000 msg/s of QoS 1, the real process and the real kill. `LOAD_KILLS=20`, as the promise says, where
// the way from a packet to the journal was changed.

const ROUNDS = Number(process.env.LOAD_KILLS ?? 8);
const DEVICES = 50;
const PER_SECOND = 5_000;

const dir = mkdtempSync(join(tmpdir(), 'lifeline-kill-'));
let service: ServiceProcess | null = null;
let fleet: Fleet | null = null;

afterAll(async () => {
  fleet?.close();
  await service?.kill();
  rmSync(dir, { recursive: true, force: true });
});

test(
  `killed ${ROUNDS} times under load, everything acknowledged is there, and the alarms are the excursions sent`,
  async () => {
    service = await ServiceProcess.start(dir);
    const ports = {
      LIFELINE_MQTT_PORT: String(service.mqttPort),
      LIFELINE_HTTP_PORT: new URL(service.url).port,
    };
    fleet = new Fleet(DEVICES, () => Number(ports.LIFELINE_MQTT_PORT), 25, 'KILL');

    for (let round = 0; round < ROUNDS; round++) {
      const before = fleet.ackedTotal;
      // A short queue in each sensor: what waits there longer than the lateness window is backfill, which clears nothing.
      fleet.run(PER_SECOND, 40);
      // Some load must have been taken in this round, then the blow falls at a moment of chance.
      // And no sensor has waited for several rounds: on a busy machine its samples would become backfill.
      await eventually(
        async () => (fleet as Fleet).ackedTotal > before + 500 && (fleet as Fleet).longestWait < 5_000,
        120_000,
      );
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 400));
      await service.kill();
      fleet.pause();
      service = await ServiceProcess.start(dir, ports);
    }
    await fleet.finish();

    const api = await service.client();
    let stored = 0;
    let raised = 0;
    for (const device of fleet.devices) {
      const acked = device.sensor.acked as Sample[];
      expect(acked).toHaveLength(device.sent.length);
      const kept = await eventually(async () => {
        const all = await readings(api, device.code);
        return all.length >= device.sent.length && all;
      }, 120_000);
      // Every acknowledged sample, once, with its value; and nothing that was not sent.
      expect(kept).toEqual(device.sent.map((s) => [s.ts, s.value]));
      stored += kept.length;

      const alarms = await api.all<{ id: string; metric: string | null }>(
        `/alarms?state=open&limit=100&point=${device.code}`,
      );
      const open = alarms.filter((a) => a.metric === 'open');
      const occurrences = await story(api, open[0]?.id as string);
      expect(open).toHaveLength(1);
      expect(occurrences.filter((k) => k === 'raised')).toHaveLength(1);
      expect(occurrences.filter((k) => k === 'raised' || k === 'recurred')).toHaveLength(
        excursions(device.sent),
      );
      raised += excursions(device.sent);
    }
    console.log(
      `F1: ${ROUNDS} kills, ${fleet.sentTotal} samples sent and acknowledged, ${stored} stored, ${raised} excursions, as many alarm events`,
    );
    fleet.close();
    expect(await service.stop()).toBe(0);
  },
  ROUNDS * 60_000,
);

async function readings(api: ApiClient, point: string): Promise<[number, number][]> {
  const items = await api.all<{ t: string; value: number }>(
    `/points/${point}/readings?metric=open&limit=5000`,
  );
  return items.map((r) => [Date.parse(r.t), r.value]);
}

async function story(api: ApiClient, alarm: string): Promise<string[]> {
  const events = await api.all<{ event: string }>(`/alarms/${alarm}/events`);
  return events.map((e) => e.event);
}
