/** What stands at `a/b` of a document, `~1` for a slash in a name; `.`: the document itself; `undefined`: nothing. */
export function heldAt(item: unknown, pointer: string): unknown {
  if (pointer === '.') return item;
  let held = item;
  for (const step of pointer.split('/')) {
    const key = step.includes('~') ? step.replaceAll('~1', '/').replaceAll('~0', '~') : step;
    if (typeof held !== 'object' || held === null || !Object.hasOwn(held, key)) return undefined;
    held = (held as Readonly<Record<string, unknown>>)[key];
  }
  return held;
}
