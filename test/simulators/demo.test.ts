import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, it } from 'vitest';
import { PROFILES } from '../../simulators/profiles/index.ts';
import type { AlarmJson } from '../../src/wire/alarm.ts';
import { eventually } from '../support/eventually.ts';
import { ApiClient } from '../support/service-process.ts';

const DEMO = join(import.meta.dirname, '../../simulators/demo.ts');

it('the demonstration prints how to get in, alarms within seconds, and ends with all it started', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'lifeline-demo-'));
  const demo = spawn(process.execPath, [DEMO, '--http-port', '0', '--mqtt-port', '0'], {
    cwd: dir,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const exit = once(demo, 'exit');
  const said: string[] = [];
  for (const stream of [demo.stdout, demo.stderr]) {
    createInterface({ input: stream }).on('line', (line) => said.push(line));
  }
  try {
    const told = (label: string): string | undefined =>
      said.map((l) => new RegExp(`^ *${label} +(\\S+)`).exec(l)?.[1]).find((v) => v !== undefined);
    const url = await eventually(async () => told('console'), 90_000);
    const session = await fetch(`${url}/api/v1/session`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ account: told('account'), password: told('password') }),
    });
    expect(session.status, said.join('\n')).toBeLessThan(300);
    const api = new ApiClient(url, (session.headers.getSetCookie()[0] ?? '').split(';')[0] ?? '');

    // The register went in whole: the points have their names, and their devices are no strangers.
    const points = await api.all<{ code: string; name: string; unverified: boolean }>('/points');
    const city = new Map(PROFILES.demo.city().instruments.map((i) => [i.code, i.name]));
    const imported = points.filter((p) => city.has(p.code) && !p.unverified);
    expect(imported).toHaveLength(60);
    expect(imported.every((p) => p.name === city.get(p.code))).toBe(true);

    const alarms = await eventually(async () => {
      const found = await api.all<AlarmJson>('/alarms?state=open');
      return found.length > 0 && found;
    }, 30_000);
    expect(alarms[0]?.pointName).toMatch(/\p{Script=Han}/u);

    demo.kill('SIGINT');
    const [code] = await exit;
    expect(code, said.join('\n')).toBe(0);
    await expect(fetch(`${url}/livez`)).rejects.toThrow();
  } finally {
    demo.kill('SIGTERM');
    await exit;
    rmSync(dir, { recursive: true, force: true });
  }
}, 180_000);
