import type { SignalOf } from '../../rule.ts';

export function valueJudged(signal: SignalOf<'value'>, value: number): number {
  return signal.magnitude === true ? Math.abs(value) : value;
}
