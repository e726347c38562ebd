import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { completed, type Lock, missingOptionals, platformOf } from '../../scripts/complete-lockfile.ts';

const file = join(import.meta.dirname, '../../package-lock.json');
const text = readFileSync(file, 'utf8');
const lock = JSON.parse(text) as Lock;

describe('the lock file', () => {
  test('knows every optional package, so that `npm ci` takes it on any machine', () => {
    expect([...missingOptionals(lock).keys()]).toEqual([]);
  });

  test('pins a Node for both kinds of machine', () => {
    for (const cpu of ['x64', 'arm64']) {
      expect(lock.packages[`node_modules/node-linux-${cpu}`]).toMatchObject({
        version: expect.stringMatching(/^24\./),
        integrity: expect.any(String),
        optional: true,
      });
    }
  });

  test('names no registry host', () => {
    expect(text).not.toMatch(/"resolved"/);
  });

  test('lists no package that runs a script when it is installed', () => {
    const scripted = Object.entries(lock.packages).filter(([, e]) => 'hasInstallScript' in e);
    // fsevents is for macOS alone, and optional.
    expect(scripted.map(([name]) => name).filter((n) => n !== 'node_modules/fsevents')).toEqual([]);
  });

  test('is completed with the platform that a name tells', () => {
    const incomplete: Lock = {
      packages: { 'node_modules/a': { optionalDependencies: { '@a/cli-linux-arm64-musl': '1.2.3' } } },
    };
    expect(completed(incomplete).packages['node_modules/@a/cli-linux-arm64-musl']).toEqual({
      version: '1.2.3',
      optional: true,
      os: ['linux'],
      cpu: ['arm64'],
      libc: ['musl'],
    });
    expect(platformOf('@oxc-parser/binding-win32-ia32-msvc')).toEqual({ os: ['win32'], cpu: ['ia32'] });
  });
});
