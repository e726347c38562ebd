import { type Ref, ref } from 'vue';
import { type OrderVerb, VERBS } from './kept/act.ts';

/** Where on the page somebody is, as its address has it behind `#`: the page itself is one file, kept on the phone. */
export type At =
  | { readonly screen: 'orders' }
  | { readonly screen: 'unsent' }
  | { readonly screen: 'warnings' }
  | { readonly screen: 'order'; readonly id: string }
  | { readonly screen: 'act'; readonly id: string; readonly verb: OrderVerb };

function atOf(hash: string): At {
  const [screen, id = '', verb] = hash.replace(/^#\/?/, '').split('/').map(decoded);
  if (screen === 'unsent' || screen === 'warnings') return { screen };
  if (screen !== 'orders' || id === '') return { screen: 'orders' };
  const known = VERBS.find((v) => v === verb);
  return known === undefined ? { screen: 'order', id } : { screen: 'act', id, verb: known };
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return '';
  }
}

export const toOrder = (id: string): string => `#/orders/${encodeURIComponent(id)}`;
export const toAct = (id: string, verb: OrderVerb): string => `${toOrder(id)}/${verb}`;

export const at: Ref<At> = ref(atOf(location.hash));
addEventListener('hashchange', () => {
  at.value = atOf(location.hash);
  scrollTo(0, 0);
});

/** One step back where there is one: the button of the phone does the same. */
export function leaveFor(hash: string): void {
  location.replace(hash);
}
