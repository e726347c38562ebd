import { computed, onBeforeUnmount, ref, shallowRef, watch } from 'vue';
import type { Risk } from '../../api/answers.ts';
import { useConsole } from '../../console/console.ts';
import type { RiskBand } from './layers/risk-layer.ts';
import type { AssetShape } from './shapes.ts';

const KEPT = 'lifeline.map-risks';
/** A year and a material do not change while one looks: alarms judged real and works do, by a few in a day. */
const AGAIN_EVERY = 600_000;
const MOST = 200_000;

/**
 * 静态风险: a layer of its own beside how things stand, read when it is first asked for.
 *
 * @param shapes mains and areas of what is looked at
 * @param asked the address asks for it
 */
export function useRisks(shapes: () => readonly AssetShape[], asked: () => boolean) {
  const { api } = useConsole();
  const shown = ref(asked() || localStorage.getItem(KEPT) === 'on');
  const known = shallowRef<ReadonlyMap<string, Risk['colour']>>(new Map());
  let timer: ReturnType<typeof setTimeout> | undefined;
  let gone = false;

  async function read(): Promise<void> {
    clearTimeout(timer);
    if (!shown.value || gone) return;
    const answer = await api.all<Risk>('/risks?brief=true&limit=1000', MOST);
    if (gone) return;
    if (answer.ok) known.value = new Map(answer.value.map((r) => [r.asset, r.colour]));
    timer = setTimeout(() => void read(), AGAIN_EVERY);
  }
  watch(shown, () => void read(), { immediate: true });
  onBeforeUnmount(() => {
    gone = true;
    clearTimeout(timer);
  });
  const bands = computed((): readonly RiskBand[] => {
    if (!shown.value || known.value.size === 0) return [];
    return shapes().map((asset) => ({ asset, colour: known.value.get(asset.code) ?? 'grey' }));
  });
  const counts = computed(() => {
    const n = { red: 0, orange: 0, yellow: 0, blue: 0, grey: 0 };
    for (const { colour } of bands.value) n[colour]++;
    return n;
  });
  function show(wants: boolean): void {
    shown.value = wants;
    localStorage.setItem(KEPT, wants ? 'on' : 'off');
  }
  return {
    bands,
    counts,
    shown: computed({ get: () => shown.value, set: show }),
    /** Somebody has just assessed one. */
    readAgain: () => void read(),
  };
}
