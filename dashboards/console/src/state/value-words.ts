import type { AlarmJson } from '../../../../src/wire/alarm.ts';
import type { Say } from '../i18n/translate.ts';
import type { MetricJson } from './catalog.ts';
import { numberOf, quantityOf } from './numbers.ts';

/** A value as it is said aloud: a flag is yes or no, a number has its unit. */
export function valueInWords(value: number, unit: string, metric: MetricJson | null, say: Say): string {
  return metric?.kind === 'flag' ? say(value === 0 ? 'flag.0' : 'flag.1') : quantityOf(value, unit);
}

/** `≥ 50 %LEL`; nothing for a flag, whose limit says no more than the rule's name. */
export function limitInWords(a: Pick<AlarmJson, 'trigger'>, metric: MetricJson | null, say: Say): string {
  if (metric?.kind === 'flag') return '';
  return say(a.trigger.side === 'above' ? 'detail.above' : 'detail.below', {
    limit: quantityOf(a.trigger.limit, a.trigger.unit),
  });
}

/** What raised it against its limit, in the rule's own unit: `60 ≥ 50 %LEL`. */
export function againstLimit(a: Pick<AlarmJson, 'trigger'>, metric: MetricJson | null, say: Say): string {
  const limit = limitInWords(a, metric, say);
  if (a.trigger.value === null) return limit;
  if (limit === '') return valueInWords(a.trigger.value, a.trigger.unit, metric, say);
  return `${numberOf(a.trigger.value)} ${limit}`;
}
