import { computed } from 'vue';
import { useConsole } from '../../console/console.ts';
import { ofBilingual } from '../../i18n/translate.ts';
import { timeOf } from '../../state/beijing.ts';
import type { MetricJson } from '../../state/catalog.ts';
import { valueInWords } from '../../state/value-words.ts';
import type { Curve } from './use-curves.ts';

/** How curves, their values and instants are called on this screen. */
export function useCurveWords(metricOf: (c: Curve) => MetricJson | null) {
  const { language, clock, say } = useConsole();
  const metricName = (c: Curve): string => {
    const m = metricOf(c);
    return m ? ofBilingual(m.name, language.value) : (c.metric ?? '');
  };
  const pointName = (c: Curve): string => c.point?.name || c.asked.code;
  const nameOf = (c: Curve): string => [pointName(c), metricName(c)].filter((s) => s !== '').join(' · ');
  const inWords = (c: Curve, v: number | null | undefined): string =>
    v === null || v === undefined ? '—' : valueInWords(v, metricOf(c)?.unit ?? '', metricOf(c), say);
  /** To the minute: which day is today changes seldom, and a drawing must not be made anew every second. */
  const minute = computed(() => Math.floor(clock.now.value / 60_000) * 60_000);
  const time = (t: number): string => timeOf(t, minute.value);
  return { metricName, pointName, nameOf, inWords, time };
}
export type CurveWords = ReturnType<typeof useCurveWords>;
