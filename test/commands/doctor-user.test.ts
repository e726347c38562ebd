import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { run } from './run.ts';

const NOBODY = 65_534;

/** Only root may become somebody else. */
describe.skipIf(process.getuid?.() !== 0)('the doctor as another user', () => {
  let place: string;
  let dir: string;
  beforeAll(() => {
    place = mkdtempSync(join(tmpdir(), 'doctor-user-'));
    dir = join(place, 'data');
    chmodSync(place, 0o755);
    mkdirSync(join(dir, 'history'), { recursive: true });
    writeFileSync(join(dir, 'history/2026-01-02.duckdb'), 'whole, for all that anybody knows', {
      mode: 0o600,
    });
  });
  afterAll(() => rmSync(place, { recursive: true, force: true }));

  const findings = async () => {
    const { code, out } = await run(
      'doctor',
      ['--data-dir', dir, '--json'],
      {},
      { uid: NOBODY, gid: NOBODY },
    );
    expect(code).toBe(1);
    const all = (JSON.parse(out) as { findings: { check: string; verdict: string; says: string }[] })
      .findings;
    return (check: string) => all.find((f) => f.check === check);
  };

  test('says whose a data directory is that cannot be entered, and claims nothing of what is in it', async () => {
    chmodSync(dir, 0o700);
    const of = await findings();
    expect(of('user')?.says).toMatch(/belongs to root, and this is nobody: .*sudo -u root npm run doctor/);
    expect([of('node')?.verdict, of('history'), of('journal')]).toEqual(['ok', undefined, undefined]);
  });

  test.each([
    ['device', ['list']],
    ['audit', ['verify']],
  ] as const)('%s says the same, and not that nothing is there', async (command, args) => {
    chmodSync(dir, 0o700);
    const { code, err } = await run(command, [...args, '--data-dir', dir], {}, { uid: NOBODY, gid: NOBODY });
    expect(code).toBe(2);
    expect(err).toMatch(/cannot be looked into by user 65534: run this as the user/);
  });

  test('calls no locked day file broken', async () => {
    chmodSync(dir, 0o755);
    const says = (await findings())('history')?.says;
    expect(says).toMatch(/2026-01-02\.duckdb may not be read by this user/);
    expect(says).not.toMatch(/restore/);
  });
});
