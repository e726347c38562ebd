import type { Judges, Limit } from '../rule.ts';
import { type EffectiveRule, limitParts } from './effective.ts';

/** The more a rule judges, the more it can alarm. */
const WIDTH: Readonly<Record<Judges, number>> = { 'strictly-good': 0, good: 1, measured: 2 };

/**
 * True where something that alarms now would alarm later, more mildly or not at all: a step that is switched off, a limit farther
 * out, a longer on-delay, fewer readings that are judged. What only lets go sooner (deadband, off-delay) raises nothing later.
 *
 * @param before of the same rule at the same place
 */
export function loosens(before: EffectiveRule, after: EffectiveRule): boolean {
  if (WIDTH[after.judges.value] < WIDTH[before.judges.value]) return true;
  return before.steps.some((was, i) => {
    const is = after.steps[i];
    if (is === undefined || !isOn(was)) return false;
    return !isOn(is) || is.step.onDelay > was.step.onDelay || isFarther(was.step.limit, is.step.limit);
  });
}

const isOn = ({ numbers }: EffectiveRule['steps'][number]): boolean =>
  numbers.every((n) => n.field !== 'enabled' || n.value === true);

function isFarther(was: Limit, is: Limit): boolean {
  const [a, b] = [limitParts(was), limitParts(is)];
  const grows = (part: string): boolean => (b[part] ?? 0) > (a[part] ?? 0);
  const falls = (part: string): boolean => (b[part] ?? 0) < (a[part] ?? 0);
  switch (was.is) {
    case 'above':
      return grows('limit');
    case 'below':
      return falls('limit');
    case 'outside':
      return falls('low') || grows('high');
  }
}
