/** Numbers that were taken, as closed ranges in order: `[[1, 40], [42, 57]]`. */
export type Ranges = readonly (readonly [number, number])[];

export function inRanges(ranges: Ranges, n: number): boolean {
  let [lo, hi] = [0, ranges.length - 1];
  while (lo <= hi) {
    const mid = (lo + hi) >> 1;
    const [from, to] = ranges[mid] as readonly [number, number];
    if (n < from) hi = mid - 1;
    else if (n > to) lo = mid + 1;
    else return true;
  }
  return false;
}

/** @returns the ranges with one number more */
export function withNumber(ranges: Ranges, n: number): Ranges {
  if (inRanges(ranges, n)) return ranges;
  const last = ranges.at(-1);
  // Nearly always the next one.
  if (last !== undefined && n === last[1] + 1) return [...ranges.slice(0, -1), [last[0], n]];
  const at = ranges.findIndex(([from]) => from > n);
  const i = at === -1 ? ranges.length : at;
  const before = ranges[i - 1];
  const after = ranges[i];
  const joinsBefore = before !== undefined && before[1] === n - 1;
  const joinsAfter = after !== undefined && after[0] === n + 1;
  const made: readonly [number, number] = [joinsBefore ? before[0] : n, joinsAfter ? after[1] : n];
  return [...ranges.slice(0, joinsBefore ? i - 1 : i), made, ...ranges.slice(joinsAfter ? i + 1 : i)];
}

export const countIn = (ranges: Ranges): number =>
  ranges.reduce((sum, [from, to]) => sum + (to - from + 1), 0);
