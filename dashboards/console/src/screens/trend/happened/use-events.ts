import { computed, type Ref, shallowRef, watch } from 'vue';
import type { Order, Page, SeriesNote, Warning } from '../../../api/answers.ts';
import { useConsole } from '../../../console/console.ts';
import type { Happening } from '../../../parts/curve/marks.ts';
import { useMay } from '../../../session/may.ts';
import type { Stretch } from '../ask.ts';

const NEWEST = 500;
const READ_EVERY = 30_000;

/** What people did about the points that are drawn: orders, warnings, and what they wrote beside the curves. */
export function useEvents(
  codes: Ref<readonly string[]>,
  alarms: Ref<readonly { readonly id: string }[]>,
  stretch: Ref<Stretch>,
) {
  const { api, clock } = useConsole();
  const maySeeOrders = useMay('order.see');
  const maySeeWarnings = useMay('warning.see');
  const orders = shallowRef<readonly Order[]>([]);
  const warnings = shallowRef<readonly Warning[]>([]);
  const notes = shallowRef<readonly SeriesNote[]>([]);
  let turn = 0;

  async function read(): Promise<void> {
    turn += 1;
    const mine = turn;
    const [o, w, n] = await Promise.all([
      maySeeOrders.value ? api.get<Page<Order>>(`/orders?state=open,over&limit=${NEWEST}`) : null,
      maySeeWarnings.value ? api.get<Page<Warning>>(`/warnings?limit=${NEWEST}`) : null,
      Promise.all(
        codes.value.map((c) => api.get<Page<SeriesNote>>(`/points/${encodeURIComponent(c)}/notes`)),
      ),
    ]);
    if (mine !== turn) return;
    if (o?.ok) orders.value = o.value.items;
    if (w?.ok) warnings.value = w.value.items;
    notes.value = n.flatMap((answer) => (answer.ok ? answer.value.items : []));
  }
  watch([() => codes.value.join(), () => Math.floor(clock.now.value / READ_EVERY)], () => void read(), {
    immediate: true,
  });

  const isWithin = (from: number, to: number | null): boolean =>
    from <= stretch.value.to && (to ?? from) >= stretch.value.from;
  const here = computed(() => {
    const points = new Set(codes.value);
    const about = new Set(alarms.value.map((a) => a.id));
    return {
      orders: orders.value.filter(
        (o) =>
          isWithin(Date.parse(o.createdAt), null) &&
          (points.has(o.place.point ?? '') || o.alarms.some((a) => about.has(a))),
      ),
      warnings: warnings.value.filter(
        (w) =>
          w.effective !== null &&
          isWithin(Date.parse(w.effective), null) &&
          w.basis.alarms.some((a) => about.has(a)),
      ),
      notes: notes.value.filter((n) => isWithin(Date.parse(n.from), n.to === null ? null : Date.parse(n.to))),
    };
  });
  /** @param word one character for each kind */
  const happenings = (word: (kind: 'order' | 'warning' | 'note') => string): readonly Happening[] => [
    ...here.value.orders.map((o) => ({ at: Date.parse(o.createdAt), to: null, word: word('order') })),
    ...here.value.warnings.map((w) => ({
      at: Date.parse(w.effective as string),
      to: null,
      word: word('warning'),
    })),
    ...here.value.notes.map((n) => ({
      at: Date.parse(n.from),
      to: n.to === null ? null : Date.parse(n.to),
      word: word('note'),
    })),
  ];
  return { here, happenings, readAgain: read };
}
