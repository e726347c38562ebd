import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import { buildConsole } from './build-console.ts';
import { makeDeb, makeRpm, makeTar } from './release/formats.ts';
import { ROOT, releaseTime, sh } from './release/ground.ts';
import { ARCHES, type Arch, stage } from './release/stage.ts';
import { sbom } from './sbom.ts';

const USAGE = `npm run release -- [options]      安装包 packages for servers without any registry, into dist/release

  --arch x64,arm64      default: both
  --only tar,deb,rpm    default: all three; rpm is left out where rpmbuild is not installed
  --out DIR             default: dist/release
  --level 1…9           how hard gzip tries (6): 1 makes them sooner and larger
  --version V           instead of package.json's, to try an upgrade with

Two runs from the same commit give the same bytes: times are the commit's (or SOURCE_DATE_EPOCH), names are sorted,
everything is root's.`;

const FORMATS = ['tar', 'deb', 'rpm'] as const;

async function sums(files: readonly string[], algorithm: 'sha256' | 'sm3'): Promise<string> {
  const lines: string[] = [];
  for (const file of [...files].sort()) {
    const hash = createHash(algorithm);
    for await (const piece of createReadStream(file)) hash.update(piece as Buffer);
    lines.push(`${hash.digest('hex')}  ${basename(file)}\n`);
  }
  return lines.join('');
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      arch: { type: 'string', default: ARCHES.join(',') },
      only: { type: 'string', default: FORMATS.join(',') },
      out: { type: 'string', default: join(ROOT, 'dist/release') },
      level: { type: 'string', default: '6' },
      version: { type: 'string' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help === true) {
    console.log(USAGE);
    return;
  }
  const chosen = <T extends string>(given: string, known: readonly T[]): T[] =>
    given.split(',').map((one) => {
      const found = known.find((k) => k === one);
      if (found === undefined) throw new Error(`"${one}": ${known.join(', ')} would be right`);
      return found;
    });
  const arches: Arch[] = chosen(values.arch, ARCHES);
  if (!/^[1-9]$/.test(values.level)) throw new Error(`--level ${values.level}: 1 to 9 would be right`);
  const formats = chosen(values.only, FORMATS);
  const lock = JSON.parse(await readFile(join(ROOT, 'package-lock.json'), 'utf8'));
  const version = values.version ?? (lock.version as string);
  const { out } = values;
  await rm(out, { recursive: true, force: true });
  await mkdir(out, { recursive: true });
  await buildConsole();
  const time = releaseTime();
  const parts = `${JSON.stringify(sbom({ ...lock, version }, false), null, 1)}\n`;
  await writeFile(join(out, 'sbom.cdx.json'), parts);
  const made = [join(out, 'sbom.cdx.json')];
  for (const arch of arches) {
    const name = `lifeline-watch-${version}-linux-${arch}`;
    const tree = join(out, '.stage', name);
    await stage({ tree, arch, version, time, sbom: parts });
    const given = {
      tree,
      arch,
      version,
      time,
      level: values.level,
      to: (ending: string) => join(out, `${name}.${ending}`),
    };
    if (formats.includes('tar')) made.push(await makeTar(given));
    if (formats.includes('deb')) made.push(await makeDeb(given));
    if (formats.includes('rpm')) {
      if (sh('sh', ['-c', 'command -v rpmbuild || true']).trim() === '')
        console.log('rpm: left out, rpmbuild is not installed (Debian: apt-get install rpm)');
      else made.push(await makeRpm(given));
    }
  }
  await rm(join(out, '.stage'), { recursive: true, force: true });
  await writeFile(join(out, 'SHA256SUMS'), await sums(made, 'sha256'));
  await writeFile(join(out, 'SM3SUMS'), await sums(made, 'sm3'));
  console.log(sh('sh', ['-c', `cd '${out}' && ls -l && cat SHA256SUMS`]));
}

await main();
