import { computed, onBeforeUnmount, type Ref, ref, shallowRef } from 'vue';
import type { Order } from '../../api/answers.ts';
import { sayProblem } from '../../api/problem.ts';
import { useConsole } from '../../console/console.ts';

/** Who has no live picture of the city (a crew, the leader of a unit) asks for their orders anew. */
const ASK_EVERY = 10_000;
const MOST = 10_000;

/** The open orders that this person sees, kept as they are. */
export function useOpenOrders(): {
  /** `null`: not known yet. */
  readonly orders: Ref<readonly Order[] | null>;
  readonly failed: Ref<string | null>;
  refresh(): void;
} {
  const { api, live, sees, say } = useConsole();
  const failed = ref<string | null>(null);
  const asked = shallowRef<readonly Order[] | null>(null);
  let timer: ReturnType<typeof setTimeout> | undefined;
  let here = true;

  async function ask(): Promise<void> {
    clearTimeout(timer);
    const answer = await api.all<Order>('/orders?state=open&limit=500', MOST);
    if (!here) return;
    failed.value = answer.ok ? null : sayProblem(answer.problem, say);
    if (answer.ok) asked.value = answer.value;
    timer = setTimeout(() => void ask(), ASK_EVERY);
  }
  if (!sees.value) void ask();
  onBeforeUnmount(() => {
    here = false;
    clearTimeout(timer);
  });

  const open = computed(() => live.board.value.orders.open);
  const known = computed(() => live.board.value.seq !== null);
  const orders = computed(() => {
    if (!sees.value) return asked.value;
    return known.value ? [...open.value.values()] : null;
  });
  return {
    orders,
    failed,
    refresh() {
      if (!sees.value) void ask();
    },
  };
}
