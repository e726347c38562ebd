import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { Fleet, type Sample } from '../support/fleet.ts';
import { type ApiClient, ServiceProcess } from '../support/service-process.ts';
import { run } from './run.ts';

const DEVICES = 20;
const PER_SECOND = 1_000;

type Alarm = {
  id: string;
  pointCode: string;
  phase: string;
  revision: number;
  raisedAt: string;
  ack?: unknown;
};

describe('a backup of a service under load, restored into an empty directory', () => {
  const place = mkdtempSync(join(tmpdir(), 'lifeline-backup-'));
  const dir = join(place, 'data');
  let service: ServiceProcess | null = null;
  let fleet: Fleet | null = null;
  /** As of the moment before the backup began. */
  const before = { acked: new Map<string, Sample[]>(), alarms: [] as Alarm[], register: [] as unknown[] };
  let old: ApiClient;

  afterAll(async () => {
    fleet?.close();
    await service?.kill();
    rmSync(place, { recursive: true, force: true });
  });

  beforeAll(async () => {
    service = await ServiceProcess.start(dir);
    const port = service.mqttPort;
    fleet = new Fleet(DEVICES, () => port, 200, 'LOAD');
    fleet.run(PER_SECOND, 200);
    await eventually(async () => (fleet as Fleet).ackedTotal > 4_000);
    const api = await service.client();
    const open = await api.all<Alarm>('/alarms?state=open&limit=200');
    // One that nothing more happens to, so that the same is asked of both.
    await api.post(`/alarms/${open[0]?.id}/acknowledge`, {
      seenRevision: open[0]?.revision,
      commandId: 'ack-1',
    });
  }, 60_000);

  test('is taken while readings come in and are acknowledged', async () => {
    const s = service as ServiceProcess;
    const f = fleet as Fleet;
    old = await s.client();
    before.register = await register(old);
    before.alarms = await old.all<Alarm>('/alarms?state=open&limit=200');
    before.acked = new Map(f.devices.map((d) => [d.code, [...d.sensor.acked] as Sample[]]));
    const sent = f.sentTotal;

    const folder = await run('backup', ['--to', join(place, 'folder'), '--data-dir', dir]);
    const archive = await run('backup', ['--to', join(place, 'b.tar.gz'), '--data-dir', dir]);

    expect(folder).toMatchObject({ code: 0 });
    expect(archive).toMatchObject({ code: 0 });
    expect(folder.out).toContain('of a serving service');
    const acknowledged = [...before.acked.values()].reduce((n, a) => n + a.length, 0);
    console.log(
      `backup under ${PER_SECOND}/s: ${acknowledged} acknowledged before, ${f.sentTotal - sent} sent meanwhile;\n  ${folder.out.trim()}\n  ${archive.out.trim()}`,
    );
    expect(f.ackedTotal).toBeGreaterThan(sent);
    await f.finish();
    await s.client();
    expect(readdirSync(place).sort()).toEqual(['b.tar.gz', 'data', 'folder']);
    expect(statSync(join(place, 'b.tar.gz')).mode & 0o077).toBe(0);
  }, 60_000);

  test.each(['folder', 'b.tar.gz'])(
    'from %s: same register, alarms and readings, and it goes on',
    async (from) => {
      const target = join(place, `restored-${from}`);
      const checked = await run('restore', ['--from', join(place, from), '--check']);
      expect(checked).toMatchObject({ code: 0 });
      const restored = await run('restore', ['--from', join(place, from), '--data-dir', target]);
      expect(restored).toMatchObject({ code: 0, err: '' });
      expect(restored.out).toContain(`LIFELINE_DATA_DIR=${target} npm start`);
      expect(epoch(target)).not.toBe(epoch(dir));

      const anew = await ServiceProcess.start(target);
      try {
        const stale = await fetch(`${anew.url}/api/v1/me`, { headers: { cookie: old.cookie } });
        expect(stale.status).toBe(401);
        const api = await anew.client();
        expect(await register(api)).toEqual(before.register);
        await sameReadings(api);
        await sameAlarms(api);

        // And it takes readings as ever: nothing of the old run stands in their way.
        const next = new Fleet(1, () => anew.mqttPort, 200, 'AFTER');
        next.run(200, 50);
        await eventually(async () => next.ackedTotal > 100);
        await next.finish();
        await eventually(async () => (await readings(api, 'AFTER-000')).length === next.sentTotal);
        next.close();
        expect(await anew.stop()).toBe(0);
      } finally {
        await anew.kill();
      }
    },
    60_000,
  );

  async function sameReadings(api: ApiClient): Promise<void> {
    for (const [point, acked] of before.acked) {
      const kept = await eventually(async () => {
        const all = await readings(api, point);
        return all.length >= acked.length && all;
      });
      // Everything that was acknowledged before the backup began, once; what came later follows without a gap.
      const sent = (fleet as Fleet).devices.find((d) => d.code === point)?.sent ?? [];
      expect(kept).toEqual(sent.slice(0, kept.length).map((s) => [s.ts, s.value]));
    }
  }

  async function sameAlarms(api: ApiClient): Promise<void> {
    expect(before.alarms.length).toBeGreaterThan(DEVICES / 2);
    for (const alarm of before.alarms) {
      const again = await api.get<Alarm>(`/alarms/${alarm.id}`);
      expect(again.revision).toBeGreaterThanOrEqual(alarm.revision);
      expect(again).toMatchObject({ id: alarm.id, pointCode: alarm.pointCode, raisedAt: alarm.raisedAt });
      const told = await api.all<{ revision: number }>(`/alarms/${alarm.id}/events`);
      const was = await old.all<{ revision: number }>(`/alarms/${alarm.id}/events`);
      expect(told).toEqual(was.slice(0, told.length));
    }
  }
});

/** All lists of the register, less what is not of the register: when a point or device was last heard. */
async function register(api: ApiClient): Promise<unknown[]> {
  const lists = await Promise.all(
    ['areas', 'assets', 'points', 'devices'].map((l) => api.all<object>(`/${l}?limit=500`)),
  );
  return lists.map((list) => list.map((item) => ({ ...item, heardAt: null, statusAt: null })));
}

async function readings(api: ApiClient, point: string): Promise<[number, number][]> {
  const items = await api.all<{ t: string; value: number }>(
    `/points/${point}/readings?metric=open&limit=5000`,
  );
  return items.map((r) => [Date.parse(r.t), r.value]);
}

function epoch(dir: string): unknown {
  const db = new DatabaseSync(join(dir, 'journal.sqlite'), { readOnly: true });
  try {
    return db.prepare('SELECT epoch FROM meta').get()?.epoch;
  } finally {
    db.close();
  }
}
