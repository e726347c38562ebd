import { onBeforeUnmount, shallowRef } from 'vue';
import type { Asset } from '../../api/answers.ts';
import { useConsole } from '../../console/console.ts';
import { type AssetShape, shapeOf } from './shapes.ts';

/** Pipes of a city; more than this the browser is spared. */
const MOST = 100_000;
/** They change when somebody imports them. */
const AGAIN_EVERY = 600_000;

/** Lines and areas of the register. */
export function useShapes() {
  const { api } = useConsole();
  const shapes = shallowRef<readonly AssetShape[]>([]);
  let timer: ReturnType<typeof setTimeout> | undefined;
  let gone = false;
  async function read(): Promise<void> {
    clearTimeout(timer);
    const answer = await api.all<Asset>('/assets?geometry=true&limit=1000', MOST);
    if (gone) return;
    if (answer.ok)
      shapes.value = answer.value.flatMap((a) => {
        const shape = shapeOf(a);
        return shape === null ? [] : [shape];
      });
    timer = setTimeout(() => void read(), AGAIN_EVERY);
  }
  void read();
  onBeforeUnmount(() => {
    gone = true;
    clearTimeout(timer);
  });
  return { shapes, readAgain: () => void read() };
}
