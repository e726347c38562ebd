import type { StepJson } from '../../state/catalog.ts';
import { quantityOf } from '../../state/numbers.ts';

/** `≥ 50 %LEL` */
export function limitWords(
  limit: StepJson['limit'] | Readonly<Record<string, unknown>>,
  unit: string,
): string {
  const l = limit as Partial<Record<'limit' | 'low' | 'high', number>> & { is?: string };
  if (l.low !== undefined && l.high !== undefined)
    return `< ${quantityOf(l.low, unit)} · > ${quantityOf(l.high, unit)}`;
  return `${l.is === 'below' ? '≤' : '≥'} ${quantityOf(l.limit ?? Number.NaN, unit)}`;
}
