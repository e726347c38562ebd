import { computed, shallowRef } from 'vue';
import type { OrderNames } from '../api/answers.ts';
import type { Answer, Api } from '../api/http.ts';

/** Names that stand in orders, for everybody who sees any: an order says codes, and people know names. */
export type OrderNameBook = {
  /** Those in service; `null`: not known yet. */
  units(): readonly { readonly code: string; readonly name: string }[] | null;
  /** The code, where it has no name or none is known yet. */
  unit(code: string): string;
  area(code: string): string;
  /** In both languages; `null`: it has no name, or none is known yet. */
  lifeline(key: string): OrderNames['lifelines'][number]['name'] | null;
};

const FRESH_FOR = 60_000;

export function createOrderNames(api: Api, now: () => number): OrderNameBook {
  const names = shallowRef<OrderNames | null>(null);
  let askedAt = Number.NEGATIVE_INFINITY;

  function want(): OrderNames | null {
    if (now() - askedAt >= FRESH_FOR) {
      askedAt = now();
      void api.get<OrderNames>('/order-names').then((answer: Answer<OrderNames>) => {
        if (answer.ok) names.value = answer.value;
        // What was refused is asked again by the next who wants it.
        else askedAt = Number.NEGATIVE_INFINITY;
      });
    }
    return names.value;
  }
  const units = computed(() => new Map((names.value?.units ?? []).map((u) => [u.code, u.name])));
  const areas = computed(() => new Map((names.value?.areas ?? []).map((a) => [a.code, a.name])));
  const nameIn = (known: () => ReadonlyMap<string, string>, code: string): string => {
    want();
    return known().get(code) ?? code;
  };
  return {
    units: () => want()?.units ?? null,
    unit: (code) => nameIn(() => units.value, code),
    area: (code) => nameIn(() => areas.value, code),
    lifeline: (key) => want()?.lifelines.find((l) => l.key === key)?.name ?? null,
  };
}
