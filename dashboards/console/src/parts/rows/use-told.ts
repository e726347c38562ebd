import { onBeforeUnmount, type Ref, shallowRef } from 'vue';
import type { Notice, Page } from '../../api/answers.ts';
import { useConsole } from '../../console/console.ts';
import { useMay } from '../../session/may.ts';
import { type Told, toldOf } from '../../state/rows/told.ts';

const EVERY = 20_000;
const NEWEST = 1_000;
/** Who was told, by alarm, of the newest notices; nothing for who may not see them. */
export function useTold(): Ref<ReadonlyMap<string, Told>> {
  const { api } = useConsole();
  const may = useMay('notice.see');
  const told = shallowRef<ReadonlyMap<string, Told>>(new Map());
  async function read(): Promise<void> {
    if (!may.value) return;
    const answer = await api.get<Page<Notice>>(`/notices?limit=${NEWEST}`);
    if (answer.ok) told.value = toldOf(answer.value.items);
  }
  void read();
  const timer = setInterval(() => void read(), EVERY);
  onBeforeUnmount(() => clearInterval(timer));
  return told;
}
