/**
 * The areas somebody is bound to, each with everything below it; `null`: the whole city. An empty list sees
 * nothing.
 */
export type Scope = readonly string[] | null;

/** Digits of 省 市 区 街道 社区 in the codes of GB/T 2260 and its continuation. */
const LENGTHS = [2, 4, 6, 9, 12];

/**
 * True when the area lies in the scope: it is bound itself, stands below a bound one by its administrative code,
 * or by what the register says of its parents.
 *
 * A prefix counts between administrative codes alone: `A1` does not bring `A10` with it.
 *
 * @param parentOf of the register; without it only codes are compared
 */
export function maySeeArea(
  scope: Scope,
  area: string,
  parentOf: (area: string) => string | null | undefined = () => null,
): boolean {
  if (scope === null) return true;
  const stems = scope.map(stemOf);
  const seen = new Set<string>();
  for (let at: string | null | undefined = area; at && !seen.has(at); at = parentOf(at)) {
    seen.add(at);
    const code = at;
    if (scope.includes(code)) return true;
    if (/^\d+$/.test(code) && stems.some((stem) => stem !== null && code.startsWith(stem))) return true;
  }
  return false;
}

/** What codes below this one begin with; `null`: only the register knows what is below. `341600` begins with `3416`. */
function stemOf(area: string): string | null {
  if (!/^\d+$/.test(area) || !LENGTHS.includes(area.length)) return null;
  const stem = area.length === 6 ? area.replace(/(00){1,2}$/, '') : area;
  return /^0*$/.test(stem) ? null : stem;
}
