import { readdir, readFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { inTheConsole } from './console-packages.ts';
import { ROOT } from './ground.ts';

const LICENCE = /^(licen[cs]e|notice|copying|unlicense)/i;

async function foldersOfConsole(): Promise<string[]> {
  const lock = JSON.parse(await readFile(join(ROOT, 'package-lock.json'), 'utf8'));
  return [...inTheConsole(lock)].sort().map((path) => join(ROOT, path));
}

/**
 * Licence texts of everything in a release that others wrote, each text once with the packages that it is of.
 *
 * @throws where a package has neither a text nor says its licence: nobody may pass it on then
 */
export async function notices(tree: string): Promise<string> {
  const of = new Map<string, string[]>();
  const entries = await readdir(join(tree, 'node_modules'), { recursive: true, withFileTypes: true });
  const packages = entries
    .filter((e) => e.name === 'package.json')
    .map((e) => e.parentPath)
    .filter((dir) => /node_modules\/(@[^/]+\/)?[^/]+$/.test(dir))
    .sort();
  for (const dir of [...packages, ...(await foldersOfConsole())]) {
    const { name, version, license } = JSON.parse(await readFile(join(dir, 'package.json'), 'utf8')) as {
      name: string;
      version: string;
      license?: string;
    };
    const files = (await readdir(dir)).filter((f) => LICENCE.test(f)).sort();
    const texts = await Promise.all(files.map((f) => readFile(join(dir, f), 'utf8')));
    const text =
      texts.length > 0 ? texts.join('\n').replace(/\r\n/g, '\n').trim() : `License: ${license ?? ''}`;
    if (texts.length === 0 && license === undefined)
      throw new Error(`${relative(dirname(tree), dir)} has no licence: it cannot be passed on`);
    const named = `${name} ${version} (${license ?? 'see the text'})`;
    const before = of.get(text) ?? [];
    if (!before.includes(named)) of.set(text, [...before, named]);
  }
  const node = await readFile(join(tree, 'node/LICENSE'), 'utf8');
  of.set(node.trim(), ['Node.js, with everything that is built into it (node/bin/node)']);
  const parts = [...of].map(
    ([text, names]) => `${'='.repeat(80)}\n${names.join('\n')}\n${'-'.repeat(80)}\n${text}\n`,
  );
  return `What others wrote and this release holds 第三方软件声明. The list by machine: sbom.cdx.json\n\n${parts.join('\n')}`;
}
