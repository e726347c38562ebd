import { expect, test } from 'vitest';
import { as } from '../../../src/domain/ids.ts';
import { EdgeHarness, PASSWORD } from '../../support/edge-harness.ts';

test('where the house wants two, a red alarm is shelved by two different people who both may', async () => {
  const edge = await EdgeHarness.open({ secondPersonForLevel1: true });
  try {
    await edge.raise('GAS-1', 60);
    await edge.raise('GAS-2', 25);
    const li = await edge.person('li', ['operator']);
    await edge.person('wang', ['shift-leader']);
    await edge.person('zhao', ['analyst']);
    const until = new Date(edge.flow.clock.now() + 3_600_000).toISOString();
    let n = 0;
    const shelve = (device: string, second?: { account: string; password: string }) =>
      edge.ask('shelve', {
        token: li,
        params: { id: edge.flow.open(device)[0]?.id ?? '' },
        body: { until, reason: '检修', commandId: `s${n++}`, ...(second ? { second } : {}) },
      });
    expect((await shelve('GAS-2')).status).toBe(200);
    expect((await shelve('GAS-1')).json.code).toBe('second-person-needed');
    expect((await shelve('GAS-1', { account: 'li', password: PASSWORD })).json.code).toBe(
      'second-person-needed',
    );
    expect((await shelve('GAS-1', { account: 'zhao', password: PASSWORD })).json.code).toBe(
      'second-person-needed',
    );
    expect((await shelve('GAS-1', { account: 'wang', password: 'guess' })).json.code).toBe(
      'wrong-credentials',
    );
    const done = await shelve('GAS-1', { account: 'wang', password: PASSWORD });
    expect([done.status, done.json.overlay, done.json.shelf.reason]).toEqual([
      200,
      'shelved',
      '检修（复核：wang）',
    ]);
    expect(JSON.stringify(edge.audit.kept)).not.toContain(PASSWORD);
  } finally {
    await edge.close();
  }
});

test('an alarm that turns red while one person’s request is on its way is not shelved by them alone', async () => {
  const edge = await EdgeHarness.open({ secondPersonForLevel1: true });
  try {
    await edge.raise('GAS-1', 25);
    const alarm = edge.flow.open('GAS-1')[0];
    expect(alarm?.level).not.toBe(1);
    const command = {
      do: 'shelve',
      by: { kind: 'operator', account: 'li', name: 'li' },
      until: edge.flow.clock.now() + 3_600_000,
      reason: '检修',
      commandId: as.command('c'),
    } as const;
    // Both wait for the same turn, the reading first: at the edge the alarm was yellow.
    edge.flow.clock.forward(1_000);
    const red = edge.flow.value('gas', 'GAS-1', 'ch4', 60);
    const told = await edge.service.act(as.alarm(alarm?.id ?? ''), command);
    await red;
    expect(told).toMatchObject({ ok: false, error: { code: 'second-person-needed' } });
    expect(edge.flow.open('GAS-1')[0]).toMatchObject({ level: 1, overlay: { is: 'none' } });
  } finally {
    await edge.close();
  }
});
