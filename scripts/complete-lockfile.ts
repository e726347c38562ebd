/*
 * Completes package-lock.json after `npm install`: a registry that mirrors only some platforms leaves the others'
 * optional packages out of the lock file, and `npm ci` then refuses the whole file as "not in sync". Such a package
 * is entered here with its platform, so that npm knows it and passes it over.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

type Entry = {
  version?: string;
  optional?: boolean;
  dev?: boolean;
  os?: string[];
  cpu?: string[];
  libc?: string[];
  optionalDependencies?: Record<string, string>;
};
export type Lock = { packages: Record<string, Entry> };

const OS = [
  'android',
  'darwin',
  'freebsd',
  'linux',
  'openharmony',
  'openbsd',
  'netbsd',
  'sunos',
  'aix',
  'win32',
];
const CPU = ['arm64', 'arm', 'ia32', 'x64', 'ppc64', 'riscv64', 's390x', 'loong64', 'mips64el', 'wasm32'];

/** Optional packages that some package names and the lock file does not have: name → version. */
export function missingOptionals(lock: Lock): Map<string, { version: string; dev: boolean }> {
  const missing = new Map<string, { version: string; dev: boolean }>();
  for (const [at, entry] of Object.entries(lock.packages)) {
    for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
      const nested = `${at}/node_modules/${name}`;
      if (`node_modules/${name}` in lock.packages || nested in lock.packages) continue;
      missing.set(name, { version, dev: entry.dev === true });
    }
  }
  return missing;
}

/** The platform that a package's name tells: `@x/cli-linux-arm64-musl` → linux, arm64, musl. */
export function platformOf(name: string): Pick<Entry, 'os' | 'cpu' | 'libc'> {
  const words = name.split(/[-/@]/);
  const os = OS.filter((o) => words.includes(o));
  const cpu = CPU.filter((c) => words.includes(c));
  const musl = words.some((w) => w.startsWith('musl'));
  return {
    ...(os.length > 0 ? { os } : {}),
    ...(cpu.length > 0 ? { cpu } : {}),
    ...(musl ? { libc: ['musl'] } : {}),
  };
}

export function completed(lock: Lock): Lock {
  const packages = { ...lock.packages };
  for (const [name, { version, dev }] of missingOptionals(lock)) {
    packages[`node_modules/${name}`] = {
      version,
      ...(dev ? { dev } : {}),
      optional: true,
      ...platformOf(name),
    };
  }
  const sorted = Object.entries(packages).sort(([a], [b]) => (a < b ? -1 : 1));
  return { ...lock, packages: Object.fromEntries(sorted) };
}

if (process.argv[1] === import.meta.filename) {
  const file = join(import.meta.dirname, '../package-lock.json');
  const lock = JSON.parse(readFileSync(file, 'utf8')) as Lock;
  const missing = missingOptionals(lock);
  if (missing.size > 0) writeFileSync(file, `${JSON.stringify(completed(lock), null, 2)}\n`);
  console.log(`package-lock.json: ${missing.size} optional packages of other platforms entered`);
}
