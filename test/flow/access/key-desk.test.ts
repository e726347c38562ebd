import { beforeEach, describe, expect, test } from 'vitest';
import { as } from '../../../src/domain/ids.ts';
import { hours } from '../../../src/domain/time.ts';
import { KeyDesk } from '../../../src/flow/access/key-desk.ts';
import type { AdmittedClient } from '../../../src/flow/ports/broker.ts';
import { DeviceKeysMemory } from '../../memory/device-keys.ts';

const BY = { who: 'wang', from: '10.0.0.7' };

describe('the desk at which credentials are issued', () => {
  let now: number;
  let writable: boolean;
  let audited: { what: string; object: string | null }[];
  /** Who is connected. */
  let connected: AdmittedClient[];
  let forgotten: string[];
  let keys: DeviceKeysMemory;

  const desk = (anonymous = false) =>
    new KeyDesk({
      keys,
      audit: {
        writable: async () => writable,
        record: async (entry) => {
          audited.push(entry);
          return true;
        },
      },
      clock: { now: () => now },
      log: { info: () => {}, warn: () => {}, error: () => {} },
      register: { device: (code) => (code === 'DEV-A' ? ({ code } as never) : undefined) },
      anonymous,
      cutOff: (whose) => {
        const before = connected.length;
        connected = connected.filter((who) => !whose(who));
        return before - connected.length;
      },
      forget: (holder) => void forgotten.push(holder),
    });
  const knock = (o: { username?: string; password?: string; certificate?: string }) => ({
    clientId: '',
    address: '10.0.0.8',
    username: o.username ?? null,
    password: o.password === undefined ? null : Buffer.from(o.password),
    certificate: o.certificate ?? null,
  });
  const issue = async (d: KeyDesk, holder: string, keepOld = 0): Promise<string> => {
    const issued = await d.issue([holder], BY, { keepOld, strict: false });
    if (!issued.ok) throw new Error(issued.error.code);
    return issued.value[0]?.secret as string;
  };

  beforeEach(() => {
    now = 1_764_547_200_000;
    writable = true;
    audited = [];
    connected = [];
    forgotten = [];
    keys = new DeviceKeysMemory({ now: () => now });
  });

  test('while the audit journal cannot be written nothing is issued or revoked, and devices still come in', async () => {
    const d = desk();
    const password = await issue(d, 'DEV-A');
    writable = false;
    expect(await d.issue(['DEV-A'], BY, { keepOld: 0, strict: false })).toMatchObject({
      ok: false,
      error: { code: 'audit-unwritable' },
    });
    expect(await d.revoke('DEV-A', BY)).toMatchObject({ ok: false, error: { code: 'audit-unwritable' } });
    expect(d.admit(knock({ username: 'DEV-A', password }))).toMatchObject({ as: 'device', device: 'DEV-A' });
  });

  test('a device that knows no password has both in its user name: the code, a dot, and the secret', async () => {
    const d = desk();
    const secret = await issue(d, 'DEV-A');
    const token = `DEV-A.${secret}`;
    expect(d.admit(knock({ username: token }))).toMatchObject({ as: 'device', device: 'DEV-A' });
    expect(d.admit(knock({ username: token, password: '' }))).toMatchObject({
      as: 'device',
      device: 'DEV-A',
    });
    // Nothing but the whole of it opens, and no refusal says what came of it.
    const other = `${secret.slice(0, -1)}${secret.endsWith('a') ? 'b' : 'a'}`;
    for (const username of [
      `DEV-A.${other}`,
      `DEV-B.${secret}`,
      `DEV-A.${secret}x`,
      'DEV-A.',
      secret,
      'DEV-A',
    ]) {
      const admission = d.admit(knock({ username }));
      expect([username, admission.as]).toEqual([username, 'refused']);
      if (username !== secret) expect(JSON.stringify(admission)).not.toMatch(/[a-z2-7]{20}/);
    }
    expect(d.admit(knock({ username: token, password: 'more' })).as).toBe('refused');
    expect(d.admit(knock({ username: token, certificate: 'DEV-B' })).as).toBe('refused');
    expect(JSON.stringify(d.admit(knock({ username: token, certificate: 'DEV-B' })))).not.toContain(secret);
    await d.revoke('DEV-A', BY);
    expect(d.admit(knock({ username: token })).as).toBe('refused');
    // Also where anybody may try: a token of somebody's who has a key is no label.
    expect(desk(true).admit(knock({ username: token })).as).toBe('refused');
  });

  test('one wrong name among many, and none of them is issued anything', async () => {
    const d = desk();
    expect(await d.issue(['DEV-A', 'no/code'], BY, { keepOld: 0, strict: false })).toMatchObject({
      ok: false,
      error: { code: 'holder-invalid' },
    });
    expect(await d.issue(['DEV-A', 'DEV-X'], BY, { keepOld: 0, strict: true })).toMatchObject({
      ok: false,
      error: { code: 'device-unknown' },
    });
    expect([d.list(), audited]).toEqual([[], []]);
  });

  test('when an overlap ends, connections that the old secret opened end, and no others', async () => {
    const d = desk();
    const old = await issue(d, 'DEV-A');
    const fresh = await issue(d, 'DEV-A', hours(1));
    connected = [old, fresh].map(
      (password) => d.admit(knock({ username: 'DEV-A', password })) as AdmittedClient,
    );
    connected.push({ as: 'device', device: as.device('DEV-B') }, { as: 'anonymous' });
    await d.sweep();
    expect(connected).toHaveLength(4);
    now += hours(1);
    const [, newer, ...others] = connected;
    await d.sweep();
    expect(connected).toEqual([newer, ...others]);
  });

  test('revoking ends a connection that came by certificate too', async () => {
    const d = desk();
    connected = [d.admit(knock({ certificate: 'DEV-A' })) as AdmittedClient];
    expect(await d.revoke('DEV-A', BY)).toEqual({ ok: true, value: { cutOff: 1 } });
    expect(forgotten).toEqual(['DEV-A']);
    expect(d.admit(knock({ certificate: 'DEV-A' }))).toMatchObject({ as: 'refused' });
    expect(audited).toMatchObject([{ what: 'device.credential.revoke', object: 'DEV-A', who: 'wang' }]);
  });

  test('where anybody may try, who names themselves as somebody with a credential must show it', async () => {
    const d = desk(true);
    const password = await issue(d, 'DEV-A');
    expect(d.admit(knock({}))).toEqual({ as: 'anonymous' });
    expect(d.admit(knock({ username: 'a-label', password: 'x' }))).toEqual({ as: 'anonymous' });
    expect(d.admit(knock({ username: 'DEV-A', password }))).toMatchObject({ as: 'device' });
    expect(d.admit(knock({ username: 'DEV-A', password: 'x' }))).toMatchObject({ as: 'refused' });
    await d.revoke('DEV-A', BY);
    expect(d.admit(knock({ username: 'DEV-A', password }))).toMatchObject({ as: 'refused' });
  });
});
