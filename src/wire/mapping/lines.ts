/** Where things stand in a JSON text, so that what is wrong with it can be pointed at. */
export type JsonLines = {
  /** @returns the line, from 1, of the value at this path; where it is not there, of the nearest that holds it */
  lineOf(path: readonly PropertyKey[]): number;
  /** Names that stand twice in one object: JSON keeps the last, and nobody would see it. */
  readonly twice: readonly { readonly name: string; readonly line: number }[];
};

/** A mapping is a few levels deep; what is deeper is pointed at by what holds it. */
const LEVELS = 32;
const SEPARATOR = '\u0000';
const keyOf = (path: readonly PropertyKey[]): string => path.map(String).join(SEPARATOR);

type Open = { readonly path: string; readonly names: Set<string> | null; index: number; name: string | null };

const TOKEN = /"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+|\n/g;

/** @param text JSON that has been parsed: what is none is not found out here */
export function linesOf(text: string): JsonLines {
  const at = new Map<string, number>([['', 1]]);
  const twice: { name: string; line: number }[] = [];
  const open: Open[] = [];
  let line = 1;
  const place = (): string => {
    const inside = open[open.length - 1];
    if (inside === undefined) return '';
    if (open.length > LEVELS) return inside.path;
    const step = inside.names === null ? String(inside.index) : (inside.name ?? '');
    return inside.path === '' ? step : `${inside.path}${SEPARATOR}${step}`;
  };
  for (const { 0: token } of text.matchAll(TOKEN)) {
    const inside = open[open.length - 1];
    if (token === '\n') line++;
    else if (token === '}' || token === ']') open.pop();
    else if (token === ',' && inside !== undefined) {
      inside.index++;
      inside.name = null;
    } else if (token === ':' || token === ',') continue;
    else if (inside?.names != null && inside.name === null) {
      const name = JSON.parse(token) as string;
      if (inside.names.has(name)) twice.push({ name, line });
      inside.names.add(name);
      inside.name = name;
      at.set(place(), line);
    } else {
      const path = place();
      if (!at.has(path)) at.set(path, line);
      if (token === '{') open.push({ path, names: new Set(), index: 0, name: null });
      else if (token === '[') open.push({ path, names: null, index: 0, name: null });
    }
  }
  return {
    lineOf(path) {
      for (let n = path.length; n > 0; n--) {
        const found = at.get(keyOf(path.slice(0, n)));
        if (found !== undefined) return found;
      }
      return 1;
    },
    twice,
  };
}

/** @returns the line of the first word that JSON does not have; 0 where there is none */
export function lineOfStrangeWord(text: string): number {
  let line = 1;
  for (const { 0: token } of text.matchAll(TOKEN)) {
    if (token === '\n') line++;
    else if (!/^["{}[\],:]/.test(token) && !WORD.test(token)) return line;
  }
  return 0;
}

const WORD = /^(true|false|null|-?\d+(\.\d+)?(e[+-]?\d+)?)$/i;
