import type { DrilledAs } from '../../../../domain/drill/drilled.ts';
import { as } from '../../../../domain/ids.ts';
import type { Journal } from '../../../../flow/ports/journal.ts';
import type { ListPage } from '../paging.ts';

const PAGES = 50;

/** What a drill has caused of a kind, where a list is asked for `?drill=`: newest first, in as many pages as it takes. */
export async function ofADrill<K extends keyof DrilledAs>(
  journal: Pick<Journal, 'drilled'>,
  kind: K,
  {
    drill,
    limit,
    after,
  }: { readonly drill: string; readonly limit: number; readonly after?: string | undefined },
  wanted: (thing: DrilledAs[K]) => boolean,
): Promise<ListPage<DrilledAs[K]>> {
  const items: DrilledAs[K][] = [];
  let next = after ?? null;
  for (let pages = 0; ; pages++) {
    const page = await journal.drilled(as.drill(drill), kind, limit - items.length, next);
    items.push(...page.items.filter(wanted));
    next = page.next;
    if (next === null || items.length >= limit || pages >= PAGES) return { items, next };
  }
}
