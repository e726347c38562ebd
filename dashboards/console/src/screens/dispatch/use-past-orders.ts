import { ref, shallowRef } from 'vue';
import type { Order, Page } from '../../api/answers.ts';
import { sayProblem } from '../../api/problem.ts';
import { useConsole } from '../../console/console.ts';
import type { OrderFilter } from '../../parts/order/list.ts';

const A_PAGE = 200;

/** Orders that are over, newest first, a page at a time: there are as many as there ever were. */
export function usePastOrders() {
  const { api, say } = useConsole();
  const orders = shallowRef<readonly Order[] | null>(null);
  const next = ref<string | null>(null);
  const failed = ref<string | null>(null);
  const busy = ref(false);
  let asked = '';

  async function read(query: string, after: string | null): Promise<void> {
    busy.value = true;
    asked = query;
    const more = after === null ? '' : `&after=${encodeURIComponent(after)}`;
    const page = await api.get<Page<Order>>(`/orders?${query}${more}`);
    if (asked !== query) return;
    busy.value = false;
    failed.value = page.ok ? null : sayProblem(page.problem, say);
    if (!page.ok) return;
    orders.value = after === null ? page.value.items : [...(orders.value ?? []), ...page.value.items];
    next.value = page.value.next;
  }

  return {
    orders,
    next,
    failed,
    busy,
    ask(f: OrderFilter): void {
      const said = Object.entries({ level: f.level, lifeline: f.lifeline, area: f.area, unit: f.unit });
      const query = new URLSearchParams([
        ['state', 'over'],
        ['limit', String(A_PAGE)],
        ...said.filter(([, v]) => v !== ''),
      ]).toString();
      orders.value = null;
      void read(query, null);
    },
    more(): void {
      if (next.value !== null && !busy.value) void read(asked, next.value);
    },
  };
}
