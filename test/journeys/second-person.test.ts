import { expect, test } from 'vitest';
import { House, PASSWORD } from '../support/house.ts';

test('where the house wants two, a red alarm is shelved by two different people who both may', async () => {
  const house = await House.open({ secondPersonForLevel1: true });
  try {
    await house.raise('GAS-1', 60);
    await house.raise('GAS-2', 25);
    const li = await house.person('li', ['operator']);
    await house.person('wang', ['shift-leader']);
    await house.person('zhao', ['analyst']);
    const until = new Date(house.world.clock.now() + 3_600_000).toISOString();
    let n = 0;
    const shelve = (device: string, second?: { account: string; password: string }) =>
      house.ask('shelve', {
        token: li,
        params: { id: house.world.open(device)[0]?.id ?? '' },
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
    expect(JSON.stringify(house.audit.kept)).not.toContain(PASSWORD);
  } finally {
    await house.close();
  }
});
