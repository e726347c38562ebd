import type { AlarmJson } from '../../../../src/wire/alarm.ts';
import type { Say } from '../i18n/translate.ts';
import { type LimitSide, limitInForce, type MetricJson, type RuleJson } from './catalog.ts';
import { quantityOf } from './numbers.ts';

/** A value as it is said aloud: a flag is yes or no, a number has its unit. */
export function valueInWords(value: number, unit: string, metric: MetricJson | null, say: Say): string {
  return metric?.kind === 'flag' ? say(value === 0 ? 'flag.0' : 'flag.1') : quantityOf(value, unit);
}

/** How far the alarm's value may be believed: of the reading that raised it, or of the worst; `null`: wholly. */
export function doubtInWords(a: AlarmJson, say: Say): string | null {
  const why = a.trigger.why ?? a.worst.why;
  return why === undefined ? null : say('mark.doubt', { why: say(`quality.why.${why}`) });
}

/** `≥ 50 %LEL`, of the level in force; nothing for a flag, whose limit says no more than the rule's name. */
export function limitInWords(
  a: AlarmJson,
  rule: RuleJson | null,
  metric: MetricJson | null,
  say: Say,
): string {
  if (metric?.kind === 'flag') return '';
  return limitText({ ...limitInForce(a, rule), unit: a.reached?.unit ?? a.trigger.unit }, say);
}

/** `≥ 50 %LEL` */
export const limitText = (l: LimitSide & { readonly unit: string }, say: Say): string =>
  say(l.side === 'above' ? 'detail.above' : 'detail.below', { limit: quantityOf(l.limit, l.unit) });
