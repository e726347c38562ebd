import { createHash } from 'node:crypto';
import { readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { buildHelp, helpSources } from './build-help.ts';

const project = fileURLToPath(new URL('..', import.meta.url));
const console_ = join(project, 'dashboards/console');
const dist = join(console_, 'dist');
const SEAL = '.built-from';

export type Built = { readonly built: boolean; readonly ms: number; readonly gzipBytes: number };

/**
 * Builds the console into `dashboards/console/dist`, unless what lies there was built from the very same
 * sources. By content and not by time: a checkout or a copied folder sets any times it likes.
 */
export async function buildConsole(onBuilding: () => void = () => undefined): Promise<Built> {
  const started = performance.now();
  const sources = await fingerprint();
  const kept = await readFile(join(dist, SEAL), 'utf8').catch(() => '');
  const built = kept !== sources;
  if (built) {
    onBuilding();
    // Beside, then in one step: a service that is serving the old files, or a second build, never sees half.
    const fresh = `${dist}.${process.pid}`;
    try {
      const { build } = await import('vite');
      await build({
        configFile: join(console_, 'vite.config.ts'),
        logLevel: 'error',
        build: { outDir: fresh, emptyOutDir: true },
      });
      // Without what makes it the console is as good; a page less.
      if (!(await buildHelp(join(fresh, 'help'))))
        console.log('help: marked is not installed (npm ci): left out');
      await writeFile(join(fresh, SEAL), sources);
      await replace(fresh);
    } finally {
      await rm(fresh, { recursive: true, force: true });
    }
  }
  return { built, ms: Math.round(performance.now() - started), gzipBytes: await weigh(dist) };
}

async function replace(fresh: string): Promise<void> {
  const old = `${dist}.old.${process.pid}`;
  await rename(dist, old).catch(ignoreMissing);
  try {
    await rename(fresh, dist);
  } catch (cause) {
    // Another process has just put its build there, from the same sources: theirs is as good.
    const there = await readFile(join(dist, SEAL), 'utf8').catch(() => null);
    if (there === null) throw new Error(`dist could not be put in place at ${dist}`, { cause });
  }
  await rm(old, { recursive: true, force: true });
}

function ignoreMissing(e: unknown): void {
  if ((e as NodeJS.ErrnoException).code !== 'ENOENT') throw e;
}

/** One hash over every source file and document, and over the lock file, which names the tools and libraries. */
async function fingerprint(): Promise<string> {
  const files = [
    ...(await filesUnder(console_, new Set(['dist', 'node_modules']))),
    join(project, 'package-lock.json'),
    ...(await helpSources()).map((page) => join(project, page)),
  ];
  const hash = createHash('sha256');
  for (const file of files.sort()) {
    hash.update(`${relative(project, file)}\0`);
    hash.update(await readFile(file));
  }
  return hash.digest('hex');
}

async function filesUnder(folder: string, except: ReadonlySet<string>): Promise<string[]> {
  const files: string[] = [];
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (except.has(entry.name) || entry.name.startsWith('dist.')) continue;
    const path = join(folder, entry.name);
    if (entry.isDirectory()) files.push(...(await filesUnder(path, except)));
    else files.push(path);
  }
  return files;
}

async function weigh(folder: string): Promise<number> {
  let bytes = 0;
  for (const file of await filesUnder(folder, new Set([SEAL, 'help'])))
    bytes += gzipSync(await readFile(file), { level: 9 }).length;
  return bytes;
}

if (import.meta.main) {
  // It goes before every start: a reader that has gone (`npm start | head -1`) shall not keep the service from it.
  process.stdout.on('error', () => undefined);
  try {
    const { built, ms, gzipBytes } = await buildConsole(() =>
      console.log('console: is built once, this takes some seconds …'),
    );
    const size = `${Math.round(gzipBytes / 1024)} kB gzip`;
    console.log(
      built ? `console: built in ${ms} ms, ${size}` : `console: dist is up to date, ${size} (${ms} ms)`,
    );
  } catch (cause) {
    if ((cause as { code?: unknown }).code !== 'ERR_MODULE_NOT_FOUND') throw cause;
    // The watch does not wait for a page.
    const before = await readFile(join(dist, SEAL), 'utf8').then(
      () => 'the one that was built before is served as it is',
      () => 'the service starts without it, and its page says how to get it',
    );
    console.log(
      `console: what builds it is not installed (npm ci --omit=dev leaves it out): ${before}; npm ci, then npm start builds it`,
    );
  }
}
