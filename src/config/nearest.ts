/** The one of those known that is a few letters away from a mistyped one, if any. @param within letters apart at most */
export function nearest(name: string, known: readonly string[], within: number): string | null {
  let best: string | null = null;
  let least = within + 1;
  for (const k of known) {
    if (Math.abs(k.length - name.length) >= least) continue;
    const apart = distance(name, k);
    if (apart < least) [best, least] = [k, apart];
  }
  return best;
}

/** Letters to put in, take out or change (Levenshtein). */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const swap = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(swap, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? Infinity;
}
