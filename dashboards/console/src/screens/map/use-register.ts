import { computed, onBeforeUnmount, ref, shallowRef } from 'vue';
import type { Area, Device, Latest, Point } from '../../api/answers.ts';
import { sayProblem } from '../../api/problem.ts';
import { useConsole } from '../../console/console.ts';
import { OWN_LIFELINE, type PackJson } from '../../state/catalog.ts';
import { type PointJson, silentAfter } from './points.ts';

const MOST = 200_000;
const AGAIN_EVERY = 60_000;
/** Who has ever reported changes seldom, and is a long list. */
const REPORTED_EVERY = 5;

/** Points, areas and what devices say of their link; read again every minute, for new points and last words. */
export function useRegister() {
  const { api, say } = useConsole();
  const points = shallowRef<readonly PointJson[] | null>(null);
  const areas = shallowRef<readonly Area[]>([]);
  const devices = shallowRef<readonly Device[]>([]);
  const packs = shallowRef<readonly PackJson[]>([]);
  const why = ref<string | null>(null);
  const reported = shallowRef<ReadonlySet<string> | null>(null);
  let rounds = 0;
  let gone = false;
  let timer: ReturnType<typeof setTimeout> | undefined;

  async function read(): Promise<void> {
    clearTimeout(timer);
    const [p, a, d, l] = await Promise.all([
      api.all<Point>('/points?limit=1000', MOST),
      api.all<Area>('/areas?limit=1000', MOST),
      api.all<Device>('/devices?limit=1000', MOST),
      packs.value.length > 0 ? null : api.lifelines(),
    ]);
    if (gone) return;
    why.value = p.ok ? null : sayProblem(p.problem, say);
    if (p.ok) points.value = p.value.filter((x) => x.lifeline !== OWN_LIFELINE);
    if (a.ok) areas.value = a.value;
    if (d.ok) devices.value = d.value;
    if (l?.ok) packs.value = l.value;
    // Only after the points are there to be seen.
    if (rounds % REPORTED_EVERY === 0) {
      const latest = await api.all<Latest>('/latest?limit=1000', MOST);
      if (gone) return;
      if (latest.ok) reported.value = new Set(latest.value.map((r) => r.pointCode));
    }
    rounds += 1;
    timer = setTimeout(() => void read(), AGAIN_EVERY);
  }
  void read();
  onBeforeUnmount(() => {
    gone = true;
    clearTimeout(timer);
  });

  /** A point with two devices is there as long as one of them is. */
  const offline = computed(() => {
    const word = new Map<string, boolean>();
    for (const d of devices.value)
      if (d.point !== null && d.online !== null) word.set(d.point, (word.get(d.point) ?? false) || d.online);
    return new Set([...word].filter(([, online]) => !online).map(([code]) => code));
  });
  const allowed = computed(() => silentAfter(packs.value));
  return { points, areas, offline, reported, allowed, why, readAgain: () => void read() };
}
