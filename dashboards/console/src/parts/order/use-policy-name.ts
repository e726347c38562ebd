import { type ComputedRef, computed, shallowRef, watch } from 'vue';
import type { ClockPolicy, Order, Page } from '../../api/answers.ts';
import { useConsole } from '../../console/console.ts';
import { ofBilingual } from '../../i18n/translate.ts';
import { useWords } from '../../i18n/words.ts';
import { orderWords } from './words.ts';

type NameOf = (match: ClockPolicy['match']) => string;

/** What a clock policy is called: whatever it is for, as in 红 · 燃气 · 谯城区. It has no other name. */
export function usePolicyName(): NameOf {
  const { language, orderNames } = useConsole();
  const say = useWords(orderWords);
  const list = (of: readonly string[]): string => of.join(language.value === 'en' ? ', ' : '、');
  const lineName = (key: string): string => {
    const name = orderNames.lifeline(key);
    return name === null ? key : ofBilingual(name, language.value);
  };
  return ({ levels, lifelines, areas }) => {
    const said = [
      list(levels.map((l) => say(`level.${l as 1 | 2 | 3 | 4}`))),
      list(lifelines.map(lineName)),
      list(areas.map((a) => orderNames.area(a))),
    ].filter((words) => words !== '');
    return said.length === 0 ? say('policy.any') : said.join(' · ');
  };
}

/** The name of the policy that an order's clocks are by, as it was in that version; `null`: not known yet. */
export function usePolicyOf(order: () => Order | null): ComputedRef<string | null> {
  const { api } = useConsole();
  const nameOf = usePolicyName();
  const known = shallowRef<ClockPolicy['match'] | 'unread' | null>(null);
  const at = computed(() => {
    const o = order();
    return o === null ? null : ([o.policy, o.policyVersion] as const);
  });
  watch(
    () => at.value?.join(' '),
    async (now) => {
      known.value = null;
      if (at.value === null) return;
      const [id, version] = at.value;
      const answer = await api.get<Page<ClockPolicy>>(`/clock-policies/${encodeURIComponent(id)}/versions`);
      if (now !== at.value?.join(' ')) return;
      const versions = answer.ok ? answer.value.items : [];
      known.value = versions.find((v) => v.version === version)?.match ?? 'unread';
    },
    { immediate: true },
  );
  return computed(() => {
    if (known.value === 'unread') return at.value?.[0] ?? null;
    return known.value === null ? null : nameOf(known.value);
  });
}
