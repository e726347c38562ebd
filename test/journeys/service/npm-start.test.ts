import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, describe, expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '../../..');
const dir = mkdtempSync(join(tmpdir(), 'lifeline-npm-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

/** Runs `npm start` as a service manager would, and tells npm itself of the end, not what npm started. */
async function npmStart(env: Record<string, string>, whenReady: NodeJS.Signals | null) {
  const npm = spawn('npm', ['start'], {
    cwd: ROOT,
    env: { ...process.env, LIFELINE_DATA_DIR: dir, LIFELINE_HTTP_PORT: '0', LIFELINE_MQTT_PORT: '0', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const said: string[] = [];
  createInterface({ input: npm.stderr }).on('line', (line) => said.push(line));
  createInterface({ input: npm.stdout }).on('line', (line) => {
    said.push(line);
    if (whenReady !== null && line.includes('"msg":"ready"')) npm.kill(whenReady);
  });
  const code = await new Promise<number | null>((resolve) => npm.once('close', (c) => resolve(c)));
  return { code, said };
}

describe('npm start', () => {
  test('says ready with both addresses, and on SIGTERM stops the service itself and exits 0', async () => {
    const { code, said } = await npmStart({}, 'SIGTERM');
    const lines = said.filter((l) => l.startsWith('{')).map((l) => JSON.parse(l) as Record<string, unknown>);
    expect(lines.find((l) => l.msg === 'ready')).toMatchObject({
      mqtt: expect.stringMatching(/^127\.0\.0\.1:\d+$/),
      http: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
    });
    expect(lines.at(-1)).toMatchObject({ msg: 'stopped', clean: true });
    expect(code).toBe(0);
  }, 60_000);

  test.each(['SIGHUP', 'SIGKILL'] as const)(
    '%s ends npm, and the service goes with it',
    async (signal) => {
      // Both ends of its output are held by the service alone by then: they close when it has ended.
      const { said } = await npmStart({}, signal);
      expect(said.at(-1)).toMatch(/"msg":"stopped","clean":true/);
    },
    60_000,
  );

  test('tells a first user how to get in', async () => {
    rmSync(dir, { recursive: true, force: true });
    const { said } = await npmStart({}, 'SIGTERM');
    expect(said.some((l) => /first start: open http.*one-time code/.test(l))).toBe(true);
  }, 60_000);

  test('a mistyped key stops the start with one line that says what would be right', async () => {
    const { code, said } = await npmStart({ LIFELINE_HTTP_PROT: '1' }, null);
    expect(said).toContain(
      'LIFELINE_HTTP_PROT is not a key of the configuration; did you mean LIFELINE_HTTP_PORT?',
    );
    expect(code).not.toBe(0);
  }, 60_000);
});
