import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import {
  chmod,
  cp,
  lutimes,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { KEYS } from '../../src/config/keys.ts';
import { inTheConsole } from './console-packages.ts';
import { ROOT, sh } from './ground.ts';
import { notices } from './notices.ts';
import { inOneFile } from './one-file.ts';
import { withoutTypes } from './plain-js.ts';

export const ARCHES = ['x64', 'arm64'] as const;
export type Arch = (typeof ARCHES)[number];

type Locked = { readonly dev?: boolean; readonly optional?: boolean };

/** What of a package is never looked at while the service runs. */
const LEFT_OUT_FOLDERS =
  /^(tests?|__tests__|examples?|bench|benchmarks?|integration|e2e|docs?|man|coverage|\.github)$/;
const LEFT_OUT_FILES = /\.(map|d\.[cm]?ts|[cm]?ts|md|markdown|flow|tsbuildinfo)$|^\.|\.config\.js$/;
const LICENCE = /^(licen[cs]e|notice|copying|unlicense)/i;

const OURS = [
  'bin',
  'src',
  'simulators',
  'packaging',
  'docs',
  'mappings',
  'dashboards/console/dist',
  'dashboards/grafana',
  'dashboards/prometheus',
  'package.json',
  'package-lock.json',
  'README.md',
  'README.zh-CN.md',
  'CHANGELOG.md',
  'SECURITY.md',
  'LICENSE',
];

/** Everything of one release for one kind of machine, in one folder: what is in the packages is this, byte by byte. */
export async function stage(given: {
  readonly tree: string;
  readonly arch: Arch;
  readonly version: string;
  readonly time: number;
  readonly sbom: string;
}): Promise<void> {
  const { tree, arch, version, time } = given;
  await rm(tree, { recursive: true, force: true });
  await mkdir(tree, { recursive: true });
  for (const path of OURS)
    if (existsSync(join(ROOT, path))) await cp(join(ROOT, path), join(tree, path), { recursive: true });
  await withoutTypes(tree, ['src', 'simulators']);
  for (const name of ['install.sh', 'uninstall.sh'])
    await rename(join(tree, 'packaging', name), join(tree, name));
  await rm(join(tree, 'docs/plan'), { recursive: true, force: true });
  await rm(join(tree, 'dashboards/console/dist/.built-from'), { force: true });
  await withPackages(arch, async (modules) => {
    await bringPackages(modules, tree);
    const node = join(modules, `node-linux-${arch}`);
    await mkdir(join(tree, 'node/bin'), { recursive: true });
    await cp(join(node, 'bin/node'), join(tree, 'node/bin/node'));
    await cp(join(node, 'LICENSE'), join(tree, 'node/LICENSE'));
  });
  await inOneFile(tree);
  const node = JSON.parse(
    await readFile(join(tree, `node_modules/node-linux-${arch}/package.json`), 'utf8'),
  ) as {
    version: string;
  };
  // Its scripts and tools are those of a source tree.
  const {
    scripts: _,
    devDependencies: __,
    ...ours
  } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8')) as Record<string, unknown>;
  await writeJson(join(tree, 'package.json'), { ...ours, version });
  await writeJson(join(tree, 'release.json'), {
    name: 'lifeline-watch',
    version,
    arch,
    node: node.version,
    time,
  });
  await mkdir(join(tree, 'etc'), { recursive: true });
  await writeFile(join(tree, 'etc/lifeline.conf'), exampleConfiguration());
  await writeJson(join(tree, 'sbom.cdx.json'), await ofWhatIsThere(given.sbom, tree));
  await writeFile(join(tree, 'THIRD-PARTY-NOTICES.txt'), await notices(tree));
  const files = await filesUnder(tree);
  const lines: string[] = [];
  for (const file of files)
    lines.push(
      `${createHash('sha256')
        .update(await readFile(file))
        .digest('hex')}  ${relative(tree, file)}\n`,
    );
  await writeFile(join(tree, 'SHA256SUMS'), lines.join(''));
  await settleModes(tree, time);
}

const writeJson = (file: string, value: unknown) => writeFile(file, `${JSON.stringify(value, null, 2)}\n`);

/** The list of parts without those of other kinds of machines, which the lock file names as well. */
async function ofWhatIsThere(sbom: string, tree: string): Promise<object> {
  const inConsole = inTheConsole(JSON.parse(await readFile(join(ROOT, 'package-lock.json'), 'utf8')));
  const list = JSON.parse(sbom) as { components: { 'bom-ref': string }[] };
  return {
    ...list,
    components: list.components.filter((c) => {
      const path = c['bom-ref'].split('#')[1] ?? '';
      return inConsole.has(path) || existsSync(join(tree, path));
    }),
  };
}

/** Of this machine's kind they are installed already; those of another kind are fetched by npm, as the lock file has them. */
async function withPackages(arch: Arch, use: (modules: string) => Promise<void>): Promise<void> {
  if (arch === process.arch) return use(join(ROOT, 'node_modules'));
  const place = await mkdtemp(join(tmpdir(), 'lifeline-release-'));
  try {
    for (const file of ['package.json', 'package-lock.json']) await cp(join(ROOT, file), join(place, file));
    sh(
      'npm',
      [
        ...['ci', '--omit=dev', '--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline'],
        ...['--os=linux', `--cpu=${arch}`, '--libc=glibc'],
      ],
      { cwd: place },
    );
    await use(join(place, 'node_modules'));
  } finally {
    await rm(place, { recursive: true, force: true });
  }
}

/** Production packages as the lock file names them; of each what runs, its description and its licence. */
async function bringPackages(modules: string, tree: string): Promise<void> {
  const { packages } = JSON.parse(await readFile(join(ROOT, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, Locked>;
  };
  for (const [path, { dev, optional }] of Object.entries(packages)) {
    if (path === '' || dev === true) continue;
    const from = join(modules, '..', path);
    if (!existsSync(from)) {
      if (optional === true) continue;
      throw new Error(`${path} is not installed: npm ci`);
    }
    await bring(from, join(tree, path), /node-linux-|@types\//.test(path));
  }
}

async function bring(from: string, to: string, onlyItsName: boolean): Promise<void> {
  await mkdir(to, { recursive: true });
  for (const entry of await readdir(from, { withFileTypes: true })) {
    const { name } = entry;
    const isKept = name === 'package.json' || LICENCE.test(name);
    if (entry.isDirectory()) {
      if (onlyItsName || name === 'node_modules' || LEFT_OUT_FOLDERS.test(name)) continue;
      await bringFolder(join(from, name), join(to, name));
    } else if (isKept || (!onlyItsName && !LEFT_OUT_FILES.test(name)))
      await cp(join(from, name), join(to, name));
  }
}

async function bringFolder(from: string, to: string): Promise<void> {
  for (const entry of await readdir(from, { withFileTypes: true, recursive: true })) {
    if (!entry.isFile() || (LEFT_OUT_FILES.test(entry.name) && !LICENCE.test(entry.name))) continue;
    const file = join(entry.parentPath, entry.name);
    await mkdir(join(to, relative(from, entry.parentPath)), { recursive: true });
    await cp(file, join(to, relative(from, file)));
  }
}

/** Every key with its meaning and its default, all of them comments but where the data lies. */
function exampleConfiguration(): string {
  const head = `# lifeline-watch 的配置：每行 KEY=value，# 为注释；改后重启服务。核对：lifeline config check
# The configuration: a KEY=value a line, # begins a comment; restart after a change. lifeline config check reads it.
# Secrets: KEY_FILE=/path names a file that holds the value.

LIFELINE_DATA_DIR=/var/lib/lifeline-watch/data
`;
  type Key = { means: string; right: string; default?: string; unit?: string };
  const keys = Object.entries(KEYS as Record<string, Key>)
    .filter(([name]) => name !== 'LIFELINE_DATA_DIR')
    .map(
      ([name, key]) =>
        `\n# ${key.means}${key.unit === undefined ? '' : ` (${key.unit})`}\n# ${key.right}\n#${name}=${key.default ?? ''}\n`,
    );
  return `${head}${keys.join('')}`;
}

async function filesUnder(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((e) => e.isFile())
    .map((e) => join(e.parentPath, e.name))
    .sort();
}

/** Whatever the umask and the checkout were. */
async function settleModes(tree: string, time: number): Promise<void> {
  const entries = await readdir(tree, { recursive: true, withFileTypes: true });
  for (const entry of entries) {
    const path = join(entry.parentPath, entry.name);
    const runs = /(^|\/)(bin\/(node|lifeline)|(un)?install\.sh|packaging\/(pre|post)(inst|rm))$/.test(
      relative(tree, path),
    );
    await chmod(path, entry.isDirectory() || runs ? 0o755 : 0o644);
    await lutimes(path, time, time);
  }
  await lutimes(tree, time, time);
}
