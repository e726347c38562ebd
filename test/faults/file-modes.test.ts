import { chmodSync, lstatSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { makeDataDir } from '../commands/a-data-dir.ts';
import { run } from '../commands/run.ts';
import { eventually } from '../support/eventually.ts';
import { Sensor } from '../support/sensor.ts';
import { ServiceProcess } from '../support/service-process.ts';

let place: string;
let umask: number;
beforeEach(() => {
  place = mkdtempSync(join(tmpdir(), 'file-modes-'));
  // The worst that a shell, a unit or a container may come with.
  umask = process.umask(0);
});
afterEach(() => {
  process.umask(umask);
  rmSync(place, { recursive: true, force: true });
});

const modesIn = (dir: string): Record<string, string> =>
  Object.fromEntries(
    ['.', ...(readdirSync(dir, { recursive: true }) as string[])].map((name) => [
      name,
      (lstatSync(join(dir, name)).mode & 0o777).toString(8),
    ]),
  );
const openIn = (dir: string) => Object.entries(modesIn(dir)).filter(([, mode]) => !/^[0-7]00$/.test(mode));

test('whatever the service makes in its data directory is of its own user alone, while it serves and after', async () => {
  const dir = join(place, 'data');
  const service = await ServiceProcess.start(dir);
  const sensor = new Sensor('GAS-1', () => service.mqttPort);
  sensor.publish('lifeline/v1/gas/GAS-1/telemetry', JSON.stringify({ values: { ch4: 1 } }), 1);
  await sensor.settled();
  sensor.close();
  await eventually(async () => readdirSync(join(dir, 'history')).some((n) => n.endsWith('.duckdb')), 60_000);
  expect(Object.keys(modesIn(dir))).toEqual(
    expect.arrayContaining([
      ...['journal.sqlite', 'journal.sqlite-wal', 'journal.sqlite-shm', 'journal.lock', 'control.sock'],
      ...['accounts.db', 'accounts.db-wal', 'devices.db', 'audit.db', 'audit.db-wal', 'audit.key', 'history'],
    ]),
  );
  expect(openIn(dir)).toEqual([]);
  await service.stop();
  expect(openIn(dir)).toEqual([]);
}, 120_000);

test('a directory that was left open is closed by the next start, and said', async () => {
  const dir = join(place, 'data');
  await makeDataDir(dir);
  mkdirSync(join(dir, 'imports'));
  writeFileSync(join(dir, 'imports', 'x.json'), '{}');
  chmodSync(dir, 0o755);
  expect(openIn(dir).length).toBeGreaterThan(5);
  const service = await ServiceProcess.start(dir);
  expect(openIn(dir)).toEqual([]);
  expect(service.log).toContainEqual(
    expect.objectContaining({ level: 'warn', msg: expect.stringContaining('are closed now') }),
  );
  await service.stop();
}, 120_000);

test('neither a backup nor what is restored from one is open to others, whatever modes the archive says', async () => {
  const dir = join(place, 'data');
  await makeDataDir(dir);
  for (const [n, name] of ['b', 'b.tar.gz'].entries()) {
    expect(await run('backup', ['--data-dir', dir, '--to', join(place, name)])).toMatchObject({ code: 0 });
    expect(lstatSync(join(place, name)).mode & 0o077).toBe(0);
    const to = join(place, `to-${n}`);
    expect(await run('restore', ['--from', join(place, name), '--data-dir', to])).toMatchObject({ code: 0 });
    expect(openIn(to)).toEqual([]);
  }
}, 120_000);
