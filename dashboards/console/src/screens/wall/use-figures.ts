import { onBeforeUnmount, ref, shallowRef } from 'vue';
import type { AlarmFigures, Device, Duty, Latest, Order, Page, Unit } from '../../api/answers.ts';
import { useConsole } from '../../console/console.ts';
import { useMay } from '../../session/may.ts';
import { BEIJING_OFFSET } from '../../state/beijing.ts';
import { arrivalsOf, median, onlineByLine } from './figures.ts';

const READ_EVERY = 60_000;
const DAY = 86_400_000;
const RAIN = 'rain1h';
/** Rain of an hour ago is no news. */
const RAIN_FRESH = 3_600_000;
/** Orders looked through for those of a day. */
const ORDERS = 1_000;

/** What the live link does not tell: asked for once a minute. */
export function useFigures() {
  const { api, clock } = useConsole();
  const maySeeDuty = useMay('duty.see');
  /** By line, whose devices tell whether they are there; `null` until it has been read. */
  const online = shallowRef<ReturnType<typeof onlineByLine> | null>(null);
  /** The most that fell in an hour anywhere; `null`: no gauge says. */
  const rain = ref<number | null>(null);
  /** Of alarms that rose in the last 24 hours. */
  const day = shallowRef<AlarmFigures | null>(null);
  const overToday = ref<number | null>(null);
  /** Milliseconds from an order to somebody on site, the middle one of the last 24 hours. */
  const arrival = ref<number | null>(null);
  /** `null`: not theirs to know. */
  const onDuty = shallowRef<readonly string[] | null>(null);
  /** When all of this was read last. */
  const readAt = ref<number | null>(null);

  async function read(): Promise<void> {
    const now = clock.read();
    const since = new Date(now - DAY).toISOString();
    const midnight = Math.floor((now + BEIJING_OFFSET) / DAY) * DAY - BEIJING_OFFSET;
    const [figures, closed, devices, water, orders] = await Promise.all([
      api.get<AlarmFigures>(`/alarms/figures?state=all&from=${since}`),
      api.get<AlarmFigures>(`/alarms/figures?state=closed&from=${new Date(midnight).toISOString()}`),
      api.all<Device>('/devices?limit=1000', 100_000),
      api.all<Latest>('/latest?lifeline=waterlogging&limit=1000', 100_000),
      api.get<Page<Order>>(`/orders?state=open,over&limit=${ORDERS}`),
    ]);
    if (figures.ok) day.value = figures.value;
    if (closed.ok) overToday.value = closed.value.total;
    if (devices.ok) online.value = onlineByLine(devices.value);
    if (water.ok) {
      const fallen = water.value.flatMap((r) =>
        r.metric === RAIN && r.value !== null && r.quality === 'good' && r.ageMs < RAIN_FRESH
          ? [r.value]
          : [],
      );
      rain.value = fallen.length === 0 ? null : Math.max(...fallen);
    }
    if (orders.ok) arrival.value = median(arrivalsOf(orders.value.items, now - DAY));
    if (maySeeDuty.value) await readDuty();
    if (figures.ok && devices.ok) readAt.value = now;
  }

  async function readDuty(): Promise<void> {
    const units = await api.get<Page<Unit>>('/units?limit=1000');
    const centre = units.ok ? units.value.items.find((u) => u.kind === 'centre') : undefined;
    if (centre === undefined) return;
    const answer = await api.get<Duty>(`/duty?unit=${encodeURIComponent(centre.code)}`);
    if (answer.ok) onDuty.value = [...answer.value.leader, ...answer.value.duty].map((p) => p.name);
  }

  void read();
  const timer = setInterval(() => void read(), READ_EVERY);
  onBeforeUnmount(() => clearInterval(timer));
  return { online, rain, day, overToday, arrival, onDuty, readAt };
}
