import { computed } from 'vue';
import { useRoute, useRouter } from 'vue-router';
import { useConsole } from '../../console/console.ts';
import { OWN_LIFELINE } from '../../state/catalog.ts';
import { notNormal, outlinesOf } from './points.ts';
import { useStates } from './use-states.ts';

const one = (v: unknown): string => (typeof v === 'string' ? v : '');

/** What the map shows: the points by what is wrong with them, of the area and the lifelines that its address asks for. */
export function usePicture() {
  const { lifelines: packs } = useConsole();
  const route = useRoute();
  const router = useRouter();
  const { points, areas, why, readAgain, slow, states } = useStates();

  /** The service's own points are no points of the city. */
  const lifelines = computed(() => packs.value.filter((l) => l !== OWN_LIFELINE));
  const area = computed(() => one(route.query.area));
  const chosenCode = computed(() => one(route.query.point) || null);
  const chosenAsset = computed(() => one(route.query.asset) || null);
  /** `null`: every lifeline. */
  const layers = computed(() =>
    route.query.lifeline === undefined ? null : new Set(one(route.query.lifeline).split(',')),
  );
  function ask(more: Record<string, string | null>): void {
    const query: Record<string, string> = {};
    for (const [k, v] of Object.entries({ ...(route.query as Record<string, string>), ...more }))
      if (v !== null) query[k] = v;
    void router.replace({ query });
  }

  const inArea = computed(() => states.value.filter((s) => s.point.area.startsWith(area.value)));
  const filtered = computed(() =>
    layers.value === null ? inArea.value : inArea.value.filter((s) => layers.value?.has(s.point.lifeline)),
  );
  const wrong = computed(() => notNormal(filtered.value));
  const unplaced = computed(() => filtered.value.filter((s) => s.point.place === null));
  const chosen = computed(() => states.value.find((s) => s.point.code === chosenCode.value) ?? null);
  const outlines = computed(() => outlinesOf(points.value ?? [], areas.value, area.value));

  return {
    ...{ points, areas, why, readAgain, lifelines, slow, outlines },
    ...{ area, layers, chosenCode, chosenAsset, chosen, ask },
    ...{ states, inArea, filtered, wrong, unplaced },
  };
}
