import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, expect, test } from 'vitest';
import { BreakingDisk, hasCompiler } from '../../support/breaking-disk.ts';
import { eventually } from '../../support/eventually.ts';
import { LiveConsole } from '../../support/live-console.ts';
import { Sensor } from '../../support/sensor.ts';
import { ServiceProcess } from '../../support/service-process.ts';

// promises C13: the spool is full while devices send as fast as they can, in the real process and over real MQTT.

const MAX_MB = 10;
const CONNECTIONS = 8;
const PACKETS = 300;
const PER_PACKET = 100;

const root = mkdtempSync(join(tmpdir(), 'lifeline-spool-'));
const dir = join(root, 'data');
let service: ServiceProcess | null = null;
const sensors: Sensor[] = [];

afterAll(async () => {
  for (const s of sensors) s.close();
  await service?.kill();
  rmSync(root, { recursive: true, force: true });
});

type Ready = { intake: string; history: string; troubles: string[]; spool: { bytes: number } };

test.skipIf(!hasCompiler)(
  'a spool that fills at full speed stays within its bound, alarms of what cannot be kept ring, and everything acknowledged is there afterwards',
  async () => {
    const disk = new BreakingDisk(root);
    const running = await ServiceProcess.start(dir, { ...disk.env, LIFELINE_SPOOL_MAX_MB: String(MAX_MB) });
    service = running;
    const readyz = async () => (await (await fetch(`${running.url}/readyz`)).json()) as Ready;
    const api = await running.client();
    const page = await LiveConsole.join(running.url, {
      headers: { cookie: api.cookie, origin: running.url },
    });
    const sensor = (code: string) => {
      const made = new Sensor(code, () => running.mqttPort);
      sensors.push(made);
      return made;
    };
    const manhole = (code: string) => `lifeline/v1/manhole/${code}/telemetry`;
    const watched = sensor('SPOOL-WATCHED');
    watched.publish(manhole('SPOOL-WATCHED'), JSON.stringify({ ts: Date.now(), values: { open: 0 } }), 0);
    await watched.settled();

    // What waits on the disk, asked of the disk; turns that are stored stay a while longer for the memories.
    const journal = new DatabaseSync(join(dir, 'journal.sqlite'), { readOnly: true });
    const size = journal.prepare(
      'SELECT coalesce(sum(octet_length(body)), 0) AS bytes FROM spool WHERE turn > (SELECT drain_cursor FROM meta)',
    );
    let most = 0;
    const look = setInterval(() => {
      most = Math.max(most, Number(size.get()?.bytes));
    }, 50);

    disk.break({ call: 'write', of: '/history/', with: 'ENOSPC' });
    const began = Date.now() - PACKETS * PER_PACKET;
    const fast = Array.from({ length: CONNECTIONS }, (_, i) => ({
      code: `SPOOL-${i}`,
      sensor: sensor(`SPOOL-${i}`),
    }));
    for (let n = 0; n < PACKETS; n++)
      for (const { code, sensor: from } of fast) {
        const instants = Array.from({ length: PER_PACKET }, (_, i) => began + n * PER_PACKET + i);
        from.publish(
          manhole(code),
          JSON.stringify(instants.map((ts) => ({ ts, values: { open: 0 } }))),
          instants,
        );
      }
    const full = await eventually(async () => {
      const r = await readyz();
      return r.intake === 'judged' && r;
    }, 90_000);
    expect(full.history).toBe('failing');
    expect(full.troubles.join()).toMatch(/待存缓存已满|spool is full/);
    const ofPoint = (point: string, metric: string) => () =>
      page.of('alarm').find((f) => f.alarm.pointCode === point && f.alarm.metric === metric);
    expect((await page.until(ofPoint('PLATFORM', 'held'))).alarm.level).toBe(1);

    const kept = sensors.map((s) => s.acked.length);
    watched.publish(manhole('SPOOL-WATCHED'), JSON.stringify({ ts: Date.now(), values: { open: 1 } }), 1);
    await page.until(ofPoint('SPOOL-WATCHED', 'open'));
    const listed = await api.all<{ metric: string | null }>('/alarms?state=all&limit=10&point=SPOOL-WATCHED');
    expect(listed.filter((a) => a.metric === 'open')).toHaveLength(1);
    expect(watched.acked).toEqual([0]);
    expect(
      sensors.map((s) => s.acked.length),
      'nothing is acknowledged',
    ).toEqual(kept);

    disk.mend();
    await eventually(async () => (await readyz()).intake === 'kept', 90_000);
    await Promise.all(sensors.map((s) => s.settled()));
    clearInterval(look);
    journal.close();
    expect(most).toBeGreaterThan(0.9 * MAX_MB * 1e6);
    expect(most).toBeLessThanOrEqual(1.05 * MAX_MB * 1e6);

    for (const { code, sensor: from } of fast) {
      const sent = from.acked.flat() as number[];
      expect(sent).toHaveLength(PACKETS * PER_PACKET);
      const there = await eventually(async () => {
        const all = await api
          .all<{ t: string }>(`/points/${code}/readings?metric=open&limit=5000`)
          .catch(() => []);
        return all.length >= sent.length && all;
      }, 60_000);
      expect(there.map((r) => Date.parse(r.t))).toEqual(sent);
    }
    page.leave();
    expect(await running.stop()).toBe(0);
  },
  300_000,
);
