import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { checkClock } from '../../src/commands/doctor/checks/clock.ts';
import { checkOpenFiles } from '../../src/commands/doctor/checks/limits.ts';
import { checkLinesOut } from '../../src/commands/doctor/checks/lines-out.ts';
import { checkMachine } from '../../src/commands/doctor/checks/machine.ts';
import { checkNode } from '../../src/commands/doctor/checks/node.ts';
import { checkPackages } from '../../src/commands/doctor/checks/packages.ts';
import { checkRelease } from '../../src/commands/doctor/checks/release.ts';
import { bad, ok, runChecks } from '../../src/commands/doctor/finding.ts';

test('another Node than the tested one is named, and only another major version is a warning', () => {
  expect(checkNode('24.21.0', 'v24.21.0')[0]?.verdict).toBe('ok');
  expect(checkNode('24.21.0', 'v24.30.1')[0]).toMatchObject({
    verdict: 'ok',
    says: expect.stringContaining('the one that was tested is 24.21.0'),
  });
  expect(checkNode('24.21.0', 'v26.1.0')[0]?.verdict).toBe('warn');
});

test('packages that are missing or of another version are named; those of developers are not asked for', () => {
  const root = mkdtempSync(join(tmpdir(), 'packages-'));
  const install = (name: string, version: string) => {
    mkdirSync(join(root, 'node_modules', name), { recursive: true });
    writeFileSync(join(root, 'node_modules', name, 'package.json'), JSON.stringify({ version }));
  };
  const packages = {
    '': {},
    'node_modules/a': { version: '1.0.0' },
    'node_modules/b': { version: '2.0.0' },
    'node_modules/c': { version: '3.0.0', optional: true },
    'node_modules/d': { version: '4.0.0', dev: true },
  };
  writeFileSync(join(root, 'package-lock.json'), JSON.stringify({ packages }));
  install('a', '1.0.0');
  expect(checkPackages(root)).toEqual([bad('packages', 'node_modules/b is missing: run npm ci')]);
  install('b', '2.0.1');
  expect(checkPackages(root)).toEqual([bad('packages', 'node_modules/b is 2.0.1, not 2.0.0: run npm ci')]);
  install('b', '2.0.0');
  expect(checkPackages(root)).toEqual([ok('packages', '3 as the lock file has them')]);
  rmSync(root, { recursive: true });
});

test('another C library than releases are built for, and a short queue of connections, are warnings', () => {
  const machine = { glibc: '2.31', pageSize: 65_536, somaxconn: 4_096 };
  expect(checkMachine(machine)).toEqual([
    ok('machine', 'glibc 2.31, pages of 64 KiB'),
    ok('kernel limits', 'net.core.somaxconn 4096'),
  ]);
  const verdicts = (seen: Partial<typeof machine> | { glibc: null }) =>
    checkMachine({ ...machine, ...seen }).map((f) => f.verdict);
  expect(verdicts({ glibc: '2.27' })).toEqual(['warn', 'ok']);
  expect(verdicts({ glibc: '2.28' })).toEqual(['ok', 'ok']);
  expect(verdicts({ glibc: null })).toEqual(['warn', 'ok']);
  expect(verdicts({ somaxconn: 128 })).toEqual(['ok', 'warn']);
});

test('a file of an installed release that was changed is named', async () => {
  const root = mkdtempSync(join(tmpdir(), 'release-'));
  writeFileSync(join(root, 'a'), 'a\n');
  const sum = '87428fc522803d31065e7bce3cf03fe475096631e5e07bbd7a0fde60c4cf25c7';
  writeFileSync(join(root, 'SHA256SUMS'), `${sum}  a\n`);
  expect(await checkRelease(root)).toMatchObject([{ verdict: 'ok' }]);
  writeFileSync(join(root, 'a'), 'b\n');
  expect(await checkRelease(root)).toMatchObject([
    {
      verdict: 'bad',
      says: expect.stringMatching(/: a in it is missing or differs.*; install this version again$/),
    },
  ]);
  rmSync(root, { recursive: true });
});

test('few open files are a warning', () => {
  const limits = (n: string) =>
    `Limit  Soft  Hard  Units\nMax open files            ${n}                 4096      files\n`;
  expect(checkOpenFiles(limits('1024'))[0]).toMatchObject({
    verdict: 'warn',
    says: expect.stringContaining('at most 1024'),
  });
  expect(checkOpenFiles(limits('65536'))[0]?.verdict).toBe('ok');
  expect(checkOpenFiles(limits('unlimited'))[0]?.verdict).toBe('ok');
});

test('a clock in another century, and one that is being set, are found', async () => {
  const at = (t: number) => ({ wall: () => t, monotonic: () => 0, lastTurnAt: null });
  expect((await checkClock(at(Date.UTC(1970, 0, 1))))[0]).toMatchObject({ verdict: 'bad' });
  expect((await checkClock(at(Date.UTC(2150, 0, 1))))[0]).toMatchObject({ verdict: 'bad' });
  let wall = Date.UTC(2026, 5, 1);
  const jumping = { wall: () => (wall += 3_000), monotonic: () => 0, lastTurnAt: null };
  expect((await checkClock(jumping))[0]).toMatchObject({
    verdict: 'warn',
    says: expect.stringContaining('3000 ms'),
  });
});

test('a check that fails is a finding of its own, and stops no other', async () => {
  const findings = await runChecks([
    {
      name: 'first',
      look: () => {
        throw new Error('no such thing');
      },
    },
    { name: 'second', look: () => [ok('second', 'well')] },
  ]);
  expect(findings).toEqual([bad('first', 'could not be looked at: no such thing'), ok('second', 'well')]);
});

test('whom we speak to outside is dialled: what does not answer is named, without what is secret in its address', async () => {
  const server = createServer((socket) => socket.destroy()).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  const line = (name: string, url: string, isOff = false) => ({ name, url, isOff });
  try {
    expect(await checkLinesOut([line('outside broker', `mqtt://u:hidden@127.0.0.1:${port}`)])).toEqual([
      ok('outside broker', `mqtt://127.0.0.1:${port} answers`),
    ]);
  } finally {
    server.close();
  }
  await once(server, 'close');
  const found = await checkLinesOut([
    line('channel desk', `https://127.0.0.1:${port}/hook?key=hidden`),
    line('upstream province', `http://127.0.0.1:${port}`, true),
    line('channel sms', '{mobile}'),
  ]);
  expect(found.map((f) => f.verdict)).toEqual(['bad', 'warn', 'warn']);
  expect(found[0]?.says).toContain(`https://127.0.0.1:${port} cannot be reached (ECONNREFUSED)`);
  expect(JSON.stringify(found)).not.toContain('hidden');
  expect(await checkLinesOut([])).toMatchObject([{ verdict: 'ok' }]);
});
