import { onBeforeUnmount, shallowRef } from 'vue';
import type { HouseMap } from '../../api/answers.ts';
import { useConsole } from '../../console/console.ts';

/** Seen anew so often: somebody may set it at another workstation. */
const AGAIN_EVERY = 300_000;

const UNSET: HouseMap = {
  base: { kind: 'none' },
  chosen: false,
  view: null,
  revision: 0,
  changedBy: null,
  changedAt: null,
  folder: null,
  files: [],
};

/** How the house has set its map; `null`: not read yet. */
export function useHouseMap() {
  const { api } = useConsole();
  const house = shallowRef<HouseMap | null>(null);
  let timer: ReturnType<typeof setTimeout> | undefined;
  let gone = false;
  async function read(): Promise<void> {
    clearTimeout(timer);
    const answer = await api.get<HouseMap>('/map');
    if (gone) return;
    // Without an answer the points are shown all the same, on a plain ground.
    if (answer.ok) house.value = answer.value;
    else house.value ??= UNSET;
    timer = setTimeout(() => void read(), AGAIN_EVERY);
  }
  void read();
  onBeforeUnmount(() => {
    gone = true;
    clearTimeout(timer);
  });
  return { house, readAgain: () => void read() };
}
