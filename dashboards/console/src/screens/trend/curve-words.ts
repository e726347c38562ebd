import { computed } from 'vue';
import { useConsole } from '../../console/console.ts';
import { ofBilingual } from '../../i18n/translate.ts';
import { useWords } from '../../i18n/words.ts';
import { timeOf } from '../../state/beijing.ts';
import type { MetricJson } from '../../state/catalog.ts';
import { valueInWords } from '../../state/value-words.ts';
import { bucketAt } from './grid.ts';
import type { Curve } from './use-curves.ts';
import { words } from './words.ts';

/** How curves, their values and instants are called on this screen. */
export function useCurveWords(metricOf: (c: Curve) => MetricJson | null, withinOf: (c: Curve) => number) {
  const { language, clock } = useConsole();
  const say = useWords(words);
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
  /** @param cursor seconds */
  function under(c: Curve, cursor: number): string {
    const b = c.trend === null ? null : bucketAt(c.trend, cursor * 1_000, withinOf(c));
    if (b === null) return say('legendNone');
    if (b.avg === null) return say(b.worstQuality === 'good' ? 'legendNone' : `quality.${b.worstQuality}`);
    const value = b.min === b.max ? inWords(c, b.avg) : `${inWords(c, b.min)} … ${inWords(c, b.max)}`;
    return b.worstQuality === 'good' ? value : `${value} · ${say(`quality.${b.worstQuality}`)}`;
  }
  return { metricName, pointName, nameOf, inWords, time, under };
}
export type CurveWords = ReturnType<typeof useCurveWords>;
