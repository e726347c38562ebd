import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { run } from '../../commands/run.ts';
import { ServiceProcess } from '../../support/service-process.ts';

test('with an audit journal that cannot be written the service starts, alarms flow, and nothing privileged is done', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'audit-broken-'));
  writeFileSync(join(dir, 'audit.db'), 'this is no database, and long enough to be seen as none '.repeat(40));
  const service = await ServiceProcess.start(dir);
  try {
    const api = await service.client();
    const pushed = await api.post('/telemetry', { lifeline: 'gas', device: 'GAS-1', values: { ch4: 60 } });
    expect(pushed.status).toBe(202);
    const { items } = await api.get<{ items: { id: string; revision: number }[] }>('/alarms');
    const [alarm] = items;
    const done = await api.post(`/alarms/${alarm?.id}/acknowledge`, {
      seenRevision: alarm?.revision,
      commandId: 'a1',
    });
    expect(done.status).toBe(200);
    const account = { account: 'shen', name: '审计', roles: ['auditor'] };
    const refused = await api.post('/accounts', account);
    expect([refused.status, refused.body.code]).toEqual([503, 'audit-failed']);
    expect(service.log.some((l) => String(l.msg).startsWith('the audit journal cannot be written'))).toBe(
      true,
    );

    rmSync(join(dir, 'audit.db'));
    expect((await api.post('/accounts', account)).status).toBe(201);
    expect(await service.stop()).toBe(0);
    const { out } = await run('audit', ['export', '--data-dir', dir]);
    // What happened while it could not be written is in it.
    for (const what of ['service.start', 'session.login', 'alarms.acknowledge', 'accounts.createAccount'])
      expect(out).toContain(what);
    expect((await run('audit', ['verify', '--data-dir', dir])).code).toBe(0);
  } finally {
    await service.stop();
    rmSync(dir, { recursive: true, force: true });
  }
});
