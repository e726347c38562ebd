import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { inTheConsole } from './release/console-packages.ts';

const ROOT = join(import.meta.dirname, '..');

type Locked = {
  readonly version?: string;
  readonly license?: string;
  readonly integrity?: string;
  readonly dev?: boolean;
  readonly optional?: boolean;
  readonly dependencies?: Readonly<Record<string, string>>;
};
type Lock = {
  readonly name: string;
  readonly version: string;
  readonly packages: Readonly<Record<string, Locked>>;
};

const HASHES: Readonly<Record<string, string>> = {
  sha512: 'SHA-512',
  sha384: 'SHA-384',
  sha256: 'SHA-256',
  sha1: 'SHA-1',
};

const nameOf = (path: string): string =>
  path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
const purl = (name: string, version: string): string => `pkg:npm/${name.replace(/^@/, '%40')}@${version}`;

/**
 * What the product is made of, CycloneDX 1.6, from the lock file: the same lock file, the same text.
 *
 * @param withDev also what is needed to build and test it
 */
export function sbom(lock: Lock, withDev: boolean): object {
  // They build nothing but the console, and are in what it is built into.
  const inConsole = inTheConsole(lock);
  const isExcluded = (path: string, p: Locked): boolean => p.dev === true && !inConsole.has(path);
  const components = Object.entries(lock.packages)
    .filter(
      ([path, p]) =>
        path.includes('node_modules/') && p.version !== undefined && (withDev || !isExcluded(path, p)),
    )
    .map(([path, p]) => {
      const name = nameOf(path);
      const version = p.version ?? '';
      const [algorithm = '', digest = ''] = (p.integrity ?? '').split('-', 2);
      const alg = HASHES[algorithm];
      return {
        type: 'library',
        'bom-ref': `${purl(name, version)}#${path}`,
        name,
        version,
        scope: isExcluded(path, p) ? 'excluded' : p.optional === true ? 'optional' : 'required',
        purl: purl(name, version),
        ...(alg === undefined
          ? {}
          : { hashes: [{ alg, content: Buffer.from(digest, 'base64').toString('hex') }] }),
        ...(p.license === undefined ? {} : { licenses: [{ expression: p.license }] }),
      };
    })
    .sort((a, b) => (a['bom-ref'] < b['bom-ref'] ? -1 : 1));
  return {
    $schema: 'http://cyclonedx.org/schema/bom-1.6.schema.json',
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    version: 1,
    metadata: {
      component: { type: 'application', 'bom-ref': lock.name, name: lock.name, version: lock.version },
    },
    components,
  };
}

const USAGE = `npm run --silent sbom > sbom.json     软件物料清单（CycloneDX 1.6） a list of what the product is made of

  --with-dev    also what builds and tests it`;

if (process.argv[1] === import.meta.filename) {
  const lock = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')) as Lock;
  const help = process.argv.includes('--help');
  process.stdout.write(
    help ? `${USAGE}\n` : `${JSON.stringify(sbom(lock, process.argv.includes('--with-dev')), null, 1)}\n`,
  );
}
