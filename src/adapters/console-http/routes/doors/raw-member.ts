const TOKEN = /"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/g;

/** The text of a member of the top object, as it stands there: what a platform has signed. `null`: there is none. */
export function rawMember(text: string, name: string): string | null {
  let depth = 0;
  let key: string | null = null;
  let from = -1;
  let isName = false;
  for (const { 0: token, index } of text.matchAll(TOKEN)) {
    const isEnd = token === '}' || token === ']';
    if (from >= 0 && depth === 1 && (token === ',' || isEnd)) return text.slice(from, index).trim();
    if (token === '{' || token === '[') depth++;
    if (isEnd) depth--;
    if (depth === 1 && (token === '{' || token === ',')) isName = true;
    else if (isName) {
      key = token;
      isName = false;
    } else if (depth === 1 && token === ':' && key === JSON.stringify(name)) from = index + 1;
  }
  return null;
}
