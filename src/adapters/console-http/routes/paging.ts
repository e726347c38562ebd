import { HttpProblem } from '../answer/problem.ts';

export type ListPage<T> = { items: T[]; next: string | null };

/**
 * A page of a list in order of `keyOf`, whose keys are what the cursor holds: items that come or go between
 * two pages neither repeat nor hide the others.
 */
export function pageOf<T>(
  list: readonly T[],
  keyOf: (item: T) => string,
  { limit, after }: { readonly limit: number; readonly after?: string | undefined },
  wanted: (item: T) => boolean = () => true,
): ListPage<T> {
  const items: T[] = [];
  for (let i = after === undefined ? 0 : firstBeyond(list, keyOf, after); i < list.length; i++) {
    const item = list[i] as T;
    if (!wanted(item)) continue;
    const last = items.at(-1);
    if (items.length === limit && last !== undefined) return { items, next: keyOf(last) };
    items.push(item);
  }
  return { items, next: null };
}

function firstBeyond<T>(list: readonly T[], keyOf: (item: T) => string, after: string): number {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (keyOf(list[middle] as T) <= after) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** A cursor that is a number. */
export function numberCursor(after: string | undefined): number | null {
  if (after === undefined) return null;
  if (!/^-?\d{1,15}$/.test(after)) throw new HttpProblem('bad-cursor');
  return Number(after);
}
