import { onBeforeUnmount, shallowRef, watch } from 'vue';
import type { Forecast } from '../../api/answers.ts';
import { useConsole } from '../../console/console.ts';

/** It is made anew once a minute. */
const READ_EVERY = 60_000;

/** The forecast of a point, again each minute; `null`: none of its quantities is forecast, or nobody answers. */
export function useForecast(point: () => string | null) {
  const { api } = useConsole();
  const forecast = shallowRef<Forecast | null>(null);
  async function read(): Promise<void> {
    const code = point();
    if (code === null) {
      forecast.value = null;
      return;
    }
    const answer = await api.get<Forecast>(`/points/${encodeURIComponent(code)}/forecast`);
    if (code === point()) forecast.value = answer.ok ? answer.value : null;
  }
  watch(point, () => void read(), { immediate: true });
  const timer = setInterval(() => void read(), READ_EVERY);
  onBeforeUnmount(() => clearInterval(timer));
  return forecast;
}
