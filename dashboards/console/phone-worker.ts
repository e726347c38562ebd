import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Plugin, Rollup } from 'vite';

const PAGE = 'm/index.html';
const BESIDE = ['m/manifest.webmanifest', 'm/icon-192.png', 'm/icon-512.png', 'favicon.svg'];

/**
 * Writes `m/sw.js`: the service worker of the page of crews, with the names of everything that page is made of. All of it is loaded
 * at once: there is no network later on.
 */
export function phoneWorker(): Plugin {
  const source = (name: string) => readFileSync(fileURLToPath(new URL(name, import.meta.url)), 'utf8');
  return {
    name: 'phone-worker',
    // After Vite has written the pages, whose bytes are part of the seal.
    enforce: 'post',
    generateBundle(_options, bundle) {
      const page = bundle[PAGE];
      // A build of something else than the console.
      if (page === undefined) return;
      const files = [...filesOf(bundle), ...BESIDE];
      const seal = createHash('sha256');
      for (const file of [PAGE, ...files])
        seal
          .update(`${file}\0`)
          .update(bytesOf(bundle[file]) ?? readFileSync(new URL(`public/${file}`, import.meta.url)));
      const names = ['./', ...files.map((f) => (f.startsWith('m/') ? `./${f.slice(2)}` : `../${f}`))];
      this.emitFile({
        type: 'asset',
        fileName: 'm/sw.js',
        source: source('m/sw.js')
          .replace("'FILES'", names.map((n) => JSON.stringify(n)).join(', '))
          .replace('SEAL', seal.digest('hex').slice(0, 16)),
      });
    },
  };
}

const bytesOf = (
  file: Rollup.OutputAsset | Rollup.OutputChunk | undefined,
): string | Uint8Array | undefined =>
  file === undefined ? undefined : file.type === 'chunk' ? file.code : file.source;

/** The scripts and styles that the page of crews loads, as the build has named them. */
function filesOf(bundle: Rollup.OutputBundle): readonly string[] {
  const entry = Object.values(bundle).find(
    (f): f is Rollup.OutputChunk =>
      f.type === 'chunk' && f.isEntry && (f.facadeModuleId ?? '').endsWith(PAGE),
  );
  if (entry === undefined) throw new Error(`the build has no entry for ${PAGE}`);
  const found = new Set<string>();
  const take = (name: string): void => {
    const chunk = bundle[name];
    if (found.has(name) || chunk?.type !== 'chunk') return;
    found.add(name);
    for (const css of (chunk as { viteMetadata?: { importedCss: Set<string> } }).viteMetadata?.importedCss ??
      [])
      found.add(css);
    for (const next of [...chunk.imports, ...chunk.dynamicImports]) take(next);
  };
  take(entry.fileName);
  return [...found].sort();
}
