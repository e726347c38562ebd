import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { BreakingDisk, hasCompiler } from '../support/breaking-disk.ts';
import { eventually } from '../support/eventually.ts';
import { ServiceProcess } from '../support/service-process.ts';

type Ready = { status: string; audit: string; troubles: string[] };

describe.skipIf(!hasCompiler)('an audit journal that cannot be opened at the start', () => {
  const root = mkdtempSync(join(tmpdir(), 'audit-unopened-'));
  const disk = new BreakingDisk(root);
  let service: ServiceProcess | undefined;
  afterAll(async () => {
    await service?.kill();
    rmSync(root, { recursive: true, force: true });
  });

  test.each([
    ['EACCES', 'audit.db'],
    ['EIO', 'audit.db'],
  ] as const)(
    '%s of %s: the watch starts, the desk and /readyz say so, nothing privileged is done; well when it is mended',
    async (error, of) => {
      const dir = join(root, `${error}-${of.replace('.', '-')}`);
      disk.mend();
      // It has entries, a key and its mark.
      await (await ServiceProcess.start(dir)).stop();
      disk.break({ call: 'open', of, with: error });
      const running = await ServiceProcess.start(dir, disk.env);
      service = running;
      const ready = async () => (await (await fetch(`${running.url}/readyz`)).json()) as Ready;
      const told = await eventually(async () => {
        const r = await ready();
        return r.audit === 'failing' && r;
      });
      expect(told.troubles.join()).toMatch(/审计日志无法写入|audit journal cannot be written/);
      const api = await running.client();
      expect(
        (await api.post('/telemetry', { lifeline: 'gas', device: 'GAS-1', values: { ch4: 60 } })).status,
      ).toBe(202);
      const rings = await eventually(async () => {
        const { items } = await api.get<{ items: { point: string; metric: string | null }[] }>('/alarms');
        return items.some((a) => a.metric === 'ch4') && items.some((a) => a.metric === 'audit') && items;
      }, 60_000);
      expect(rings.length).toBeGreaterThan(1);
      const account = { account: 'shen', name: '审计', roles: ['auditor'] };
      const refused = await api.post('/accounts', account);
      expect([refused.status, refused.body.code]).toEqual([503, 'audit-failed']);

      disk.mend();
      await eventually(async () => (await ready()).audit === 'ok', 60_000);
      expect((await api.post('/accounts', account)).status).toBe(201);
      expect(await running.stop()).toBe(0);
    },
    180_000,
  );
});
