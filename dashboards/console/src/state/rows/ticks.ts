/** What is ticked in a list, and where ticking began: `Shift` takes everything between. */
export type Ticks = { readonly ids: ReadonlySet<string>; readonly from: string | null };
export const NO_TICKS: Ticks = { ids: new Set(), from: null };

export function ticked({ ids }: Ticks, id: string): Ticks {
  const next = new Set(ids);
  if (!next.delete(id)) next.add(id);
  return { ids: next, from: id };
}

/** @param list ids in the order of the list */
export function tickedTo({ ids, from }: Ticks, id: string, list: readonly string[]): Ticks {
  const begin = from === null ? -1 : list.indexOf(from);
  const end = list.indexOf(id);
  if (begin < 0 || end < 0) return { ids: new Set([...ids, id]), from: id };
  const between = list.slice(Math.min(begin, end), Math.max(begin, end) + 1);
  return { ids: new Set([...ids, ...between]), from };
}

/** What is not in the list any more is not ticked any more: nobody acts on what they do not see. */
export function stillTicked({ ids, from }: Ticks, list: readonly string[]): Ticks {
  const there = new Set(list);
  if ([...ids].every((id) => there.has(id))) return { ids, from };
  return {
    ids: new Set([...ids].filter((id) => there.has(id))),
    from: from !== null && there.has(from) ? from : null,
  };
}
