/** What the console's own files are made with, and hold in part; the rest of it is ours. */
const CONSOLE = ['vue', 'vue-router', 'ol', 'uplot', 'zod'];

type Lock = {
  readonly packages: Readonly<Record<string, { readonly dependencies?: Readonly<Record<string, string>> }>>;
};

/** Places in the lock file of the packages of the console and of what they need, each once. */
export function inTheConsole({ packages }: Lock): ReadonlySet<string> {
  const found = new Set<string>();
  const take = (name: string, by: string): void => {
    // As Node looks for it: beside whoever needs it, then further up.
    for (let at = by; ; at = at.slice(0, Math.max(0, at.lastIndexOf('/node_modules/')))) {
      const path = at === '' ? `node_modules/${name}` : `${at}/node_modules/${name}`;
      if (path in packages) {
        if (found.has(path)) return;
        found.add(path);
        for (const needed of Object.keys(packages[path]?.dependencies ?? {})) take(needed, path);
        return;
      }
      if (at === '') return;
    }
  };
  for (const name of CONSOLE) take(name, '');
  return found;
}
