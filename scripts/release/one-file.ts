import { dirname, join, relative } from 'node:path';
import { type Plugin, rolldown } from 'rolldown';

/** Many small files of pure JavaScript, and nobody outside of ours shares them with us. */
const WITH_US = /^zod($|\/)/;
const OUTSIDE = /^[^./]/;

/**
 * What `serve` runs, in one file where it stood: of five hundred files each is looked for, opened and read at every start,
 * a fifth of it. What comes only when it is wanted stays in files of its own, beside it. Names and lines stay readable,
 * each part under the name of its source; commands and threads run from their own files as before.
 */
export async function inOneFile(tree: string): Promise<void> {
  const src = join(tree, 'src');
  const build = await rolldown({
    input: { main: join(src, 'main.js') },
    platform: 'node',
    // Names in it are those within the tree, wherever it was made.
    cwd: tree,
    external: (id) => OUTSIDE.test(id) && !WITH_US.test(id),
    plugins: [whereItStood(src)],
    logLevel: 'warn',
  });
  try {
    await build.write({
      dir: src,
      format: 'esm',
      entryFileNames: '[name].js',
      chunkFileNames: 'main-[name]-[hash].js',
    });
  } finally {
    await build.close();
  }
}

/** A source finds its threads, and the tree, from where it stood. */
const whereItStood = (src: string): Plugin => ({
  name: 'where-it-stood',
  transform(code, id) {
    if (!id.startsWith(src) || !code.includes('import.meta')) return null;
    const file = relative(src, id);
    return code
      .replaceAll('import.meta.url', `new URL(${JSON.stringify(file)}, import.meta.url).href`)
      .replaceAll(
        'import.meta.dirname',
        dirname(file) === '.'
          ? 'import.meta.dirname'
          : `(import.meta.dirname + ${JSON.stringify(`/${dirname(file)}`)})`,
      );
  },
});
